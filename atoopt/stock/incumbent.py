"""The best stock found so far, checked by the evaluator, and stocks made from fractional solutions."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Sequence

from atoopt.solvers.run import Run
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from atoopt.stock.instance import StockInstance

ENOUGH = 5e-7
"""A node within this of the incumbent, relative, cannot improve it worth mentioning; proofs allow 1e-6."""


class Incumbent:
    """The best stock known; may be offered stocks from several threads.

    Attributes
    ----------
    cost : float
        Infinity while no allowed stock is known.
    masks : tuple of int
        Its modules of several components.
    followers : list of Incumbent
        Are offered what is kept: those of a search that counts costs in another unit.
    """

    def __init__(self, instance: StockInstance, run: Run) -> None:
        self.instance, self.run = instance, run
        self.cost, self.masks = math.inf, tuple[int, ...]()
        self.found = False
        self.followers: list[Incumbent] = []
        self._lock = threading.Lock()

    @property
    def cutoff(self) -> float:
        """Nodes of at least this bound are of no interest; infinity while no stock is known."""
        cost = self.cost  # another thread may better it meanwhile
        return cost - ENOUGH * abs(cost) if math.isfinite(cost) else math.inf

    def offer(self, masks: Iterable[int]) -> Evaluation:
        """Evaluate a stock exactly and keep it if it is allowed and better."""
        evaluation = evaluate_masks(self.instance, (mask for mask in masks if mask & (mask - 1)))
        if evaluation.feasible and self._keep(evaluation):
            for follower in self.followers:
                follower.offer(evaluation.masks)
        return evaluation

    def _keep(self, evaluation: Evaluation) -> bool:
        """Keep a stock if it is better; return whether it was."""
        with self._lock:
            better = evaluation.cost < self.cost
            if better:
                self.cost, self.found = evaluation.cost, True
                self.masks = tuple(mask for mask in evaluation.masks if mask & (mask - 1))
                self.run.report(self.cost)
        return better

    def round_up(self, ranked: Sequence[int]) -> None:
        """Offer the shortest allowed prefix of a ranking of modules, then what is left after dropping some.

        The more modules, the less time: so the shortest prefix is found by bisection.
        """
        low, high = 0, len(ranked)
        if not self.offer(ranked).feasible:
            return
        while low < high:
            middle = (low + high) // 2
            if self.offer(ranked[:middle]).feasible:
                high = middle
            else:
                low = middle + 1
        self.prune(list(ranked[:high]))

    def prune(self, stock: list[int]) -> None:
        """Drop modules, the last first, as long as that is allowed and saves."""
        cost = self.offer(stock).cost
        for mask in reversed(stock.copy()):
            if self.run.stopped:
                return
            shorter = [other for other in stock if other != mask]
            tried = self.offer(shorter)
            if tried.feasible and tried.cost <= cost:
                stock, cost = shorter, tried.cost
