"""n_k(S): the fewest stocked modules that partition a product, exactly and greedily.

Single components are always in stock, so a product of n components needs n pieces less what its modules
save: a module of s components saves s - 1. The fewest pieces are a set packing of greatest saving, see
`atoopt.stock.packing`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atoopt.bitsets import Words
from atoopt.stock.packing import partition_all

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
    return partition_all(products, modules, sizes, greedy)
