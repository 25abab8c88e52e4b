"""The cost-service curve: the value of base stock against the share of orders that is not filled."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from atoopt.base.errors import InputError
from atoopt.levels.data.parts import Target
from atoopt.levels.evaluation import Evaluation, evaluate_levels
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.solve import greedy
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front
from atoopt.solvers.run import Run

POINTS = 8
"""Fill rates that are solved for, unless asked for another number."""

FARTHEST = 50.0
"""The last point misses so many times fewer orders than the first, which just reaches the target."""


def service_curve(instance: LevelsInstance, run: Run, n_points: int | None) -> Front:
    """Return some points of the curve from the target upward, each with a bound on its value.

    Parameters
    ----------
    instance : LevelsInstance
        With a target, which is the least service of the curve; its fill rates may be estimates, as those of `solve`.
    run : Run
    n_points : int or None

    Raises
    ------
    InputError
        The instance minimizes costs.
    """
    if instance.target is None:
        raise InputError("minimizes costs", "give a target, from which the curve goes upward", place="target")
    found: list[Evaluation] = []
    bounds: list[float] = []
    rates = fill_rates(instance.target.fill_rate, n_points or POINTS)
    for i, rate in enumerate(rates):
        if run.stopped:
            break
        aim = instance.replace(target=Target(kind=instance.target.kind, fill_rate=rate))
        limit = None if math.isinf(run.remaining) else run.remaining / (len(rates) - i)
        claim = greedy(aim, Run(replace(run.options, time_limit=limit), None, run.log, interrupted=run.interrupted))
        if claim.solution is None or evaluate_levels(aim, claim.solution).violations:
            continue
        found.append(evaluate_levels(instance, claim.solution))
        bounds.append(math.nan if claim.bound is None else min(claim.bound, found[-1].cost))
        run.report(note=f"{len(found)} points, {rate:.3%} filled for {found[-1].cost:g}")
    values = np.array([(each.cost, each.missed) for each in found]).reshape(-1, 2)
    kept = nondominated(values).tolist()
    reason = run.stop_reason or f"{len(rates)} fill rates were solved for"
    details = {"estimated": any(each.estimated for each in found)}
    points, proven = [found[i] for i in kept], np.array([bounds[i] for i in kept])
    return Front(
        ("cost", "missed"), values[kept], False, reason, lambda i: points[i], bounds=proven, details=details,
    )  # fmt: skip


def fill_rates(least: float, n: int) -> list[float]:
    """Return fill rates from the least upward; what they miss falls by equal factors.

    >>> [round(rate, 4) for rate in fill_rates(0.9, 3)]
    [0.9, 0.9859, 0.998]
    """
    if n == 1:
        return [least]
    return [1 - (1 - least) * FARTHEST ** (-i / (n - 1)) for i in range(n)]
