"""The disjoint modules that save most in one product: a set packing, solved exactly.

    max sum_M (|M| - 1) x_M   with   sum_{M contains c} x_M <= 1 for each component c,   x_M in {0, 1}

Modules that share no component, directly or through others, form blocks that are solved apart. In a block,
multipliers u_c >= 0 with sum_{c in M} u_c >= |M| - 1 for every module bound the saving by sum_c u_c (linear
programming duality; they come from subgradient steps on the Lagrangian). A packing falls short of that
bound by the *slack* of each module in it and the multiplier of each component that stays single, so a
search for a better packing has a small budget of slack, and most branches exceed it at once. A knapsack
over the sizes of the modules that still fit catches what the linear bound cannot see (20 components hold
6 triples, and not 6 2/3). The search is depth-first, on the component with the fewest ways to go on.
"""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import inner, kernel

ROUNDING = 1e-7  # savings are integers, so a bound may be rounded down after this is added


@kernel("packing")
def pack_products(products, modules, sizes, order, new, exact, saved, packed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Pack every product, or those in which module `new` fits, now that it is held too.

    Parameters
    ----------
    products : (n_products, words) array of uint64
    modules : (n_modules, words) array of uint64
    sizes : (n_modules,) array of int64
        Their numbers of components, two or more.
    order : array of int64
        Positions of the held modules, the largest first.
    new : int
        -1 for all products.
    exact : int
        A product is packed exactly while no more held modules than this fit in it; beyond, the better of its
        old packing, that with the new module in place of those in its way, and the greedy one.
    saved : (n_products,) array
        Operations saved, changed in place where a packing saves more.
    packed : (n_products, n) array
        The modules used, -1 after the last, changed in place.

    Returns
    -------
    int
        How many sets were compared.
    """
    compared = products.shape[0]
    fits = np.empty(order.size, np.int64)
    for k in range(products.shape[0]):
        if new >= 0 and not _inside(modules[new], products[k]):
            continue
        compared += order.size
        n_fits = 0
        for m in order:
            if _inside(modules[m], products[k]):
                fits[n_fits] = m
                n_fits += 1
        if n_fits == 0:
            continue
        chosen = largest_first(products[k], modules, fits[:n_fits])
        if n_fits <= exact:
            chosen = best_packing(products[k], modules, sizes, fits[:n_fits], chosen)
        elif new >= 0:
            swapped = _swapped(modules, packed[k], new)
            if _saving(sizes, swapped) > _saving(sizes, chosen):
                chosen = swapped
        value = _saving(sizes, chosen)
        if value > saved[k]:
            saved[k] = value
            for i in range(packed.shape[1]):
                packed[k, i] = chosen[i] if i < chosen.size else -1
    return compared


@inner
def _swapped(modules, packing, new):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a packing with the new module, without those that share a component with it."""
    kept = np.empty(packing.size + 1, np.int64)
    kept[0] = new
    n = 1
    for m in packing:
        if m < 0:
            break
        apart = True
        for w in range(modules.shape[1]):
            if modules[m, w] & modules[new, w]:
                apart = False
        if apart:
            kept[n] = m
            n += 1
    return kept[:n]


@inner
def _saving(sizes, chosen):  # type: ignore[no-untyped-def]  # pragma: no cover
    total = 0
    for m in chosen:
        total += sizes[m] - 1
    return total


@inner
def largest_first(product, modules, fits):  # type: ignore[no-untyped-def]  # pragma: no cover
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


@inner
def _inside(module, rest):  # type: ignore[no-untyped-def]  # pragma: no cover
    for w in range(rest.size):  # noqa: SIM110 -- a generator would not compile
        if module[w] & ~rest[w]:
            return False
    return True


@inner
def best_packing(product, modules, sizes, fits, first):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the positions of the disjoint modules that save most in a product.

    Parameters
    ----------
    product : (words,) array of uint64
    modules : (n_modules, words) array of uint64
    sizes : (n_modules,) array of int64
        Their numbers of components, two or more.
    fits : array of int64
        Positions of the modules inside the product.
    first : array of int64
        A packing among them, to start from.
    """
    if first.size == fits.size:
        return first
    n, member = _members(product, modules, fits)
    block = _blocks(member, n)
    in_first = np.zeros(fits.size, np.bool_)
    at = 0
    for j in range(fits.size):
        if at < first.size and fits[j] == first[at]:
            in_first[j] = True
            at += 1
    chosen = np.zeros(fits.size, np.bool_)
    for b in range(fits.size):
        size = 0
        for j in range(fits.size):
            size += block[j] == b
        if size == 0:
            continue
        inside = np.empty(size, np.int64)
        size = 0
        for j in range(fits.size):
            if block[j] == b:
                inside[size] = j
                size += 1
        _pack_block(member, sizes, fits, inside, in_first, chosen)
    packing, size = np.empty(fits.size, np.int64), 0
    for j in range(fits.size):
        if chosen[j]:
            packing[size] = fits[j]
            size += 1
    return packing[:size]


@inner
def _members(product, modules, fits):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the number of the product's components, and whether module j has its i-th one."""
    where = np.empty(64 * product.size, np.int64)
    n = 0
    for bit in range(64 * product.size):
        if product[bit >> 6] >> np.uint64(bit & 63) & np.uint64(1):
            where[n] = bit
            n += 1
    member = np.zeros((fits.size, n), np.bool_)
    for j in range(fits.size):
        for i in range(n):
            member[j, i] = modules[fits[j], where[i] >> 6] >> np.uint64(where[i] & 63) & np.uint64(1)
    return n, member


@inner
def _blocks(member, n):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a label per module, the same for modules joined by a chain of common components."""
    label = np.arange(member.shape[0])
    owner = np.full(n, -1)
    for j in range(member.shape[0]):
        for i in range(n):
            if not member[j, i]:
                continue
            if owner[i] < 0:
                owner[i] = j
            a, b = _root(label, owner[i]), _root(label, j)
            label[max(a, b)] = min(a, b)
    for j in range(label.size):
        label[j] = _root(label, j)
    return label


@inner
def _root(label, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    while label[j] != j:
        label[j] = label[label[j]]
        j = label[j]
    return j


@inner
def _pack_block(member, sizes, fits, inside, in_first, chosen):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Mark in `chosen` the best packing of the modules `inside`, which form one block."""
    n_modules, n = inside.size, np.int64(0)
    place = np.full(member.shape[1], -1)
    start = np.zeros(n_modules + 1, np.int64)
    gain = np.empty(n_modules, np.int64)
    best = np.empty(n_modules, np.bool_)
    saved = np.int64(0)
    for a in range(n_modules):
        gain[a] = sizes[fits[inside[a]]] - 1
        start[a + 1] = start[a] + gain[a] + 1
        best[a] = in_first[inside[a]]
        saved += gain[a] * best[a]
    parts = np.empty(start[n_modules], np.int64)
    for a in range(n_modules):
        at = start[a]
        for i in range(member.shape[1]):
            if member[inside[a], i]:
                if place[i] < 0:
                    place[i] = n
                    n += 1
                parts[at] = place[i]
                at += 1
    present = np.zeros(n + 1, np.bool_)
    for a in range(n_modules):
        present[gain[a] + 1] = True
    target = _knapsack(present, n)
    if saved < target:
        u = _multipliers(n, start, parts, gain, saved)
        target = min(target, np.int64(np.floor(_sum(u) + ROUNDING)))
        # From the bound down: what the budget forbids is never looked at, and the first success is the best.
        while target > saved and not _reach(target, n, start, parts, gain, u, best):
            target -= 1
    for a in range(n_modules):
        chosen[inside[a]] = best[a]


@inner
def _knapsack(present, n):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the most that n components save in modules of the sizes present, as many of each as fit."""
    most = np.zeros(n + 1, np.int64)
    for r in range(2, n + 1):
        most[r] = most[r - 1]
        for s in range(2, r + 1):
            if present[s] and most[r - s] + s - 1 > most[r]:
                most[r] = most[r - s] + s - 1
    return most[n]


@inner
def _multipliers(n, start, parts, gain, saved):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return u >= 0 that covers every module's gain, of nearly least sum.

    Every component at the best rate of its modules covers them all. From there, Polyak steps against an
    average of the subgradients (a plain one zigzags at this start, where all modules are just covered).
    """
    u = np.zeros(n)
    for a in range(gain.size):
        for e in range(start[a], start[a + 1]):
            u[parts[e]] = max(u[parts[e]], gain[a] / (gain[a] + 1))
    _tighten(u, start, parts, gain)
    best, least = u.copy(), _sum(u)
    lowest, lowest_u = np.inf, u.copy()
    slope, direction = np.empty(n), np.zeros(n)
    steps = 60 + 2 * n
    for step in range(steps):
        for c in range(n):
            slope[c] = 1.0
        value = _sum(u)
        for a in range(gain.size):
            left = float(gain[a])
            for e in range(start[a], start[a + 1]):
                left -= u[parts[e]]
            if left > 0:
                value += left
                for e in range(start[a], start[a + 1]):
                    slope[parts[e]] -= 1.0
        if value < lowest:
            lowest = value
            for c in range(n):
                lowest_u[c] = u[c]
        norm = 0.0
        for c in range(n):
            direction[c] = 0.7 * direction[c] + 0.3 * slope[c] if step else slope[c]
            norm += direction[c] * direction[c]
        if norm == 0.0 or min(least, lowest) + ROUNDING < saved + 1:
            break
        length = 0.3 * 0.02 ** (step / steps) * (value - saved) / norm
        for c in range(n):
            u[c] = max(0.0, u[c] - length * direction[c])
    _cover(lowest_u, start, parts, gain)
    _tighten(lowest_u, start, parts, gain)
    return lowest_u if _sum(lowest_u) < least else best


@inner
def _sum(u):  # type: ignore[no-untyped-def]  # pragma: no cover
    total = 0.0
    for c in range(u.size):
        total += u[c]
    return total


@inner
def _cover(u, start, parts, gain):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Raise multipliers until they cover the gain of every module."""
    for a in range(gain.size):
        left = float(gain[a])
        for e in range(start[a], start[a + 1]):
            left -= u[parts[e]]
        if left > 0:
            for e in range(start[a], start[a + 1]):
                u[parts[e]] += left / (gain[a] + 1)


@inner
def _tighten(u, start, parts, gain):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Lower each multiplier in turn as far as its modules stay covered."""
    room = u.copy()
    for a in range(gain.size):
        slack = -float(gain[a])
        for e in range(start[a], start[a + 1]):
            slack += u[parts[e]]
        for e in range(start[a], start[a + 1]):
            room[parts[e]] = min(room[parts[e]], slack)
    for c in range(u.size):
        if room[c] <= 1e-12:
            continue
        least = u[c]
        for a in range(gain.size):
            slack, has = -float(gain[a]), False
            for e in range(start[a], start[a + 1]):
                slack += u[parts[e]]
                has |= parts[e] == c
            if has:
                least = min(least, slack)
        u[c] -= max(0.0, least)


@inner
def _reach(target, n, start, parts, gain, u, best):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a packing saves `target`, and mark it in `best`: depth-first within the budget of slack."""
    n_modules = gain.size
    slack = np.empty(n_modules)
    for a in range(n_modules):
        slack[a] = -float(gain[a])
        for e in range(start[a], start[a + 1]):
            slack[a] += u[parts[e]]
    offset, module = _by_component(n, start, parts, _ascending(slack))
    budget = _sum(u) - target + ROUNDING
    blocked = np.zeros((n + 2, n_modules), np.int64)  # components of a module that are gone, by depth
    gone = np.zeros((n + 2, n), np.bool_)
    used = np.zeros(n + 2)
    value = np.zeros(n + 2, np.int64)
    pick = np.zeros(n + 2, np.int64)
    option = np.zeros(n + 2, np.int64)
    taken = np.full(n + 2, -1)
    depth, entering = 0, True
    while depth >= 0:
        if entering:
            entering = False
            if value[depth] >= target:
                for a in range(best.size):
                    best[a] = False
                for a in taken[:depth]:
                    if a >= 0:
                        best[a] = True
                return True
            c = _next_component(depth, target, budget, start, parts, gain, u, slack, blocked, gone, used, value)
            if c < 0:
                depth -= 1
                continue
            pick[depth], option[depth] = c, offset[c]
        c = pick[depth]
        last = offset[c + 1]
        while option[depth] < last:
            a = module[option[depth]]
            if blocked[depth, a] == 0 and used[depth] + slack[a] <= budget:
                break
            option[depth] += 1
        single = option[depth] == last
        if option[depth] > last or (single and used[depth] + u[c] > budget):
            depth -= 1
            continue
        option[depth] += 1
        deeper = depth + 1
        for i in range(n_modules):
            blocked[deeper, i] = blocked[depth, i]
        for i in range(n):
            gone[deeper, i] = gone[depth, i]
        if single:
            used[deeper], value[deeper], taken[depth] = used[depth] + u[c], value[depth], -1
            _remove(c, deeper, gone, blocked, offset, module)
        else:
            used[deeper], value[deeper], taken[depth] = used[depth] + slack[a], value[depth] + gain[a], a
            for e in range(start[a], start[a + 1]):
                _remove(parts[e], deeper, gone, blocked, offset, module)
        depth, entering = deeper, True
    return False


@inner
def _next_component(depth, target, budget, start, parts, gain, u, slack, blocked, gone, used, value):  # type: ignore[no-untyped-def]  # pragma: no cover  # fmt: skip
    """Return the component with the fewest ways to go on, or -1 where the target is out of reach."""
    n = u.size
    count = np.zeros(n, np.int64)
    present = np.zeros(n + 1, np.bool_)
    for a in range(gain.size):
        if blocked[depth, a] == 0 and used[depth] + slack[a] <= budget:
            present[gain[a] + 1] = True
            for e in range(start[a], start[a + 1]):
                count[parts[e]] += 1
    free = np.int64(0)
    for c in range(n):
        if gone[depth, c]:
            continue
        if count[c] == 0:  # stays single, whatever else is done
            used[depth] += u[c]
            gone[depth, c] = True
        else:
            free += 1
    if used[depth] > budget or value[depth] + _knapsack(present, free) < target:
        return -1
    fewest, chosen = gain.size + 2, -1
    for c in range(n):
        if not gone[depth, c]:
            choices = count[c] + (used[depth] + u[c] <= budget)
            if choices < fewest:
                fewest, chosen = choices, c
    return chosen


@inner
def _ascending(values):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the positions in ascending order of the values, by insertion: numpy's sort takes seconds to compile."""
    order = np.arange(values.size)
    for i in range(1, values.size):
        moved = order[i]
        j = i
        while j and values[order[j - 1]] > values[moved]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = moved
    return order


@inner
def _by_component(n, start, parts, order):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the modules of each component, in the given order: offsets and positions."""
    offset = np.zeros(n + 1, np.int64)
    for e in range(parts.size):
        offset[parts[e] + 1] += 1
    for c in range(n):
        offset[c + 1] += offset[c]
    at = offset.copy()
    position = np.empty(parts.size, np.int64)
    for a in order:
        for e in range(start[a], start[a + 1]):
            position[at[parts[e]]] = a
            at[parts[e]] += 1
    return offset, position


@inner
def _remove(c, depth, gone, blocked, offset, module):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take a component out at this depth, and with it every module that has it."""
    gone[depth, c] = True
    for e in range(offset[c], offset[c + 1]):
        blocked[depth, module[e]] += 1
