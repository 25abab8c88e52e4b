"""Levels put right by the judge's own measure: exact where that fits, else by fresh scenarios."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from atoopt.levels import exact
from atoopt.levels.evaluation import Evaluation, evaluate_levels
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.search.enumeration import reaches
from atoopt.levels.system import Floats, Levels

MOST_WORK = 1e8
"""Additions of one exact evaluation up to which each unit is tried; else levels are left as the search left them."""


def refined(instance: LevelsInstance, levels: Levels, should_stop: Callable[[], bool] = lambda: False) -> Levels | None:
    """Return levels that reach the target, from which no unit can be spared; None where that fails."""
    if not exact.fits(instance.system, levels + 2, MOST_WORK / instance.system.n_modules):
        found = evaluate_levels(instance, levels)
        return levels if found.feasible and _reached(found) else None
    levels = levels.copy()
    while not reaches(instance, _rates(instance, levels)):
        if should_stop() or not exact.fits(instance.system, levels + 1):
            return None
        levels[_best_raise(instance, levels)] += 1
    spared = True
    while spared and not should_stop():
        spared = False
        for i in np.argsort(-instance.system.values).tolist():
            if levels[i] and reaches(instance, _rates(instance, levels - _unit(levels, i))):
                levels[i] -= 1
                spared = True
    return levels


def _reached(found: Evaluation) -> bool:
    """Whether the estimated average is at the target at least, not only its interval."""
    target = found.instance.target
    assert target is not None
    return target.kind == "each" or found.average_fill_rate >= target.fill_rate


def _rates(instance: LevelsInstance, levels: Levels) -> Floats:
    return exact.order_fill_rates(instance.system, levels, instance.window)


def _unit(levels: Levels, i: int) -> Levels:
    return (np.arange(levels.size) == i).astype(np.int64)


def _best_raise(instance: LevelsInstance, levels: Levels) -> int:
    """Return the module of which a unit more adds most service per value to orders that lack it."""
    target, before = instance.target, _rates(instance, levels)
    assert target is not None
    gains = []
    for i, value in enumerate(instance.system.values):
        gained = _rates(instance, levels + _unit(levels, i)) - before
        if target.kind == "each":
            gained = np.minimum(gained, (target.fill_rate - before).clip(0))
        gains.append(float(instance.system.shares @ gained) / max(float(value), 1e-12))
    if max(gains) > 0:
        return int(np.argmax(gains))
    items = exact.item_fill_rates(instance.system, levels, instance.window)
    return int(np.argmin(items))  # several are short at once: the worst comes first
