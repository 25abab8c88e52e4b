"""The partitions of products into candidate modules: listed for the model *pattern*, counted before it is built."""

from __future__ import annotations

from collections.abc import Iterator

from atoopt.sets.bitsets import to_words
from atoopt.stock.candidates import Candidates
from atoopt.stock.instance import StockInstance

MOST_COLUMNS = 300_000
"""Pyomo takes about four kilobytes a column while it builds and writes: this many need 1.2 GB."""


def partitions_into(product: int, candidates: frozenset[int]) -> Iterator[tuple[int, ...]]:
    """Yield the partitions of a product into candidate modules and single components.

    Each is the tuple of its modules of several components, by their first component; the empty tuple is
    the partition into single components.

    >>> sorted(partitions_into(0b111, frozenset({0b011, 0b111})))
    [(), (3,), (7,)]
    """
    inside = sorted(mask for mask in candidates if mask & ~product == 0)
    by_first: dict[int, list[int]] = {}
    for mask in inside:
        by_first.setdefault(mask & -mask, []).append(mask)

    def extend(rest: int, taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if not rest:
            yield taken
            return
        first = rest & -rest
        yield from extend(rest ^ first, taken)
        for mask in by_first.get(first, ()):
            if mask & ~rest == 0:
                yield from extend(rest ^ mask, (*taken, mask))

    return extend(product, ())


def n_partitions(instance: StockInstance, candidates: Candidates, limit: int) -> int:
    """Count the columns of *pattern*, and stop counting above `limit`."""
    known = frozenset(candidates.masks)
    count = 0
    for product in instance.product_masks:
        for _ in partitions_into(product, known):
            count += 1
            if count > limit:
                return count
    return count


def n_columns(instance: StockInstance, candidates: Candidates, formulation: str) -> int:
    """Return the number of columns, or one above `MOST_COLUMNS` if it is larger.

    >>> import atoopt
    >>> from atoopt.stock.candidates import all_subsets
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> n_columns(instance, all_subsets(instance), "pattern")
    228
    """
    count = len(candidates.masks)
    if formulation == "pattern":
        return count + n_partitions(instance, candidates, MOST_COLUMNS)
    modules = to_words(candidates.masks, instance.n_components)
    for k, product in enumerate(instance.product_words):
        count += int(instance.product_sizes[k]) + int((~(modules & ~product).any(axis=1)).sum())
        if count > MOST_COLUMNS:
            break
    return count
