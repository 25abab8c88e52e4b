"""One step of the primal-dual hybrid gradient, compiled, with its step sizes and its exact projection.

A primal variable has the step 1 / (primal weight * size_i), a dual one primal weight / size_i, with the sizes of
`set_step_sizes`: diagonal preconditioning (Pock and Chambolle 2011) as in PDLP (Applegate et al. 2021).
"""

from __future__ import annotations

from typing import NamedTuple

from atoopt.kernels.declare import inner
from atoopt.stock.column_generation.master.lagrangian_kernel import (
    module_payment,
    pair_profit,
    split_dual,
    split_primal,
)
from atoopt.stock.column_generation.relaxation import Floats, Ints


class Point(NamedTuple):
    """All primal and all dual variables, or something of each of them."""

    primal: Floats
    dual: Floats


class ActiveSet(NamedTuple):
    """The primal variables that take part: of module j the places ``first[j]:first[j + 1]``, then all y and z."""

    places: Ints
    first: Ints


@inner
def set_step_sizes(sizes, master, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in 1 / step at a weight of 1: a variable's coefficients summed, over the scale of its product's duals."""
    x, y, z = split_primal(sizes.primal, master)
    u, v, omega, limits, mu = split_dual(sizes.dual, master)
    columns, envelopes = master.columns, master.envelopes
    shares, required, weight = master.demand.shares, master.demand.required, master.demand.limit_weight
    n_sold = shares.size - required.size
    for c in range(required.size):
        z[c] = shares[n_sold + c] * (required[c] + 1.0)
        omega[c] = required[c]
        limits[limits.size - 1] += shares[n_sold + c]
    for i in range(u.size):
        if columns.row_product[i] >= n_sold:
            z[columns.row_product[i] - n_sold] += shares[columns.row_product[i]]
            u[i] = 1.0
    for j in range(y.size):
        y[j] = parameters.module_limit_coefficient if master.demand.module_limit >= 0 else 0.0
        for i in range(envelopes.module_start[j], envelopes.module_start[j + 1]):
            y[j] += envelopes.module_coefficient[i]
            v[envelopes.module_cut[i]] += envelopes.module_coefficient[i]
        saves = columns.size[j] - 1
        for e in range(columns.start[j], columns.start[j + 1]):
            k = columns.product[e]
            x[e] = shares[k] * (columns.row_start[e + 1] - columns.row_start[e])
            if k >= n_sold:
                x[e] += shares[k] * saves
                omega[k - n_sold] += saves
            for r in range(limits.size):
                x[e] += weight[r, k] * saves
                limits[r] += weight[r, k] * saves
            for i in range(envelopes.pair_start[e], envelopes.pair_start[e + 1]):
                x[e] += envelopes.pair_coefficient[i]
                v[envelopes.pair_cut[i]] += envelopes.pair_coefficient[i]
            for i in range(columns.row_start[e], columns.row_start[e + 1]):
                u[columns.row[i]] += 1.0
    for i in range(u.size):
        u[i] = max(u[i], 1.0) / shares[columns.row_product[i]]
    for c in range(required.size):
        omega[c] /= shares[n_sold + c]
    mu[0] = max(y.size, 1) / parameters.module_limit_coefficient
    for i in range(sizes.dual.size):
        sizes.dual[i] = max(sizes.dual[i], parameters.least_dual_size)


@inner
def take_step(current, following, sizes, primal_weight, operation_value, active, master):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take one step of the primal variables, and one of the dual ones at the primal step twice as long."""
    x, y, _ = split_primal(current.primal, master)
    x_next, y_next, _ = split_primal(following.primal, master)
    x_size, y_size, _ = split_primal(sizes.primal, master)
    u, v, _, _, mu = split_dual(current.dual, master)
    # until the last loop, by how much each row is exceeded
    u_next, v_next, omega_next, limits_next, mu_next = split_dual(following.dual, master)
    size, cost, fixed, _, product, row_start, row, _ = master.columns
    pair_start, pair_cut, pair_coefficient, module_start, module_cut, module_coefficient, intercept = master.envelopes
    weight, n_sold = master.demand.limit_weight, master.demand.shares.size - master.demand.required.size
    places, first = active.places, active.first
    for i in range(limits_next.size):
        limits_next[i] = master.demand.limit_need[i]
    for i in range(v_next.size):
        v_next[i] = -intercept[i]
    mu_next[0] = -master.demand.module_limit
    _step_copies(current, following, sizes, primal_weight, master)
    for j in range(y.size):
        saves, pull = size[j] - 1, primal_weight * y_size[j]
        target = pull * y[j] - module_payment(j, v, mu[0], cost, module_start, module_cut, module_coefficient)
        y_next[j] = project(
            x, x_next, x_size, primal_weight, saves, fixed[j], pull, target, places, first[j], first[j + 1],
            u, v, operation_value, product, row_start, row, pair_start, pair_cut, pair_coefficient,
        )  # fmt: skip
        ahead = 2.0 * y_next[j] - y[j]
        mu_next[0] += ahead
        for i in range(module_start[j], module_start[j + 1]):
            v_next[module_cut[i]] -= module_coefficient[i] * ahead
        for e in places[first[j] : first[j + 1]]:
            ahead = 2.0 * x_next[e] - x[e]
            if ahead != 0.0:
                k = product[e]
                for i in range(pair_start[e], pair_start[e + 1]):
                    v_next[pair_cut[i]] += pair_coefficient[i] * ahead
                for i in range(row_start[e], row_start[e + 1]):
                    u_next[row[i]] += ahead
                for r in range(limits_next.size):
                    limits_next[r] -= weight[r, k] * saves * ahead
                if k >= n_sold:
                    omega_next[k - n_sold] -= saves * ahead
    if master.demand.module_limit < 0:
        mu_next[0] = 0.0
    dual, dual_next, dual_size = current.dual, following.dual, sizes.dual
    for i in range(dual.size):
        dual_next[i] = max(0.0, dual[i] + primal_weight / dual_size[i] * dual_next[i])


@inner
def _step_copies(current, following, sizes, primal_weight, master):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take the step of z; set what rows allow, which for copies is z, and what z asks of omega and lambda."""
    _, _, z = split_primal(current.primal, master)
    _, _, z_next = split_primal(following.primal, master)
    _, _, z_size = split_primal(sizes.primal, master)
    u, _, omega, limits, _ = split_dual(current.dual, master)
    u_next, _, omega_next, limits_next, _ = split_dual(following.dual, master)
    row_product, shares, required = master.columns.row_product, master.demand.shares, master.demand.required
    n_sold, last = shares.size - required.size, limits.size - 1
    for c in range(z.size):
        z_next[c] = limits[last] * shares[n_sold + c] - required[c] * omega[c]  # for now the gradient
    for i in range(u.size if z.size else 0):
        if row_product[i] >= n_sold:
            z_next[row_product[i] - n_sold] += u[i]
    for c in range(z.size):
        z_next[c] = min(1.0, max(0.0, z[c] + z_next[c] / (primal_weight * z_size[c])))
        ahead = 2.0 * z_next[c] - z[c]
        omega_next[c] = required[c] * ahead
        limits_next[last] -= shares[n_sold + c] * ahead
    for i in range(u.size):
        c = row_product[i] - n_sold
        u_next[i] = -1.0 if c < 0 else z[c] - 2.0 * z_next[c]


@inner
def project(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, x_next, x_size, primal_weight, saves, fixed, pull, target, places, first, last,
    u, v, operation_value, product, row_start, row, pair_start, pair_cut, pair_coefficient,
):  # fmt: skip
    """Step against the gradient in one module's x, project on 0 <= x <= y <= 1, return y.

    y minimizes pull y^2 / 2 - target y + sum_e (min(0, y - x_e))^2 / (2 step_e): the pairs above y are found by
    dropping those below it until none drops (Michelot's algorithm).

    More than eight arguments, for the reason that `pair_profit` gives.
    """
    top, mass, n_above = target, pull, 0
    for e in places[first:last]:
        saved = operation_value[product[e]] * saves
        profit = pair_profit(e, saved, u, v, row_start, row, pair_start, pair_cut, pair_coefficient)
        stiffness = primal_weight * x_size[e]
        x_next[e] = x[e] + profit / stiffness
        if x_next[e] > 0:
            top += x_next[e] * stiffness
            mass += stiffness
            n_above += 1
    y = 0.0
    if top > 0:
        y = top / mass
        while True:
            top, mass, still_above = target, pull, 0
            for e in places[first:last]:
                if x_next[e] > y:
                    top += x_next[e] * primal_weight * x_size[e]
                    mass += primal_weight * x_size[e]
                    still_above += 1
            if still_above >= n_above or mass <= 0:  # rounding may bring back what was dropped
                break
            n_above, y = still_above, top / mass
    y = max(fixed, min(1.0, y))
    for e in places[first:last]:
        x_next[e] = max(0.0, min(x_next[e], y))
    return y
