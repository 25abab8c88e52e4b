"""Levels on a fixed set of scenarios: what each unit more or less would change, kept up to date."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atoopt.levels.instance import LevelsInstance
from atoopt.levels.scenarios import lead_time_demands
from atoopt.levels.search.scenario_kernel import count_changes, shift
from atoopt.levels.system import Floats, Levels


class ScenarioState:
    """Levels, and which orders they miss in which scenario.

    Parameters
    ----------
    instance : LevelsInstance
    levels : (n,) array of int
    scenarios : int
    seed : int

    Attributes
    ----------
    levels : (n,) array of int
    missed : (m,) array of int
        Scenarios in which each order type is missed.
    """

    def __init__(self, instance: LevelsInstance, levels: Levels, scenarios: int, seed: int) -> None:
        system, rng = instance.system, np.random.default_rng(seed)
        self.system, self.scenarios = system, scenarios
        self.ready = system.lead_times <= instance.window
        demands = lead_time_demands(system, scenarios, rng, instance.window)
        self._users = [np.flatnonzero(system.takes[:, i]) for i in range(system.n_modules)]
        self._sorted = np.argsort(demands, axis=0, kind="stable").T.copy()
        self._demands = np.take_along_axis(demands, self._sorted.T, axis=0).T.copy()
        self.levels = levels.astype(np.int64)
        short = (demands >= self.levels) & ~self.ready
        self._short = (short.astype(np.float32) @ system.takes.T.astype(np.float32)).astype(np.int16)
        self.missed: NDArray[np.int64] = (self._short > 0).sum(axis=0).astype(np.int64)

    @property
    def fill_rates(self) -> Floats:
        """The share of the scenarios in which each order type is filled, shape (m,)."""
        return 1 - self.missed / self.scenarios

    def losses(self, i: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the order types that take a module, and in how many scenarios a unit less would miss each."""
        return self._changes(i, int(self.levels[i]) - 1, 0)

    def gains(self, i: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the order types that take a module, and in how many scenarios a unit more would fill each."""
        return self._changes(i, int(self.levels[i]), 1)

    def lower(self, i: int) -> None:
        """Take a unit of a module."""
        shift(self._short, self._deciding(i, int(self.levels[i]) - 1), self._users[i], 1, self.missed)
        self.levels[i] -= 1

    def raise_(self, i: int) -> None:
        """Add a unit of a module."""
        shift(self._short, self._deciding(i, int(self.levels[i])), self._users[i], -1, self.missed)
        self.levels[i] += 1

    def move_to(self, levels: Levels) -> None:
        """Go to other levels, unit by unit."""
        for i, level in enumerate(levels.tolist()):
            while self.levels[i] < level:
                self.raise_(i)
            while self.levels[i] > level:
                self.lower(i)

    def _changes(self, i: int, demand: int, when: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        counts = np.zeros(self._users[i].size, dtype=np.int64)
        count_changes(self._short, self._deciding(i, demand), self._users[i], when, counts)
        return self._users[i], counts

    def _deciding(self, i: int, demand: int) -> NDArray[np.int64]:
        """Return the scenarios in which the lead-time demand for a module is this."""
        if self.ready[i]:
            return self._sorted[i, :0]
        first, last = np.searchsorted(self._demands[i], (demand, demand + 1))
        return self._sorted[i, first:last]
