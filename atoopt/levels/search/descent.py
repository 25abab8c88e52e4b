"""Levels of least cost by steps: a unit more or less of one module or of two, as long as that helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product

import numpy as np

from atoopt.levels.evaluation import evaluate_levels
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.system import Levels

MOST_PAIRS = 6
"""Modules up to which two are changed at once."""


def descend(instance: LevelsInstance, levels: Levels, should_stop: Callable[[], bool] = lambda: False) -> Levels:
    """Return levels that no step makes cheaper; the cost of none is computed twice."""
    known: dict[tuple[int, ...], float] = {}

    def cost(candidate: Levels) -> float:
        key = tuple(candidate.tolist())
        if key not in known:
            known[key] = evaluate_levels(instance, candidate).cost
        return known[key]

    best = levels
    improved = True
    while improved and not should_stop():
        improved = False
        for step in _steps(levels.size):
            candidate = best + step
            if (candidate >= 0).all() and cost(candidate) < cost(best) - 1e-12:
                best, improved = candidate, True
            if should_stop():
                break
    return best


def _steps(n: int) -> Iterator[Levels]:
    """Yield the changes: one module, and two where there are few."""
    unit = np.eye(n, dtype=np.int64)
    for i in range(n):
        yield -unit[i]
        yield unit[i]
    if n <= MOST_PAIRS:
        for (i, j), (a, b) in product(combinations(range(n), 2), product((-1, 1), repeat=2)):
            yield a * unit[i] + b * unit[j]
