"""The greatest savings on a product: a packing of disjoint modules, found by branch and bound."""

from __future__ import annotations

import numpy as np

from atoopt.stock.annealing.bits import cardinality, compiled, inside

MOST_STEPS = 20_000
"""Steps of one search; beyond, its best so far stands, so that savings are never overstated."""


@compiled
def pack(search, n_items, floor, ceiling):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Choose disjoint items (modules, the largest first) inside ``rest[0]`` that save the most operations.

    Depth-first; r components in modules of at most z make at least ceil(r / z) pieces.

    Parameters
    ----------
    search : Search
        ``item[:n_items]``, ``mask`` and ``size`` of the modules, and ``rest[0]``, which is changed.
    n_items, floor, ceiling : int
        Savings of at most `floor` are of no interest, of more than `ceiling` known to be impossible.

    Returns
    -------
    saved, n_chosen : int
        The savings, and how many ``chosen`` reach them; n_chosen is -1 where nothing saves more than `floor`.
    """
    best, n_best = floor, -1
    if best < 0:
        best, n_best = 0, 0
    if best >= ceiling or n_items == 0:
        return best, n_best
    item, mask, sizes, rest = search.item, search.mask, search.size, search.rest
    path, next_item, chosen = search.path, search.next_item, search.chosen
    words = rest.shape[1]
    for w in range(words):
        cover = np.uint64(0)
        for i in range(n_items):
            cover |= mask[i, w]
        rest[0, w] &= cover
    depth, saved, steps, free = 0, 0, 0, cardinality(rest, 0)
    next_item[0] = 0
    while depth >= 0:
        i = next_item[depth]
        taken = False
        while i < n_items:
            size = min(sizes[i], free)
            if size < 2 or saved + free - (free + size - 1) // size <= best:
                break
            if sizes[i] <= free and inside(mask, i, rest, depth):
                taken = True
                break
            i += 1
        steps += 1
        if taken and steps < MOST_STEPS:
            next_item[depth] = i + 1
            path[depth] = i
            for w in range(words):
                rest[depth + 1, w] = rest[depth, w] & ~mask[i, w]
            depth += 1
            next_item[depth] = i + 1
            saved += sizes[i] - 1
            free -= sizes[i]
            if saved > best:
                best, n_best = saved, depth
                for d in range(depth):
                    chosen[d] = item[path[d]]
                if best >= ceiling:
                    break
        else:
            depth -= 1
            if depth >= 0:
                saved -= sizes[path[depth]] - 1
                free += sizes[path[depth]]
    return best, n_best


@compiled
def insert_item(search, n, number, size, rows, row):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Insert a module among n items, the largest first."""
    item, mask, sizes = search.item, search.mask, search.size
    words = mask.shape[1]
    i = n
    while i > 0 and sizes[i - 1] < size:
        item[i], sizes[i] = item[i - 1], sizes[i - 1]
        for w in range(words):
            mask[i, w] = mask[i - 1, w]
        i -= 1
    item[i], sizes[i] = number, size
    for w in range(words):
        mask[i, w] = rows[row, w]
