"""Product architectures as a family of files: nothing is solved on them; they tell stocks what can be assembled."""

from __future__ import annotations

from atoopt.base.problem import Problem

PROBLEM = Problem(format="atoopt/architecture", instance="atoopt.architecture.instance:ArchitectureInstance")
