"""The iterations of the ascent, compiled.

All primal variables are in one array, in stretches of a kind: x per pair, y per module, z per copy. So are the dual
ones: u per row, v per envelope cut, omega per copy, lambda per limit, mu. In loops, for what numpy writes in a line
takes seconds to compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.relaxation import Floats, Ints

ROOM_WEIGHT = 0.05
"""Step weight of the row on the number of modules, of the order of a small product's rows."""

BALANCE = (1.0, 300.0)
"""The balance of steps adapts within these: outside, one of the two solutions hardly moves."""

WAKING, NEARLY = 25, 0.003
"""Every so many iterations the pairs are chosen that take part: those used, and those whose loss is at most this
share of what an operation is worth. The others would stay at 0."""


class Terms(NamedTuple):
    """What the kernels read: of a `Slice` and its `Joint`, then of a `Relaxation`, by the same names."""

    size: Ints
    cost: Floats
    held: Floats
    start: Ints
    product: Ints
    row_start: Ints
    row: Ints
    row_product: Ints
    pair_start: Ints
    pair_cut: Ints
    pair_value: Floats
    module_start: Ints
    module_cut: Ints
    module_value: Floats
    most: Floats
    shares: Floats
    saving: Floats
    missing: Floats
    weight: Floats
    need: Floats
    room: float


@inner
def split_primal(primal, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the stretches of x, y and z."""
    pairs, modules = terms.product.size, terms.product.size + terms.size.size
    return primal[:pairs], primal[pairs:modules], primal[modules:]


@inner
def split_dual(dual, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the stretches of u, v, omega, lambda and, of length 1, mu."""
    rows = terms.row_product.size
    cuts = rows + terms.most.size
    copies = cuts + terms.missing.size
    limits = copies + terms.need.size
    return dual[:rows], dual[rows:cuts], dual[cuts:copies], dual[copies:limits], dual[limits:]


@kernel("ascent")
def profits(dual, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return each pair's value and each module's profit, which is the sum of the values above 0 less what it pays."""
    u, v, _, _, room = split_dual(dual, terms)
    size, start, product, row_start, row = terms.size, terms.start, terms.product, terms.row_start, terms.row
    pair_start, pair_cut, pair_value = terms.pair_start, terms.pair_cut, terms.pair_value
    cost, module_start, module_cut, module_value = terms.cost, terms.module_start, terms.module_cut, terms.module_value
    worth, values, profit = np.empty(terms.shares.size), np.empty(product.size), np.empty(size.size)
    _set_worth(worth, dual, terms)
    for j in range(profit.size):
        profit[j] = -_paid(j, v, room[0], cost, module_start, module_cut, module_value)
        for e in range(start[j], start[j + 1]):
            gain = worth[product[e]] * (size[j] - 1)
            values[e] = _value(e, gain, u, v, row_start, row, pair_start, pair_cut, pair_value)
            if values[e] > 0:
                profit[j] += values[e]
    return values, profit


@kernel("ascent")
def iterate(primal, dual, balance, iterations, terms, halt):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Iterate in place, until halted; return the last balance."""
    primal_metric, dual_metric = _metric(primal.size, dual.size, terms)
    primal_anchor, dual_anchor = primal.copy(), dual.copy()
    primal_next, dual_next = np.zeros(primal.size), np.zeros(dual.size)
    worth, first_awake = np.empty(terms.shares.size), np.empty(terms.size.size + 1, np.int64)
    moving = np.empty(primal.size, np.int64)
    awake = moving
    inner, first, last, still = 0, -1.0, np.inf, 0
    for done in range(iterations + 1):
        _set_worth(worth, dual, terms)
        if done % WAKING == 0 or (still and inner == 0):
            awake = moving[: _wake(primal, primal_anchor, primal_next, dual, worth, terms, moving, first_awake)]
        _step(
            primal, dual, primal_next, dual_next, balance, primal_metric, dual_metric, worth, moving, first_awake, terms
        )
        if done == iterations or halt[0]:
            break
        moved = _distance_at(awake, primal, primal_next, primal_metric)
        move = np.sqrt(balance * moved + _distance(dual, dual_next, dual_metric) / balance)
        if first < 0:
            first = move
        if inner > 0 and (move <= 0.2 * first or (move <= 0.8 * first and move > last) or inner >= 0.36 * done + 100):
            far_primal = _distance_at(awake, primal_anchor, primal_next, primal_metric)
            balance = _balanced(balance, far_primal, _distance(dual_anchor, dual_next, dual_metric))
            for start in (primal, primal_anchor):
                _copy(start, primal_next)
            for start in (dual, dual_anchor):
                _copy(start, dual_next)
            inner, first, last = 0, -1.0, np.inf
            still = still + 1 if move < 1e-13 else 0
            if still > 1:  # after another choice of what takes part, too
                break
            continue
        last = move
        inner += 1
        near = inner / (inner + 1.0)
        _reflect_at(awake, primal, primal_next, primal_anchor, near)
        _reflect(dual, dual_next, dual_anchor, near)
    _copy(primal, primal_next)
    _copy(dual, dual_next)
    return balance


@inner
def _balanced(balance, far_primal, far_dual):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a balance at which the primal and the dual variables go equally far."""
    if far_primal <= 1e-20 or far_dual <= 1e-20:
        return balance
    change = (np.sqrt(far_dual / far_primal) / balance) ** 0.5
    return min(BALANCE[1], max(BALANCE[0], balance * min(2.0, max(0.5, change))))


@inner
def _metric(n_primal, n_dual, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return 1 / step at a balance of 1: a variable's coefficients summed, over the scale of its product's duals."""
    primal, dual = np.zeros(n_primal), np.zeros(n_dual)
    x, y, z = split_primal(primal, terms)
    u, v, omega, limits, room = split_dual(dual, terms)
    shares, missing, sold = terms.shares, terms.missing, terms.shares.size - terms.missing.size
    for c in range(missing.size):
        z[c] = shares[sold + c] * (missing[c] + 1.0)
        omega[c] = missing[c]
        limits[limits.size - 1] += shares[sold + c]
    for i in range(u.size):
        if terms.row_product[i] >= sold:
            z[terms.row_product[i] - sold] += shares[terms.row_product[i]]
            u[i] = 1.0
    for j in range(y.size):
        y[j] = ROOM_WEIGHT if terms.room >= 0 else 0.0
        for i in range(terms.module_start[j], terms.module_start[j + 1]):
            y[j] += terms.module_value[i]
            v[terms.module_cut[i]] += terms.module_value[i]
        saves = terms.size[j] - 1
        for e in range(terms.start[j], terms.start[j + 1]):
            k = terms.product[e]
            x[e] = shares[k] * (terms.row_start[e + 1] - terms.row_start[e])
            if k >= sold:
                x[e] += shares[k] * saves
                omega[k - sold] += saves
            for r in range(limits.size):
                x[e] += terms.weight[r, k] * saves
                limits[r] += terms.weight[r, k] * saves
            for i in range(terms.pair_start[e], terms.pair_start[e + 1]):
                x[e] += terms.pair_value[i]
                v[terms.pair_cut[i]] += terms.pair_value[i]
            for i in range(terms.row_start[e], terms.row_start[e + 1]):
                u[terms.row[i]] += 1.0
    for i in range(u.size):
        u[i] = max(u[i], 1.0) / shares[terms.row_product[i]]
    for c in range(missing.size):
        omega[c] /= shares[sold + c]
    room[0] = max(y.size, 1) / ROOM_WEIGHT
    for i in range(n_dual):
        dual[i] = max(dual[i], 1e-12)
    return primal, dual


@inner
def _set_worth(worth, dual, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Set rho_k, what one saved operation of each product is worth."""
    _, _, omega, limits, _ = split_dual(dual, terms)
    saving, weight = terms.saving, terms.weight
    for k in range(worth.size):
        worth[k] = saving[k]
        for r in range(limits.size):
            worth[k] += limits[r] * weight[r, k]
    for c in range(omega.size):
        worth[worth.size - omega.size + c] += omega[c]


@inner
def _paid(j, v, room, cost, module_start, module_cut, module_value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return what module j costs, with mu, less what envelopes grant it."""
    paid = cost[j] + room
    for i in range(module_start[j], module_start[j + 1]):
        paid -= module_value[i] * v[module_cut[i]]
    return paid


@inner
def _value(e, value, u, v, row_start, row, pair_start, pair_cut, pair_value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return what pair e saves, less the duals of its rows and envelopes.

    Here and in `_project` the arrays come one by one: each that is taken from a tuple in a short loop costs time.
    """
    for i in range(row_start[e], row_start[e + 1]):
        value -= u[row[i]]
    for i in range(pair_start[e], pair_start[e + 1]):
        value -= pair_value[i] * v[pair_cut[i]]
    return value


@inner
def _wake(primal, anchor, following, dual, worth, terms, awake, first_awake):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Choose the primal variables that take part, module by module, and all y and z; return how many.

    The other pairs are 0 now, and stay so.
    """
    x, y, _ = split_primal(primal, terms)
    x0, y0, _ = split_primal(anchor, terms)
    u, v, _, _, room = split_dual(dual, terms)
    size, start, product, row_start, row = terms.size, terms.start, terms.product, terms.row_start, terms.row
    pair_start, pair_cut, pair_value = terms.pair_start, terms.pair_cut, terms.pair_value
    cost, module_start, module_cut, module_value = terms.cost, terms.module_start, terms.module_cut, terms.module_value
    n = 0
    for j in range(y.size):
        first_awake[j] = n
        profit = NEARLY * (cost[j] + room[0]) - _paid(j, v, room[0], cost, module_start, module_cut, module_value)
        idle = y[j] == 0 and y0[j] == 0
        for e in range(start[j], start[j + 1]):
            gain = worth[product[e]]
            value = _value(e, gain * (size[j] - 1), u, v, row_start, row, pair_start, pair_cut, pair_value)
            used = x[e] != 0 or x0[e] != 0
            idle = idle and not used
            if value > 0:
                profit += value
            following[e] = 0.0
            if used or value > -NEARLY * gain:
                awake[n] = e
                n += 1
        if idle and profit < 0:
            n = first_awake[j]
    first_awake[y.size] = n
    for i in range(x.size, primal.size):
        awake[n] = i
        n += 1
    return n


@inner
def _step(  # type: ignore[no-untyped-def]  # pragma: no cover
    primal, dual, primal_next, dual_next, balance, primal_metric, dual_metric, worth, awake, first_awake, terms
):  # fmt: skip
    """Take one step of the primal variables, and one of the dual ones at the primal step twice as long."""
    x, y, _ = split_primal(primal, terms)
    xn, yn, _ = split_primal(primal_next, terms)
    x_metric, y_metric, _ = split_primal(primal_metric, terms)
    u, v, _, _, room = split_dual(dual, terms)
    un, vn, on, ln, roomn = split_dual(dual_next, terms)  # until the last loop, by how much each row is exceeded
    size, held, product, row_start, row = terms.size, terms.held, terms.product, terms.row_start, terms.row
    pair_start, pair_cut, pair_value = terms.pair_start, terms.pair_cut, terms.pair_value
    cost, module_start, module_cut, module_value = terms.cost, terms.module_start, terms.module_cut, terms.module_value
    weight, sold = terms.weight, terms.shares.size - terms.missing.size
    for i in range(ln.size):
        ln[i] = terms.need[i]
    for i in range(vn.size):
        vn[i] = -terms.most[i]
    roomn[0] = -terms.room
    _step_of_copies(primal, dual, primal_next, dual_next, balance, primal_metric, terms)
    for j in range(y.size):
        saves, pull = size[j] - 1, balance * y_metric[j]
        target = pull * y[j] - _paid(j, v, room[0], cost, module_start, module_cut, module_value)
        yn[j] = _project(
            x, xn, x_metric, balance, saves, held[j], pull, target, awake, first_awake[j], first_awake[j + 1],
            u, v, worth, product, row_start, row, pair_start, pair_cut, pair_value,
        )  # fmt: skip
        ahead = 2.0 * yn[j] - y[j]
        roomn[0] += ahead
        for i in range(module_start[j], module_start[j + 1]):
            vn[module_cut[i]] -= module_value[i] * ahead
        for e in awake[first_awake[j] : first_awake[j + 1]]:
            ahead = 2.0 * xn[e] - x[e]
            if ahead != 0.0:
                k = product[e]
                for i in range(pair_start[e], pair_start[e + 1]):
                    vn[pair_cut[i]] += pair_value[i] * ahead
                for i in range(row_start[e], row_start[e + 1]):
                    un[row[i]] += ahead
                for r in range(ln.size):
                    ln[r] -= weight[r, k] * saves * ahead
                if k >= sold:
                    on[k - sold] -= saves * ahead
    if terms.room < 0:
        roomn[0] = 0.0
    for i in range(dual.size):
        dual_next[i] = max(0.0, dual[i] + balance / dual_metric[i] * dual_next[i])


@inner
def _step_of_copies(primal, dual, primal_next, dual_next, balance, primal_metric, terms):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take the step of z; set what rows allow, which for copies is z, and what z asks of omega and lambda."""
    _, _, z = split_primal(primal, terms)
    _, _, zn = split_primal(primal_next, terms)
    _, _, z_metric = split_primal(primal_metric, terms)
    u, _, omega, limits, _ = split_dual(dual, terms)
    un, _, on, ln, _ = split_dual(dual_next, terms)
    row_product, shares, missing = terms.row_product, terms.shares, terms.missing
    sold, last = shares.size - missing.size, limits.size - 1
    for c in range(z.size):
        zn[c] = limits[last] * shares[sold + c] - missing[c] * omega[c]  # for now the gradient
    for i in range(u.size if z.size else 0):
        if row_product[i] >= sold:
            zn[row_product[i] - sold] += u[i]
    for c in range(z.size):
        zn[c] = min(1.0, max(0.0, z[c] + zn[c] / (balance * z_metric[c])))
        ahead = 2.0 * zn[c] - z[c]
        on[c] = missing[c] * ahead
        ln[last] -= shares[sold + c] * ahead
    for i in range(u.size):
        c = row_product[i] - sold
        un[i] = -1.0 if c < 0 else z[c] - 2.0 * zn[c]


@inner
def _project(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, xn, metric, balance, saves, held, pull, target, awake, first, last,
    u, v, worth, product, row_start, row, pair_start, pair_cut, pair_value,
):  # fmt: skip
    """Step against the gradient in one module's x, project on 0 <= x <= y <= 1, return y.

    y minimizes pull y^2 / 2 - target y + sum_e (min(0, y - x_e))^2 / (2 step_e): the pairs above y
    are found by dropping those below it until none drops (Michelot's algorithm).
    """
    top, mass, n = target, pull, 0
    for e in awake[first:last]:
        value = _value(e, worth[product[e]] * saves, u, v, row_start, row, pair_start, pair_cut, pair_value)
        stiff = balance * metric[e]
        xn[e] = x[e] + value / stiff
        if xn[e] > 0:
            top += xn[e] * stiff
            mass += stiff
            n += 1
    y = 0.0
    if top > 0:
        y = top / mass
        while True:
            top, mass, above = target, pull, 0
            for e in awake[first:last]:
                if xn[e] > y:
                    top += xn[e] * balance * metric[e]
                    mass += balance * metric[e]
                    above += 1
            if above >= n or mass <= 0:  # rounding may bring back what was dropped
                break
            n, y = above, top / mass
    y = max(held, min(1.0, y))
    for e in awake[first:last]:
        xn[e] = max(0.0, min(xn[e], y))
    return y


@inner
def _distance(point, other, metric):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the squared distance in the metric of the steps."""
    total = 0.0
    for i in range(point.size):
        total += metric[i] * (other[i] - point[i]) ** 2
    return total


@inner
def _distance_at(places, point, other, metric):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the squared distance of points that are the same elsewhere."""
    total = 0.0
    for i in places:
        total += metric[i] * (other[i] - point[i]) ** 2
    return total


@inner
def _reflect(point, following, anchor, near):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Go to the reflection of the step, drawn toward the anchor: the less, the nearer `near` is to 1."""
    for i in range(point.size):
        point[i] = near * (2.0 * following[i] - point[i]) + (1.0 - near) * anchor[i]


@inner
def _reflect_at(places, point, following, anchor, near):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Do that where the point and what follows it are not 0."""
    for i in places:
        point[i] = near * (2.0 * following[i] - point[i]) + (1.0 - near) * anchor[i]


@inner
def _copy(old, new):  # type: ignore[no-untyped-def]  # pragma: no cover
    for i in range(old.size):
        old[i] = new[i]
