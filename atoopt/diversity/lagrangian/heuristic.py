"""Variants by exchange: add the one that saves most, drop the one that is missed least, as long as that helps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from atoopt.diversity.core import Core
from atoopt.diversity.inclusion import Floats

Mask = NDArray[np.bool_]
Stopped = Callable[[], bool]


def filled(core: Core, chosen: Mask, stopped: Stopped) -> Mask:
    """Return a choice with the products that save most added, until the budget or the time is used up."""
    chosen = chosen.copy()
    for _ in range(core.budget - int(chosen.sum())):
        if stopped():
            break
        gains = _gains(core, chosen)
        j = int(np.argmax(gains))
        if gains[j] <= 0:
            break
        chosen[j] = True
    return chosen


def improved(core: Core, chosen: Mask, stopped: Stopped) -> Mask:
    """Return a choice that no addition followed by the best removal makes better.

    Parameters
    ----------
    core : Core
    chosen : (n_products,) array of bool
        At most as many free products as the budget allows.
    stopped : callable
        Whether to end with what is found.
    """
    chosen = filled(core, chosen, stopped)
    saved = core.saved(chosen)
    while chosen.any() and not stopped():
        other = chosen.copy()
        other[int(np.argmax(_gains(core, chosen)))] = True
        other = trimmed(core, other)
        now = core.saved(other)
        if now <= saved:
            break
        chosen, saved = other, now
    return chosen


def trimmed(core: Core, chosen: Mask) -> Mask:
    """Return a choice with the products removed that are missed least, until it is within the budget."""
    chosen = chosen.copy()
    for _ in range(int(chosen.sum()) - core.budget):
        losses = np.where(chosen, _losses(core, chosen), np.inf)
        chosen[int(np.argmin(losses))] = False
    return chosen


def _gains(core: Core, chosen: Mask) -> Floats:
    """Return what each further product would save, shape (n_products,)."""
    more = np.maximum(core.saving - core.best_savings(chosen)[core.order], 0.0)
    return np.bincount(core.variant, np.where(chosen[core.variant], 0.0, more), core.n).astype(np.float64)


def _losses(core: Core, chosen: Mask) -> Floats:
    """Return what would be lost without each chosen product: best less second best saving of the orders it serves."""
    at_hand = np.flatnonzero(chosen[core.variant])
    order, variant, saving = core.order[at_hand], core.variant[at_hand], core.saving[at_hand]
    ranked = np.lexsort((-saving, order))
    order, variant, saving = order[ranked], variant[ranked], saving[ranked]
    first = np.flatnonzero(np.diff(order, prepend=-1))
    following = np.minimum(first + 1, len(order) - 1)
    has_second = (first + 1 < len(order)) & (order[following] == order[first])
    second = np.where(has_second, saving[following], 0.0)
    return np.bincount(variant[first], saving[first] - second, core.n).astype(np.float64)
