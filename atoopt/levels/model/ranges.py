"""From which level to which a module is considered, and what each level misses or leaves waiting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import pdtr, pdtrik

from atoopt.levels.data.arrivals import sorted_demands
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.system import Floats, System

NEGLIGIBLE = 1e-4
"""The top level of a range misses this part at most of what the target lets be missed."""

REACH = 9.0
"""Standard deviations of the lead-time demand up to which levels are considered where costs are minimized."""


@dataclass(frozen=True)
class Range:
    """The levels of one module that are considered.

    Attributes
    ----------
    first : int
        The lowest level.
    figures : (r,) array
        Of each level from the first on: the share missed, 1 - F_i, or E[B_i], units that are waited for.
    """

    first: int
    figures: Floats

    @property
    def levels(self) -> list[int]:
        """The levels, rising."""
        return list(range(self.first, self.first + self.figures.size))


def misses(system: System, i: int, levels: Floats, window: float) -> Floats:
    """Return 1 - F_i(w) of each level, an array like `levels`."""
    left = max(float(system.lead_times[i]) - window, 0.0)
    if left == 0:
        return np.zeros(levels.size)
    if system.arrivals is not None:
        seen = sorted_demands(system, window)[:, i]
        return 1 - np.searchsorted(seen, levels) / seen.size
    return np.where(levels > 0, 1 - pdtr(np.maximum(levels, 1) - 1, system.module_rates[i] * left), 1.0)


def item_backorders(system: System, i: int, levels: Floats) -> Floats:
    """Return E[B_i] = E[(D_i - s)+] of each level, an array like `levels`."""
    mean = float(system.lead_time_demand[i])
    below = np.where(levels > 1, pdtr(np.maximum(levels, 2) - 2, mean), 0.0)
    until = np.where(levels > 0, pdtr(np.maximum(levels, 1) - 1, mean), 0.0)
    return np.maximum(mean * (1 - below) - levels * (1 - until), 0.0)


def service_ranges(instance: LevelsInstance, relaxed: bool = False) -> list[Range]:
    """Return the levels that can be part of an optimum for the target, and the share that each misses.

    Below the first one this module alone misses the target: F_i bounds the fill rate of all orders that take it.

    Parameters
    ----------
    relaxed : bool
        Take the top level as missing nothing: it then stands for all levels above it, and a bound holds for them.
    """
    system, target = instance.system, instance.target
    assert target is not None
    room = 1 - target.fill_rate
    needed = system.shares @ system.takes if target.kind == "average" else system.takes.any(axis=0).astype(float)
    found = []
    for i, weight in enumerate(needed):
        mean = float(system.module_rates[i] * max(system.lead_times[i] - instance.window, 0.0))
        if not mean:
            found.append(Range(0, np.zeros(1)))
            continue
        if system.arrivals is None:
            top = int(np.ceil(pdtrik(1 - NEGLIGIBLE * room, mean))) + 2
        else:
            top = int(sorted_demands(system, instance.window)[-1, i]) + 1
        figures = misses(system, i, np.arange(top + 1.0), instance.window)
        first = int(np.argmax(figures * weight <= room * (1 + 1e-12)))
        figures[top] = 0.0 if relaxed else figures[top]
        found.append(Range(first, figures[first:]))
    return found


def cost_ranges(instance: LevelsInstance) -> list[Range]:
    """Return the levels that can be part of an optimum for the costs, and the units waited for at each."""
    system, found = instance.system, []
    for i, mean in enumerate(system.lead_time_demand.tolist()):
        top = int(np.ceil(mean + REACH * np.sqrt(mean) + REACH)) if mean else 0
        found.append(Range(0, item_backorders(system, i, np.arange(top + 1.0))))
    return found
