"""Which product has all that another has: the inclusion order as sparse pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atoopt.base.frozen import read_only

if TYPE_CHECKING:
    from atoopt.diversity.instance import DiversityInstance

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BLOCK = 1024
"""Products compared with all others at a time: some 40 MB for ten thousand."""


@dataclass(frozen=True, eq=False)
class Inclusion:
    """Every pair of an order k and another product j that has all of it, sorted by k.

    Attributes
    ----------
    order, variant : (n_pairs,) array of int
        k and j.
    cost : (n_pairs,) array
        c_kj = p_k times the cost of what j has and k did not order.
    maximal : (n_products,) array of bool
        Within no other product: each must be a variant, for nothing else serves it.
    """

    order: Ints
    variant: Ints
    cost: Floats
    maximal: NDArray[np.bool_]


def inclusion_of(instance: DiversityInstance) -> Inclusion:
    """Return the inclusion order of the products.

    >>> import atoopt
    >>> order = inclusion_of(atoopt.load("instances/diversity/trims-6.json"))
    >>> len(order.order), int(order.maximal.sum())
    (11, 2)
    """
    has = instance.has.astype(np.float32)
    sizes, worth = has.sum(axis=1), instance.has @ instance.weights
    orders, variants = [], []
    for first in range(0, instance.n_products, BLOCK):
        block = has[first : first + BLOCK]
        within = block @ has.T == sizes[first : first + BLOCK, None]
        within[np.arange(len(block)), first + np.arange(len(block))] = False
        k, j = np.nonzero(within)
        orders.append(k + first)
        variants.append(j)
    order, variant = np.concatenate(orders), np.concatenate(variants)
    maximal = np.ones(instance.n_products, dtype=np.bool_)
    maximal[order] = False
    cost = instance.shares[order] * np.maximum(worth[variant] - worth[order], 0.0)
    return Inclusion(*map(read_only, (order, variant, cost, maximal)))
