"""Clique cuts of the assignment relaxation: of modules that meet pairwise, a product uses at most one.

The modules that build product k are disjoint. So if the sets F_1, F_2, ... of components meet pairwise,

    sum over the modules M that contain some F_j of x_kM <= 1   (z_k for a copy that is built so far).

The sets are made from the modules of a clique that a fractional solution breaks, each without the components that
it does not need to meet the others: so the cut counts as many modules as it can, those too that nobody knows yet.
Most of these are counted by the pairs of three components, ab, bc and ca, so that such triangles are looked for first.
These cuts bring the bound near that of the *pattern* model without its columns, and hold at every node of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.ragged import entries_of, starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

TRIANGLES, CLIQUES = 20, 3
"""The most cuts that one look adds for a product; cliques only where there is no triangle."""

MOST = 6_000
"""The most cuts that one look adds at all: each takes part in every iteration, and calls for modules that avoid it."""

LEAST_VIOLATION = 0.05

WIDEST = 64
"""A clique is looked for among so many modules of a product, those most used: the bits of a word."""

MOST_NODES = 1_000
"""Of a search for the heaviest clique."""


@dataclass(frozen=True)
class Cuts:
    """Some cuts, ordered by product.

    Attributes
    ----------
    first : (n + 1,) array
        Product k has the cuts ``first[k]:first[k + 1]``.
    start : (n_cuts + 1,) array
        Cut c has the sets ``start[c]:start[c + 1]``.
    sets : (n_sets, words) array
        The F_j as bits.
    place : (n_cuts,) array
        The position of the cut's dual among the duals of the cuts: the order in which they were found.
    """

    first: Ints
    start: Ints
    sets: Words
    place: Ints

    def __len__(self) -> int:
        return int(self.place.size)


def no_cuts(n: int, words: int) -> Cuts:
    """Return no cuts for n products."""
    none = np.zeros(0, dtype=np.int64)
    return Cuts(np.zeros(n + 1, dtype=np.int64), starts(none), np.zeros((0, words), dtype=np.uint64), none)


def with_more(cuts: Cuts, product: Ints, start: Ints, sets: Words) -> Cuts:
    """Add cuts that are not among them yet, of these products and sets."""
    n = cuts.first.size - 1
    owner = np.concatenate([np.repeat(np.arange(n), np.diff(cuts.first)), product])
    order = np.argsort(owner, kind="stable")
    both = np.concatenate([cuts.start, cuts.start[-1] + start[1:]])
    new_start, kept = entries_of(both, order)
    place = np.concatenate([cuts.place, len(cuts) + np.arange(product.size)])
    first = starts(np.bincount(owner, minlength=n))
    return Cuts(first, new_start, np.concatenate([cuts.sets, sets])[kept], place[order])


def only(cuts: Cuts, kept: NDArray[np.bool_]) -> Cuts:
    """Return the cuts that are flagged, by place, in new places of the same order."""
    flags = kept[cuts.place]
    first = starts(flags)[cuts.first]
    start, of_them = entries_of(cuts.start, np.flatnonzero(flags))
    return Cuts(first, start, cuts.sets[of_them], (np.cumsum(kept) - 1)[cuts.place[flags]])


def violated(
    cuts: Cuts, x: Floats, product: Ints, modules: Words, shares: Floats, halt: NDArray[np.int8] = NEVER
) -> tuple[Ints, Ints, Words]:
    """Find cuts that a fractional solution breaks.

    Parameters
    ----------
    cuts : Cuts
        What they imply is not found again.
    x, product : (pairs,) arrays
        The solution by pair (module, product), as if each product were built whole, and each pair's product.
    modules : (pairs, words) array
        Each pair's module.
    shares : (products,) array
        What is sold most counts most.
    halt : (1,) array
        What was found so far comes back once it holds 1.

    Returns
    -------
    product, start, sets : arrays
        Of the cuts that are most broken, by share of demand; cut c has the sets ``start[c]:start[c + 1]``.
    """
    used = np.flatnonzero(x > 1e-4)
    used = used[np.lexsort((-x[used], product[used]))]
    first = np.searchsorted(product[used], np.arange(cuts.first.size))
    owner, start, sets, broken = _violated(
        x[used], modules[used], first.astype(np.int64), cuts.first, cuts.start, cuts.sets, halt
    )
    chosen = np.sort(np.argsort(-broken * shares[owner], kind="stable")[:MOST])
    new_start, kept = entries_of(start, chosen)
    return owner[chosen], new_start, sets[kept]


@kernel("pricing")
def _violated(x, modules, first, cut_first, cut_start, cut_sets, halt):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return product, start, sets and violation of what is found; the pairs of a product come most used first."""
    n, words = first.size - 1, modules.shape[1]
    owner, start = np.empty(n * TRIANGLES, np.int64), np.zeros(n * TRIANGLES + 1, np.int64)
    broken, violation = np.empty(n * TRIANGLES), np.empty(TRIANGLES)
    load, component, corner = np.empty(64 * words), np.empty(64 * words, np.int64), np.empty((TRIANGLES, 3), np.int64)
    sets, n_found = np.empty((1024, words), np.uint64), 0
    family = np.empty((WIDEST, words), np.uint64)
    for k in range(n):
        m = min(first[k + 1] - first[k], WIDEST)
        if m < 3 or halt[0]:
            continue
        at, begin, known = first[k], n_found, cut_start[cut_first[k] : cut_first[k + 1] + 1]
        if 3 * TRIANGLES + start[n_found] + WIDEST * CLIQUES > sets.shape[0]:
            larger = np.empty((2 * sets.shape[0] + WIDEST * CLIQUES, words), np.uint64)
            _copy_rows(larger, 0, sets, start[n_found])
            sets = larger
        n_used = _loads(x, modules, at, first[k + 1], load, component)
        for i in range(_triangles(
            x, modules, at, first[k + 1], load, component, n_used, known, cut_sets, family, violation, corner,
        )):  # fmt: skip
            filled = start[n_found]
            _pairs(corner[i, 0], corner[i, 1], corner[i, 2], sets, filled)
            owner[n_found], broken[n_found], start[n_found + 1] = k, violation[i], filled + 3
            n_found += 1
        if n_found > begin:
            continue
        n_found = _cliques(x, modules, at, m, known, cut_sets, family, sets, start, broken, n_found)
        for i in range(begin, n_found):
            owner[i] = k
    return owner[:n_found], start[: n_found + 1], sets[: start[n_found]], broken[:n_found]


@inner
def _loads(x, modules, first, last, load, component):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in how much each component of a product is covered, the most covered first; return how many are."""
    n = 0
    for w in range(modules.shape[1]):
        for b in range(64):
            total = 0.0
            for e in range(first, last):
                if modules[e, w] >> np.uint64(b) & np.uint64(1):
                    total += x[e]
            if total > LEAST_VIOLATION:
                i = n
                while i > 0 and load[i - 1] < total:
                    load[i], component[i] = load[i - 1], component[i - 1]
                    i -= 1
                load[i], component[i] = total, 64 * w + b
                n += 1
    return n


@inner
def _pairs(a, b, c, out, at):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in the sets ab, bc and ca, from row `at` on."""
    for i in range(at, at + 3):
        for w in range(out.shape[1]):
            out[i, w] = np.uint64(0)
        out[i, a >> 6] |= np.uint64(1) << np.uint64(a & 63)
        out[i, b >> 6] |= np.uint64(1) << np.uint64(b & 63)
        a, b, c = b, c, a


@inner
def _triangles(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, modules, first, last, load, component, n_used, known, known_sets, trial, violation, corner,
):  # fmt: skip
    """Fill in the most broken triangles of a product and by how much; return how many.

    The cuts that are known have the sets ``known[c]:known[c + 1]``; `trial` is working space.
    """
    n, least = 0, LEAST_VIOLATION
    for i in range(n_used):
        for j in range(i + 1, n_used):
            for h in range(j + 1, n_used):
                if load[i] + load[j] + load[h] <= 2.0 + least:  # each module counted has two of the three
                    break
                _pairs(component[i], component[j], component[h], trial, 0)
                left = -1.0
                for e in range(first, last):
                    if counted(trial, 0, 3, modules, e):
                        left += x[e]
                if left <= least or _among(trial, 3, known_sets, known):
                    continue
                at = n
                if n == violation.size:  # the least broken one gives way
                    at = 0
                    for t in range(1, n):
                        at = t if violation[t] < violation[at] else at
                    if violation[at] >= left:
                        continue
                else:
                    n += 1
                violation[at] = left
                corner[at, 0], corner[at, 1], corner[at, 2] = component[i], component[j], component[h]
    return n


@inner
def _cliques(  # type: ignore[no-untyped-def]  # pragma: no cover
    x, modules, at, m, known, known_sets, family, sets, start, broken, n_found,
):  # fmt: skip
    """Add heavy cliques of a product's first m pairs to the cuts found; return how many there are then."""
    begin, covered, meets = n_found, np.uint64(0), np.zeros(m, np.uint64)
    for i in range(m):
        for j in range(m):
            if i != j and meet(modules, at + i, modules, at + j):
                meets[i] |= np.uint64(1) << np.uint64(j)
    for seed in range(m):
        if n_found - begin == CLIQUES:
            break
        if covered >> np.uint64(seed) & np.uint64(1):
            continue
        clique, weight = _heaviest(x, at, m, meets, seed, 1.0 + LEAST_VIOLATION)
        if clique == 0:
            continue
        covered |= clique
        size = _shrunk(modules, x, at, m, clique, family)
        if size < 2 or _among(family, size, known_sets, known):
            continue
        if _among(family, size, sets, start[begin : n_found + 1]):
            continue
        filled = start[n_found]
        _copy_rows(sets, filled, family, size)
        broken[n_found], start[n_found + 1] = weight - 1.0, filled + size
        n_found += 1
    return n_found


@inner
def _copy_rows(target, at, source, n):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Copy the first n rows; in loops, for what copies slices takes a second to compile."""
    for i in range(n):
        for w in range(source.shape[1]):
            target[at + i, w] = source[i, w]


@inner
def meet(sets, i, others, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether two rows share an element."""
    shared = np.uint64(0)
    for w in range(sets.shape[1]):
        shared |= sets[i, w] & others[j, w]
    return shared != 0


@inner
def within(sets, i, others, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether one row is a subset of another."""
    beyond = np.uint64(0)
    for w in range(sets.shape[1]):
        beyond |= sets[i, w] & ~others[j, w]
    return beyond == 0


@inner
def _heaviest(x, at, m, meets, seed, least):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the heaviest clique with a seed, and its weight, if it is heavier than a least one (else 0)."""
    one = np.uint64(1)
    open_, chosen = np.empty(m + 1, np.uint64), np.empty(m + 1, np.uint64)
    total, left = np.empty(m + 1), np.empty(m + 1)
    best, heaviest, nodes, depth = np.uint64(0), least, 0, 0
    open_[0], chosen[0], total[0], left[0] = meets[seed], one << np.uint64(seed), x[at + seed], 0.0
    for i in range(m):
        if meets[seed] >> np.uint64(i) & one:
            left[0] += x[at + i]
    while depth >= 0:
        if total[depth] + left[depth] <= heaviest + 1e-9 or nodes == MOST_NODES:
            depth -= 1
            continue
        nodes += 1
        i = 0
        while not open_[depth] >> np.uint64(i) & one:
            i += 1
        open_[depth] &= ~(one << np.uint64(i))
        left[depth] -= x[at + i]
        open_[depth + 1] = open_[depth] & meets[i]
        chosen[depth + 1] = chosen[depth] | one << np.uint64(i)
        total[depth + 1], rest = total[depth] + x[at + i], 0.0
        for j in range(i + 1, m):
            if open_[depth + 1] >> np.uint64(j) & one:
                rest += x[at + j]
        left[depth + 1] = rest
        depth += 1
        if total[depth] > heaviest:
            best, heaviest = chosen[depth], total[depth]
    return best, heaviest


@inner
def _shrunk(modules, x, at, m, clique, family):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in the least sets: each module without what it does not need to meet the others; return how many.

    What few of them have goes first, so that what remains is common to many.
    """
    one, words = np.uint64(1), modules.shape[1]
    use, size = np.zeros(64 * words), 0
    for i in range(m - 1, -1, -1):  # the least used give up most
        if clique >> np.uint64(i) & one:
            for w in range(words):
                family[size, w] = modules[at + i, w]
                for b in range(64):
                    if family[size, w] >> np.uint64(b) & one:
                        use[64 * w + b] += x[at + i]
            size += 1
    for j in range(size):
        tried = np.zeros(words, np.uint64)
        while True:
            rarest = -1
            for c in range(64 * words):
                w, bit = c >> 6, one << np.uint64(c & 63)
                if family[j, w] & bit and not tried[w] & bit and (rarest < 0 or use[c] < use[rarest]):
                    rarest = c
            if rarest < 0:
                break
            w, bit = rarest >> 6, one << np.uint64(rarest & 63)
            tried[w] |= bit
            family[j, w] &= ~bit
            for i in range(size):
                if i != j and not meet(family, i, family, j):
                    family[j, w] |= bit
                    break
    n = 0
    for j in range(size):  # of equal ones the first stays
        needed = True
        for i in range(size):
            if i != j and within(family, i, family, j) and (i < j or not within(family, j, family, i)):
                needed = False
        if needed:
            for w in range(words):
                family[n, w] = family[j, w]
            n += 1
    return n


@inner
def _implied(family, size, sets, first, last):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether each set of a family contains one of a cut's sets: then that cut counts all that it counts."""
    i = 0
    while i < size and counted(sets, first, last, family, i):
        i += 1
    return i == size


@inner
def _among(family, size, sets, start):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether one of the cuts, of the sets ``start[c]:start[c + 1]``, implies that of a family."""
    c = 0
    while c < start.size - 1 and not _implied(family, size, sets, start[c], start[c + 1]):
        c += 1
    return c < start.size - 1


@inner
def counted(sets, first, last, modules, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a module contains one of the sets ``first:last`` of a cut."""
    j = first
    while j < last and not within(sets, j, modules, i):
        j += 1
    return j < last


@kernel("pricing")
def lay_out(cut_first, cut_start, cut_sets, cut_place, product, owner, modules, row_start, row, n_rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add to each pair's rows those of the cuts that count it.

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
    out = np.empty(2 * row.size + 1, np.int64)
    at = 0
    for e in range(n_pairs):
        new_start[e] = at
        k = product[e]
        most = at + row_start[e + 1] - row_start[e] + cut_first[k + 1] - cut_first[k]
        if most > out.size:
            larger = np.empty(2 * most, np.int64)
            for i in range(at):
                larger[i] = out[i]
            out = larger
        for i in range(row_start[e], row_start[e + 1]):
            out[at] = row[i]
            at += 1
        for c in range(cut_first[k], cut_first[k + 1]):
            if counted(cut_sets, cut_start[c], cut_start[c + 1], modules, owner[e]):
                out[at] = n_rows + cut_place[c]
                at += 1
    new_start[n_pairs] = at
    return new_start, out[:at]
