"""The sequences in which the paper's heuristics hold modules, by frequency or by size, and those of whole products.

*Inferred*, for the paper does not say: of modules with equal frequency the larger one is taken, for it saves
more (then the first in the order of the components); and where there are too many sets of components to list,
`pool` says which are looked at. A pair is at least as frequent as any larger set that contains it, so pairs
and, by the tie rule, intersections of products are what the printed rule would take first anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np

from atoopt.base.errors import InputError
from atoopt.kernels.declare import kernel
from atoopt.sets.bitsets import to_words
from atoopt.sets.connected import connected_sets
from atoopt.stock.candidates import all_subsets, closed_sets, frequencies, given, maximal, n_subsets
from atoopt.stock.instance import StockInstance

POOL_LIMIT = 20_000
"""Sets of components that one frequency sequence looks at, step by step."""


def fastest_stock(instance: StockInstance) -> tuple[int, ...]:
    """Return every product whole (or its parts that hang together), or every candidate listed: no stock is faster."""
    if instance.candidate_masks is not None:
        return given(instance).masks
    return tuple({piece for product in instance.product_masks for piece in instance.pieces(product)})


def module_frequency(instance: StockInstance, penalty: float, modules: Iterable[int] | None = None) -> Iterator[int]:
    """Yield the modules to add for N = q + 1, q + 2, ...: each time the unheld M* of largest f.

    f(M) starts as the share of the demand whose product contains M. When M* is taken, f(M) is multiplied by
    penalty^|M intersect M*| for every other M.

    Parameters
    ----------
    instance : StockInstance
    penalty : float
        The coefficient pc, above 0 and at most 1.
    modules : iterable of int, optional
        The modules to choose from, as bits; by default `pool`.

    Raises
    ------
    InputError
        The penalty is out of its range.

    Examples
    --------
    The paper's example, four components: first ab, then cd, which shares nothing with it.

    >>> from itertools import combinations, islice
    >>> from atoopt.stock import Costs, Product, StockInstance
    >>> sets = [c for size in range(1, 5) for c in combinations("abcd", size)]
    >>> instance = StockInstance(
    ...     name="four", components=tuple("abcd"), max_mean_assembly_time=None,
    ...     products=tuple(Product(components=c, demand=1) for c in sets),
    ...     costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10))
    >>> [instance.names(mask) for mask in islice(module_frequency(instance, 0.05), 2)]
    [('a', 'b'), ('c', 'd')]
    """
    if not 0 < penalty <= 1:
        raise InputError(f"is {penalty:g}", "give a coefficient above 0 and at most 1", place="penalty")
    masks = pool(instance) if modules is None else list(modules)
    masks.sort(key=lambda mask: (-mask.bit_count(), _rank(mask, instance.n_components)))
    words = to_words(masks, instance.n_components)
    frequency = frequencies(instance, masks)
    # Logarithms: products of many penalties would underflow, and all be equal.
    weight = np.log(frequency, out=np.full(len(masks), -np.inf), where=frequency > 0)
    for _ in range(int((frequency > 0).sum())):
        yield masks[_take(weight, words, math.log(penalty))]


def module_size(instance: StockInstance, modules: Iterable[int] | None = None) -> Iterator[int]:
    """Yield the modules to add for N = q + 1, q + 2, ...: smaller ones first, then the more frequent.

    So a stock of N modules has all those of size <= s, and the most frequent of size s + 1. Without a list, it
    ends before a size of which there are more than 10 x `POOL_LIMIT` sets (*inferred*).
    """
    if modules is not None or instance.candidate_masks is not None:
        masks = list(given(instance).masks if modules is None else modules)
        sizes = sorted({mask.bit_count() for mask in masks})
        for size in sizes:
            yield from _by_demand(instance, [mask for mask in masks if mask.bit_count() == size])
        return
    products = maximal(instance.product_masks)
    for size in range(2, int(instance.product_sizes.max()) + 1):
        found = _of_size(instance, products, size)
        if found is None:
            return
        yield from _by_demand(instance, found)


def _of_size(instance: StockInstance, products: list[int], size: int) -> Iterable[int] | None:
    """Return the sets of this size that fit in a product and liaisons allow; None where they are too many."""
    most = 10 * POOL_LIMIT
    if instance.neighbors is not None:
        connected = connected_sets(instance.neighbors, products, sizes=(size, size), most=most + 1)
        return connected if len(connected) <= most else None
    if sum(math.comb(product.bit_count(), size) for product in products) > most and size > 2:
        return None
    found: set[int] = set()
    for product in products:
        bits = [1 << i for i in range(product.bit_length()) if product >> i & 1]
        found.update(sum(chosen) for chosen in combinations(bits, size))
    return found


def whole_products(instance: StockInstance) -> Iterator[int]:
    """Yield whole products, or their connected parts, those first that save the most time over their demand.

    *Inferred*: the paper knows no such start.
    """
    saves = instance.shares * (instance.product_sizes - 1)
    parts = (
        part
        for k in np.argsort(-np.round(saves, 12), kind="stable").tolist()
        for part in instance.pieces(instance.product_masks[k])
    )
    yield from dict.fromkeys(part for part in parts if part & (part - 1) and instance.allows(part))


def pool(instance: StockInstance) -> list[int]:
    """Return the modules that the frequency heuristic looks at.

    All that the instance lists; or every set of components of a product, where these are few. Otherwise
    (*inferred*) the pairs, the triples where all are few, and the intersections of products.
    """
    if instance.candidate_masks is not None:
        return list(given(instance).masks)
    if n_subsets(instance) <= POOL_LIMIT:
        return list(all_subsets(instance).masks)
    sizes = (2, 3) if math.comb(instance.n_components, 3) <= POOL_LIMIT else (2,)
    bits = [1 << i for i in range(instance.n_components)]
    small = [mask for size in sizes for mask in map(sum, combinations(bits, size)) if instance.allows(mask)]
    demanded = [mask for mask, f in zip(small, frequencies(instance, small).tolist(), strict=True) if f > 0]
    return list({*demanded, *closed_sets(instance, POOL_LIMIT // 4).masks})


def _by_demand(instance: StockInstance, masks: Iterable[int]) -> list[int]:
    """Return modules in demand, the most frequent first, then by the order of their components."""
    ordered = sorted(masks, key=lambda mask: _rank(mask, instance.n_components))
    frequency = frequencies(instance, ordered)
    # Sums of the same shares in another order may differ in the last digit.
    ranked = np.argsort(-np.round(frequency, 12), kind="stable")
    return [ordered[j] for j in ranked.tolist() if frequency[j] > 0]


def _rank(mask: int, n_components: int) -> int:
    """Return a number that orders sets of one size by their components: ab, ac, ad, bc, ..."""
    return -int(f"{mask:0{n_components}b}"[::-1], 2)


@kernel("packing")
def _take(weight, words, log_penalty):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the first module of greatest weight, take it out, and lower those that share components with it.

    A later one must exceed it by more than rounding, so that the order of the modules breaks ties.
    """
    best = 0
    for m in range(weight.size):
        if weight[m] > weight[best] + 1e-9:
            best = m
    for m in range(weight.size):
        common = 0
        for w in range(words.shape[1]):
            both = words[m, w] & words[best, w]
            while both:
                both &= both - np.uint64(1)
                common += 1
        weight[m] += common * log_penalty
    weight[best] = -np.inf
    return best
