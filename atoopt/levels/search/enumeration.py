"""Levels by rising value until the first that reaches the target: proven, for small systems."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

import numpy as np

from atoopt.levels import exact
from atoopt.levels.evaluation import TOLERANCE
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.model.ranges import service_ranges
from atoopt.levels.system import Floats, Levels

MOST_LOOKED_AT, MOST_WORK = 200_000, 1e10
"""Level vectors whose bounds are looked at, and additions for their fill rates; then the value reached is a bound."""


def reaches(instance: LevelsInstance, rates: Floats) -> bool:
    """Return whether fill rates reach the target."""
    target = instance.target
    assert target is not None
    reached = float(instance.system.shares @ rates) if target.kind == "average" else float(rates.min())
    return reached >= target.fill_rate - TOLERANCE


def cheapest(
    instance: LevelsInstance, below: float, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Levels | None, float]:
    """Return the cheapest levels that reach the target, and a bound on the value of all that do.

    Parameters
    ----------
    instance : LevelsInstance
    below : float
        The value of levels that are known to reach it; only cheaper ones are of interest.

    Returns
    -------
    levels : (n,) array of int or None
        None where the search ended without cheaper ones.
    bound : float
        No levels that reach the target are worth less.
    """
    bound, work = 0.0, 0.0
    for looked, levels in enumerate(_by_value(instance, below)):
        bound = instance.system.value_of(levels)
        if looked >= MOST_LOOKED_AT or should_stop():
            return None, bound
        upper = exact.fill_rate_bounds(instance.system, levels, instance.window)[1]
        if not reaches(instance, upper):
            continue
        work += exact.additions(instance.system, levels)
        if work > MOST_WORK:
            return None, bound
        if reaches(instance, exact.order_fill_rates(instance.system, levels, instance.window)):
            return levels, bound
    return None, below


def _by_value(instance: LevelsInstance, below: float) -> Iterator[Levels]:
    """Yield the levels worth less than a value, each vector once, those worth less first."""
    system, ranges = instance.system, service_ranges(instance)
    first = np.array([r.first for r in ranges])
    last = np.array([r.levels[-1] for r in ranges])
    queue = [(system.value_of(first), tuple(first.tolist()), 0)]
    while queue:
        value, levels, place = heapq.heappop(queue)
        if value >= below - 1e-9 * max(1.0, below):
            return
        yield np.array(levels, dtype=np.int64)
        # each vector has one parent: the last module raised is raised again, or one after it
        for i in range(place, len(levels)):
            if levels[i] < last[i]:
                more = (*levels[:i], levels[i] + 1, *levels[i + 1 :])
                heapq.heappush(queue, (value + float(system.values[i]), more, i))
