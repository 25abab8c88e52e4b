"""Depth-first search over the connected sets of a graph, each seen once.

A set grows by one of its neighbors at a time. A neighbor that was tried is closed for the sets tried after it,
so that no set is seen twice (Wernicke's scheme, 2006); and a set that fits in none of the given larger ones is
left at once, for nothing that contains it fits either. So every step of the search is a set that is wanted, but
for those that are too small.
"""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import inner, kernel

FIRST_ROWS = 1024


@kernel("connected")
def search(neighbors, containing, least, greatest, most, keep):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Find the connected sets of `least` to `greatest` vertices that one of the larger sets contains.

    Parameters
    ----------
    neighbors : (n, W) array of uint64
    containing : (n, V) array of uint64
        Per vertex, the larger sets that have it.
    least, greatest, most : int
        Sizes, and after how many sets to stop.
    keep : bool
        Whether to return the sets, or only to count them.

    Returns
    -------
    sets : (n_sets, W) array of uint64
        Empty unless `keep`.
    n_sets : int
    """
    n, words = neighbors.shape
    chosen = np.zeros((n + 1, words), np.uint64)  # per depth: the set,
    fitting = np.zeros((n + 1, containing.shape[1]), np.uint64)  # the larger sets that contain it,
    open_ = np.zeros((n + 1, words), np.uint64)  # the neighbors to try,
    closed = np.zeros((n + 1, words), np.uint64)  # and what may not be opened again
    found = np.empty((FIRST_ROWS if keep else 0, words), np.uint64)
    n_found, depth = 0, 0
    for v in range(containing.shape[1]):
        fitting[0, v] = ~np.uint64(0)
    for i in range(n):
        open_[0, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
    while depth >= 0 and n_found < most:
        vertex = -1
        if depth < greatest:
            vertex = _take(open_, depth)
        if vertex < 0:
            depth -= 1
            continue
        if depth == 0:  # later on, what is open is closed already
            closed[0, vertex >> 6] |= np.uint64(1) << np.uint64(vertex & 63)
        fits = np.uint64(0)
        for v in range(containing.shape[1]):
            fitting[depth + 1, v] = fitting[depth, v] & containing[vertex, v]
            fits |= fitting[depth + 1, v]
        if fits == 0:
            continue
        depth += 1
        for w in range(words):
            chosen[depth, w] = chosen[depth - 1, w]
            closed[depth, w] = closed[depth - 1, w] | neighbors[vertex, w]
            # the start opens every vertex, but a set only its neighbors
            rest = open_[depth - 1, w] if depth > 1 else np.uint64(0)
            open_[depth, w] = rest | (neighbors[vertex, w] & ~closed[depth - 1, w])
        chosen[depth, vertex >> 6] |= np.uint64(1) << np.uint64(vertex & 63)
        if depth >= least:
            if keep:
                if n_found == found.shape[0]:
                    longer = np.empty((2 * n_found, words), np.uint64)
                    for i in range(n_found):
                        for w in range(words):
                            longer[i, w] = found[i, w]
                    found = longer
                for w in range(words):
                    found[n_found, w] = chosen[depth, w]
            n_found += 1
    return found[: n_found if keep else 0], n_found


@inner
def _take(open_, depth):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take the first vertex out of a set and return it; -1 where the set is empty."""
    for w in range(open_.shape[1]):
        word = open_[depth, w]
        if word:
            open_[depth, w] = word & (word - np.uint64(1))
            vertex, half = 64 * w, 32
            while half:
                if not word & ((np.uint64(1) << np.uint64(half)) - np.uint64(1)):
                    word >>= np.uint64(half)
                    vertex += half
                half >>= 1
            return vertex
    return -1
