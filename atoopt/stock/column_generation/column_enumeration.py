"""Enumeration of columns: every module that a better stock can hold, where these are few enough to be listed.

Then pricing ends below the node, reduced-cost fixing is complete, and a MILP over the list is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals, safe_bound
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.pricing.dual_bound import masks_of
from atoopt.stock.column_generation.pricing.price import price
from atoopt.stock.column_generation.pricing.pricing_problem import pricing_problem
from atoopt.stock.column_generation.reduced_cost_fixing import fix_by_reduced_cost


@dataclass(frozen=True)
class EnumerationParameters:
    """When columns are enumerated.

    Attributes
    ----------
    max_columns : int
        If more modules could be held in a better stock, they are not listed: PDHG over many more is slow.
    max_nodes : int
        Of the search for them: about a second.
    """

    max_columns: int = 5_000
    max_nodes: int = 200_000


ENUMERATION = EnumerationParameters()


def enumerate_columns(
    pool: ColumnPool, duals: Duals, gap: float, parameters: EnumerationParameters = ENUMERATION
) -> tuple[list[int], bool]:
    """Return every module that a stock within `gap` of the Lagrangian bound can hold, and whether these are all.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.column_generation.master.pdhg import first_duals
    >>> from atoopt.stock.column_generation.relaxation import relax
    >>> relaxation = relax(atoopt.load("instances/stock/uniform-5.json"))
    >>> masks, complete = enumerate_columns(ColumnPool(relaxation), first_duals(relaxation), 1000.0)
    >>> len(masks), complete
    (26, True)
    """
    candidates = pool.relaxation.instance.candidate_masks
    if candidates is not None:
        return sorted(candidates), len(candidates) <= parameters.max_columns
    problem = pricing_problem(pool, duals)
    priced = price(problem, floor=-gap, max_columns=parameters.max_columns, max_nodes=parameters.max_nodes)
    return masks_of(priced.modules), priced.complete and priced.rest <= -gap


def with_all_columns(
    pool: ColumnPool, master: RestrictedMaster, duals: Duals, known: int, cutoff: float,
    parameters: EnumerationParameters = ENUMERATION,
) -> tuple[RestrictedMaster | None, bool]:  # fmt: skip
    """Add to a restricted master all that a better stock can hold; return it, and whether it has all.

    Parameters
    ----------
    pool, master, duals : ColumnPool, RestrictedMaster, Duals
    known : int
        Of the first so many modules of the pool, those that are not in the master can be in no better stock.
    cutoff : float
    parameters : EnumerationParameters

    Returns
    -------
    master : RestrictedMaster or None
        None where no stock can be better.
    complete : bool
    """
    masks, complete = enumerate_columns(pool, duals, cutoff - safe_bound(master, duals), parameters)
    position = pool.position
    if not complete or sum(position.get(mask, known) >= known for mask in masks) > parameters.max_columns:
        return master, False
    pool.add(masks)
    places = np.array([position[mask] for mask in masks if mask in position], dtype=np.int64)
    active = np.union1d(master.module, places[places >= known])
    return fix_by_reduced_cost(pool, active, master.fixed_modules, duals, cutoff), True
