"""Cuts of the assignment relaxation: of components S, the modules of a product can take d each only so often.

The modules that build product k are disjoint, so that for every S within P_k and every whole d >= 2

    sum_M floor(|M intersect S| / d) x_kM <= floor(|S| / d),

a Chvatal-Gomory cut of the rows of S; with |S| odd and d = 2 these are the odd-set inequalities of matching,
which describe all ways to build a product from pairs. They bring the bound near that of the *pattern* model
without its columns, and they hold at every node of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atoopt.stock.annealing.bits import n_bits
from atoopt.stock.decomposition.ragged import starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

EACH = 20
"""The most cuts that one look adds for a product."""

MOST = 6_000
"""The most cuts that one look adds at all, for each takes part in every iteration."""

LEAST_VIOLATION = 0.02

WIDEST = 12
"""Sets of five components are looked for among so many of a product, those most used fractionally."""


@dataclass(frozen=True)
class Cuts:
    """Some cuts, ordered by product.

    Attributes
    ----------
    first : (n + 1,) array
        Product k has the cuts ``first[k]:first[k + 1]``.
    sets : (n_cuts, words) array
        S as bits.
    divisor, most : (n_cuts,) arrays
        d, and floor(|S| / d).
    place : (n_cuts,) array
        The position of the cut's dual among the duals of the cuts: the order in which they were found.
    """

    first: Ints
    sets: Words
    divisor: Ints
    most: Ints
    place: Ints

    def __len__(self) -> int:
        return int(self.place.size)


def no_cuts(n: int, words: int) -> Cuts:
    """Return no cuts for n products."""
    none = np.zeros(0, dtype=np.int64)
    return Cuts(np.zeros(n + 1, dtype=np.int64), np.zeros((0, words), dtype=np.uint64), none, none, none)


def with_more(cuts: Cuts, product: Ints, sets: Words, divisor: Ints, most: Ints) -> Cuts:
    """Add cuts that are not among them yet."""
    n = cuts.first.size - 1
    owner = np.concatenate([np.repeat(np.arange(n), np.diff(cuts.first)), product])
    order = np.argsort(owner, kind="stable")
    first = starts(np.bincount(owner, minlength=n))
    place = np.concatenate([cuts.place, len(cuts) + np.arange(product.size)])
    return Cuts(
        first, np.concatenate([cuts.sets, sets])[order], np.concatenate([cuts.divisor, divisor])[order],
        np.concatenate([cuts.most, most])[order], place[order],
    )  # fmt: skip


def only(cuts: Cuts, kept: NDArray[np.bool_]) -> Cuts:
    """Return the cuts that are flagged, by place, in new places of the same order."""
    flags = kept[cuts.place]
    first = starts(flags)[cuts.first]
    place = (np.cumsum(kept) - 1)[cuts.place[flags]]
    return Cuts(first, cuts.sets[flags], cuts.divisor[flags], cuts.most[flags], place)


def violated(cuts: Cuts, x: Floats, product: Ints, modules: Words, shares: Floats) -> tuple[Ints, Words, Ints, Ints]:
    """Find cuts that a fractional solution breaks, of three and five components.

    Parameters
    ----------
    cuts : Cuts
        Known cuts are not found again.
    x, product : (pairs,) arrays
        The solution by pair (module, product), and each pair's product.
    modules : (pairs, words) array
        Each pair's module.
    shares : (products,) array
        What is sold most counts most.

    Returns
    -------
    product, sets, divisor, most : arrays
        As in `Cuts`, those most violated, by share of demand.
    """
    used = np.flatnonzero(x > 1e-4)
    used = used[np.argsort(product[used], kind="stable")]
    first = np.searchsorted(product[used], np.arange(cuts.first.size))
    n, broken, *found = _violated(
        x[used], modules[used], first.astype(np.int64), cuts.first, cuts.sets, cuts.divisor,
        LEAST_VIOLATION, EACH,
    )  # fmt: skip
    chosen = np.sort(np.argsort(-broken[:n] * shares[found[0][:n]], kind="stable")[:MOST])
    product, sets, divisor, most = (array[chosen] for array in found)
    return product, sets, divisor, most


@njit(cache=True, nogil=True)
def _violated(x, modules, first, cut_first, cut_sets, cut_divisor, least, each):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Try all triples and, among the most used components, all sets of five of each product."""
    n, words = first.size - 1, modules.shape[1]
    product, sets = np.empty(n * each, np.int64), np.empty((n * each, words), np.uint64)
    divisor, most, n_found = np.empty(n * each, np.int64), np.empty(n * each, np.int64), 0
    load, component = np.empty(64 * words), np.empty(64 * words, np.int64)
    broken, trial, place = np.empty(n * each), np.empty(words, np.uint64), np.empty(5, np.int64)
    for k in range(n):
        if first[k + 1] - first[k] < 3:
            continue
        n_used = _loads(x, modules, first[k], first[k + 1], load, component)
        begin = n_found
        for size, d in ((3, 2), (5, 2), (5, 3)):
            m = n_used if size == 3 else min(n_used, WIDEST)
            for i in range(size):
                place[i] = i
            while m >= size:
                total = 0.0
                for i in range(size):
                    total += load[place[i]]
                bound = size // d
                if total > bound * d + least:
                    for w in range(words):
                        trial[w] = np.uint64(0)
                    for i in range(size):
                        c = component[place[i]]
                        trial[c >> 6] |= np.uint64(1) << np.uint64(c & 63)
                    left = -float(bound)
                    for e in range(first[k], first[k + 1]):
                        left += x[e] * (in_both(modules, e, trial) // d)
                    if left > least and not _known(cut_first, cut_sets, cut_divisor, k, trial, d):
                        at = n_found
                        if n_found - begin == each:  # the least broken one gives way
                            at = 0
                            for i in range(1, each):
                                at = i if broken[begin + i] < broken[begin + at] else at
                            at = begin + at if broken[begin + at] < left else -1
                        else:
                            n_found += 1
                        if at >= 0:
                            broken[at] = left
                            product[at], divisor[at], most[at] = k, d, bound
                            for w in range(words):
                                sets[at, w] = trial[w]
                i = size - 1
                while i >= 0 and place[i] == m - size + i:
                    i -= 1
                if i < 0:
                    break
                place[i] += 1
                for b in range(i + 1, size):
                    place[b] = place[b - 1] + 1
    return n_found, broken, product, sets, divisor, most


@njit(cache=True, nogil=True)
def _loads(x, modules, first, last, load, component):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in how much each component of a product is covered, the most covered first; return how many are."""
    n = 0
    for w in range(modules.shape[1]):
        for b in range(64):
            total = 0.0
            for e in range(first, last):
                if modules[e, w] >> np.uint64(b) & np.uint64(1):
                    total += x[e]
            if total > 0.02:
                i = n
                while i > 0 and load[i - 1] < total:
                    load[i], component[i] = load[i - 1], component[i - 1]
                    i -= 1
                load[i], component[i] = total, 64 * w + b
                n += 1
    return n


@njit(cache=True, nogil=True)
def in_both(sets, i, other):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return how many elements a row and a set share."""
    n = 0
    for w in range(other.size):
        n += n_bits(sets[i, w] & other[w])
    return n


@njit(cache=True, nogil=True)
def _known(first, sets, divisor, k, trial, d):  # type: ignore[no-untyped-def]  # pragma: no cover
    for c in range(first[k], first[k + 1]):
        if divisor[c] == d:
            same = True
            for w in range(trial.size):
                same = same and sets[c, w] == trial[w]
            if same:
                return True
    return False


@njit(cache=True, nogil=True)
def lay_out(cut_first, cut_sets, cut_divisor, cut_place, product, owner, modules, row_start, row, n_rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add to each pair's rows those of the cuts, as often as its coefficient there says.

    Parameters
    ----------
    product, owner : (pairs,) arrays
        The product, and the position in `modules`, of each pair.
    row_start, row : (pairs + 1,) array, array
        The rows of each pair.
    n_rows : int
        The cuts' rows come after so many others.

    Returns
    -------
    row_start, row : arrays
    """
    n_pairs = product.size
    new_start = np.empty(n_pairs + 1, np.int64)
    out = np.empty(0, np.int64)
    for filling in range(2):
        at = 0
        for e in range(n_pairs):
            new_start[e] = at
            for i in range(row_start[e], row_start[e + 1]):
                if filling:
                    out[at] = row[i]
                at += 1
            for c in range(cut_first[product[e]], cut_first[product[e] + 1]):
                for _ in range(in_both(modules, owner[e], cut_sets[c]) // cut_divisor[c]):
                    if filling:
                        out[at] = n_rows + cut_place[c]
                    at += 1
        new_start[n_pairs] = at
        if not filling:
            out = np.empty(at, np.int64)
    return new_start, out
