"""Short ways to call what the tests of column generation call often."""

from __future__ import annotations

from typing import Any

import numpy as np

from atoopt.stock.column_generation.column_enumeration import EnumerationParameters, enumerate_columns
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals
from atoopt.stock.column_generation.master.pdhg import PdhgParameters
from atoopt.stock.column_generation.parameters import BranchingParameters, LeafParameters, Parameters
from atoopt.stock.column_generation.pricing.price import Priced, price
from atoopt.stock.column_generation.pricing.pricing_problem import Charges, plain_problem
from atoopt.stock.column_generation.relaxation import NO_LIAISONS

NO_LEAVES = LeafParameters(max_modules=0, max_pairs=0)
"""No node is solved by a MILP."""


def parameters(iterations: int = 300, candidates: int = 4, **others: Any) -> Parameters:
    """Return parameters with so many iterations of PDHG, a third of them in trials, and others by name."""
    branching = BranchingParameters(candidates=candidates, iterations=iterations // 3)
    return Parameters(pdhg=PdhgParameters(iterations=iterations), branching=branching, **others)


def priced(
    has: np.ndarray, gain: np.ndarray, value: np.ndarray, cost: tuple[float, float], *, floor: float, most: int,
    max_nodes: int = 10**6, liaisons: np.ndarray = NO_LIAISONS, charges: Charges | None = None, threads: int = 1,
) -> Priced:  # fmt: skip
    """Return what pricing comes to."""
    problem = plain_problem(has, gain, value, cost, liaisons, charges)
    return price(problem, floor=floor, max_columns=most, max_nodes=max_nodes, threads=threads)


def within(pool: ColumnPool, duals: Duals, gap: float, most: int, max_nodes: int) -> tuple[list[int], bool]:
    """Return the modules within a gap, and whether these are all."""
    return enumerate_columns(pool, duals, gap, EnumerationParameters(max_columns=most, max_nodes=max_nodes))
