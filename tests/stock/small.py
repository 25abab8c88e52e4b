"""Small random instances with every stock of theirs evaluated, and an incumbent that hides no error of a search."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from atoopt.stock.incumbent import Incumbent
from tests.stock.reference import all_stocks, fitting_modules

MOST_MODULES = 8
"""So that a small instance has 256 stocks at most."""


@cache
def small_instance(seed: int) -> StockInstance:
    """Return four components and four to eight modules that may be held, with any of the features of an instance."""
    random = np.random.default_rng(seed)
    while True:
        instance = _drawn(random)
        if 4 <= len(held_at_all(instance)) <= MOST_MODULES and math.isfinite(least_cost(instance)):
            return instance


def _drawn(random: np.random.Generator) -> StockInstance:
    """Return an instance that may have too many modules, or none that is allowed."""

    def one(*values: Any) -> Any:
        return values[int(random.integers(len(values)))]

    pairs, letters = list(combinations("abcd", 2)), "abcd"
    sets = [c for size in range(1, 5) for c in combinations(letters, size)]
    chosen = [sets[i] for i in random.choice(len(sets), int(random.integers(3, 11)), replace=False)]
    several = [c for c in sets if len(c) > 1]
    listed = [several[i] for i in random.choice(len(several), 6, replace=False)]
    joined = [pairs[i] for i in random.choice(len(pairs), 4, replace=False)]
    ratio = DeliveryRatio(max_assembly_time=one(0.0, 1.0), min_share=one(0.3, 0.7, 0.9))
    return StockInstance(
        name="small", components=tuple(letters),
        products=tuple(Product(components=c, demand=float(random.integers(1, 20))) for c in chosen),
        costs=Costs(
            preassembly=one(0.1, 0.4, 1.0), fixed_transport=one(0.2, 0.5, 2.0), variable_transport=one(0.0, 0.1, 0.4),
            final_assembly=one(0.5, 4.0, 10.0),
        ),
        cost_basis=one("stock", "stock", "usage"), time_per_operation=one(1.0, 1.0, 0.5),
        max_mean_assembly_time=one(None, 0.4, 0.6, 0.8), max_modules=one(None, None, 5, 6),
        delivery_ratio=one(None, ratio), candidate_modules=one(None, None, tuple(listed)),
        liaisons=one(None, None, tuple(joined)),
    )  # fmt: skip


def held_at_all(instance: StockInstance) -> list[int]:
    """Return the modules of several components that fit in a product and are allowed."""
    return [mask for mask in fitting_modules(instance) if instance.allows(mask)]


@cache
def _evaluated(instance: str) -> tuple[Evaluation, ...]:
    read = StockInstance.model_validate_json(instance)
    return tuple(evaluate_masks(read, stock) for stock in all_stocks(held_at_all(read)))


def evaluated(instance: StockInstance) -> tuple[Evaluation, ...]:
    """Return all stocks that are allowed, evaluated."""
    return tuple(stock for stock in _evaluated(instance.model_dump_json()) if stock.feasible)


def least_cost(instance: StockInstance) -> float:
    """Return the optimum; infinity where no stock is allowed."""
    return min((stock.cost for stock in evaluated(instance)), default=math.inf)


def several(stock: Evaluation) -> frozenset[int]:
    """Return the modules of several components that a stock holds."""
    return frozenset(mask for mask in stock.masks if mask & (mask - 1))


def used(stock: Evaluation) -> frozenset[int]:
    """Return those of them that a product is built with."""
    return frozenset(mask for parts in stock.partition for mask in parts if mask & (mask - 1))


class Deaf(Incumbent):
    """An incumbent of a given cost, which learns nothing: a search must come to each better stock by itself.

    With a real one a heuristic finds the optimum of a small instance at once, and a search that loses it, or that
    closes a node by a false bound, is right all the same.

    Attributes
    ----------
    offered : float
        The least cost of what was offered and allowed.
    """

    def __init__(self, instance: StockInstance, cost: float) -> None:
        super().__init__(instance, Run(Options(threads=2, time_limit=60.0)))
        self.cost, self.found, self.offered = cost, True, math.inf

    def offer(self, masks: Iterable[int]) -> Evaluation:
        """Note what it costs."""
        evaluation = evaluate_masks(self.instance, (mask for mask in masks if mask & (mask - 1)))
        if evaluation.feasible:
            self.offered = min(self.offered, evaluation.cost)
        return evaluation

    def round_up(self, ranked: Sequence[int]) -> None:
        """Offer nothing that is only rounded."""
