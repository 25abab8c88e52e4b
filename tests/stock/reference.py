"""Plain twins of the fast code, written to be read: the tests compare against them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

from atoopt.sets.bitsets import subsets_of
from atoopt.stock import StockInstance
from atoopt.stock.evaluation import evaluate_masks


def fewest_pieces(product: int, stock: frozenset[int]) -> int:
    """Return the fewest modules (single components among them) that partition a product, by recursion."""

    @cache
    def pieces(rest: int) -> int:
        if not rest:
            return 0
        first = rest & -rest
        whole = [m for m in subsets_of(rest) if m & first and (m == first or m in stock)]
        return min(1 + pieces(rest ^ m) for m in whole)

    return pieces(product)


def all_partitions(items: list[int]) -> Iterator[list[int]]:
    """Yield every set partition of some single components, each block as bits."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for partition in all_partitions(rest):
        yield [first, *partition]
        for i, block in enumerate(partition):
            yield [*partition[:i], block | first, *partition[i + 1 :]]


def fitting_modules(instance: StockInstance) -> list[int]:
    """Return the modules of several components that may be held and fit in a product."""
    found = {m for product in instance.product_masks for m in subsets_of(product) if m & (m - 1)}
    allowed = instance.candidate_masks
    return sorted(found if allowed is None else found & allowed)


def optimum(instance: StockInstance, modules: list[int] | None = None) -> float:
    """Return the least cost over all allowed stocks, of some modules, by evaluating each; infinity where none is."""
    stocks = all_stocks(fitting_modules(instance) if modules is None else modules)
    return min((e.cost for e in (evaluate_masks(instance, stock) for stock in stocks) if e.feasible), default=math.inf)


def all_stocks(modules: list[int]) -> Iterator[list[int]]:
    """Yield every subset of some modules."""
    for number in range(1 << len(modules)):
        yield [mask for j, mask in enumerate(modules) if number >> j & 1]
