"""A first stock in hundredths of a second: greedy by saving per holding cost, with exchange. No compiled kernel.

Every product starts as its single components. Pieces that are often used together are merged into a module: from the
pair that saves most for what it costs to hold, piece by piece while that grows, as in the compression of text by pairs.
A module that is merged from modules takes their place in the products that used all of them. What is chosen at each
step is the module of the greatest saving / cost^theta, for a few theta, as neither small modules nor large ones are
right for every demand. Then modules that do not pay leave, and each is exchanged for what is best without it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection

import numpy as np

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.heuristics.assembly import Assembly
from atoopt.stock.heuristics.merging import ROUNDING, Queue, best_merger, divisors, most_frequent, worth_of
from atoopt.stock.instance import StockInstance

POWERS = (0.8, 1.0, 0.6, 0.4)
"""theta: with 1 the modules are small ones that save much for their cost, with 0 large ones that save much."""

WORK = 100_000_000
"""Entries of `Assembly.uses` that are looked at, in all steps, before the last stock is finished: some seconds."""

FIRST, SHARE = 0.7, 0.1
"""The shares of a time limit that the first stock and what improves it may take: what searches goes on from there."""

STEP = 20_000
"""A step takes at least as long as looking at so many entries."""


def solve(instance: StockInstance, run: Run) -> Claim:
    """Return the stock of `greedy_stock`; nothing is proven.

    Examples
    --------
    >>> import atoopt
    >>> result = atoopt.solve(atoopt.load("instances/stock/harness-12.json"), "greedy")
    >>> result.status, result.objective < 1.05 * 63.8830
    ('feasible', True)
    """
    stock = greedy_stock(instance, run, share=1.0)
    if stock is None:
        return Claim(message="no stock that keeps every limit was found; that proves nothing")
    return Claim(stock)


def greedy_stock(
    instance: StockInstance, run: Run, candidates: Collection[int] | None = None, *, share: float = SHARE
) -> list[int] | None:
    """Return a cheap stock that keeps every limit, as bits without single components; None where none is found.

    Where any number of any modules may be held there is always one: at worst, whole products complete it. With
    ``max_modules`` or a list of candidates a stock may exist that is not found, for even to decide that is hard.

    Parameters
    ----------
    instance : StockInstance
    run : Run
        Told of each better stock.
    candidates : collection of int, optional
        The modules to choose from, as bits; by default all that the instance allows.
    share : float
        The share of the time left after which the search ends with what it has.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Run
    >>> instance = atoopt.load("instances/stock/frequency-4.json")
    >>> [instance.names(mask) for mask in greedy_stock(instance, Run())]
    [('a', 'b')]
    """
    if candidates is None:
        candidates = instance.candidate_masks
    listed = None if candidates is None else most_frequent(instance, candidates)
    search = _Search(instance, run, listed, share)
    search.go()
    return search.best


class _Search:
    """Several greedy stocks, each improved, and the best of them."""

    def __init__(self, instance: StockInstance, run: Run, listed: list[int] | None, share: float) -> None:
        self.instance, self.run, self.listed = instance, run, listed
        self.cost = math.inf
        self.best: list[int] | None = None
        self.work = 0
        now = time.monotonic()
        self.most_work, self.last = math.inf, now + max(FIRST, share) * run.remaining
        self.then = now + share * run.remaining

    def go(self) -> None:
        """Build a stock for each power, then improve them by exchange, the best first."""
        empty = Assembly(self.instance)
        found: list[tuple[float, float, float, Assembly]] = []
        powers = POWERS if math.isinf(empty.limits.modules) else (*POWERS, 0.0)
        for power in powers:
            assembly = empty.copy()
            self.add(assembly, power)
            assembly = self.prune(assembly)
            self.keep(assembly)
            found.append((*_rank(assembly), power, assembly))
            self.last, self.most_work = self.then, WORK
            if self.stopped:
                break
        for *_, power, assembly in sorted(found, key=lambda each: each[:3]):
            self.keep(self.exchange(assembly, power))

    @property
    def stopped(self) -> bool:
        """Whether to end with what there is."""
        return self.run.interrupted.is_set() or self.work > self.most_work or time.monotonic() > self.last

    def keep(self, assembly: Assembly) -> None:
        """Note a stock if it is the cheapest that keeps the limits; one that is only too slow is completed."""
        stock, cost = assembly.stock, assembly.cost
        if assembly.lack > 0:
            whole = _whole_products(assembly) if self.best is None and self.listed is None else None
            if whole is None:
                return
            stock, cost = [*stock, *whole], math.inf  # what it costs is not known, but it is feasible
        if self.best is None or cost < self.cost - ROUNDING * abs(cost):
            self.best, self.cost = stock, cost
            if math.isfinite(cost) and assembly.equation.per_operation >= 0:  # else the evaluator's may be higher
                self.run.report(cost, note="greedy stock")

    def add(self, assembly: Assembly, power: float, banned: Collection[int] = ()) -> None:
        """Hold module after module, until the limits are kept and no other saves more than it costs."""
        queue = None if self.listed is None else Queue(self.listed)
        while len(assembly.modules) < assembly.limits.modules and not self.stopped:
            worth, divisor = worth_of(assembly), divisors(assembly, power)
            self.work += STEP + assembly.uses.shape[0] * len(assembly.pieces)
            if queue is None:
                choice = best_merger(assembly, worth, divisor, banned)
            else:
                choice = queue.best(assembly, worth, divisor, banned)
            if choice is None:
                return
            if assembly.lack == 0 and assembly.equation.per_operation * choice.saving <= choice.cost:
                return
            assembly.hold(choice.mask)

    def prune(self, assembly: Assembly) -> Assembly:
        """Drop modules, those that serve least first, while that costs nothing."""
        for column in _least_useful(assembly):
            if self.stopped:
                break
            shorter = assembly.copy()
            shorter.drop(column)
            if _rank(shorter) <= _rank(assembly):
                assembly = shorter
        return assembly

    def exchange(self, assembly: Assembly, power: float) -> Assembly:
        """Drop each module in turn and add what is best without it, until no such exchange helps."""
        improved = True
        while improved:
            improved = False
            for column in _least_useful(assembly):
                if self.stopped:
                    return assembly
                if not assembly.held[column]:
                    continue
                self.work += STEP + assembly.uses.size
                other = assembly.copy()
                other.drop(column)
                self.add(other, power, banned={assembly.pieces[column]})
                if _better(other, assembly):
                    assembly, improved = self.prune(other), True
        return assembly


def _rank(assembly: Assembly) -> tuple[float, float]:
    """Return what stocks are compared by: first how far they miss the limits, then their cost."""
    return round(assembly.lack, 9), assembly.cost


def _better(one: Assembly, other: Assembly) -> bool:
    lack, cost = _rank(other)
    return _rank(one) < (lack, cost - ROUNDING * max(1.0, abs(cost)))


def _least_useful(assembly: Assembly) -> list[int]:
    """Return the columns of the modules held, those first that save least for their cost."""
    n, share = len(assembly.pieces), assembly.share
    used = np.einsum("k,kw->w", share, assembly.uses[:, :n])
    value = used * (assembly.size[:n] - 1) / (assembly.equation.module(assembly.size[:n]) + ROUNDING)
    return sorted(assembly.modules, key=lambda column: (value[column], column))


def _whole_products(assembly: Assembly) -> list[int] | None:
    """Return whole products (their connected parts) with which the stock keeps its limits; None where too many."""
    instance, limits = assembly.instance, assembly.limits
    parts = [[part for part in instance.pieces(mask) if part & (part - 1)] for mask in instance.product_masks]
    least = np.array([sum(1 for _ in instance.pieces(mask)) for mask in instance.product_masks]) - 1.0
    saved = np.maximum(assembly.operations - np.maximum(least, 0.0), 0.0)
    prompt = instance.shares * ((assembly.operations > limits.latest) & (least <= limits.latest))
    cost = np.maximum(assembly.equation.module(instance.product_sizes.astype(np.float64)), ROUNDING)
    order = np.argsort(-(instance.shares * saved + prompt) / cost, kind="stable")
    operations = assembly.mean_operations - np.cumsum((instance.shares * saved)[order])
    in_time = assembly.share_in_time + np.cumsum(prompt[order])
    kept = np.flatnonzero((operations <= limits.operations) & (in_time >= limits.share))
    if not kept.size:
        return None
    whole = list(dict.fromkeys(part for k in order[: kept[0] + 1].tolist() for part in parts[k]))
    whole = [part for part in whole if part not in assembly.stock]
    return whole if len(assembly.modules) + len(whole) <= limits.modules else None
