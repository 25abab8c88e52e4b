"""From duals to a bound over every set of components: price all modules, and repair the duals for what pays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from atoopt.sets.bitsets import mask_of
from atoopt.stock.column_generation.ascent import Duals, dual_value
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.pool import Pool, Slice
from atoopt.stock.column_generation.pricing import Charges, charges_of, profitable_modules
from atoopt.stock.column_generation.ragged import entries_of, starts
from atoopt.stock.column_generation.relaxation import Floats, Relaxation
from atoopt.stock.column_generation.repair import take_profits

ROUNDING = 1e-9
"""Bounds are lowered by this, relative to the largest term: sums of some 10^5 products of doubles."""

MOST_PRICED = 5_000
SEARCHED = 300
"""Modules that one search is for; few of them still pay once the duals have been repaired for the others."""

COLUMNS = 250
"""New modules to return, those that were repaired for first; the more, the fewer rounds, but the longer ones."""

MOST_REPAIRS = 30

MAX_NODES = 3_000_000
"""Of one search, shared by its threads; one that is given up proves nothing, so this is for the worst of cases."""


@dataclass(frozen=True)
class Certificate:
    """A bound that holds over all modules that the instance allows, and what pricing found.

    Attributes
    ----------
    bound : float or None
        None where the search was given up.
    duals : Duals
        Duals that prove the bound.
    new : list of int
        Modules that the pool does not know and that pay: first those that did so after the repairs for the others.
    """

    bound: float | None
    duals: Duals
    new: list[int]


def certify(
    relaxation: Relaxation, pool: Pool, part: Slice, duals: Duals, known: int | None = None, threads: int = 1,
    halt: NDArray[np.int8] = NEVER,
) -> Certificate:  # fmt: skip
    """Price every module, repair the duals where one that is unknown would pay, and return the bound they prove then.

    Of the pool's modules only the first `known` count as known to the slice (by default, all): what of these
    is not in it can be in no better stock.

    A profitable module that the pool does not know lowers the Lagrangian bound by its profit. The duals are
    raised until it breaks even, which costs that much at most (`take_profits`), and what still pays is priced
    again. Where that does not come to an end, Farley's scaling leaves no unknown module a profit: u' = (1 - theta)
    worth + theta u and w' = theta w multiply every sum of values by theta at most, so that theta = c / (c + largest
    profit) will do, c the least cost of a module.
    """
    known = len(pool) if known is None else known
    if relaxation.instance.candidate_masks is not None or not relaxation.shares.size:
        return Certificate(safe(relaxation, dual_value(relaxation, part, duals)[0]), duals, [])
    gains, worth, cost, charges = prices(relaxation, pool, duals)
    new: list[int] = []
    others: list[int] = []
    for _ in range(MOST_REPAIRS):
        # A search for few is fast even where very many pay; where the pool knows most of them, all are needed.
        for most in (SEARCHED, MOST_PRICED):
            modules, _, rest, complete = profitable_modules(
                relaxation.has, gains, worth, cost, floor=0.0, most=most, max_nodes=MAX_NODES,
                joined=relaxation.joined, charges=charges, threads=threads, halt=halt,
            )  # fmt: skip
            masks = masks_of(modules)
            unknown = [i for i, mask in enumerate(masks) if pool.position.get(mask, known) >= known]
            if not complete or rest <= 0.0 or unknown:
                break
        if not complete:
            return Certificate(None, duals, new + [masks[i] for i in unknown[:COLUMNS]])
        lowered = take_profits(relaxation.has, gains, worth, cost, modules[unknown], charges)
        new += [masks[unknown[i]] for i in np.flatnonzero(lowered).tolist()]
        others += [masks[unknown[i]] for i in np.flatnonzero(~lowered).tolist()]
        if rest <= 0.0 or not lowered.any():
            break
    if new:
        duals = _repaired(relaxation, duals, gains)
    scaled = duals if rest <= 0.0 else farley(relaxation, duals, rest)
    found = new + others[: max(0, COLUMNS - len(new))]
    if scaled is None:
        return Certificate(None, duals, found)
    return Certificate(safe(relaxation, dual_value(relaxation, part, scaled)[0]), scaled, found)


def _repaired(relaxation: Relaxation, duals: Duals, gains: Floats) -> Duals:
    """Return the duals of lower gains."""
    rows, n = duals.rows.copy(), relaxation.n_rows
    worth = relaxation.by_row(relaxation.worth(duals.limits, duals.timely))
    rows[:n] = np.maximum(rows[:n], worth - gains[relaxation.has])
    return replace(duals, rows=rows)


def farley(relaxation: Relaxation, duals: Duals, largest: float) -> Duals | None:
    """Scale duals so that a module of this profit has none; None where modules may cost nothing."""
    least_cost = relaxation.module_cost(2) + duals.room
    if least_cost <= 0.0:
        return None
    theta = least_cost / (least_cost + largest)
    worth = relaxation.by_row(relaxation.worth(duals.limits, duals.timely))
    rows, n = theta * duals.rows, relaxation.n_rows
    rows[:n] = np.where(worth > 0, (1.0 - theta) * worth + rows[:n], duals.rows[:n])
    return replace(duals, rows=rows, envelopes=theta * duals.envelopes)


def modules_within(
    relaxation: Relaxation, pool: Pool, duals: Duals, gap: float, most: int, max_nodes: int
) -> tuple[list[int], bool]:
    """Return every module that a stock within `gap` of the Lagrangian bound can hold, and whether these are all.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.column_generation.ascent import first_duals
    >>> from atoopt.stock.column_generation.relaxation import relax
    >>> relaxation = relax(atoopt.load("instances/stock/uniform-5.json"))
    >>> masks, complete = modules_within(relaxation, Pool(relaxation), first_duals(relaxation), 1000.0, 100, 10_000)
    >>> len(masks), complete
    (26, True)
    """
    if relaxation.instance.candidate_masks is not None:
        listed = sorted(relaxation.instance.candidate_masks)
        return listed, len(listed) <= most
    gains, worth, cost, charges = prices(relaxation, pool, duals)
    modules, _, rest, complete = profitable_modules(
        relaxation.has, gains, worth, cost, floor=-gap, most=most, max_nodes=max_nodes,
        joined=relaxation.joined, charges=charges,
    )  # fmt: skip
    return masks_of(modules), complete and rest <= -gap


def masks_of(modules: NDArray[np.bool_]) -> list[int]:
    """Return rows of flags as bits."""
    return [mask_of(np.flatnonzero(flags).tolist()) for flags in modules]


def prices(relaxation: Relaxation, pool: Pool, duals: Duals) -> tuple[Floats, Floats, tuple[float, float], Charges]:
    """Return what pricing needs: worth_k - u_ki (0 where product k has no component i), worth, cost and charges."""
    gains, worth = np.zeros(relaxation.has.shape), relaxation.worth(duals.limits, duals.timely)
    gains[relaxation.has] = relaxation.by_row(worth) - duals.rows[: relaxation.n_rows]
    cost = (relaxation.fixed + duals.room, relaxation.per_component)
    return gains, worth, cost, _charges(relaxation, pool, duals)


def _charges(relaxation: Relaxation, pool: Pool, duals: Duals) -> Charges:
    """Return the cuts that have a dual above 0."""
    cuts, n = pool.cuts, relaxation.n_rows
    dual = np.zeros(len(cuts))
    known = min(len(cuts), duals.rows.size - n)
    dual[:known] = duals.rows[n : n + known]
    dual = dual[cuts.place]
    paid = dual > 0
    first = starts(paid)[cuts.first]
    start, kept = entries_of(cuts.start, np.flatnonzero(paid))
    return charges_of(first, start, cuts.sets[kept], dual[paid], relaxation.has.shape[1])


def safe(relaxation: Relaxation, value: float) -> float:
    """Return a Lagrangian value lowered by what rounding may have added."""
    return value - ROUNDING * max(1.0, abs(relaxation.constant), abs(value))
