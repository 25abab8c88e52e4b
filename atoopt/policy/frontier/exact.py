"""Method ``exact``: the best policy read off the complete frontier, no solver needed.

Without limits the problem falls apart into its items, and one comparison each is enough. Limits on process
hours couple the items in a way that a frontier of two sums cannot hold; it is merged in these hours, too, and
where that grows too long the MILP decides.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from atoopt.kernels.prepare import prepare
from atoopt.pareto.choose import CHOOSERS
from atoopt.policy.evaluation import Choice, evaluate_mask
from atoopt.policy.frontier.assignment import PolicyFront, complete_front, items, limits_with_tolerance, supported_front
from atoopt.policy.frontier.coupled import coupled_front
from atoopt.policy.frontier.merge import Stopped
from atoopt.policy.frontier.scaling import ROUNDING
from atoopt.policy.frontier.settled import within_cost
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.model import milp
from atoopt.policy.model.relaxation import explain_infeasible
from atoopt.policy.objective import Objective, choice_of, objective_of
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run

FINE = 1e-9
"""Share of the objective that rounding may take of its bound before the front is made again in finer units."""


def solve(instance: PolicyInstance, run: Run) -> Claim:
    """Return the best policy, proven; with ``choose``, the point of the complete frontier that it picks."""
    objective, choose = objective_of(run.options), choice_of(run.options, "objective")
    separable = _separable(instance, objective)
    if separable is not None and choose == "objective":
        return separable
    start = milp.starting_policy(instance, objective) if choose == "objective" else None
    try:
        front = front_within_limits(within_cost(instance, objective, None if start is None else start.cost), run)
        if front is None:
            claim = milp.solve(instance, run)
            claim.message = "; ".join(filter(None, ["process_hours couple the parts: solved as a MILP", claim.message]))
            return claim
        if not len(front):
            message, relaxations = explain_infeasible(instance, run)
            return Claim(infeasible=True, message=message, details={"relaxations": relaxations})
        claim = picked(instance, front, objective, choose)
        if choose == "objective" and claim.details["rounding"] > FINE * claim.details["least"]:
            # between the few policies that are as good, the arithmetic can be as fine as they are
            cost = evaluate_mask(instance, claim.solution.mto, objective).cost
            finer = front_within_limits(within_cost(instance, objective, cost), run)
            claim = picked(instance, finer, objective, choose) if finer else claim
    except Stopped:
        return _unfinished(instance, objective, choose, run)
    return claim


def front_within_limits(instance: PolicyInstance, run: Run) -> PolicyFront | None:
    """Return the complete front within every limit; None where process hours couple too many parts for it."""
    prepare(["frontier"], run)
    if instance.process_limits and process_limits_bind(instance):
        return coupled_front(instance, stop=lambda: run.stopped)
    return complete_front(instance, stop=lambda: run.stopped)


def picked(instance: PolicyInstance, front: PolicyFront, objective: Objective, choose: str) -> Claim:
    """Return the point of a complete front that a rule picks; the bound is on the objective's value."""
    costs = front.values @ np.array(objective.weights)
    mto = front.policy(CHOOSERS[choose](front.values, objective.weights))
    # what the front leaves out differs from a point of it by no more than its resolution
    rounding = float(np.array(objective.weights) @ np.array(front.resolution))
    least = float(costs.min())
    details: dict[str, Any] = {**objective.describe(), "choose": choose}
    details |= {"front_points": len(front), "rounding": rounding, "least": least}
    message = "" if choose == "objective" else f"the point that {choose} picks; the bound is the least objective's"
    return Claim(Choice(mto, objective), bound=_below(least, rounding), message=message, details=details)


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
    units = zip(objective.weights, free.exactly.per_unit, strict=True)
    changes = free.exactly.changes @ np.array([Fraction(weight) / per_unit for weight, per_unit in units], dtype=object)
    found = evaluate_mask(instance, free.policy(np.flatnonzero(changes < 0)), objective)
    if not found.feasible:
        return None
    rounding = ROUNDING * found.cost
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
