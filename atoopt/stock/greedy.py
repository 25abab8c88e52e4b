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
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from atoopt.bitsets import positions_of, to_words
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.assembly import Assembly, Floats, Ints, Matrix
from atoopt.stock.instance import StockInstance

POWERS = (0.8, 1.0, 0.6, 0.4)
"""theta: with 1 the modules are small ones that save much for their cost, with 0 large ones that save much."""

SEEDS = 4
"""Pairs that are grown in each step."""

LISTED = 4_000
"""Of listed candidates, the most that are looked at."""

WORK = 100_000_000
"""Entries of `Assembly.uses` that are looked at, in all steps, before the last stock is finished: some seconds."""

FIRST, SHARE = 0.5, 0.1
"""The shares of a time limit that the first stock and what improves it may take: what searches goes on from there."""

STEP = 20_000
"""A step takes at least as long as looking at so many entries."""

ROUNDING = 1e-9


class Choice(NamedTuple):
    """A module to hold next: its score, what it saves (mean operations), and what holding it costs."""

    score: float
    mask: int
    saving: float
    cost: float


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
    [('c', 'd')]
    """
    if candidates is None:
        candidates = instance.candidate_masks
    listed = None if candidates is None else _most_frequent(instance, candidates)
    search = _Search(instance, run, listed, share)
    search.go()
    return search.best


class _Search:
    """Several greedy stocks, each improved, and the best of them."""

    def __init__(self, instance: StockInstance, run: Run, listed: list[int] | None, share: float) -> None:
        self.instance, self.run, self.listed = instance, run, listed
        self.cost, self.best = math.inf, None
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
            if math.isfinite(cost) and assembly.economy.per_operation >= 0:  # else the evaluator's may be higher
                self.run.report(cost, note="greedy stock")

    def add(self, assembly: Assembly, power: float, banned: Collection[int] = ()) -> None:
        """Hold module after module, until the limits are kept and no other saves more than it costs."""
        queue = None if self.listed is None else _Queue(self.listed)
        while len(assembly.modules) < assembly.limits.modules and not self.stopped:
            worth, divisor = _worth(assembly), _divisors(assembly, power)
            self.work += STEP + assembly.uses.shape[0] * len(assembly.pieces)
            if queue is None:
                choice = _best_merger(assembly, worth, divisor, banned)
            else:
                choice = queue.best(assembly, worth, divisor, banned)
            if choice is None:
                return
            if assembly.lack == 0 and assembly.economy.per_operation * choice.saving <= choice.cost:
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
    value = used * (assembly.size[:n] - 1) / (assembly.cost_of(assembly.size[:n]) + ROUNDING)
    return sorted(assembly.modules, key=lambda column: (value[column], column))


def _worth(assembly: Assembly) -> Matrix:
    """Return what an operation less counts, per product: its share; where too little is in time, more if it is late.

    Of late products those count most that lack least.
    """
    share, limits = assembly.share, assembly.limits
    short = assembly.share_in_time < limits.share
    if not short:
        return share
    late = np.maximum(assembly.operations - limits.latest, 0.0)
    in_need = np.divide(1.0, late, out=np.zeros_like(late), where=late > 0).astype(np.float32)
    slow = assembly.mean_operations > limits.operations or assembly.economy.per_operation > 0
    return share * (in_need + (0.1 if slow else 0.0))


def _divisors(assembly: Assembly, power: float) -> Floats:
    """Return, by number of components, what a module's saving is divided by."""
    cost = assembly.cost_of(np.arange(assembly.instance.n_components + 1.0))
    scale = max(float(cost[-1]), abs(assembly.economy.per_operation), 1e-300)
    return (np.maximum(cost, ROUNDING * scale) / scale) ** power


def _best_merger(assembly: Assembly, worth: Matrix, divisor: Floats, banned: Collection[int]) -> Choice | None:
    """Return the best of the modules that some pairs of pieces grow to; None where nothing is used together."""
    masks = dict.fromkeys(_grown(assembly, pair, worth, divisor) for pair in _pairs(assembly, divisor))
    choices = [_choice(assembly, mask, worth, divisor) for mask in masks if mask not in banned]
    return max((choice for choice in choices if choice is not None), key=lambda choice: choice.score, default=None)


def _pairs(assembly: Assembly, divisor: Floats) -> Iterator[tuple[int, int]]:
    """Yield the pairs of pieces that would save most for their cost."""
    n = len(assembly.pieces)
    size = assembly.size[:n].astype(np.int64)
    together = np.triu(assembly.shared[:n, :n], 1)
    if assembly.joined is not None:
        together = np.where(assembly.joined[:n, :n], together, 0.0)
    sizes = np.minimum(size[:, None] + size, divisor.size - 1)  # a piece never meets one that it overlaps
    score = (together / divisor[sizes]).ravel()
    seeds = min(SEEDS, score.size)
    top = np.argpartition(-score, seeds - 1)[:seeds]
    for place in top[np.argsort(-score[top], kind="stable")].tolist():
        if score[place] > ROUNDING**2:
            yield divmod(place, n)


def _grown(assembly: Assembly, pair: tuple[int, int], worth: Matrix, divisor: Floats) -> int:
    """Return the best module on the way from a pair of pieces, with the best next piece added each time."""
    n, columns = len(assembly.pieces), list(pair)
    products = np.flatnonzero((assembly.uses[:, pair[0]] > 0) & (assembly.uses[:, pair[1]] > 0))
    uses, weight = assembly.uses[products, :n], worth[products]
    size = assembly.size[:n].astype(np.int64)
    near = None if assembly.joined is None else assembly.joined[columns, :n].any(axis=0)
    total, best, taken = int(size[columns].sum()), -1.0, 2
    while True:
        score = float(weight.sum()) * (len(columns) - 1) / divisor[total]
        if score > best:
            best, taken = score, len(columns)
        left = np.einsum("k,kw->w", weight, uses)
        left[columns] = 0
        if near is not None:
            left = np.where(near, left, 0)
        column = int(np.argmax(left / divisor[np.minimum(total + size, divisor.size - 1)]))
        if left[column] <= 0:
            break
        both = uses[:, column] > 0
        uses, weight = uses[both], weight[both]
        columns.append(column)
        total += int(size[column])
        near = near if near is None or assembly.joined is None else near | assembly.joined[column, :n]
    return sum(assembly.pieces[column] for column in columns[:taken])


def _choice(assembly: Assembly, mask: int, worth: Matrix, divisor: Floats) -> Choice | None:
    """Return what holding a module is worth; None where no product needs it."""
    fit = assembly.fit(mask)
    if not fit.products.size:
        return None
    known = assembly.column.get(mask)
    held = known is not None and assembly.held[known]
    gain = float(worth[fit.products] @ fit.saved)
    cost = 0.0 if held else float(assembly.cost_of(mask.bit_count()))
    score = gain / float(divisor[mask.bit_count()]) if not held else math.inf
    return Choice(score, mask, float(assembly.instance.shares[fit.products] @ fit.saved), cost)


class _Queue:
    """Listed candidates by what they were worth when last looked at: the first is looked at again until it stays so."""

    def __init__(self, masks: Sequence[int]) -> None:
        self.score = dict.fromkeys(masks, math.inf)

    def best(self, assembly: Assembly, worth: Matrix, divisor: Floats, banned: Collection[int]) -> Choice | None:
        """Return the best candidate that is not held; None where none saves anything."""
        best: Choice | None = None
        for mask in sorted(self.score, key=lambda mask: -self.score[mask]):
            if best is not None and self.score[mask] <= best.score:
                break
            known = assembly.column.get(mask)
            if mask in banned or (known is not None and assembly.held[known]):
                continue
            choice = _choice(assembly, mask, worth, divisor)
            self.score[mask] = 0.0 if choice is None else choice.score
            if choice is not None and (best is None or choice.score > best.score):
                best = choice
        return best


def _most_frequent(instance: StockInstance, candidates: Collection[int]) -> list[int]:
    """Return the candidates that save most if held alone, the first `LISTED` of them."""
    masks = sorted(mask for mask in candidates if mask & (mask - 1))
    words, outside = to_words(masks, instance.n_components), ~instance.product_words
    saving = np.array([instance.shares[~(row & outside).any(axis=1)].sum() for row in words])
    saving *= np.array([mask.bit_count() - 1 for mask in masks])
    order: Ints = np.argsort(-saving, kind="stable")[:LISTED]
    return [masks[i] for i in order.tolist() if saving[i] > 0]


def _whole_products(assembly: Assembly) -> list[int] | None:
    """Return whole products (their parts that hang together) with which the stock keeps its limits; None if too many."""
    instance, limits = assembly.instance, assembly.limits
    parts = [[part for part in instance.pieces(mask) if part & (part - 1)] for mask in instance.product_masks]
    least = np.array([sum(1 for _ in instance.pieces(mask)) for mask in instance.product_masks]) - 1.0
    saved = np.maximum(assembly.operations - np.maximum(least, 0.0), 0.0)
    prompt = instance.shares * ((assembly.operations > limits.latest) & (least <= limits.latest))
    cost = np.maximum(assembly.cost_of(instance.product_sizes.astype(np.float64)), ROUNDING)
    order = np.argsort(-(instance.shares * saved + prompt) / cost, kind="stable")
    operations = assembly.mean_operations - np.cumsum((instance.shares * saved)[order])
    in_time = assembly.share_in_time + np.cumsum(prompt[order])
    kept = np.flatnonzero((operations <= limits.operations) & (in_time >= limits.share))
    if not kept.size:
        return None
    whole = list(dict.fromkeys(part for k in order[: kept[0] + 1].tolist() for part in parts[k]))
    whole = [part for part in whole if part not in assembly.stock]
    return whole if len(assembly.modules) + len(whole) <= limits.modules else None
