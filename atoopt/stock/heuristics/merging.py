"""Which module a greedy start holds next: pieces that are used together are merged, or a list is looked through."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from atoopt.sets.bitsets import to_words
from atoopt.stock.heuristics.assembly import Assembly, Floats, Ints, Matrix
from atoopt.stock.instance import StockInstance

SEEDS = 4
"""Pairs that are grown in each step."""

LISTED = 4_000
"""Of listed candidates, the most that are looked at."""

ROUNDING = 1e-9


class Choice(NamedTuple):
    """A module to hold next: its score, what it saves (mean operations), and what holding it costs."""

    score: float
    mask: int
    saving: float
    cost: float


def worth_of(assembly: Assembly) -> Matrix:
    """Return what an operation less counts, per product: its share; where too little is in time, more if it is late.

    Of late products those count most that lack least.
    """
    share, limits = assembly.share, assembly.limits
    short = assembly.share_in_time < limits.share
    if not short:
        return share
    late = np.maximum(assembly.operations - limits.latest, 0.0)
    in_need = np.divide(1.0, late, out=np.zeros_like(late), where=late > 0).astype(np.float32)
    slow = assembly.mean_operations > limits.operations or assembly.equation.per_operation > 0
    return share * (in_need + (0.1 if slow else 0.0))


def divisors(assembly: Assembly, power: float) -> Floats:
    """Return, by number of components, what a module's saving is divided by."""
    cost = assembly.equation.module(np.arange(assembly.instance.n_components + 1.0))
    scale = max(float(cost[-1]), abs(assembly.equation.per_operation), 1e-300)
    return (np.maximum(cost, ROUNDING * scale) / scale) ** power


def best_merger(assembly: Assembly, worth: Matrix, divisor: Floats, banned: Collection[int]) -> Choice | None:
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
    cost = 0.0 if held else assembly.equation.module(mask.bit_count())
    score = gain / float(divisor[mask.bit_count()]) if not held else math.inf
    return Choice(score, mask, float(assembly.instance.shares[fit.products] @ fit.saved), cost)


class Queue:
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


def most_frequent(instance: StockInstance, candidates: Collection[int]) -> list[int]:
    """Return the candidates that save most if held alone, the first `LISTED` of them."""
    masks = sorted(mask for mask in candidates if mask & (mask - 1))
    words, outside = to_words(masks, instance.n_components), ~instance.product_words
    saving = np.array([instance.shares[~(row & outside).any(axis=1)].sum() for row in words])
    saving *= np.array([mask.bit_count() - 1 for mask in masks])
    order: Ints = np.argsort(-saving, kind="stable")[:LISTED]
    return [masks[i] for i in order.tolist() if saving[i] > 0]
