"""From duals to a bound over every set of components: price all modules, and charge or scale what prices find."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from atoopt.bitsets import mask_of
from atoopt.stock.decomposition.ascent import Duals, dual_value
from atoopt.stock.decomposition.pool import Pool, Slice
from atoopt.stock.decomposition.pricing import Charges, profitable_modules
from atoopt.stock.decomposition.ragged import starts
from atoopt.stock.decomposition.relaxation import Floats, Relaxation

ROUNDING = 1e-9
"""Bounds are lowered by this, relative to the largest term: sums of some 10^5 products of doubles."""

MOST_PRICED = 5_000
COLUMNS = 300
"""Modules that one pricing adds to the pool, unless its bound rests on more of them."""

MAX_NODES = 500_000


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
        Profitable modules that the pool does not know, the most profitable first.
    complete : bool
        No module outside the pool and `new` has a profit above 0 at `duals`.
    """

    bound: float | None
    duals: Duals
    new: list[int]
    complete: bool


def certify(relaxation: Relaxation, pool: Pool, part: Slice, duals: Duals, known: int | None = None) -> Certificate:
    """Price every module, and return the best bound that the duals prove.

    Of the pool's modules only the first `known` count as known to the slice (by default, all): what of these
    is not in it can be in no better stock.

    A profitable module that the pool does not know lowers the Lagrangian bound by its profit. Where there
    are many of them, Farley's scaling is better: u' = (1 - theta) worth + theta u and w' = theta w multiply
    every sum of values by theta at most, so that theta = c / (c + largest profit), c the least cost of a
    module, leaves no unknown module a profit.
    """
    value, _, _ = dual_value(relaxation, part, duals)
    known = len(pool) if known is None else known
    if relaxation.instance.candidate_masks is not None or not relaxation.shares.size:
        return Certificate(safe(relaxation, value), duals, [], True)
    # A search for few is fast even where very many pay; where the pool knows most of them, all are needed.
    for most in (COLUMNS, MOST_PRICED):
        modules, profits, rest, complete = profitable_modules(
            relaxation.has, _gains(relaxation, duals), relaxation.worth(duals.limits),
            (relaxation.fixed + duals.room, relaxation.per_component), floor=0.0, most=most, max_nodes=MAX_NODES,
            joined=relaxation.joined, charges=_charges(relaxation, pool, duals),
        )  # fmt: skip
        masks = masks_of(modules)
        unknown = [i for i, mask in enumerate(masks) if pool.position.get(mask, known) >= known]
        if not complete or rest <= 0.0 or len(unknown) > COLUMNS // 2:
            break
    new = [masks[i] for i in unknown]
    if not complete:
        return Certificate(None, duals, new[:COLUMNS], False)
    largest = max(rest, *(profits[i] for i in unknown)) if unknown else rest
    if largest <= 0.0:
        return Certificate(safe(relaxation, value), duals, [], True)
    scaled = farley(relaxation, duals, float(largest))
    farley_value = -np.inf if scaled is None else dual_value(relaxation, part, scaled)[0]
    charged = value - float(profits[unknown].sum()) if rest <= 0.0 else -np.inf
    if farley_value > charged and scaled is not None:
        return Certificate(safe(relaxation, farley_value), scaled, new[:COLUMNS], True)
    if not np.isfinite(charged):
        return Certificate(None, duals, new[:COLUMNS], False)
    return Certificate(safe(relaxation, charged), duals, new, True)


def farley(relaxation: Relaxation, duals: Duals, largest: float) -> Duals | None:
    """Scale duals so that a module of this profit has none; None where modules may cost nothing."""
    least_cost = relaxation.module_cost(2) + duals.room
    if least_cost <= 0.0:
        return None
    theta = least_cost / (least_cost + largest)
    worth = np.repeat(relaxation.worth(duals.limits), relaxation.has.sum(axis=1))
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
    >>> from atoopt.stock.decomposition.ascent import first_duals
    >>> from atoopt.stock.decomposition.relaxation import relax
    >>> relaxation = relax(atoopt.load("instances/stock/uniform-5.json"))
    >>> masks, complete = modules_within(relaxation, Pool(relaxation), first_duals(relaxation), 1000.0, 100, 10_000)
    >>> len(masks), complete
    (26, True)
    """
    if relaxation.instance.candidate_masks is not None:
        listed = sorted(relaxation.instance.candidate_masks)
        return listed, len(listed) <= most
    modules, _, rest, complete = profitable_modules(
        relaxation.has, _gains(relaxation, duals), relaxation.worth(duals.limits),
        (relaxation.fixed + duals.room, relaxation.per_component), floor=-gap, most=most, max_nodes=max_nodes,
        joined=relaxation.joined, charges=_charges(relaxation, pool, duals),
    )  # fmt: skip
    return masks_of(modules), complete and rest <= -gap


def masks_of(modules: NDArray[np.bool_]) -> list[int]:
    """Return rows of flags as bits."""
    return [mask_of(np.flatnonzero(flags).tolist()) for flags in modules]


def _gains(relaxation: Relaxation, duals: Duals) -> Floats:
    """Return worth_k - u_ki, 0 where product k has no component i."""
    gains = np.zeros(relaxation.has.shape)
    worth = np.repeat(relaxation.worth(duals.limits), relaxation.has.sum(axis=1))
    gains[relaxation.has] = worth - duals.rows[: relaxation.n_rows]
    return gains


def _charges(relaxation: Relaxation, pool: Pool, duals: Duals) -> Charges:
    """Return the cuts that have a dual above 0."""
    cuts, n = pool.cuts, relaxation.n_rows
    dual = np.zeros(len(cuts))
    known = min(len(cuts), duals.rows.size - n)
    dual[:known] = duals.rows[n : n + known]
    dual = dual[cuts.place]
    paid = dual > 0
    owner = np.repeat(np.arange(cuts.first.size - 1), np.diff(cuts.first))[paid]
    first = starts(np.bincount(owner, minlength=cuts.first.size - 1))
    return Charges(first, cuts.sets[paid], cuts.divisor[paid], dual[paid])


def safe(relaxation: Relaxation, value: float) -> float:
    """Return a Lagrangian value lowered by what rounding may have added."""
    return value - ROUNDING * max(1.0, abs(relaxation.constant), abs(value))
