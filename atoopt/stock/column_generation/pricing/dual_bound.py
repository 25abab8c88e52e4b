"""The dual bound: from duals to what holds over every set of components, by pricing and repairs of the duals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from atoopt.sets.bitsets import mask_of
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.master.lagrangian import Duals, safe_bound
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.pricing.dual_repair import take_profits
from atoopt.stock.column_generation.pricing.price import Priced, price
from atoopt.stock.column_generation.pricing.pricing_problem import PricingProblem, pricing_problem
from atoopt.stock.column_generation.relaxation import Floats, Relaxation


@dataclass(frozen=True)
class PricingParameters:
    """How modules are priced for the dual bound.

    Attributes
    ----------
    max_columns_of_search : tuple of int
        Modules that one search is for; the next number only where the pool knows all that the last search came to. A
        search for few is fast even where very many pay, and few of them still pay once the duals have been repaired
        for the others.
    max_columns : int
        New modules to return, those that were repaired for first; the more, the fewer rounds, but the longer ones.
    max_repairs : int
        Searches with repairs; then the duals are scaled. Nearly always ten are enough.
    max_nodes : int
        Of one search, shared by its threads; one that is given up proves nothing, so this is for the worst of cases.
    """

    max_columns_of_search: tuple[int, ...] = (300, 5_000)
    max_columns: int = 250
    max_repairs: int = 30
    max_nodes: int = 3_000_000


PRICING = PricingParameters()


@dataclass(frozen=True)
class DualBound:
    """A bound that holds over all modules that the instance allows, and what pricing came to.

    Attributes
    ----------
    value : float or None
        None where the search was given up.
    duals : Duals
        Duals that prove it.
    columns : list of int
        Modules that the pool does not know and that pay: first those that did so after the repairs for the others.
    """

    value: float | None
    duals: Duals
    columns: list[int]


def dual_bound(
    pool: ColumnPool, master: RestrictedMaster, duals: Duals, known: int | None = None,
    parameters: PricingParameters = PRICING, threads: int = 1, halt: NDArray[np.int8] = NEVER,
) -> DualBound:  # fmt: skip
    """Price every module, repair the duals where one that is unknown would pay, and return the bound they prove then.

    Of the pool's modules only the first `known` count as known to the restricted master (by default, all): what of
    these is not in it can be in no better stock.

    A profitable module that the pool does not know lowers the Lagrangian bound by its profit. The duals are raised
    until it breaks even, which costs that much at most (`take_profits`), and what still pays is priced again. Where
    that does not come to an end, Farley's scaling leaves no unknown module a profit.
    """
    relaxation = pool.relaxation
    if relaxation.instance.candidate_masks is not None or not relaxation.shares.size:
        return DualBound(safe_bound(master, duals), duals, [])
    known = len(pool) if known is None else known
    problem = pricing_problem(pool, duals)
    needed: list[int] = []  # with a profit after the repairs for those before
    others: list[int] = []
    for _ in range(parameters.max_repairs):
        priced, masks, unknown = _price_unknown(problem, pool, known, parameters, threads, halt)
        if not priced.complete:
            return DualBound(None, duals, needed + [masks[i] for i in unknown[: parameters.max_columns]])
        lowered = take_profits(problem, priced.modules[unknown])
        needed += [masks[unknown[i]] for i in np.flatnonzero(lowered).tolist()]
        others += [masks[unknown[i]] for i in np.flatnonzero(~lowered).tolist()]
        if priced.rest <= 0.0 or not lowered.any():
            break
    if needed:
        duals = _repaired(relaxation, duals, problem.gain)
    columns = needed + others[: max(0, parameters.max_columns - len(needed))]
    scaled = duals if priced.rest <= 0.0 else farley(relaxation, duals, priced.rest)
    if scaled is None:
        return DualBound(None, duals, columns)
    return DualBound(safe_bound(master, scaled), scaled, columns)


def _price_unknown(
    problem: PricingProblem, pool: ColumnPool, known: int, parameters: PricingParameters, threads: int,
    halt: NDArray[np.int8],
) -> tuple[Priced, list[int], list[int]]:  # fmt: skip
    """Return what pricing comes to, its modules as bits, and which of these the pool did not know at first."""
    for max_columns in parameters.max_columns_of_search:
        priced = price(
            problem, floor=0.0, max_columns=max_columns, max_nodes=parameters.max_nodes, threads=threads, halt=halt
        )
        masks = masks_of(priced.modules)
        unknown = [i for i, mask in enumerate(masks) if pool.position.get(mask, known) >= known]
        if not priced.complete or priced.rest <= 0.0 or unknown:
            break
    return priced, masks, unknown


def _repaired(relaxation: Relaxation, duals: Duals, gain: Floats) -> Duals:
    """Return the duals of lower gains."""
    rows, n = duals.rows.copy(), relaxation.n_rows
    value = relaxation.by_row(relaxation.operation_value(duals.limits, duals.copies))
    rows[:n] = np.maximum(rows[:n], value - gain[relaxation.has])
    return replace(duals, rows=rows)


def farley(relaxation: Relaxation, duals: Duals, largest: float) -> Duals | None:
    """Scale duals so that a module of this profit has none; None where modules may cost nothing.

    u' = (1 - theta) rho + theta u and w' = theta w multiply every sum of values by theta at most, so that theta =
    c / (c + largest profit) will do, c the least cost of a module.
    """
    least_cost = relaxation.module_cost(2) + duals.module_limit
    if least_cost <= 0.0:
        return None
    theta = least_cost / (least_cost + largest)
    value = relaxation.by_row(relaxation.operation_value(duals.limits, duals.copies))
    rows, n = theta * duals.rows, relaxation.n_rows
    rows[:n] = np.where(value > 0, (1.0 - theta) * value + rows[:n], duals.rows[:n])
    return replace(duals, rows=rows, envelopes=theta * duals.envelopes)


def masks_of(modules: Iterable[NDArray[np.bool_]]) -> list[int]:
    """Return rows of flags as bits."""
    return [mask_of(np.flatnonzero(flags).tolist()) for flags in modules]
