"""Orders as they came: what their lead times asked for, and whether a Poisson stream could have brought them.

The order that arrives at t meets the demand of the lead time before t. Every order of a history is such a moment; its
windows keep what Poisson streams lack, from busy seasons to orders that come together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from atoopt.base.frozen import read_only

if TYPE_CHECKING:
    from atoopt.levels.system import Floats, System

UNLIKELY = 0.01
"""Poisson does not hold where a dispersion as large has a smaller probability than this."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The times and types of orders, by time.

    Attributes
    ----------
    times : (N,) array
        Periods, not falling.
    kinds : (N,) array of int
        Positions of the order types.
    """

    times: Floats
    kinds: NDArray[np.int64]

    @cached_property
    def span(self) -> float:
        """Periods from the first order to the last."""
        return float(self.times[-1] - self.times[0])

    @cached_property
    def dispersion(self) -> tuple[float, float]:
        """Variance over mean of the orders per period, and the probability of as much under Poisson; 1 is Poisson's."""
        periods = max(2, int(self.span))
        counts, _ = np.histogram(self.times, periods)
        index = float(counts.var(ddof=1) / counts.mean())
        return index, float(chi2.sf(index * (periods - 1), periods - 1))

    @property
    def is_poisson(self) -> bool:
        """Whether the orders per period vary no more than a Poisson stream lets them."""
        return self.dispersion[1] >= UNLIKELY


def epochs(system: System) -> NDArray[np.int64]:
    """Return the orders that have a whole lead time before them, as positions."""
    times = _arrivals(system).times
    first = int(np.searchsorted(times, times[0] + system.lead_times.max()))
    return np.arange(min(first, times.size - 1), times.size)


def demands_before(system: System, orders: NDArray[np.int64], within: Floats | float = 0.0) -> NDArray[np.int64]:
    """Return what was asked for of each module in its lead time less the window before each order, shape (k, n)."""
    arrivals = _arrivals(system)
    totals = np.vstack(
        (np.zeros((1, system.n_modules), dtype=np.int64), np.cumsum(system.takes[arrivals.kinds], axis=0))
    )
    t = arrivals.times[orders]
    found = np.zeros((orders.size, system.n_modules), dtype=np.int64)
    for i, lead in enumerate(system.lead_times):
        since = np.searchsorted(arrivals.times, t - np.clip(lead - within, 0, None), side="right")
        found[:, i] = totals[orders, i] - totals[np.minimum(since, orders), i]
    return found


def sorted_demands(system: System, window: float) -> NDArray[np.int64]:
    """Return the demands before all orders, each module's sorted, shape (k, n)."""
    return read_only(np.sort(demands_before(system, epochs(system), window), axis=0))


def _arrivals(system: System) -> Arrivals:
    assert system.arrivals is not None, "only asked for where there is a history"
    return system.arrivals
