"""Method ``exact``: the best policy read off the complete frontier, no solver needed.

Without limits the problem falls apart into its items, and one comparison each is enough. Limits on process
hours couple the items in a way that a frontier of two sums cannot hold; then the MILP decides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atoopt.kernels.prepare import prepare
from atoopt.pareto.choose import CHOOSERS
from atoopt.policy import milp
from atoopt.policy.assignment import PolicyFront, complete_front, items, limits_with_tolerance, supported_front
from atoopt.policy.evaluate import Choice, evaluate_mask
from atoopt.policy.frontier import Stopped
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import Objective, choice_of, objective_of
from atoopt.policy.relaxation import explain_infeasible
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run


def solve(instance: PolicyInstance, run: Run) -> Claim:
    """Return the best policy, proven; with ``choose``, the point of the complete frontier that it picks."""
    objective, choose = objective_of(run.options), choice_of(run.options, "objective")
    if instance.process_limits and process_limits_bind(instance):
        claim = milp.solve(instance, run)
        claim.message = "; ".join(filter(None, ["process_hours couple the parts: solved as a MILP", claim.message]))
        return claim
    separable = _separable(instance, objective)
    if separable is not None and choose == "objective":
        return separable
    prepare(["frontier"], run)
    try:
        front = complete_front(instance, stop=lambda: run.stopped)
    except Stopped:
        return _unfinished(instance, objective, choose, run)
    if not len(front):
        message, relaxations = explain_infeasible(instance, run)
        return Claim(infeasible=True, message=message, details={"relaxations": relaxations})
    return picked(instance, front, objective, choose)


def picked(instance: PolicyInstance, front: PolicyFront, objective: Objective, choose: str) -> Claim:
    """Return the point of a complete front that a rule picks; the bound is on the objective's value."""
    costs = front.values @ np.array(objective.weights)
    point = CHOOSERS[choose](front.values, objective.weights)
    mto = front.policy(point)
    found = evaluate_mask(instance, mto, objective).cost
    # what the front leaves out differs from a point of it by no more than its resolution
    rounding = float(np.array(objective.weights) @ np.array(front.resolution))
    least = found if choose == "objective" and front.complete else float(costs.min())
    details: dict[str, Any] = {**objective.describe(), "choose": choose}
    details |= {"front_points": len(front), "rounding": rounding}
    return Claim(Choice(mto, objective), bound=_below(least, rounding), details=details)


def process_limits_bind(instance: PolicyInstance) -> bool:
    """Whether any policy could break a limit on process hours."""
    events = np.maximum(instance.orders_per_year, instance.batches_per_year)
    most = (instance.setup_hours_by_process * events[:, None] + instance.run_hours).sum(axis=0)
    return any(most[instance.processes.index(j)] > limit for j, limit in instance.process_limits.items())


def _separable(instance: PolicyInstance, objective: Objective) -> Claim | None:
    """Return the best policy where no limit binds: each item by itself."""
    free = items(instance)
    if free.contradiction:
        return None
    gain = objective.weights[0] * free.data.unit[0] * free.saved - objective.weights[1] * free.data.unit[1] * free.added
    found = evaluate_mask(instance, free.policy(np.flatnonzero(gain > 0)), objective)
    if not found.feasible:
        return None
    unit = 0.0 if free.data.exact else float(np.array(objective.weights) @ np.array(free.data.unit))
    rounding = unit * instance.n_parts
    details: dict[str, Any] = {**objective.describe(), "choose": "objective", "rounding": rounding}
    return Claim(Choice(found.mto, objective), bound=_below(found.cost, rounding), details=details)


def _unfinished(instance: PolicyInstance, objective: Objective, choose: str, run: Run) -> Claim:
    """Return the best supported point within the limits, and the bound of the frontier's convex hull."""
    start = milp.starting_policy(instance, objective)
    message = "the frontier was not complete in time: the best supported point"
    details: dict[str, Any] = {**objective.describe(), "choose": choose}
    solution = None if start is None else Choice(start.mto, objective)
    return Claim(solution, bound=hull_bound(instance, objective), message=message, details=details)


def hull_bound(instance: PolicyInstance, objective: Objective) -> float | None:
    """Return a bound on every policy within the limits on pallets and set-up hours: the least on the convex hull.

    The hull is the line through the supported points; its best point within the limits is a corner or lies
    where a limit cuts it. None where it has no point within them.
    """
    front = supported_front(instance)
    pallets, hours = front.values[:, 0], front.values[:, 1]
    most_pallets, most_hours = limits_with_tolerance(instance)
    points = front.values.tolist()
    if most_pallets <= pallets[-1]:
        points.append([most_pallets, float(np.interp(most_pallets, pallets, hours))])
    if most_hours <= hours[0]:
        points.append([float(np.interp(-most_hours, -hours, pallets)), most_hours])
    corners = np.array(points)
    inside = (corners <= np.array([most_pallets, most_hours]) + np.array(front.resolution)).all(axis=1)
    if not inside.any():
        return None
    rounding = float(np.array(objective.weights) @ np.array(front.resolution))
    return _below(float((corners[inside] @ np.array(objective.weights)).min()), rounding)


def _below(value: float, rounding: float) -> float:
    """Return a bound that rounding cannot make false; no policy takes less than nothing."""
    return max(0.0, value - rounding)
