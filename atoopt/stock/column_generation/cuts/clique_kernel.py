"""The search for violated triangles and cliques, product by product, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.cuts.clique_cuts import Ints, Words
from atoopt.stock.column_generation.cuts.subset_kernel import contains_one, copy_rows, intersects, is_within
from atoopt.stock.column_generation.relaxation import Floats


class Used(NamedTuple):
    """The pairs that a fractional solution uses: product k has ``first[k]:first[k + 1]``, those most used first."""

    x: Floats
    modules: Words
    first: Ints


class Known(NamedTuple):
    """Cuts that are known of a product: cut c has the sets ``start[c]:start[c + 1]``."""

    start: Ints
    sets: Words


class Covers(NamedTuple):
    """Components of a product and how much each is covered, the most covered first."""

    load: Floats
    component: Ints


class Triangles(NamedTuple):
    """The most violated triangles of a product: by how much, and their corners."""

    violation: Floats
    corner: Ints


class Found(NamedTuple):
    """Where cuts are written to: cut c has the sets ``start[c]:start[c + 1]``."""

    start: Ints
    sets: Words
    violation: Floats


@kernel("pricing")
def find_cliques(used, cuts, parameters, halt):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return product, start, sets and violation of what is found."""
    n, words = used.first.size - 1, used.modules.shape[1]
    widest, max_triangles = parameters.widest, parameters.max_triangles
    owner, start = np.empty(n * max_triangles, np.int64), np.zeros(n * max_triangles + 1, np.int64)
    violation, sets, n_found = np.empty(n * max_triangles), np.empty((1024, words), np.uint64), 0
    covers = Covers(np.empty(64 * words), np.empty(64 * words, np.int64))
    triangles = Triangles(np.empty(max_triangles), np.empty((max_triangles, 3), np.int64))
    for k in range(n):
        if used.first[k + 1] - used.first[k] < 3 or halt[0]:
            continue
        before, known = n_found, Known(cuts.start[cuts.first[k] : cuts.first[k + 1] + 1], cuts.sets)
        if 3 * max_triangles + start[n_found] + widest * parameters.max_cliques > sets.shape[0]:
            larger = np.empty((2 * sets.shape[0] + widest * parameters.max_cliques, words), np.uint64)
            copy_rows(larger, 0, sets, start[n_found])
            sets = larger
        n_covered = _set_covers(used, k, covers, parameters)
        for i in range(_find_triangles(used, k, covers, n_covered, known, triangles, parameters)):
            filled, corner = start[n_found], triangles.corner
            _set_pairs(corner[i, 0], corner[i, 1], corner[i, 2], sets, filled)
            violation[n_found], start[n_found + 1] = triangles.violation[i], filled + 3
            n_found += 1
        if n_found == before:
            n_found = _add_cliques(used, k, known, Found(start, sets, violation), n_found, parameters)
        for i in range(before, n_found):
            owner[i] = k
    return owner[:n_found], start[: n_found + 1], sets[: start[n_found]], violation[:n_found]


@inner
def _set_covers(used, k, covers, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in how much each component of a product is covered, the most covered first; return how many are."""
    load, component, x, modules, n = covers.load, covers.component, used.x, used.modules, 0
    first, last = used.first[k], used.first[k + 1]
    for w in range(modules.shape[1]):
        for b in range(64):
            total = 0.0
            for e in range(first, last):
                if modules[e, w] >> np.uint64(b) & np.uint64(1):
                    total += x[e]
            if total > parameters.least_violation:
                i = n
                while i > 0 and load[i - 1] < total:
                    load[i], component[i] = load[i - 1], component[i - 1]
                    i -= 1
                load[i], component[i] = total, 64 * w + b
                n += 1
    return n


@inner
def _set_pairs(a, b, c, out, at):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in the sets ab, bc and ca, from row `at` on."""
    for i in range(at, at + 3):
        for w in range(out.shape[1]):
            out[i, w] = np.uint64(0)
        out[i, a >> 6] |= np.uint64(1) << np.uint64(a & 63)
        out[i, b >> 6] |= np.uint64(1) << np.uint64(b & 63)
        a, b, c = b, c, a


@inner
def _find_triangles(used, k, covers, n_covered, known, triangles, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in the most violated triangles of a product; return how many."""
    x, modules, first, last = used.x, used.modules, used.first[k], used.first[k + 1]
    load, component, least = covers.load, covers.component, parameters.least_violation
    violation, corner, n = triangles.violation, triangles.corner, 0
    trial = np.empty((3, modules.shape[1]), np.uint64)
    for i in range(n_covered):
        for j in range(i + 1, n_covered):
            for h in range(j + 1, n_covered):
                if load[i] + load[j] + load[h] <= 2.0 + least:  # each module counted has two of the three
                    break
                _set_pairs(component[i], component[j], component[h], trial, 0)
                beyond = -1.0
                for e in range(first, last):
                    if contains_one(trial, 0, 3, modules, e):
                        beyond += x[e]
                if beyond <= least or _is_implied(trial, 3, known.sets, known.start):
                    continue
                at = n
                if n == violation.size:  # the least violated one gives way
                    at = 0
                    for t in range(1, n):
                        at = t if violation[t] < violation[at] else at
                    if violation[at] >= beyond:
                        continue
                else:
                    n += 1
                violation[at] = beyond
                corner[at, 0], corner[at, 1], corner[at, 2] = component[i], component[j], component[h]
    return n


@inner
def _add_cliques(used, k, known, found, n_found, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add heavy cliques among a product's most used pairs to the cuts found; return how many there are then."""
    modules, first = used.modules, used.first[k]
    n = min(used.first[k + 1] - first, parameters.widest)
    family = np.empty((parameters.widest, modules.shape[1]), np.uint64)
    before, covered, neighbors = n_found, np.uint64(0), np.zeros(n, np.uint64)
    for i in range(n):
        for j in range(n):
            if i != j and intersects(modules, first + i, modules, first + j):
                neighbors[i] |= np.uint64(1) << np.uint64(j)
    for seed in range(n):
        if n_found - before == parameters.max_cliques:
            break
        if covered >> np.uint64(seed) & np.uint64(1):
            continue
        clique, weight = _heaviest_clique(used.x, first, neighbors, seed, parameters)
        if clique == 0:
            continue
        covered |= clique
        size = _set_family(used, k, n, clique, family)
        if size < 2 or _is_implied(family, size, known.sets, known.start):
            continue
        if _is_implied(family, size, found.sets, found.start[before : n_found + 1]):
            continue
        filled = found.start[n_found]
        copy_rows(found.sets, filled, family, size)
        found.violation[n_found], found.start[n_found + 1] = weight - 1.0, filled + size
        n_found += 1
    return n_found


@inner
def _heaviest_clique(x, first, neighbors, seed, parameters):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the heaviest clique with a seed, and its weight, if it is violated by enough (else 0): depth first."""
    one, n, max_nodes = np.uint64(1), neighbors.size, parameters.max_nodes
    open_, chosen = np.empty(n + 1, np.uint64), np.empty(n + 1, np.uint64)
    total, left = np.empty(n + 1), np.empty(n + 1)
    best, heaviest, nodes, depth = np.uint64(0), 1.0 + parameters.least_violation, 0, 0
    open_[0], chosen[0], total[0], left[0] = neighbors[seed], one << np.uint64(seed), x[first + seed], 0.0
    for i in range(n):
        if neighbors[seed] >> np.uint64(i) & one:
            left[0] += x[first + i]
    while depth >= 0:
        if total[depth] + left[depth] <= heaviest + 1e-9 or nodes == max_nodes:
            depth -= 1
            continue
        nodes += 1
        i = 0
        while not open_[depth] >> np.uint64(i) & one:
            i += 1
        open_[depth] &= ~(one << np.uint64(i))
        left[depth] -= x[first + i]
        open_[depth + 1] = open_[depth] & neighbors[i]
        chosen[depth + 1] = chosen[depth] | one << np.uint64(i)
        total[depth + 1], rest = total[depth] + x[first + i], 0.0
        for j in range(i + 1, n):
            if open_[depth + 1] >> np.uint64(j) & one:
                rest += x[first + j]
        left[depth + 1] = rest
        depth += 1
        if total[depth] > heaviest:
            best, heaviest = chosen[depth], total[depth]
    return best, heaviest


@inner
def _set_family(used, k, n, clique, family):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in the least sets: each module without what it does not need to overlap the others; return how many.

    What few of them have goes first, so that what remains is common to many.
    """
    modules, x, first = used.modules, used.x, used.first[k]
    one, words = np.uint64(1), modules.shape[1]
    use, size = np.zeros(64 * words), 0
    for i in range(n - 1, -1, -1):  # the least used give up most
        if clique >> np.uint64(i) & one:
            for w in range(words):
                family[size, w] = modules[first + i, w]
                for b in range(64):
                    if family[size, w] >> np.uint64(b) & one:
                        use[64 * w + b] += x[first + i]
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
                if i != j and not intersects(family, i, family, j):
                    family[j, w] |= bit
                    break
    return _keep_least(family, size)


@inner
def _keep_least(family, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Move the sets that contain no other to the front, of equal ones the first; return how many."""
    n = 0
    for j in range(size):
        needed = True
        for i in range(size):
            if i != j and is_within(family, i, family, j) and (i < j or not is_within(family, j, family, i)):
                needed = False
        if needed:
            for w in range(family.shape[1]):
                family[n, w] = family[j, w]
            n += 1
    return n


@inner
def _is_implied(family, size, sets, start):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether one of the cuts, of the sets ``start[c]:start[c + 1]``, counts all that a family's cut counts.

    It does where each set of the family contains one of the cut's sets.
    """
    for c in range(start.size - 1):
        i = 0
        while i < size and contains_one(sets, start[c], start[c + 1], family, i):
            i += 1
        if i == size:
            return True
    return False
