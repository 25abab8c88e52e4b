"""The relaxation's dual and primal solution over a slice of modules, by a primal-dual hybrid gradient method.

Reflected Halpern iterations with restarts and a primal weight that adapts, as in today's first-order LP
codes (Lu and Yang 2024), on the saddle point

    min over (x, y) in X,  max over u, lambda, mu >= 0  of the Lagrangian,

where only the coupling rows are dualized and X = {0 <= x_kM <= y_M <= 1} is projected on exactly. So any
duals give the bound `dual_value` at once, whether converged or not. Steps are scaled by the share of the
product: its duals are of that order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.column_generation.ascent_kernel import Terms, iterate, profits, split_dual, split_primal
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.pool import Slice, in_time
from atoopt.stock.column_generation.relaxation import Floats, Relaxation


@dataclass(frozen=True)
class Duals:
    """u per row (product, component) and then per cut, lambda per limit, mu of the number of modules; the step balance.

    Attributes
    ----------
    rows : (n_rows + cuts,) array
        Cuts found later have a dual of 0.
    limits : (limits,) array
    room : float
    balance : float
        The ratio of dual to primal steps that the method has settled on.
    envelopes : (envelopes,) array
        Likewise.
    timely : (copies,) array
        omega per copy; an empty array stands for zeros.
    """

    rows: Floats
    limits: Floats
    room: float
    balance: float
    envelopes: Floats = field(default_factory=lambda: np.zeros(0))
    timely: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Primal:
    """x per pair and y per module of a slice."""

    pairs: Floats
    modules: Floats


def first_duals(relaxation: Relaxation) -> Duals:
    """Return duals to start from: half of an operation's worth is paid to its product's components."""
    rows = 0.5 * relaxation.by_row(np.maximum(relaxation.saving, 0.0))
    return Duals(rows, np.zeros(len(relaxation.need)), 0.0, 100.0)


def ascend(
    relaxation: Relaxation, part: Slice, duals: Duals, primal: Primal, iterations: int, halt: NDArray[np.int8] = NEVER
) -> tuple[Duals, Primal]:
    """Run so many iterations from these duals and this primal solution, or until halted; return where they end."""
    flat = np.concatenate([primal.pairs, primal.modules, in_time(relaxation, part, primal.pairs)])
    dual, terms = _flat(relaxation, part, duals), _terms(relaxation, part)
    balance = iterate(flat, dual, duals.balance, iterations, terms, halt)
    x, y, _ = split_primal.py_func(flat, terms)
    rows, envelopes, timely, limits, room = split_dual.py_func(dual, terms)
    return Duals(rows, limits, float(room[0]), balance, envelopes, timely), Primal(x, y)


def dual_value(relaxation: Relaxation, part: Slice, duals: Duals) -> tuple[float, Floats, Floats]:
    """Return the Lagrangian bound over a slice, each module's profit, and each pair's value.

    The bound holds for every stock of the slice's modules that has those that are fixed. A module's profit
    is the sum of its values above 0, less its cost and the dual of the number of modules.
    """
    dual, terms = _flat(relaxation, part, duals), _terms(relaxation, part)
    rows, envelopes, timely, _, _ = split_dual.py_func(dual, terms)
    values, profit = profits(dual, terms)
    bound = relaxation.constant + float(duals.limits @ relaxation.need)
    bound -= _paid(relaxation, part, duals.limits, rows, timely) + float(envelopes @ part.joint.most)
    bound -= duals.room * max(relaxation.room, 0)
    counted = np.where(part.held > 0, profit, np.maximum(profit, 0.0))
    return bound - float(counted.sum()), profit, values


def best_multiple(relaxation: Relaxation, part: Slice, duals: Duals) -> Duals:
    """Return the multiple of the duals that proves most over a slice.

    Where the mean assembly time is limited, duals can be scaled with what an operation is worth, and all values
    scale alike: the bound is concave and piecewise linear in the factor. The ascent nears its end with worths that
    are a little too high, so that the same duals, 0.1 % less, prove more; as iterates they are no better.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.column_generation.pool import Pool
    >>> from atoopt.stock.column_generation.relaxation import relax
    >>> relaxation = relax(atoopt.load("instances/stock/uniform-5.json"))
    >>> pool = Pool(relaxation)
    >>> pool.add([0b11, 0b1100])
    2
    >>> duals = Duals(np.full(relaxation.n_rows, 0.5), np.array([30.0]), 0.0, 1.0)
    >>> better = best_multiple(relaxation, pool.whole(), duals)
    >>> [round(dual_value(relaxation, pool.whole(), each)[0], 3) for each in (duals, better)]
    [13.726, 18.431]
    """
    if relaxation.instance.max_mean_assembly_time is None:
        return duals
    worth = relaxation.reward + float(duals.limits[0])
    if worth <= 0:
        return duals
    rows, envelopes, timely = _rows(relaxation, part, duals)
    _, profit, _ = dual_value(relaxation, part, duals)
    cost, free = part.cost + duals.room, part.held == 0
    gains = profit + cost
    slope = worth * relaxation.need[0] + float(duals.limits[1:] @ relaxation.need[1:])
    slope -= _paid(relaxation, part, duals.limits, rows, timely) + float(envelopes @ part.joint.most)
    slope -= float(gains[~free].sum())
    paying = free & (gains > 0)
    kinks = cost[paying] / gains[paying]
    order = np.argsort(kinks)
    slopes = slope - np.concatenate([[0.0], np.cumsum(gains[paying][order])])
    if slopes[-1] > 0:  # the more the better: no stock of these modules may be allowed
        return duals
    peak = np.concatenate([[0.0], kinks[order]])[np.argmax(slopes <= 0)]
    factor = max(float(peak), relaxation.reward / worth, 0.0)
    limits = factor * duals.limits
    limits[0] = max(0.0, factor * worth - relaxation.reward)
    return replace(duals, rows=factor * rows, limits=limits, envelopes=factor * envelopes, timely=factor * timely)


def _rows(relaxation: Relaxation, part: Slice, duals: Duals) -> tuple[Floats, Floats, Floats]:
    """Return copies of the duals of rows, envelopes and copies, with zeros for those that there are none of yet."""
    whole = np.zeros(part.n_rows), np.zeros(part.joint.most.size), np.zeros(relaxation.missing.size)
    for each, known in zip(whole, (duals.rows, duals.envelopes, duals.timely), strict=True):
        each[: known.size] = known
    return whole


def _paid(relaxation: Relaxation, part: Slice, limits: Floats, rows: Floats, timely: Floats) -> float:
    """Return what the rows cost: 1 times their duals, or z_k times for those of copies, at the best z."""
    if not timely.size:
        return float(rows.sum())
    sold, by_product = relaxation.sold, np.bincount(part.row_product, rows, relaxation.shares.size)
    of_copies = by_product[sold:] + limits[-1] * relaxation.shares[sold:] - timely * relaxation.missing
    return float(by_product[:sold].sum() + np.maximum(of_copies, 0.0).sum())


def _flat(relaxation: Relaxation, part: Slice, duals: Duals) -> Floats:
    """Return all duals in one array, as the kernels have them."""
    rows, envelopes, timely = _rows(relaxation, part, duals)
    return np.concatenate([rows, envelopes, timely, duals.limits, [duals.room]])


def _terms(relaxation: Relaxation, part: Slice) -> Terms:
    joint = part.joint
    return Terms(
        part.size, part.cost, part.held, part.start, part.product, part.row_start, part.row, part.row_product,
        joint.pair_start, joint.pair_cut, joint.pair_value, joint.module_start, joint.module_cut, joint.module_value,
        joint.most, relaxation.shares, relaxation.saving, relaxation.missing, relaxation.weight, relaxation.need,
        float(relaxation.room),
    )  # fmt: skip
