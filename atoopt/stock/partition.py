"""n_k(S): the fewest stocked modules that partition a product, exactly and greedily.

Single components are always in stock, so a product of n components needs n pieces less what its modules
save: a module of s components saves s - 1. The fewest pieces are a set packing of greatest saving, see
`atoopt.stock.packing`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atoopt.bitsets import Words
from atoopt.stock.packing import best_packing

Ints = NDArray[np.int64]


def partitions(products: Words, modules: Words, sizes: Ints, *, greedy: bool = False) -> tuple[Ints, Ints, Ints]:
    """Partition every product into as few modules as possible, single components filling the rest.

    Parameters
    ----------
    products : (n_products, words) array of uint64
    modules : (n_modules, words) array of uint64
        Stocked modules of two or more components, the largest first.
    sizes : (n_modules,) array of int64
        Their numbers of components.
    greedy : bool
        Take the largest module that fits the uncovered rest, and repeat (*inferred* from the paper's
        prose), instead of the exact minimum.

    Returns
    -------
    saved : (n_products,) array
        Operations saved: the pieces are the product's components less this number.
    start : (n_products + 1,) array
        Product k uses the modules ``used[start[k]:start[k + 1]]``.
    used : array
        Positions in `modules`.
    """
    return _partitions(products, modules, sizes, greedy)  # type: ignore[no-any-return]


@njit(cache=True)
def _partitions(products, modules, sizes, greedy):  # type: ignore[no-untyped-def]  # pragma: no cover
    n_products, words = products.shape
    n_modules = modules.shape[0]
    saved = np.zeros(n_products, np.int64)
    start = np.zeros(n_products + 1, np.int64)
    used = np.empty(max(16, 4 * n_products), np.int64)
    n_used = 0
    fits = np.empty(n_modules, np.int64)
    for k in range(n_products):
        n_fits = 0
        for m in range(n_modules):
            inside = True
            for w in range(words):
                if modules[m, w] & ~products[k, w]:
                    inside = False
                    break
            if inside:
                fits[n_fits] = m
                n_fits += 1
        if n_fits:
            chosen = _largest_first(products[k], modules, fits[:n_fits])
            if not greedy:
                chosen = best_packing(products[k], modules, sizes, fits[:n_fits], chosen)
            if n_used + chosen.size > used.size:
                longer = np.empty(2 * (n_used + chosen.size), np.int64)
                longer[:n_used] = used[:n_used]
                used = longer
            for m in chosen:
                saved[k] += sizes[m] - 1
                used[n_used] = m
                n_used += 1
        start[k + 1] = n_used
    return saved, start, used[:n_used].copy()


@njit(cache=True)
def _largest_first(product, modules, fits):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take the first module (they are sorted by size) that fits the uncovered rest, and go on."""
    rest = product.copy()
    chosen = np.empty(fits.size, np.int64)
    n = 0
    for m in fits:
        if _inside(modules[m], rest):
            for w in range(rest.size):
                rest[w] &= ~modules[m, w]
            chosen[n] = m
            n += 1
    return chosen[:n]


@njit(cache=True)
def _inside(module, rest):  # type: ignore[no-untyped-def]  # pragma: no cover
    for w in range(rest.size):  # noqa: SIM110 -- a generator would not compile
        if module[w] & ~rest[w]:
            return False
    return True
