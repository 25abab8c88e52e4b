"""Every module of large reduced profit, over all sets of components, by depth-first branch and bound.

The profit of a module m at dual prices is

    sum over the products k that contain m of max(0, value_k)  -  cost(m),
    value_k = sum_{i in m} gain_ki - worth_k - sum of w_c over k's cuts c of which m contains a set,

with gain_ki = worth_k - u_ki, and w >= 0 the duals of cuts. A module that no product uses is not worth holding,
so where no value is above 0, the largest one stands for the sum. A node of the search is a module; its children
add one component. Whatever is added later, a product contributes at most its value plus its positive gains among
the components still open (what cuts charge only grows), and only the products that contain an added component go
on contributing.

Where modules must be connected, a child adds a neighbor of the module; a neighbor that was tried is open no
longer for the children after it, and the other components stay open. So each connected set is met once, and no
other is, and what cannot be reached through open components does not count in the bound.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.cuts import within
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.ragged import Ints, starts

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NO_LIAISONS = np.zeros((0, 0), dtype=np.bool_)
"""Stands for a graph in which every set is connected."""


class Charges(NamedTuple):
    """What cuts charge: in product k a module pays for each of the cuts ``first[k]:first[k + 1]`` that counts it.

    Cut c, of price ``dual[c]``, counts a module that contains one of the `sets` ``start[c]:start[c + 1]``; set i is
    one of ``cut[i]``. Those of product k that have component c are ``having[at[k, c]:at[k, c + 1]]``.
    """

    first: Ints
    start: Ints
    sets: NDArray[np.uint64]
    dual: Floats
    cut: Ints
    at: Ints
    having: Ints


def charges_of(first: Ints, start: Ints, sets: NDArray[np.uint64], dual: Floats, q: int) -> Charges:
    """Return what cuts of these sets and duals charge; they are ordered by product, of q components."""
    cut = np.repeat(np.arange(dual.size), np.diff(start))
    product = np.repeat(np.arange(first.size - 1), np.diff(first))[cut]
    has = np.unpackbits(sets.view(np.uint8), axis=1, bitorder="little")[:, :q] if sets.size else np.zeros((0, q))
    having, component = np.nonzero(has)
    place = product[having] * (q + 1) + component
    order = np.argsort(place, kind="stable")
    at = starts(np.bincount(place, minlength=(first.size - 1) * (q + 1)))[:-1].reshape(-1, q + 1)
    return Charges(first, start, sets, dual, cut, at, having[order])


def no_charges(n: int, q: int) -> Charges:
    """Return that none of n products of q components has a cut."""
    none = np.zeros(0, dtype=np.int64)
    return charges_of(np.zeros(n + 1, dtype=np.int64), starts(none), np.zeros((0, 1), np.uint64), np.zeros(0), q)


def profitable_modules(
    has: Flags,
    gain: Floats,
    worth: Floats,
    cost: tuple[float, float],
    *,
    floor: float,
    most: int,
    max_nodes: int,
    joined: Flags = NO_LIAISONS,
    charges: Charges | None = None,
    threads: int = 1,
    halt: NDArray[np.int8] = NEVER,
) -> tuple[Flags, Floats, float, bool]:
    """Find all modules of two or more components whose profit is above a floor.

    Parameters
    ----------
    has : (n, q) array of bool
        Which product has which component.
    gain : (n, q) array
        worth_k - u_ki; its entries outside `has` are not read.
    worth : (n,) array
    cost : (float, float)
        The fixed cost of a module, and its cost per component (at least 0).
    floor : float
        Profits up to this are not wanted.
    most : int
        Return at most about this many (at least 1 or 2), those of largest profit.
    max_nodes : int
        Give up after so many nodes.
    joined : (q, q) array of bool, optional
        Which components have a liaison: only modules that are connected by them; by default, all.
    charges : Charges, optional
    threads : int
        Each has its own `most`, and its part of `max_nodes`.
    halt : (1,) array, optional
        The search is given up once another thread writes 1 into it.

    Returns
    -------
    modules : (n_modules, q) array of bool
    profits : (n_modules,) array
    rest : float
        No module that is not returned has a profit above this; `floor` unless there were too many.
    complete : bool
        Whether the search came to its end; if not, `rest` has no meaning.

    Examples
    --------
    >>> import numpy as np
    >>> has = np.array([[True, True, True], [True, True, False]])
    >>> gain = np.where(has, 2.0, 0.0)
    >>> found = profitable_modules(has, gain, np.array([2.0, 2.0]), (3.0, 0.0), floor=0.0, most=9, max_nodes=99)
    >>> found[0].tolist(), found[1].tolist()
    ([[True, True, False], [True, True, True]], [1.0, 1.0])
    """
    charges = no_charges(*has.shape) if charges is None else charges
    most = max(1, most)  # the search writes before it looks
    deepest = int(has.sum(axis=1).max(initial=0))

    def search(first: int) -> tuple[Flags, Floats, float, bool]:
        found, profits = np.zeros((2 * most, has.shape[1]), dtype=np.bool_), np.zeros(2 * most)
        n, rest, complete = _search(
            has, gain, worth, cost[0], cost[1], floor, most, max_nodes // threads, joined, *charges, deepest, first,
            threads, halt, found, profits,
        )  # fmt: skip
        return found[:n], profits[:n], rest, complete

    if threads > 1:
        with ThreadPoolExecutor(threads) as each:
            parts = list(each.map(search, range(threads)))
    else:
        parts = [search(0)]
    modules, profits = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    order = np.lexsort((modules.sum(axis=1), -profits))
    return modules[order], profits[order], max(part[2] for part in parts), all(part[3] for part in parts)


@kernel("pricing")
def _search(  # type: ignore[no-untyped-def]  # pragma: no cover
    has, gain, worth, fixed, each, floor, most, max_nodes, joined, cut_first, cut_start, cut_sets, cut_dual,
    set_cut, set_at, having, deepest, first, step, halt, found, profits,
):  # fmt: skip
    """Fill in what is found; return how much, what is above all others, and whether that is complete.

    Of the components to begin with, only every `step`-th from the `first` on: the rest is for other threads.

    No slices, sorts or sums of numpy here: each takes a second or more to compile.
    """
    n, q = has.shape
    product = np.empty((deepest + 1, n), np.int64)  # per depth: the products that contain the module
    value = np.empty((deepest + 1, n))
    n_products = np.zeros(deepest + 1, np.int64)
    open_ = np.empty((deepest + 1, q), np.int64)  # per depth: components that may still be added
    n_open = np.zeros(deepest + 1, np.int64)
    n_next = np.zeros(deepest + 1, np.int64)  # per depth: of the open ones, those that may be added at once
    at = np.zeros(deepest + 1, np.int64)
    path = np.empty(deepest + 1, np.int64)
    module = np.zeros((deepest + 1, cut_sets.shape[1]), np.uint64)  # per depth: the path as bits
    bounds, queue = np.empty(q), np.empty(q + deepest + 1, np.int64)  # working space
    reached, kept = np.empty(q, np.int64), np.empty(q, np.int64)
    n_found, nodes, complete = 0, 0, True
    for k in range(n):
        product[0, k], value[0, k] = k, -worth[k]
    n_products[0], n_open[0] = n, q
    for c in range(q):
        open_[0, c] = c
    depth, fresh = 0, True
    while depth >= 0:
        if fresh:
            nodes += 1
            if nodes > max_nodes or halt[0]:
                complete = False
                break
            spent = fixed + each * depth
            while True:
                n_open[depth] = _filter(
                    has, gain, product, value, open_, depth, n_products[depth], n_open[depth],
                    spent + each + floor, bounds,
                )  # fmt: skip
                n_next[depth], n_kept = n_open[depth], n_open[depth]
                if joined.size and depth:
                    n_next[depth], n_kept = _neighbors_first(
                        joined, path, open_, depth, n_open[depth], queue, reached, kept
                    )
                if n_kept == n_open[depth]:
                    break
                n_open[depth] = n_kept  # less is open, so that less may pay
            at[depth], fresh = 0, False
        if at[depth] >= n_next[depth] or depth >= deepest:
            depth -= 1
            continue
        j = at[depth]
        at[depth] += 1
        if depth == 0 and j % step != first:
            continue
        c = open_[depth, j]
        spent = fixed + each * (depth + 1)
        least = min(0.0, spent + floor)
        w, bound, profit = 0, -np.inf, -np.inf
        if cut_dual.size:
            for b in range(module.shape[1]):
                module[depth + 1, b] = module[depth, b]
            module[depth + 1, c >> 6] |= np.uint64(1) << np.uint64(c & 63)
        for i in range(n_products[depth]):
            k = product[depth, i]
            if has[k, c]:
                v = value[depth, i] + gain[k, c]
                for i_set in range(set_at[k, c], set_at[k, c + 1]):
                    cut = set_cut[having[i_set]]
                    if _counts(cut_sets, having[i_set], cut_start[cut], cut_start[cut + 1], module, depth + 1, c):
                        v -= cut_dual[cut]
                hope = v
                for b in range(j + 1, n_open[depth]):
                    other = open_[depth, b]
                    if has[k, other] and gain[k, other] > 0:
                        hope += gain[k, other]
                if hope > least:
                    product[depth + 1, w], value[depth + 1, w] = k, v
                    w += 1
                    bound, profit = _used(bound, hope), _used(profit, v)
        if bound - spent <= floor:
            continue
        path[depth] = c
        if depth >= 1 and profit - spent > floor:
            for b in range(q):
                found[n_found, b] = False
            for i in range(depth + 1):
                found[n_found, path[i]] = True
            profits[n_found] = profit - spent
            n_found += 1
            if n_found == 2 * most:  # keep the better half
                n_found, floor = most, _keep_better_half(found, profits)
        depth += 1
        n_products[depth], n_open[depth] = w, n_open[depth - 1] - j - 1
        for i in range(n_open[depth]):
            open_[depth, i] = open_[depth - 1, j + 1 + i]
        fresh = True
    return n_found, floor, complete


@inner
def _keep_better_half(found, profits):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Move the half of larger profits to the front; return the least of these (quickselect by swapping rows)."""
    half, first, last = profits.size // 2, 0, profits.size - 1
    while first < last:
        pivot, i, j = profits[(first + last) // 2], first, last
        while i <= j:
            while profits[i] > pivot:
                i += 1
            while profits[j] < pivot:
                j -= 1
            if i <= j:
                profits[i], profits[j] = profits[j], profits[i]
                for b in range(found.shape[1]):
                    found[i, b], found[j, b] = found[j, b], found[i, b]
                i += 1
                j -= 1
        if j >= half - 1:
            last = j
        elif i <= half - 1:
            first = i
        else:
            break
    least = profits[0]
    for i in range(half):
        least = min(least, profits[i])
    return least


@inner
def _counts(sets, i, first, last, module, depth, c):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a module is first counted, of the sets ``first:last``, by set i once c is in it."""
    if not within(sets, i, module, depth):
        return False
    for j in range(first, last):
        had = j > i and sets[j, c >> 6] >> np.uint64(c & 63) & np.uint64(1) != 0
        if j != i and not had and within(sets, j, module, depth):
            return False
    return True


@inner
def _used(total, value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add a value to the sum of those above 0, or to the largest while none is."""
    return max(total, 0.0) + value if value > 0 else max(total, value)


@inner
def _filter(has, gain, product, value, open_, depth, n_products, n_open, least, bound):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Drop components that cannot pay even with all the others, until none drops; the most promising go last."""
    while True:
        for j in range(n_open):
            bound[j] = -np.inf
        for i in range(n_products):
            k = product[depth, i]
            hope = value[depth, i]
            for j in range(n_open):
                if has[k, open_[depth, j]] and gain[k, open_[depth, j]] > 0:
                    hope += gain[k, open_[depth, j]]
            for j in range(n_open):
                if has[k, open_[depth, j]]:
                    bound[j] = _used(bound[j], hope + min(0.0, gain[k, open_[depth, j]]))
        w = 0
        for j in range(n_open):
            if bound[j] > least:
                open_[depth, w], bound[w] = open_[depth, j], bound[j]
                w += 1
        stable = w == n_open or w == 0
        n_open = w
        if stable:
            break
    for j in range(1, n_open):
        c, b, i = open_[depth, j], bound[j], j
        while i > 0 and bound[i - 1] > b:
            open_[depth, i], bound[i] = open_[depth, i - 1], bound[i - 1]
            i -= 1
        open_[depth, i], bound[i] = c, b
    return n_open


@inner
def _neighbors_first(joined, path, open_, depth, n_open, queue, found, kept):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put the neighbors of a module first, drop what cannot be reached from it; return how many of both there are.

    The module is the first `depth` components of the path; the last three arrays are working space.
    """
    neighbor, farther = 1, 2
    for i in range(depth):
        queue[i] = path[i]
    for j in range(n_open):
        found[j], kept[j] = 0, open_[depth, j]
    at, last = 0, depth
    while at < last:
        for j in range(n_open):
            if not found[j] and joined[queue[at], kept[j]]:
                found[j] = neighbor if at < depth else farther
                queue[last] = kept[j]
                last += 1
        at += 1
    n_next, w = 0, 0
    for kind in (neighbor, farther):
        for j in range(n_open):
            if found[j] == kind:
                open_[depth, w] = kept[j]
                w += 1
        if kind == neighbor:
            n_next = w
    return n_next, w
