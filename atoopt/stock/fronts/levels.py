"""What is known of cost against assembly time: stocks found, and bounds proven at some assembly times.

A stock with t(S) <= T keeps every larger limit too, and what is proven of all stocks with t(S) <= T holds for every
smaller limit. So each solve at one T says something about all others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.pareto.filter import nondominated
from atoopt.stock.cost import cost_equation, limits_of
from atoopt.stock.evaluation import TOLERANCE, Evaluation
from atoopt.stock.instance import StockInstance

Floats = NDArray[np.float64]


class Level(NamedTuple):
    """One limit T that was solved for: no stock with t(S) <= T costs less than the bound (infinite: there is none)."""

    time: float
    bound: float


@dataclass
class Levels:
    """The stocks and levels known so far.

    Attributes
    ----------
    instance : StockInstance
    earliest, latest : float
        Every stock that counts has a mean assembly time between these: `latest` is that of the single
        components alone, or the instance's limit.
    stocks : list of Evaluation
        Feasible, none dominated, the cheapest first: so also the slowest first.
    solved : list of Level
        The largest time first.
    again : list of float
        Times of an earlier run that are to be solved for again.
    """

    instance: StockInstance
    earliest: float
    latest: float
    stocks: list[Evaluation]
    solved: list[Level]
    again: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, instance: StockInstance) -> Levels:
        """Return the empty state of an instance."""
        alone = instance.most_operations * instance.time_per_operation
        limit = instance.max_mean_assembly_time
        return cls(instance, 0.0, alone if limit is None else min(alone, limit), [], [])

    @property
    def values(self) -> Floats:
        """Cost and mean assembly time of the stocks, shape (n, 2)."""
        return values_of(self.stocks)

    def add(self, level: Level | None, stocks: Iterable[Evaluation]) -> None:
        """Take in what a solve found and proved."""
        self.stocks = undominated(self.instance, [*self.stocks, *stocks])
        if level is not None:
            same = [other for other in self.solved if other.time == level.time]
            best = max([level, *same], key=lambda known: known.bound)
            self.solved = sorted([*(s for s in self.solved if s.time != level.time), best], reverse=True)

    def room_at(self, time: float) -> float:
        """Return by how much a stock may exceed T."""
        return TOLERANCE * max(self.instance.time_per_operation, time)

    def best_at(self, time: float) -> Evaluation | None:
        """Return the cheapest stock known with t(S) <= T."""
        room = self.room_at(time)
        return next((stock for stock in self.stocks if stock.mean_assembly_time <= time + room), None)

    def bound_at(self, time: float) -> float:
        """Return what is proven of every stock with t(S) <= T: it costs at least this."""
        room = self.room_at(time)
        return max((level.bound for level in self.solved if level.time >= time - room), default=0.0)

    def bounds(self) -> Floats:
        """Return the proven bound of each stock's cost, among stocks as fast as it."""
        return np.array([min(self.bound_at(stock.mean_assembly_time), stock.cost) for stock in self.stocks])

    def unexplored(self) -> Floats:
        """Return the boxes of cost and time in which a stock that dominates or completes the known ones may lie.

        Between two neighboring times, of levels and of stocks, neither the bound nor the cheapest stock known to be
        as fast changes: a stock there costs at least the one, and less than the other.
        """
        if math.isinf(self.bound_at(self.latest)):
            return np.empty((0, 2, 2))
        times = {stock.mean_assembly_time for stock in self.stocks} | {level.time for level in self.solved}
        inner = {time for time in times if self.earliest < time < self.latest}
        edges = sorted({self.earliest, self.latest, *inner})
        boxes: list[list[list[float]]] = []
        for slow, fast in zip(edges[:0:-1], edges[-2::-1], strict=True):
            low, best = self.bound_at(slow), self.best_at(fast)
            high = self._dearest() if best is None else best.cost  # where none is known, there may be one
            if math.isinf(low) or (best is not None and high - low <= PROOF_TOLERANCE * abs(high)):
                continue
            if boxes and boxes[-1][0] == [low, high] and boxes[-1][1][0] == slow:
                boxes[-1][1][0] = fast
            else:
                boxes.append([[low, high], [fast, slow]])
        return np.array(boxes[::-1]).reshape(-1, 2, 2)

    def _dearest(self) -> float:
        """Return a cost that no stock exceeds, for times at which none is known: only where modules are limited."""
        cost, most = cost_equation(self.instance), limits_of(self.instance).room(len(self.instance.product_masks))
        held = max(0, most) * cost.module(int(self.instance.product_sizes.max()))
        return cost.base + held + max(0.0, cost.per_operation) * self.latest / self.instance.time_per_operation


def values_of(stocks: list[Evaluation]) -> Floats:
    """Return cost and mean assembly time, shape (n, 2)."""
    return np.array([(stock.cost, stock.mean_assembly_time) for stock in stocks]).reshape(-1, 2)


def undominated(instance: StockInstance, stocks: list[Evaluation]) -> list[Evaluation]:
    """Return the stocks that no other dominates by more than rounding, the cheapest first."""
    values = values_of(stocks)
    rounding = (TOLERANCE * float(values[:, 0].max(initial=0.0)), TOLERANCE * instance.time_per_operation)
    return [stocks[i] for i in nondominated(values, rounding).tolist()]
