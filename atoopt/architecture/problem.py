"""Product architectures as a family of files: nothing is solved on them; they tell stocks what can be assembled."""

from __future__ import annotations

from atoopt.base.problem import Problem

PROBLEM = Problem(
    format="atoopt/architecture",
    instance="atoopt.architecture.instance:ArchitectureInstance",
    pictures={
        "similarity": "atoopt.plots.architecture:similarity",
        "dendrogram": "atoopt.plots.architecture:tree",
        "datum-flow": "atoopt.plots.architecture:first_datum_flow",
        "hybrid": "atoopt.plots.architecture:first_hybrid",
    },
)
