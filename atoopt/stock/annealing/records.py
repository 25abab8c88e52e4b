"""What a walk leaves behind: its course, the modules of good stocks, and what became of each kind of move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from atoopt.stock.annealing.annealed import Moment
from atoopt.stock.annealing.moves.kinds import KINDS
from atoopt.stock.annealing.state import Array

ELITE = 1.01
"""Modules of stocks within this factor of the best cost go to the pool."""

POOL = 2_000
"""The most modules kept in the pool."""


@dataclass
class Records:
    """The course of a walk, and its pool of modules.

    Attributes
    ----------
    history : list of Moment
        One a block.
    pool : dict of int to float
        Module as bits -> least cost of a stock that held it.
    """

    history: list[Moment] = field(default_factory=list)
    pool: dict[int, float] = field(default_factory=dict)

    def note(self, stock: Iterable[int], cost: float) -> None:
        """Add the modules of a stock to the pool; the oldest of the dearest leave when it is full."""
        for mask in stock:
            self.pool[mask] = min(cost, self.pool.get(mask, float("inf")))
        if len(self.pool) > 2 * POOL:
            self.pool = dict(sorted(self.pool.items(), key=lambda entry: entry[1])[:POOL])

    def best_of_pool(self) -> dict[int, float]:
        """Return the modules of the cheapest stocks, at most `POOL`."""
        return dict(sorted(self.pool.items(), key=lambda entry: (entry[1], entry[0]))[:POOL])


def statistics_of(counts: Array) -> dict[str, dict[str, int]]:
    """Return how many moves of each kind were proposed, accepted, and improved the best stock; from (kinds, 3)."""
    names = ("proposed", "accepted", "improved")
    return {kind: dict(zip(names, row, strict=True)) for kind, row in zip(KINDS, counts.tolist(), strict=True)}
