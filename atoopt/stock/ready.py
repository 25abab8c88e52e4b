"""Which groups of kernels a method calls, compiled before its clock runs on; see `atoopt.kernels.groups`."""

from __future__ import annotations

from collections.abc import Iterable

from atoopt.kernels.prepare import prepare
from atoopt.solvers.run import Run
from atoopt.stock.instance import StockInstance

FOR_ANNEALING = ("packing", "annealing")
FOR_DECOMPOSITION = (*FOR_ANNEALING, "pricing", "ascent")
"""The groups of kernels that methods call, see `atoopt.kernels.groups`; what is needed first comes first."""


FOR_DENSE = (*FOR_ANNEALING, "gaps")


def ready(instance: StockInstance, run: Run, groups: Iterable[str]) -> None:
    """Compile the kernels of these groups that are cold, with those that the instance itself calls for."""
    prepare([*groups, *(["connected"] if instance.neighbors is not None else [])], run)
