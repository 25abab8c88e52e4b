"""The Lagrangian of a restricted master: what any duals prove over it, and the reduced profits of its columns.

A reduced profit is a reduced cost with the sign turned: what a column gains, at these duals, beyond what it pays.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from atoopt.stock.column_generation.master.lagrangian_kernel import (
    Columns,
    Demand,
    MasterArrays,
    reduced_profits,
    split_dual,
)
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.relaxation import Floats, Relaxation


@dataclass(frozen=True)
class LagrangianParameters:
    """How bounds are kept safe.

    Attributes
    ----------
    rounding : float
        Bounds are lowered by this, relative to the largest term: sums of some 10^5 products of doubles.
    """

    rounding: float = 1e-9


ROUNDING = LagrangianParameters().rounding


@dataclass(frozen=True)
class Duals:
    """u per row (product, component) and then per clique cut, lambda per limit, mu of the module limit; and so on.

    Attributes
    ----------
    rows : (n_rows + cuts,) array
        Cuts found later have a dual of 0.
    limits : (limits,) array
    module_limit : float
    primal_weight : float
        Where PDHG left it.
    envelopes : (envelopes,) array
        v; cuts found later have a dual of 0.
    copies : (copies,) array
        omega; an empty array stands for zeros.
    """

    rows: Floats
    limits: Floats
    module_limit: float
    primal_weight: float
    envelopes: Floats = field(default_factory=lambda: np.zeros(0))
    copies: Floats = field(default_factory=lambda: np.zeros(0))


class Lagrangian(NamedTuple):
    """What duals say of a restricted master.

    Attributes
    ----------
    bound : float
        It holds for every stock of the master's modules that has those that are fixed.
    module_profit : (m,) array
        The reduced profit of y_M: that of its pairs above 0, less c_M and mu.
    pair_profit : (pairs,) array
        The reduced profit of x_kM.
    """

    bound: float
    module_profit: Floats
    pair_profit: Floats


def lagrangian(master: RestrictedMaster, duals: Duals) -> Lagrangian:
    """Return the least of the Lagrangian over 0 <= x <= y <= 1, 0 <= z <= 1, and the reduced profits."""
    relaxation, dual = master.relaxation, flat_duals(master, duals)
    arrays = arrays_of(master)
    rows, envelopes, copies, _, _ = split_dual.py_func(dual, arrays)
    of_pair, of_module = reduced_profits(dual, arrays)
    bound = relaxation.constant + float(duals.limits @ relaxation.limit_need)
    bound -= _row_payment(master, duals.limits, rows, copies) + float(envelopes @ master.envelopes.intercept)
    bound -= duals.module_limit * max(relaxation.module_limit, 0)
    counted = np.where(master.fixed > 0, of_module, np.maximum(of_module, 0.0))
    return Lagrangian(bound - float(counted.sum()), of_module, of_pair)


def safe(relaxation: Relaxation, bound: float) -> float:
    """Return a bound lowered by what rounding may have added."""
    return bound - ROUNDING * max(1.0, abs(relaxation.constant), abs(bound))


def safe_bound(master: RestrictedMaster, duals: Duals) -> float:
    """Return what duals prove over a restricted master, whatever rounding did."""
    return safe(master.relaxation, lagrangian(master, duals).bound)


def best_multiple(master: RestrictedMaster, duals: Duals) -> Duals:
    """Return the multiple of the duals that proves most over a restricted master.

    Where the mean assembly time is limited, duals can be scaled with what an operation is worth, and all profits
    scale alike: the bound is concave and piecewise linear in the factor. PDHG nears its end with values that are a
    little too high, so that the same duals, 0.1 % less, prove more; as iterates they are no better.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.column_generation.column_pool import ColumnPool
    >>> from atoopt.stock.column_generation.relaxation import relax
    >>> relaxation = relax(atoopt.load("instances/stock/uniform-5.json"))
    >>> pool = ColumnPool(relaxation)
    >>> pool.add([0b11, 0b1100])
    2
    >>> duals = Duals(np.full(relaxation.n_rows, 0.5), np.array([30.0]), 0.0, 1.0)
    >>> better = best_multiple(pool.whole_master(), duals)
    >>> [round(lagrangian(pool.whole_master(), each).bound, 3) for each in (duals, better)]
    [13.726, 18.431]
    """
    relaxation = master.relaxation
    if relaxation.instance.max_mean_assembly_time is None:
        return duals
    value = relaxation.reward + float(duals.limits[0])
    if value <= 0:
        return duals
    rows, envelopes, copies = _padded(master, duals)
    cost, free = master.cost + duals.module_limit, master.fixed == 0
    gains = lagrangian(master, duals).module_profit + cost
    slope = value * relaxation.limit_need[0] + float(duals.limits[1:] @ relaxation.limit_need[1:])
    slope -= _row_payment(master, duals.limits, rows, copies) + float(envelopes @ master.envelopes.intercept)
    slope -= float(gains[~free].sum())
    peak = _peak(slope, cost, gains, free & (gains > 0))
    if peak is None:
        return duals
    factor = max(peak, relaxation.reward / value, 0.0)
    limits = factor * duals.limits
    limits[0] = max(0.0, factor * value - relaxation.reward)
    return replace(duals, rows=factor * rows, limits=limits, envelopes=factor * envelopes, copies=factor * copies)


def _peak(slope: float, cost: Floats, gains: Floats, paying: np.ndarray) -> float | None:
    """Return where slope * t - sum of (gain * t - cost, where above 0) is largest; None if it rises without an end."""
    kinks = cost[paying] / gains[paying]
    order = np.argsort(kinks)
    slopes = slope - np.concatenate([[0.0], np.cumsum(gains[paying][order])])
    if slopes[-1] > 0:  # the more the better: no stock of these modules may be allowed
        return None
    return float(np.concatenate([[0.0], kinks[order]])[np.argmax(slopes <= 0)])


def arrays_of(master: RestrictedMaster) -> MasterArrays:
    """Return a restricted master as compiled code has it."""
    r = master.relaxation
    columns = Columns(
        master.size, master.cost, master.fixed, master.start, master.product, master.row_start, master.row,
        master.row_product,
    )  # fmt: skip
    demand = Demand(r.shares, r.saving, r.required, r.limit_weight, r.limit_need, float(r.module_limit))
    return MasterArrays(columns, master.envelopes, demand)


def flat_duals(master: RestrictedMaster, duals: Duals) -> Floats:
    """Return all duals in one array, as compiled code has them."""
    rows, envelopes, copies = _padded(master, duals)
    return np.concatenate([rows, envelopes, copies, duals.limits, [duals.module_limit]])


def _padded(master: RestrictedMaster, duals: Duals) -> tuple[Floats, Floats, Floats]:
    """Return copies of the duals of rows, envelopes and copies, with zeros for those that there are none of yet."""
    sizes = master.n_rows, master.envelopes.intercept.size, master.relaxation.required.size
    padded = tuple(np.zeros(size) for size in sizes)
    for each, known in zip(padded, (duals.rows, duals.envelopes, duals.copies), strict=True):
        each[: known.size] = known
    return padded[0], padded[1], padded[2]


def _row_payment(master: RestrictedMaster, limits: Floats, rows: Floats, copies: Floats) -> float:
    """Return what the rows cost: 1 times their duals, or z_k times for those of copies, at the best z."""
    if not copies.size:
        return float(rows.sum())
    relaxation = master.relaxation
    n_sold, by_product = relaxation.n_sold, np.bincount(master.row_product, rows, relaxation.shares.size)
    of_copies = by_product[n_sold:] + limits[-1] * relaxation.shares[n_sold:] - copies * relaxation.required
    return float(by_product[:n_sold].sum() + np.maximum(of_copies, 0.0).sum())
