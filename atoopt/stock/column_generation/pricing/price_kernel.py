"""Every module of large reduced profit, over all sets of components, by depth-first branch and bound, compiled.

A module that no product uses is not worth holding, so where no value is above 0, the largest one stands for the sum
(see `pricing_problem`). A node of the search is a module; its children add one component. Whatever is added later, a
product contributes at most its value plus its positive gains among the components still open (what cuts charge only
grows), and only the products that contain an added component go on contributing.

Where modules must be connected, a child adds a neighbor of the module; a neighbor that was tried is open no
longer for the children after it, and the other components stay open. So each connected set is come to once, and no
other is, and what cannot be reached through open components does not count in the bound.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from atoopt.kernels.declare import inner, kernel
from atoopt.stock.column_generation.cuts.subset_kernel import is_within
from atoopt.stock.column_generation.relaxation import Flags, Floats, Ints


class Limits(NamedTuple):
    """Profits up to the floor are not wanted; the search is given up after so many nodes, and goes no deeper."""

    floor: float
    max_nodes: int
    deepest: int


class Part(NamedTuple):
    """Of the components to begin with, only every `step`-th from the `first` on: the rest is for other threads."""

    first: int
    step: int


class Output(NamedTuple):
    """Where modules and their profits are written to."""

    modules: Flags
    profits: Floats


class Path(NamedTuple):
    """Per depth of the search: the products that contain the module, their values, and the open components."""

    product: Ints
    value: Floats
    open: Ints


@kernel("pricing")
def search(problem, limits, part, halt, output):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in what pays; return how much, what no other module has more than, and whether that is complete.

    One function, for its state is many arrays. No slices, sorts or sums of numpy here: each takes a second or more
    to compile.
    """
    has, gain, worth, fixed_cost, component_cost, liaisons, charges = problem
    cut_start, cut_sets, cut_dual, set_cut = charges.start, charges.sets, charges.dual, charges.cut
    set_at, having = charges.at, charges.having
    modules, profits = output
    floor, max_nodes, deepest = limits
    n, q = has.shape
    path = Path(np.empty((deepest + 1, n), np.int64), np.empty((deepest + 1, n)), np.empty((deepest + 1, q), np.int64))
    product, value, open_ = path
    n_products = np.zeros(deepest + 1, np.int64)
    n_open = np.zeros(deepest + 1, np.int64)
    n_next = np.zeros(deepest + 1, np.int64)  # per depth: of the open ones, those that may be added at once
    at = np.zeros(deepest + 1, np.int64)
    chosen = np.empty(deepest + 1, np.int64)
    module = np.zeros((deepest + 1, cut_sets.shape[1]), np.uint64)  # per depth: what is chosen, as bits
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
            needed = fixed_cost + component_cost * depth + component_cost + floor
            while True:
                n_open[depth] = _drop_hopeless(has, gain, path, depth, n_products[depth], n_open[depth], needed, bounds)
                n_next[depth], n_kept = n_open[depth], n_open[depth]
                if liaisons.size and depth:
                    n_next[depth], n_kept = _neighbors_first(
                        liaisons, chosen, open_, depth, n_open[depth], queue, reached, kept
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
        if depth == 0 and j % part.step != part.first:
            continue
        c = open_[depth, j]
        cost = fixed_cost + component_cost * (depth + 1)
        least = min(0.0, cost + floor)
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
                    if _counts_now(cut_sets, having[i_set], cut_start[cut], cut_start[cut + 1], module, depth + 1, c):
                        v -= cut_dual[cut]
                hope = v
                for b in range(j + 1, n_open[depth]):
                    other = open_[depth, b]
                    if has[k, other] and gain[k, other] > 0:
                        hope += gain[k, other]
                if hope > least:
                    product[depth + 1, w], value[depth + 1, w] = k, v
                    w += 1
                    bound, profit = _sum_or_largest(bound, hope), _sum_or_largest(profit, v)
        if bound - cost <= floor:
            continue
        chosen[depth] = c
        if depth >= 1 and profit - cost > floor:
            for b in range(q):
                modules[n_found, b] = False
            for i in range(depth + 1):
                modules[n_found, chosen[i]] = True
            profits[n_found] = profit - cost
            n_found += 1
            if n_found == profits.size:
                n_found, floor = profits.size // 2, _keep_better_half(modules, profits)
        depth += 1
        n_products[depth], n_open[depth] = w, n_open[depth - 1] - j - 1
        for i in range(n_open[depth]):
            open_[depth, i] = open_[depth - 1, j + 1 + i]
        fresh = True
    return n_found, floor, complete


@inner
def _keep_better_half(modules, profits):  # type: ignore[no-untyped-def]  # pragma: no cover
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
                for b in range(modules.shape[1]):
                    modules[i, b], modules[j, b] = modules[j, b], modules[i, b]
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
def _counts_now(sets, i, first, last, module, depth, c):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a module is first counted, of the sets ``first:last``, by set i once c is in it."""
    if not is_within(sets, i, module, depth):
        return False
    for j in range(first, last):
        had = j > i and sets[j, c >> 6] >> np.uint64(c & 63) & np.uint64(1) != 0
        if j != i and not had and is_within(sets, j, module, depth):
            return False
    return True


@inner
def _sum_or_largest(total, value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add a value to the sum of those above 0, or to the largest while none is."""
    return max(total, 0.0) + value if value > 0 else max(total, value)


@inner
def _drop_hopeless(has, gain, path, depth, n_products, n_open, least, bound):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Drop components that cannot pay even with all the others, until none drops; the most promising go last."""
    product, value, open_ = path
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
                    bound[j] = _sum_or_largest(bound[j], hope + min(0.0, gain[k, open_[depth, j]]))
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
def _neighbors_first(liaisons, chosen, open_, depth, n_open, queue, reached, kept):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put the neighbors of a module first, drop what cannot be reached from it; return how many of both there are.

    The module is the first `depth` components chosen; the last three arrays are working space.
    """
    neighbor, farther = 1, 2
    for i in range(depth):
        queue[i] = chosen[i]
    for j in range(n_open):
        reached[j], kept[j] = 0, open_[depth, j]
    at, last = 0, depth
    while at < last:
        for j in range(n_open):
            if not reached[j] and liaisons[queue[at], kept[j]]:
                reached[j] = neighbor if at < depth else farther
                queue[last] = kept[j]
                last += 1
        at += 1
    n_next, w = 0, 0
    for kind in (neighbor, farther):
        for j in range(n_open):
            if reached[j] == kind:
                open_[depth, w] = kept[j]
                w += 1
        if kind == neighbor:
            n_next = w
    return n_next, w
