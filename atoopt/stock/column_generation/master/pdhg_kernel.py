"""The loop of the primal-dual hybrid gradient, compiled: Halpern iterations, restarts, primal weight, active set."""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.master.lagrangian_kernel import (
    module_payment,
    pair_profit,
    set_operation_value,
    split_dual,
    split_primal,
)
from atoopt.stock.column_generation.master.pdhg_step import ActiveSet, Point, set_step_sizes, take_step


@kernel("ascent")
def iterate(current, primal_weight, iterations, master, parameters, halt):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Iterate in place, until halted; return the last primal weight."""
    sizes = Point(np.zeros(current.primal.size), np.zeros(current.dual.size))
    set_step_sizes(sizes, master, parameters)
    anchor = Point(current.primal.copy(), current.dual.copy())
    following = Point(np.zeros(current.primal.size), np.zeros(current.dual.size))
    operation_value = np.empty(master.demand.shares.size)
    active = ActiveSet(np.empty(current.primal.size, np.int64), np.empty(master.columns.size.size + 1, np.int64))
    places = active.places
    since_restart, first_residual, last_residual, n_settled = 0, -1.0, np.inf, 0
    for done in range(iterations + 1):
        set_operation_value(operation_value, current.dual, master)
        if done % parameters.active_set_every == 0 or (n_settled and since_restart == 0):
            n_active = choose_active(current, anchor, following, operation_value, master, active, parameters)
            places = active.places[:n_active]
        take_step(current, following, sizes, primal_weight, operation_value, active, master)
        if done == iterations or halt[0]:
            break
        primal_moved = _distance_at(places, current.primal, following.primal, sizes.primal)
        dual_moved = _distance(current.dual, following.dual, sizes.dual)
        residual = np.sqrt(primal_weight * primal_moved + dual_moved / primal_weight)
        if first_residual < 0:
            first_residual = residual
        if since_restart > 0 and _is_restart_due(
            residual, first_residual, last_residual, since_restart, done, parameters
        ):
            primal_moved = _distance_at(places, anchor.primal, following.primal, sizes.primal)
            dual_moved = _distance(anchor.dual, following.dual, sizes.dual)
            primal_weight = _balanced_weight(primal_weight, primal_moved, dual_moved, parameters)
            for start in (current.primal, anchor.primal):
                _copy(start, following.primal)
            for start in (current.dual, anchor.dual):
                _copy(start, following.dual)
            since_restart, first_residual, last_residual = 0, -1.0, np.inf
            n_settled = n_settled + 1 if residual < parameters.settled_residual else 0
            if n_settled > 1:  # with another active set, too
                break
            continue
        last_residual = residual
        since_restart += 1
        nearness = since_restart / (since_restart + 1.0)
        _reflect_at(places, current.primal, following.primal, anchor.primal, nearness)
        _reflect(current.dual, following.dual, anchor.dual, nearness)
    _copy(current.primal, following.primal)
    _copy(current.dual, following.dual)
    return primal_weight


@inner
def _is_restart_due(residual, first, last, since_restart, done, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether the fixed-point residual has fallen enough, or rises again after it has fallen, or the run is long."""
    return (
        residual <= parameters.restart_sufficient * first
        or (residual <= parameters.restart_necessary * first and residual > last)
        or since_restart >= parameters.restart_artificial * done + parameters.restart_least
    )


@inner
def _balanced_weight(primal_weight, primal_moved, dual_moved, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a weight at which the primal and the dual variables go more nearly equally far, by squared distances."""
    if primal_moved <= parameters.weight_least_move or dual_moved <= parameters.weight_least_move:
        return primal_weight
    change = (np.sqrt(dual_moved / primal_moved) / primal_weight) ** parameters.weight_smoothing
    change = min(parameters.weight_change, max(1.0 / parameters.weight_change, change))
    return min(parameters.weight_most, max(parameters.weight_least, primal_weight * change))


@inner
def choose_active(current, anchor, following, operation_value, master, active, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Choose the primal variables that take part, module by module, and all y and z; return how many.

    The other pairs are 0 now, and stay so.
    """
    x, y, _ = split_primal(current.primal, master)
    x_anchor, y_anchor, _ = split_primal(anchor.primal, master)
    u, v, _, _, mu = split_dual(current.dual, master)
    size, cost, _, start, product, row_start, row, _ = master.columns
    pair_start, pair_cut, pair_coefficient, module_start, module_cut, module_coefficient, _ = master.envelopes
    places, first, primal_next, near = active.places, active.first, following.primal, parameters.active_loss
    n = 0
    for j in range(y.size):
        first[j] = n
        payment = module_payment(j, v, mu[0], cost, module_start, module_cut, module_coefficient)
        profit = near * (cost[j] + mu[0]) - payment
        idle = y[j] == 0 and y_anchor[j] == 0
        for e in range(start[j], start[j + 1]):
            value = operation_value[product[e]]
            of_pair = pair_profit(
                e, value * (size[j] - 1), u, v, row_start, row, pair_start, pair_cut, pair_coefficient
            )
            used = x[e] != 0 or x_anchor[e] != 0
            idle = idle and not used
            if of_pair > 0:
                profit += of_pair
            primal_next[e] = 0.0
            if used or of_pair > -near * value:
                places[n] = e
                n += 1
        if idle and profit < 0:
            n = first[j]
    first[y.size] = n
    for i in range(x.size, primal_next.size):
        places[n] = i
        n += 1
    return n


@inner
def _distance(point, other, sizes):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the squared distance in the metric of the steps."""
    total = 0.0
    for i in range(point.size):
        total += sizes[i] * (other[i] - point[i]) ** 2
    return total


@inner
def _distance_at(places, point, other, sizes):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the squared distance of points that are the same elsewhere."""
    total = 0.0
    for i in places:
        total += sizes[i] * (other[i] - point[i]) ** 2
    return total


@inner
def _reflect(point, following, anchor, nearness):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Go to the reflection of the step, drawn toward the anchor: the less, the nearer `nearness` is to 1."""
    for i in range(point.size):
        point[i] = nearness * (2.0 * following[i] - point[i]) + (1.0 - nearness) * anchor[i]


@inner
def _reflect_at(places, point, following, anchor, nearness):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Do that where the point and what follows it are not 0."""
    for i in places:
        point[i] = nearness * (2.0 * following[i] - point[i]) + (1.0 - nearness) * anchor[i]


@inner
def _copy(old, new):  # type: ignore[no-untyped-def]  # pragma: no cover
    for i in range(old.size):
        old[i] = new[i]
