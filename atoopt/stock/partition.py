"""n_k(S): the fewest stocked modules that partition a product, exactly and greedily.

Single components are always in stock, so a product of n components needs n pieces less what its modules
save: a module of s components saves s - 1. The fewest pieces are a set packing of greatest saving, see
`atoopt.stock.packing`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atoopt.sets.bitsets import Words
from atoopt.stock.packing import pack_products

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
    saved = np.zeros(len(products), np.int64)
    words = np.bitwise_count(products).sum(axis=1, dtype=np.int64) if products.size else saved
    packed = np.full((len(products), int(words.max(initial=0)) // 2), -1)
    pack_products(products, modules, sizes, np.arange(len(modules)), -1, -1 if greedy else len(modules), saved, packed)
    used = packed >= 0
    start = np.concatenate([[0], np.cumsum(used.sum(axis=1))])
    return saved, start, packed[used]
