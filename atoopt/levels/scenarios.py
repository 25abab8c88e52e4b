"""Fill rates and backorders estimated on seeded scenarios, where the exact ones take too much memory or time.

A scenario is one vector of lead-time demands, drawn as the exact evaluation adds it up: the orders of each type in the
time between one lead time and the next. The same seed draws the same scenarios, whatever the levels: those of two
stocks are compared on common random numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from atoopt.levels.data.arrivals import demands_before, epochs
from atoopt.levels.system import Floats, Levels, System

BLOCK = 10_000
"""Scenarios drawn at a time: memory."""

NORMAL = 1.959963984540054
"""The 97.5 % point of the normal distribution: of an interval of 95 %."""


@dataclass(frozen=True)
class Estimate:
    """Means over scenarios, with half the width of their 95 % intervals.

    Attributes
    ----------
    fill_rates, fill_half_widths : (m,) array
        Of each order type.
    average, average_half_width : float
        Of all orders.
    scenarios : int
    """

    fill_rates: Floats
    fill_half_widths: Floats
    average: float
    average_half_width: float
    scenarios: int


def lead_time_demands(
    system: System, scenarios: int, rng: np.random.Generator, within: Floats | float = 0.0
) -> NDArray[np.int64]:
    """Return the demand for each module in its lead time less the window, shape (scenarios, n).

    Parameters
    ----------
    within : float or (scenarios,) array
        w, one for all or one per scenario.
    """
    if system.arrivals is not None:
        return demands_before(system, rng.choice(epochs(system), scenarios), within)
    w = np.broadcast_to(np.asarray(within, dtype=float), (scenarios,))
    ends = np.unique(np.concatenate(([0.0], system.lead_times)))
    demands = np.zeros((scenarios, system.n_modules), dtype=np.int64)
    takes = system.takes.astype(float)
    for start, end in pairwise(ends):
        # of the slice before a lead time, the window hides the part nearest to the order
        left = (end - w).clip(0) - (start - w).clip(0)
        active = takes * (system.lead_times >= end)
        counts = rng.poisson(left[:, None] * system.rates)
        demands += (counts @ active).astype(np.int64)
    return demands


def filled(system: System, levels: Levels, demands: NDArray[np.int64], ready: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether each order type is filled in each scenario, shape (scenarios, m).

    Parameters
    ----------
    ready : (n,) or (scenarios, n) array of bool
        Modules whose lead time is within the window: always there.
    """
    short = (demands >= levels) & ~ready
    return (short.astype(np.float32) @ system.takes.T.astype(np.float32)) < 0.5


def estimate(system: System, levels: Levels, scenarios: int, seed: int, within: float = 0.0) -> Estimate:
    """Return estimated fill rates of base-stock levels.

    Examples
    --------
    >>> import numpy as np
    >>> both = System(("a", "b"), np.array([2.0, 3.0]), np.ones(2), ((0,), (1,), (0, 1)), np.array([1.0, 0.8, 0.5]))
    >>> found = estimate(both, np.array([6, 6]), 20_000, 0)
    >>> bool(abs(found.fill_rates[2] - 0.750266) < 2 * found.fill_half_widths[2])
    True
    """
    hits, squares, total = np.zeros(len(system.orders)), 0.0, 0.0
    ready = system.lead_times <= within
    for demands in _blocks(system, scenarios, seed, within):
        good = filled(system, levels, demands, ready)
        hits += good.sum(axis=0)
        shares = good @ system.shares
        total += float(shares.sum())
        squares += float(shares @ shares)
    rates, average = hits / scenarios, total / scenarios
    spread = max(squares / scenarios - average**2, 0.0)
    halves = NORMAL * np.sqrt(rates * (1 - rates) / scenarios)
    return Estimate(rates, halves, average, NORMAL * math.sqrt(spread / scenarios), scenarios)


def _blocks(system: System, scenarios: int, seed: int, within: float) -> Iterator[NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    for start in range(0, scenarios, BLOCK):
        yield lead_time_demands(system, min(BLOCK, scenarios - start), rng, within)


def estimated_backorders(system: System, levels: Levels, scenarios: int, seed: int) -> tuple[Floats, Floats]:
    """Return E[B_K] and half the width of its 95 % interval, two arrays of shape (m,).

    The integral over the window is sampled: one window per scenario, evenly spread over the longest lead time.
    """
    rng, longest = np.random.default_rng(seed), float(system.lead_times.max())
    missed = np.zeros(len(system.orders))
    for start in range(0, scenarios, BLOCK):
        n = min(BLOCK, scenarios - start)
        within = longest * (rng.permutation(n) + rng.random(n)) / n
        demands = lead_time_demands(system, n, rng, within)
        ready = system.lead_times <= within[:, None]
        missed += (~filled(system, levels, demands, ready)).sum(axis=0)
    p = missed / scenarios
    scale = system.rates * longest
    return scale * p, scale * NORMAL * np.sqrt(p * (1 - p) / scenarios)
