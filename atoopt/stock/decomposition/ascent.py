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
from numba import njit
from numpy.typing import NDArray

from atoopt.stock.decomposition.halting import NEVER
from atoopt.stock.decomposition.pool import Slice, in_time
from atoopt.stock.decomposition.relaxation import Floats, Relaxation

ROOM_WEIGHT = 0.05
"""Step weight of the row on the number of modules, of the order of a small product's rows."""

BALANCE = (1.0, 300.0)
"""The balance of steps adapts within these: outside, one of the two solutions hardly moves."""

WAKING, NEARLY = 25, 0.003
"""Every so many iterations the pairs are chosen that take part: those used, and those whose loss is at most this
share of what an operation is worth. The others would stay at 0."""


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
    state = (
        primal.pairs.copy(), primal.modules.copy(), in_time(relaxation, part, primal.pairs),
        *_rows(relaxation, part, duals), duals.limits.copy(),
    )  # fmt: skip
    room, balance = _iterate(
        *state, duals.room, duals.balance, iterations, *_kernel_data(part), part.row_product, part.held,
        part.joint.most, relaxation.shares, relaxation.saving, relaxation.missing, relaxation.weight, relaxation.need,
        float(relaxation.room), halt,
    )  # fmt: skip
    x, y, _, rows, envelopes, timely, limits = state
    return Duals(rows, limits, room, balance, envelopes, timely), Primal(x, y)


def dual_value(relaxation: Relaxation, part: Slice, duals: Duals) -> tuple[float, Floats, Floats]:
    """Return the Lagrangian bound over a slice, each module's profit, and each pair's value.

    The bound holds for every stock of the slice's modules that has those that are fixed. A module's profit
    is the sum of its values above 0, less its cost and the dual of the number of modules.
    """
    rows, envelopes, timely = _rows(relaxation, part, duals)
    worth = relaxation.worth(duals.limits, timely)
    values, profits = _profits(worth, rows, envelopes, duals.room, *_kernel_data(part))
    bound = relaxation.constant + float(duals.limits @ relaxation.need)
    bound -= _paid(relaxation, part, duals.limits, rows, timely) + float(envelopes @ part.joint.most)
    bound -= duals.room * max(relaxation.room, 0)
    counted = np.where(part.held > 0, profits, np.maximum(profits, 0.0))
    return bound - float(counted.sum()), profits, values


def best_multiple(relaxation: Relaxation, part: Slice, duals: Duals) -> Duals:
    """Return the multiple of the duals that proves most over a slice.

    Where the mean assembly time is limited, duals can be scaled with what an operation is worth, and all values
    scale alike: the bound is concave and piecewise linear in the factor. The ascent nears its end with worths that
    are a little too high, so that the same duals, 0.1 % less, prove more; as iterates they are no better.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.decomposition.pool import Pool
    >>> from atoopt.stock.decomposition.relaxation import relax
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
    _, profits, _ = dual_value(relaxation, part, duals)
    cost, free = part.cost + duals.room, part.held == 0
    gains = profits + cost
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


def _kernel_data(part: Slice):  # type: ignore[no-untyped-def]
    return (
        part.size, part.cost, part.start, part.product, part.row_start, part.row,
        part.joint.pair_start, part.joint.pair_cut, part.joint.pair_value,
        part.joint.module_start, part.joint.module_cut, part.joint.module_value,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _profits(  # type: ignore[no-untyped-def]  # pragma: no cover
    worth, u, v, room, size, cost, start, product, row_start, row,
    pair_start, pair_cut, pair_value, module_start, module_cut, module_value,
):  # fmt: skip
    values = np.empty(product.size)
    profits = np.empty(size.size)
    for j in range(size.size):
        profits[j] = -cost[j] - room
        for i in range(module_start[j], module_start[j + 1]):
            profits[j] += module_value[i] * v[module_cut[i]]
        for e in range(start[j], start[j + 1]):
            gain = worth[product[e]] * (size[j] - 1)
            value = _value(e, gain, u, v, row_start, row, pair_start, pair_cut, pair_value)
            values[e] = value
            if value > 0:
                profits[j] += value
    return values, profits


@njit(cache=True, nogil=True)
def _iterate(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, y, z, u, v, omega, limits, room, balance, iterations, size, cost, start, product, row_start, row,
    pair_start, pair_cut, pair_value, module_start, module_cut, module_value, row_product, held, ceiling,
    shares, saving, missing, weight, need, space, halt,
):  # fmt: skip
    """Iterate in place from (x, y, z, u, v, omega, limits, room); return the last `room` and `balance`.

    In loops, for what numpy writes in a line takes seconds to compile.
    """
    m, n_pairs, n_rows, n_limits, n_joint = size.size, product.size, u.size, limits.size, v.size
    n_copies, sold = missing.size, shares.size - missing.size
    counted = space >= 0
    count, total = np.zeros(n_rows), np.zeros(n_limits)
    step_x0, step_z0, step_o0 = np.empty(n_pairs), np.empty(n_copies), np.empty(n_copies)
    for c in range(n_copies):
        step_z0[c] = shares[sold + c] * (missing[c] + 1.0)
        step_o0[c] = missing[c]
        total[n_limits - 1] += shares[sold + c]
    for i in range(n_rows):
        if row_product[i] >= sold:
            step_z0[row_product[i] - sold] += shares[row_product[i]]
            count[i] = 1.0
    step_v0, pull = np.zeros(n_joint), np.empty(m)
    for j in range(m):
        pull[j] = ROOM_WEIGHT if counted else 0.0
        for i in range(module_start[j], module_start[j + 1]):
            pull[j] += module_value[i]
            step_v0[module_cut[i]] += module_value[i]
        for e in range(start[j], start[j + 1]):
            k = product[e]
            scale = shares[k] * (row_start[e + 1] - row_start[e])
            if k >= sold:
                scale += shares[k] * (size[j] - 1)
                step_o0[k - sold] += size[j] - 1
            for r in range(n_limits):
                scale += weight[r, k] * (size[j] - 1)
                total[r] += weight[r, k] * (size[j] - 1)
            for i in range(pair_start[e], pair_start[e + 1]):
                scale += pair_value[i]
                step_v0[pair_cut[i]] += pair_value[i]
            step_x0[e] = 1.0 / scale
            for i in range(row_start[e], row_start[e + 1]):
                count[row[i]] += 1.0
    step_u0, step_l0 = np.empty(n_rows), np.empty(n_limits)
    for i in range(n_rows):
        step_u0[i] = shares[row_product[i]] / max(count[i], 1.0)
    for c in range(n_copies):
        step_z0[c] = 1.0 / step_z0[c]
        step_o0[c] = shares[sold + c] / step_o0[c]
    for r in range(n_limits):
        step_l0[r] = 1.0 / max(total[r], 1e-12)
    for c in range(n_joint):
        step_v0[c] = 1.0 / max(step_v0[c], 1e-12)
    step_room0 = ROOM_WEIGHT / max(m, 1)
    x0, y0, u0, v0, l0, room0 = x.copy(), y.copy(), u.copy(), v.copy(), limits.copy(), room
    z0, o0, zn, on, pulled = z.copy(), omega.copy(), np.empty(n_copies), np.empty(n_copies), np.empty(n_copies)
    xn, yn, un, vn = np.zeros(n_pairs), y.copy(), np.empty(n_rows), np.empty(n_joint)
    awake, first_awake = np.empty(n_pairs, np.int64), np.empty(m + 1, np.int64)
    ln, roomn = np.empty(n_limits), room
    worth = np.empty(shares.size)
    inner, first, last = 0, -1.0, np.inf
    for done in range(iterations + 1):
        # one step: (xn, yn, zn, un, vn, on, ln, roomn) = T(x, y, z, u, v, omega, limits, room)
        for k in range(shares.size):
            worth[k] = saving[k]
            for r in range(n_limits):
                worth[k] += limits[r] * weight[r, k]
        for c in range(n_copies):
            worth[sold + c] += omega[c]
        if done % WAKING == 0:
            _wake(
                x, x0, xn, y, y0, u, v, worth, room, size, cost, start, product, row_start, row,
                pair_start, pair_cut, pair_value, module_start, module_cut, module_value, awake, first_awake,
            )  # fmt: skip
        for r in range(n_limits):
            ln[r] = need[r]
        for c in range(n_copies):
            pulled[c] = limits[n_limits - 1] * shares[sold + c] - missing[c] * omega[c]
        for i in range(n_rows if n_copies > 0 else 0):
            if row_product[i] >= sold:
                pulled[row_product[i] - sold] += u[i]
        for c in range(n_copies):
            zn[c] = min(1.0, max(0.0, z[c] + step_z0[c] / balance * pulled[c]))
            ahead = 2.0 * zn[c] - z[c]
            on[c] = missing[c] * ahead
            ln[n_limits - 1] -= shares[sold + c] * ahead
        for i in range(n_rows):
            c = row_product[i] - sold
            un[i] = -1.0 if c < 0 else z[c] - 2.0 * zn[c]
        for c in range(n_joint):
            vn[c] = -ceiling[c]
        held_now = 0.0
        for j in range(m):
            paid = cost[j] + room
            for i in range(module_start[j], module_start[j + 1]):
                paid -= module_value[i] * v[module_cut[i]]
            yn[j] = _project(
                x, u, v, xn, worth, step_x0, balance, size[j], held[j],
                balance * pull[j], balance * pull[j] * y[j] - paid, awake,
                first_awake[j], first_awake[j + 1], product, row_start, row, pair_start, pair_cut, pair_value,
            )  # fmt: skip
            ahead = 2.0 * yn[j] - y[j]
            held_now += ahead
            for i in range(module_start[j], module_start[j + 1]):
                vn[module_cut[i]] -= module_value[i] * ahead
            for e in awake[first_awake[j] : first_awake[j + 1]]:
                ahead = 2.0 * xn[e] - x[e]
                if ahead != 0.0:
                    for i in range(pair_start[e], pair_start[e + 1]):
                        vn[pair_cut[i]] += pair_value[i] * ahead
                    for i in range(row_start[e], row_start[e + 1]):
                        un[row[i]] += ahead
                    for r in range(n_limits):
                        ln[r] -= weight[r, product[e]] * (size[j] - 1) * ahead
                    if product[e] >= sold:
                        on[product[e] - sold] -= (size[j] - 1) * ahead
        for i in range(n_rows):
            un[i] = max(0.0, u[i] + balance * step_u0[i] * un[i])
        for c in range(n_joint):
            vn[c] = max(0.0, v[c] + balance * step_v0[c] * vn[c])
        for c in range(n_copies):
            on[c] = max(0.0, omega[c] + balance * step_o0[c] * on[c])
        for r in range(n_limits):
            ln[r] = max(0.0, limits[r] + balance * step_l0[r] * ln[r])
        if counted:
            roomn = max(0.0, room + balance * step_room0 * (held_now - space))
        if done == iterations or halt[0]:
            break
        moved_x, moved_u = _distances(x, xn, u, un, limits, ln, step_x0, step_u0, step_l0, awake, first_awake[m])
        for j in range(m):
            moved_x += pull[j] * (yn[j] - y[j]) ** 2
        for c in range(n_joint):
            moved_u += (vn[c] - v[c]) ** 2 / step_v0[c]
        for c in range(n_copies):
            moved_x += (zn[c] - z[c]) ** 2 / step_z0[c]
            moved_u += (on[c] - omega[c]) ** 2 / step_o0[c]
        if counted:
            moved_u += (roomn - room) ** 2 / step_room0
        move = np.sqrt(balance * moved_x + moved_u / balance)
        if first < 0:
            first = move
        if inner > 0 and (move <= 0.2 * first or (move <= 0.8 * first and move > last) or inner >= 0.36 * done + 100):
            far_x, far_u = _distances(x0, xn, u0, un, l0, ln, step_x0, step_u0, step_l0, awake, first_awake[m])
            for c in range(n_joint):
                far_u += (vn[c] - v0[c]) ** 2 / step_v0[c]
            for c in range(n_copies):
                far_x += (zn[c] - z0[c]) ** 2 / step_z0[c]
                far_u += (on[c] - o0[c]) ** 2 / step_o0[c]
            if far_x > 1e-20 and far_u > 1e-20:
                change = (np.sqrt(far_u / far_x) / balance) ** 0.5
                balance = min(BALANCE[1], max(BALANCE[0], balance * min(2.0, max(0.5, change))))
            for old, new in ((x, xn), (y, yn), (z, zn), (u, un), (v, vn), (omega, on), (limits, ln)):
                _copy(old, new)
            for old, new in ((x0, xn), (y0, yn), (z0, zn), (u0, un), (v0, vn), (o0, on), (l0, ln)):
                _copy(old, new)
            room = room0 = roomn
            inner, first, last = 0, -1.0, np.inf
            if move < 1e-13:
                break
            continue
        last = move
        a = (inner + 1.0) / (inner + 2.0)
        for e in awake[: first_awake[m]]:
            x[e] = a * (2.0 * xn[e] - x[e]) + (1.0 - a) * x0[e]
        for i in range(n_rows):
            u[i] = a * (2.0 * un[i] - u[i]) + (1.0 - a) * u0[i]
        for r in range(n_limits):
            limits[r] = a * (2.0 * ln[r] - limits[r]) + (1.0 - a) * l0[r]
        for c in range(n_joint):
            v[c] = a * (2.0 * vn[c] - v[c]) + (1.0 - a) * v0[c]
        for c in range(n_copies):
            z[c] = a * (2.0 * zn[c] - z[c]) + (1.0 - a) * z0[c]
            omega[c] = a * (2.0 * on[c] - omega[c]) + (1.0 - a) * o0[c]
        for j in range(m):
            y[j] = a * (2.0 * yn[j] - y[j]) + (1.0 - a) * y0[j]
        if counted:
            room = a * (2.0 * roomn - room) + (1.0 - a) * room0
        inner += 1
    for old, new in ((x, xn), (y, yn), (u, un), (v, vn), (omega, on), (limits, ln)):
        _copy(old, new)
    return roomn, balance


@njit(cache=True, nogil=True)
def _copy(old, new):  # type: ignore[no-untyped-def]  # pragma: no cover
    for i in range(old.size):
        old[i] = new[i]


@njit(cache=True, nogil=True)
def _value(e, value, u, v, row_start, row, pair_start, pair_cut, pair_value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return what pair e saves, less the duals of its rows and envelopes."""
    for i in range(row_start[e], row_start[e + 1]):
        value -= u[row[i]]
    for i in range(pair_start[e], pair_start[e + 1]):
        value -= pair_value[i] * v[pair_cut[i]]
    return value


@njit(cache=True, nogil=True)
def _wake(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, x0, xn, y, y0, u, v, worth, room, size, cost, start, product, row_start, row, pair_start, pair_cut, pair_value,
    module_start, module_cut, module_value, awake, first_awake,
):  # fmt: skip
    """Choose the pairs that take part; the others are 0 now, and stay so."""
    n = 0
    for j in range(size.size):
        first_awake[j] = n
        profit = -(1.0 - NEARLY) * (cost[j] + room)
        for i in range(module_start[j], module_start[j + 1]):
            profit += module_value[i] * v[module_cut[i]]
        idle = y[j] == 0 and y0[j] == 0
        for e in range(start[j], start[j + 1]):
            gain = worth[product[e]]
            value = _value(e, gain * (size[j] - 1), u, v, row_start, row, pair_start, pair_cut, pair_value)
            used = x[e] != 0 or x0[e] != 0
            idle = idle and not used
            profit += max(0.0, value)
            xn[e] = 0.0
            if used or value > -NEARLY * gain:
                awake[n] = e
                n += 1
        if idle and profit < 0:
            n = first_awake[j]
    first_awake[size.size] = n


@njit(cache=True, nogil=True)
def _project(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, u, v, xn, worth, step_x0, balance, size, held, pull, target, awake, first, last, product, row_start, row,
    pair_start, pair_cut, pair_value,
):  # fmt: skip
    """Step against the gradient in one module's x, project on 0 <= x <= y <= 1, return y.

    y minimizes pull y^2 / 2 - target y + sum_e (min(0, y - x_e))^2 / (2 step_e): the pairs above y
    are found by dropping those below it until none drops (Michelot's algorithm).
    """
    top, mass, n = target, pull, 0
    for e in awake[first:last]:
        value = _value(e, worth[product[e]] * (size - 1), u, v, row_start, row, pair_start, pair_cut, pair_value)
        xn[e] = x[e] + step_x0[e] / balance * value
        if xn[e] > 0:
            top += xn[e] * balance / step_x0[e]
            mass += balance / step_x0[e]
            n += 1
    y = 0.0
    if top > 0:
        y = top / mass
        while True:
            top, mass, above = target, pull, 0
            for e in awake[first:last]:
                if xn[e] > y:
                    top += xn[e] * balance / step_x0[e]
                    mass += balance / step_x0[e]
                    above += 1
            if above >= n or mass <= 0:  # rounding may bring back what was dropped
                break
            n, y = above, top / mass
    y = max(held, min(1.0, y))
    for e in awake[first:last]:
        xn[e] = max(0.0, min(xn[e], y))
    return y


@njit(cache=True, nogil=True)
def _distances(x, xn, u, un, limits, ln, step_x0, step_u0, step_l0, awake, n_awake):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the squared distances in the primal and the dual, in the metric of the steps."""
    primal, dual = 0.0, 0.0
    for e in awake[:n_awake]:
        primal += (xn[e] - x[e]) ** 2 / step_x0[e]
    for i in range(u.size):
        dual += (un[i] - u[i]) ** 2 / step_u0[i]
    for r in range(limits.size):
        dual += (ln[r] - limits[r]) ** 2 / step_l0[r]
    return primal, dual
