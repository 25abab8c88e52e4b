"""The last few modules of a search: every stock of them is evaluated, which needs no tolerance and no solver."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from atoopt.stock.instance import StockInstance

MOST_WORK, OF_A_STOCK = 40_000, 100
"""Products looked at, and as how many the evaluation of a stock counts besides: some hundredths of a second."""


def are_few(instance: StockInstance, free: int) -> bool:
    """Whether the stocks of so many modules are so few that each is soon evaluated.

    >>> import atoopt
    >>> [are_few(atoopt.load("instances/stock/uniform-5.json"), free) for free in (8, 9)]
    [True, False]
    """
    return free < 20 and 2**free * (OF_A_STOCK + instance.n_products) <= MOST_WORK


def try_all(
    offer: Callable[[Iterable[int]], object], held: Sequence[int], free: Sequence[int],
    sizes: Iterable[int] | None = None,
) -> None:  # fmt: skip
    """Offer every stock of modules that are held and others that are free, of all sizes or these (held ones included).

    >>> try_all(print, [3], [5, 6], sizes=(1, 2))
    (3,)
    (3, 5)
    (3, 6)
    """
    for size in range(len(held), len(held) + len(free) + 1) if sizes is None else sizes:
        for chosen in combinations(free, size - len(held)) if size >= len(held) else ():
            offer((*held, *chosen))
