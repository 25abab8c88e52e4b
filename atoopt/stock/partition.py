"""n_k(S): the fewest stocked modules that partition a product, exactly and greedily.

Single components are always in stock, so a product of n components needs n pieces less what its modules
save: a module of s components saves s - 1. The fewest pieces are a set packing of greatest saving, found
by branch and bound; the two bounds are a knapsack over module sizes and a sum over components.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atoopt.bitsets import Words

Ints = NDArray[np.int64]


def partitions(products: Words, modules: Words, sizes: Ints, *, greedy: bool = False) -> tuple[Ints, Ints, Ints]:
    """Partition every product into as few modules as possible, single components filling the rest.

    Parameters
    ----------
    products : (n_products, words) array of uint64
    modules : (n_modules, words) array of uint64
        Stocked modules of two or more components, the largest first.
    sizes : (n_modules,) array of int64
        Their numbers of components.
    greedy : bool
        Take the largest module that fits the uncovered rest, and repeat (*inferred* from the paper's
        prose), instead of the exact minimum.

    Returns
    -------
    saved : (n_products,) array
        Operations saved: the pieces are the product's components less this number.
    start : (n_products + 1,) array
        Product k uses the modules ``used[start[k]:start[k + 1]]``.
    used : array
        Positions in `modules`.
    """
    return _partitions(products, modules, sizes, greedy)  # type: ignore[no-any-return]


@njit(cache=True)
def _partitions(products, modules, sizes, greedy):  # type: ignore[no-untyped-def]  # pragma: no cover
    n_products, words = products.shape
    n_modules = modules.shape[0]
    saved = np.zeros(n_products, np.int64)
    start = np.zeros(n_products + 1, np.int64)
    used = np.empty(max(16, 4 * n_products), np.int64)
    n_used = 0
    fits = np.empty(n_modules, np.int64)
    for k in range(n_products):
        n_fits = 0
        for m in range(n_modules):
            inside = True
            for w in range(words):
                if modules[m, w] & ~products[k, w]:
                    inside = False
                    break
            if inside:
                fits[n_fits] = m
                n_fits += 1
        if n_fits:
            chosen = _largest_first(products[k], modules, fits[:n_fits])
            if not greedy:
                chosen = _fewest(products[k], modules, sizes, fits[:n_fits], chosen)
            if n_used + chosen.size > used.size:
                longer = np.empty(2 * (n_used + chosen.size), np.int64)
                longer[:n_used] = used[:n_used]
                used = longer
            for m in chosen:
                saved[k] += sizes[m] - 1
                used[n_used] = m
                n_used += 1
        start[k + 1] = n_used
    return saved, start, used[:n_used].copy()


@njit(cache=True)
def _largest_first(product, modules, fits):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take the first module (they are sorted by size) that fits the uncovered rest, and go on."""
    rest = product.copy()
    chosen = np.empty(fits.size, np.int64)
    n = 0
    for m in fits:
        if _inside(modules[m], rest):
            for w in range(rest.size):
                rest[w] &= ~modules[m, w]
            chosen[n] = m
            n += 1
    return chosen[:n]


@njit(cache=True)
def _inside(module, rest):  # type: ignore[no-untyped-def]  # pragma: no cover
    for w in range(rest.size):  # noqa: SIM110 -- a generator would not compile
        if module[w] & ~rest[w]:
            return False
    return True


@njit(cache=True)
def _fewest(product, modules, sizes, fits, first):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Depth-first search: the next component goes into one of its modules, or stays single.

    `first` is the incumbent. A module is branched on once, at its first component.
    """
    words = product.size
    n = 0
    where = np.empty(64 * words, np.int64)  # the product's components, as bit positions
    for w in range(words):
        for b in range(64):
            if product[w] >> np.uint64(b) & np.uint64(1):
                where[n] = 64 * w + b
                n += 1
    # per component: the best saving per component among its modules; where 0, the component is single
    best_rate = np.zeros(n)
    for m in fits:
        rate = (sizes[m] - 1) / sizes[m]
        for i in range(n):
            if modules[m, where[i] // 64] >> np.uint64(where[i] % 64) & np.uint64(1) and rate > best_rate[i]:
                best_rate[i] = rate
    # the most that r components can save, from module sizes alone
    by_size = np.zeros(n + 1, np.int64)
    exists = np.zeros(n + 1, np.bool_)
    for m in fits:
        exists[sizes[m]] = True
    for r in range(1, n + 1):
        by_size[r] = by_size[r - 1]
        for s in range(2, r + 1):
            if exists[s] and by_size[r - s] + s - 1 > by_size[r]:
                by_size[r] = by_size[r - s] + s - 1
    # modules by their first component
    head = np.zeros(n + 1, np.int64)
    of_module = np.empty(fits.size, np.int64)
    for j in range(fits.size):
        for i in range(n):
            if modules[fits[j], where[i] // 64] >> np.uint64(where[i] % 64) & np.uint64(1):
                of_module[j] = i
                break
        head[of_module[j] + 1] += 1
    for i in range(n):
        head[i + 1] += head[i]
    place = head.copy()
    branch = np.empty(fits.size, np.int64)
    for j in range(fits.size):
        branch[place[of_module[j]]] = fits[j]
        place[of_module[j]] += 1

    best = first.copy()
    best_saved = 0
    for m in first:
        best_saved += sizes[m] - 1
    taken = np.empty(n, np.int64)  # modules on the path
    level = np.empty(n + 1, np.int64)  # component of each path step
    option = np.empty(n + 1, np.int64)  # next branch to try there
    rest = np.empty((n + 1, words), np.uint64)
    rest[0] = product
    saved = np.zeros(n + 1, np.int64)
    depth = 0
    level[0] = 0
    option[0] = head[0]
    # a step is (component i, rest): try its modules, then leave it single (i + 1 in the same step)
    while depth >= 0:
        i = level[depth]
        if i == n:
            depth -= 1
            continue
        open_ = rest[depth, where[i] // 64] >> np.uint64(where[i] % 64) & np.uint64(1)
        if open_ and option[depth] == head[i]:  # first visit: can the rest still beat the incumbent?
            free = 0
            hope = 0.0
            for c in range(i, n):
                if best_rate[c] > 0 and rest[depth, where[c] // 64] >> np.uint64(where[c] % 64) & np.uint64(1):
                    free += 1
                    hope += best_rate[c]
            bound = min(by_size[free], np.int64(hope + 1e-9))
            if saved[depth] + bound <= best_saved:
                depth -= 1
                continue
        moved = False
        if open_:
            while option[depth] < head[i + 1]:
                m = branch[option[depth]]
                option[depth] += 1
                if _inside(modules[m], rest[depth]):
                    taken[depth] = m
                    saved[depth + 1] = saved[depth] + sizes[m] - 1
                    for w in range(words):
                        rest[depth + 1, w] = rest[depth, w] & ~modules[m, w]
                    if saved[depth + 1] > best_saved:
                        best_saved = saved[depth + 1]
                        best = taken[: depth + 1].copy()
                    level[depth + 1] = i + 1
                    option[depth + 1] = head[i + 1]
                    depth += 1
                    moved = True
                    break
        if not moved:
            # the component stays single: it leaves the rest, so that no later module takes it
            rest[depth, where[i] // 64] &= ~(np.uint64(1) << np.uint64(where[i] % 64))
            level[depth] = i + 1
            option[depth] = head[i + 1]
    return best
