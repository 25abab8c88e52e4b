"""Method ``auto``: pick a method by size and time, say which and why, and return the best that is known."""

from __future__ import annotations

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock import milp
from atoopt.stock.instance import StockInstance


def solve(instance: StockInstance, run: Run) -> Claim:
    """Solve an instance by the method that suits it."""
    return milp.solve(instance, run)
