"""Greedy levels on scenarios: the unit that costs least service per value goes, the one that adds most comes.

The levels that come out are judged on fresh scenarios, so that their selection does not flatter them: what they miss
there is asked for on top in the next round.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from atoopt.levels.instance import LevelsInstance
from atoopt.levels.scenarios import Estimate, estimate
from atoopt.levels.search.state import ScenarioState
from atoopt.levels.system import Floats, Levels

ROUNDS = 6
"""Of searching and judging; the first miss by the luck of their scenarios, the later ones correct it."""

FRESH = 100_000
"""Scenarios that judge a round."""

MOST_CELLS = 2e8
"""Scenarios times order types of a search at most: 400 MB."""


class Greedy:
    """A search for levels of least value on one set of scenarios.

    Parameters
    ----------
    instance : LevelsInstance
        With a target.
    levels : (n,) array of int
        The start.
    seed : int
    should_stop : callable
        Whether the time is up.
    """

    def __init__(
        self, instance: LevelsInstance, levels: Levels, seed: int, should_stop: Callable[[], bool] = lambda: False
    ) -> None:
        assert instance.target is not None
        self.instance, self.system, self.target = instance, instance.system, instance.target
        n_orders = len(self.system.orders)
        scenarios = int(np.clip(MOST_CELLS / n_orders, 2_000, 40_000))
        self.state = ScenarioState(instance, levels, scenarios, seed)
        self.should_stop = should_stop
        self.values = np.maximum(self.system.values, 1e-12)
        n = n_orders if self.target.kind == "each" else 1
        self.wanted: Floats = np.full(n, self.target.fill_rate)

    # ---- the target on the scenarios ------------------------------------------------------------

    @property
    def reached(self) -> Floats:
        """The fill rates that the target is about: of each order type, or the average alone."""
        rates = self.state.fill_rates
        return rates if self.target.kind == "each" else np.array([self.system.shares @ rates])

    def _worth(self, users: Levels, counts: Levels) -> Floats:
        """Return what changed orders are worth to the target, an array like `wanted` at the users or of one."""
        if self.target.kind == "each":
            return counts / self.state.scenarios
        return np.array([self.system.shares[users] @ counts / self.state.scenarios])

    def _lowering(self, i: int) -> float | None:
        """Return the service lost per value by a unit less; None where the target would be missed."""
        if not self.state.levels[i]:
            return None
        users, counts = self.state.losses(i)
        lost = self._worth(users, counts)
        at = users if self.target.kind == "each" else slice(None)
        if (self.reached[at] - lost < self.wanted[at] - 1e-12).any():
            return None
        return float(self.system.shares[users] @ counts) / float(self.values[i])

    def _raising(self, i: int) -> float:
        """Return the service gained per value by a unit more, where it is missing."""
        users, counts = self.state.gains(i)
        gained = self._worth(users, counts)
        if self.target.kind == "each":
            gained = np.minimum(gained, (self.wanted - self.reached)[users].clip(0))
        return float(gained.sum()) / float(self.values[i])

    # ---- steps ----------------------------------------------------------------------------------

    def rise(self) -> None:
        """Add units until the target is reached."""
        used = np.flatnonzero(self.system.takes.any(axis=0) & ~self.state.ready).tolist()
        while (self.reached < self.wanted - 1e-12).any() and not self.should_stop():
            gains = [self._raising(i) for i in used]
            best = int(np.argmax(gains))
            if gains[best] <= 0:  # several modules of each missed order are short: one more of them all
                lacking = self.system.takes[self._lacking()].any(axis=0) & ~self.state.ready
                for i in np.flatnonzero(lacking):
                    self.state.raise_(int(i))
            else:
                self.state.raise_(used[best])

    def _lacking(self) -> Levels:
        """Return the order types that are missed more than they may be."""
        if self.target.kind == "each":
            return np.flatnonzero(self.reached < self.wanted)
        return np.flatnonzero(self.state.missed)

    def fall(self, kept: int | None = None) -> None:
        """Take units, those that cost least service per value first, while the target is reached."""
        open_ = {i for i in range(self.system.n_modules) if i != kept}
        while open_ and not self.should_stop():
            losses = {i: self._lowering(i) for i in open_}
            open_ = {i for i, loss in losses.items() if loss is not None}  # what is needed now stays needed
            if open_:
                self.state.lower(min(open_, key=lambda i: (losses[i], i)))

    def polish(self) -> None:
        """Take a unit of each module in turn and put right what is missed, as long as that saves value."""
        improved = True
        while improved and not self.should_stop():
            improved = False
            for i in np.argsort(-self.values).tolist():
                improved |= self._swapped(i)

    def _swapped(self, i: int) -> bool:
        before, value = self.state.levels.copy(), self.system.value_of(self.state.levels)
        if not before[i] or self.should_stop():
            return False
        self.state.lower(i)
        self.rise()
        self.fall(kept=i)
        if self.system.value_of(self.state.levels) < value - 1e-9 and (self.reached >= self.wanted - 1e-12).all():
            return True
        self.state.move_to(before)
        return False


def search(
    instance: LevelsInstance, start: Levels, seed: int, should_stop: Callable[[], bool] = lambda: False
) -> tuple[Levels, Estimate] | None:
    """Return levels that reach the target on fresh scenarios, by the lower ends of the intervals, and their estimate.

    Parameters
    ----------
    start : (n,) array of int
        Levels to improve, whether they reach the target or not.

    Returns
    -------
    tuple or None
        None where no round did.
    """
    greedy = Greedy(instance, start, seed, should_stop)
    best: tuple[Levels, Estimate] | None = None
    # with many order types one of them is unlucky on any new scenarios: those are kept, the last judge draws others
    moves = greedy.target.kind == "average"
    for round_ in range(ROUNDS):
        greedy.rise()
        greedy.fall()
        greedy.polish()
        levels = greedy.state.levels.copy()
        fresh = estimate(instance.system, levels, FRESH, seed + 1 + round_ * moves, instance.window)
        short = _shortfall(greedy, fresh)
        if (short <= 0).all() and (best is None or _value(instance, levels) < _value(instance, best[0])):
            best = levels, fresh
        if should_stop() or ((short <= 0).all() and (not moves or short.max() > -1e-4)):
            break
        greedy.wanted = greedy.wanted + (short if moves else short.clip(0) + (short > 0) * 1e-4)
    return best


def _value(instance: LevelsInstance, levels: Levels) -> float:
    return instance.system.value_of(levels)


def _shortfall(greedy: Greedy, fresh: Estimate) -> Floats:
    """Return by how much the lower ends of the intervals are below the target."""
    if greedy.target.kind == "each":
        return greedy.target.fill_rate - (fresh.fill_rates - fresh.fill_half_widths)
    return np.array([greedy.target.fill_rate - (fresh.average - fresh.average_half_width)])
