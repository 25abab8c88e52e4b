"""The pricing problem solved: all modules whose reduced profit is above a floor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.pricing.price_kernel import Limits, Output, Part, search
from atoopt.stock.column_generation.pricing.pricing_problem import PricingProblem
from atoopt.stock.column_generation.relaxation import Flags, Floats


class Priced(NamedTuple):
    """What pricing comes to.

    Attributes
    ----------
    modules : (n_modules, q) array of bool
        The most profitable first.
    profits : (n_modules,) array
    rest : float
        No module that is not returned has a profit above this; the floor unless there were too many.
    complete : bool
        Whether the search came to its end; if not, `rest` has no meaning.
    """

    modules: Flags
    profits: Floats
    rest: float
    complete: bool


def price(
    problem: PricingProblem, *, floor: float, max_columns: int, max_nodes: int, threads: int = 1,
    halt: NDArray[np.int8] = NEVER,
) -> Priced:  # fmt: skip
    """Find all modules of two or more components whose reduced profit is above a floor.

    Parameters
    ----------
    problem : PricingProblem
    floor : float
        Profits up to this are not wanted.
    max_columns : int
        Return at most about this many (at least 1 or 2), those of largest profit.
    max_nodes : int
        Give up after so many nodes.
    threads : int
        Each has its own `max_columns`, and its part of `max_nodes`.
    halt : (1,) array, optional
        The search is given up once another thread writes 1 into it.

    Examples
    --------
    >>> from atoopt.stock.column_generation.pricing.pricing_problem import plain_problem
    >>> has = np.array([[True, True, True], [True, True, False]])
    >>> problem = plain_problem(has, np.where(has, 2.0, 0.0), np.array([2.0, 2.0]), (3.0, 0.0))
    >>> priced = price(problem, floor=0.0, max_columns=9, max_nodes=99)
    >>> priced.modules.tolist(), priced.profits.tolist()
    ([[True, True, False], [True, True, True]], [1.0, 1.0])
    """
    max_columns = max(1, max_columns)  # the search writes before it looks
    deepest = int(problem.has.sum(axis=1).max(initial=0))
    limits = Limits(floor, max_nodes // threads, deepest)

    def part(first: int) -> Priced:
        n_rows, q = 2 * max_columns, problem.has.shape[1]
        output = Output(np.zeros((n_rows, q), dtype=np.bool_), np.zeros(n_rows))
        n, rest, complete = search(problem, limits, Part(first, threads), halt, output)
        return Priced(output.modules[:n], output.profits[:n], rest, complete)

    if threads > 1:
        with ThreadPoolExecutor(threads) as each:
            parts = list(each.map(part, range(threads)))
    else:
        parts = [part(0)]
    modules, profits = (np.concatenate([each[i] for each in parts]) for i in (0, 1))
    order = np.lexsort((modules.sum(axis=1), -profits))
    rest, complete = max(each.rest for each in parts), all(each.complete for each in parts)
    return Priced(modules[order], profits[order], rest, complete)
