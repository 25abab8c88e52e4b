"""Every module of large reduced profit, over all sets of components, by depth-first branch and bound.

The profit of a module m at dual prices is

    sum over the products k that contain m of max(0, value_k)  -  cost(m),
    value_k = sum_{i in m} gain_ki - worth_k - sum over k's cuts (S, d) of w_kS floor(|m intersect S| / d),

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

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atoopt.stock.annealing.bits import n_bits

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

NO_LIAISONS = np.zeros((0, 0), dtype=np.bool_)
"""Stands for a graph in which every set is connected."""


class Charges(NamedTuple):
    """What cuts charge: product k has the cuts ``first[k]:first[k + 1]``, of these `sets`, `divisor` and `dual`."""

    first: NDArray[np.int64]
    sets: NDArray[np.uint64]
    divisor: NDArray[np.int64]
    dual: Floats


def profitable_modules(
    has: Flags, gain: Floats, worth: Floats, cost: tuple[float, float], *, floor: float, most: int, max_nodes: int,
    joined: Flags = NO_LIAISONS, charges: Charges | None = None,
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
        Return at most about this many, those of largest profit.
    max_nodes : int
        Give up after so many nodes.
    joined : (q, q) array of bool, optional
        Which components have a liaison: only modules that are connected by them; by default, all.
    charges : Charges, optional

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
    if charges is None:
        first, none = np.zeros(worth.size + 1, dtype=np.int64), np.zeros(0, dtype=np.int64)
        charges = Charges(first, np.zeros((0, 1), dtype=np.uint64), none, np.zeros(0))
    modules, profits, rest, complete = _search(
        has, gain, worth, cost[0], cost[1], floor, most, max_nodes, joined, *charges
    )
    order = np.lexsort((modules.sum(axis=1), -profits))
    return modules[order], profits[order], rest, complete


@njit(cache=True, nogil=True)
def _search(  # type: ignore[no-untyped-def]  # pragma: no cover
    has, gain, worth, fixed, each, floor, most, max_nodes, joined, cut_first, cut_sets, cut_divisor, cut_dual
):
    n, q = has.shape
    deepest = 0
    for k in range(n):
        deepest = max(deepest, has[k].sum())
    product = np.empty((deepest + 1, n), np.int64)  # per depth: the products that contain the module
    value = np.empty((deepest + 1, n))
    n_products = np.zeros(deepest + 1, np.int64)
    open_ = np.empty((deepest + 1, q), np.int64)  # per depth: components that may still be added
    n_open = np.zeros(deepest + 1, np.int64)
    n_next = np.zeros(deepest + 1, np.int64)  # per depth: of the open ones, those that may be added at once
    at = np.zeros(deepest + 1, np.int64)
    path = np.empty(deepest + 1, np.int64)
    module = np.zeros((deepest + 1, cut_sets.shape[1]), np.uint64)  # per depth: the path as bits
    found = np.zeros((2 * most, q), np.bool_)
    profits = np.empty(2 * most)
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
            if nodes > max_nodes:
                complete = False
                break
            spent = fixed + each * depth
            while True:
                n_open[depth] = _filter(
                    has, gain, product[depth, : n_products[depth]], value[depth], open_[depth], n_open[depth],
                    spent + each + floor,
                )  # fmt: skip
                n_next[depth], n_kept = n_open[depth], n_open[depth]
                if joined.size and depth:
                    n_next[depth], n_kept = _neighbors_first(joined, path[:depth], open_[depth], n_open[depth])
                if n_kept == n_open[depth]:
                    break
                n_open[depth] = n_kept  # less is open, so that less may pay
            at[depth], fresh = 0, False
        if at[depth] >= n_next[depth] or depth >= deepest:
            depth -= 1
            continue
        j = at[depth]
        at[depth] += 1
        c = open_[depth, j]
        spent = fixed + each * (depth + 1)
        least = min(0.0, spent + floor)
        w, bound, profit = 0, -np.inf, -np.inf
        for i in range(n_products[depth]):
            k = product[depth, i]
            if has[k, c]:
                v = value[depth, i] + gain[k, c]
                for cut in range(cut_first[k], cut_first[k + 1]):
                    if _counts(cut_sets, cut_divisor, cut, module, depth, c):
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
            found[n_found, :] = False
            for i in range(depth + 1):
                found[n_found, path[i]] = True
            profits[n_found] = profit - spent
            n_found += 1
            if n_found == 2 * most:  # keep the better half
                order = np.argsort(-profits)[:most]
                found[:most], profits[:most] = found[order], profits[order]
                n_found, floor = most, profits[most - 1]
        if cut_dual.size:
            module[depth + 1, :] = module[depth]
            module[depth + 1, c >> 6] |= np.uint64(1) << np.uint64(c & 63)
        depth += 1
        n_products[depth], n_open[depth] = w, n_open[depth - 1] - j - 1
        for i in range(n_open[depth]):
            open_[depth, i] = open_[depth - 1, j + 1 + i]
        fresh = True
    return found[:n_found].copy(), profits[:n_found].copy(), floor, complete


@njit(cache=True, nogil=True)
def _counts(sets, divisor, cut, module, depth, c):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a cut charges for one more when component c enters the module."""
    if not sets[cut, c >> 6] >> np.uint64(c & 63) & np.uint64(1):
        return False
    n = 1
    for w in range(sets.shape[1]):
        n += n_bits(sets[cut, w] & module[depth, w])
    return n % divisor[cut] == 0


@njit(cache=True, nogil=True)
def _used(total, value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add a value to the sum of those above 0, or to the largest while none is."""
    return max(total, 0.0) + value if value > 0 else max(total, value)


@njit(cache=True, nogil=True)
def _filter(has, gain, product, value, open_, n_open, least):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Drop components that cannot pay even with all the others, until none drops; the most promising go last."""
    bound = np.empty(n_open)
    while True:
        for j in range(n_open):
            bound[j] = -np.inf
        for i in range(product.size):
            k = product[i]
            hope = value[i]
            for j in range(n_open):
                if has[k, open_[j]] and gain[k, open_[j]] > 0:
                    hope += gain[k, open_[j]]
            for j in range(n_open):
                if has[k, open_[j]]:
                    bound[j] = _used(bound[j], hope + min(0.0, gain[k, open_[j]]))
        w = 0
        for j in range(n_open):
            if bound[j] > least:
                open_[w], bound[w] = open_[j], bound[j]
                w += 1
        stable = w == n_open or w == 0
        n_open = w
        if stable:
            break
    order = np.argsort(bound[:n_open])
    kept = open_[:n_open].copy()
    for j in range(n_open):
        open_[j] = kept[order[j]]
    return n_open


@njit(cache=True, nogil=True)
def _neighbors_first(joined, module, open_, n_open):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put the neighbors of a module first, drop what cannot be reached from it; return how many of both there are."""
    neighbor, farther = 1, 2
    found = np.zeros(n_open, np.int64)
    queue = np.empty(module.size + n_open, np.int64)
    queue[: module.size] = module
    at, last = 0, module.size
    while at < last:
        for j in range(n_open):
            if not found[j] and joined[queue[at], open_[j]]:
                found[j] = neighbor if at < module.size else farther
                queue[last] = open_[j]
                last += 1
        at += 1
    kept = open_[:n_open].copy()
    n_next, w = 0, 0
    for kind in (neighbor, farther):
        for j in range(n_open):
            if found[j] == kind:
                open_[w] = kept[j]
                w += 1
        if kind == neighbor:
            n_next = w
    return n_next, w
