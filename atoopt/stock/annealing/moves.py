"""Neighbors of a stock: which modules leave, which enter.

Every proposal fills ``out``, ``new`` and ``size`` of the move and returns how many leave and enter, (0, 0)
where the draw led nowhere. A module that enters fits in some product by construction.
"""

from __future__ import annotations

import numpy as np

from atoopt.stock.annealing.bits import (
    ONE,
    any_of,
    below,
    cardinality,
    clear,
    compiled,
    copy,
    discard,
    first_of,
    inside,
    lowest,
    meet,
    put,
    remove,
    unite,
)

KINDS = ("add", "drop", "swap", "toggle", "cut", "join", "split", "relocate", "exchange")
"""The kinds of moves, in the order of `propose`.

add : an intersection of demanded products enters, perhaps less what their modules cover already
drop : a module leaves
swap : a module gives way to another one for a product that it builds
toggle : one component enters or leaves a module
cut : a module is cut down to its part inside, or outside, a product or another module
join : a module takes in another piece of a product that it builds
split : a module falls into two
relocate : drop and add, independent of each other
exchange : a component, or several at once, moves from one module to another
"""

ADD, DROP, SWAP, TOGGLE, CUT, JOIN, SPLIT, RELOCATE, EXCHANGE = range(len(KINDS))

HASH_START, HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)

DRAFT, FRESH = 2, 3
"""The rows of ``new`` where sets are put together."""


@compiled
def propose(data, held, built, move, random, kind):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw a neighbor of this kind; return how many modules leave and how many enter."""
    n_out, n_new = 1, 0
    if kind == ADD:
        n_out, n_new = 0, _fresh(data, held, built, move, random)
    elif held.total[0] == 0:
        return 0, 0
    else:
        move.out[0] = held.active[below(random, held.total[0])]
        if kind == SWAP:
            n_new = _swap(data, held, built, move, random)
        elif kind == TOGGLE:
            n_new = _toggle(data, held, move, random)
        elif kind in (CUT, SPLIT):
            n_new = _cut(data, held, move, random, kind == SPLIT)
        elif kind == JOIN:
            n_out, n_new = _join(data, held, built, move, random)
        elif kind == RELOCATE:
            n_new = _fresh(data, held, built, move, random)
        elif kind == EXCHANGE:
            n_out, n_new = _exchange(data, held, built, move, random)
        if n_new == 0 and kind != DROP:
            return 0, 0
    for j in range(n_new):
        if data.neighbors.shape[0]:
            _keep_piece(data, move, j, random)
        move.size[j] = cardinality(move.new, j)
        if move.size[j] < 2 or not _is_listed(data, move, j):
            return 0, 0
    if n_new == 2 and inside(move.new, 0, move.new, 1) and inside(move.new, 1, move.new, 0):
        return 0, 0  # parts of two modules may be the same
    return n_out, n_new


@compiled
def hash_of(rows, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a hash of a set, for the table of candidates."""
    value = HASH_START
    for w in range(rows.shape[1]):
        value = (value ^ rows[i, w]) * HASH_FACTOR
        value ^= value >> np.uint64(29)
    return value


@compiled
def _is_listed(data, move, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether new module j may be held."""
    table = data.listed_hash
    if table.size == 1:
        return True
    place = np.int64(hash_of(move.new, j) & np.uint64(table.size - 1))
    while table[place] >= 0:
        if inside(move.new, j, data.listed, table[place]) and inside(data.listed, table[place], move.new, j):
            return True
        place = (place + 1) & (table.size - 1)
    return False


@compiled
def _keep_piece(data, move, j, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Keep of new module j a part that liaisons connect, drawn by its number of components."""
    first = any_of(move.new, j, random)
    if first < 0:
        return
    copy(move.new, DRAFT, move.new, j)  # what is not reached yet
    discard(move.new, DRAFT, first)
    clear(move.new, j)
    clear(move.new, FRESH)  # what is reached, its neighbors not looked at
    put(move.new, FRESH, first)
    c = first
    while c >= 0:
        discard(move.new, FRESH, c)
        put(move.new, j, c)
        for w in range(move.new.shape[1]):
            reached = data.neighbors[c, w] & move.new[DRAFT, w]
            move.new[FRESH, w] |= reached
            move.new[DRAFT, w] &= ~reached
        c = first_of(move.new, FRESH)


@compiled
def _drawn(data, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    return data.draw[below(random, data.draw.size)]


@compiled
def _remove_modules(held, built, move, row, k, kept):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take from a row of ``new`` what modules of product k cover, all but slot `kept`."""
    for u in range(built.n_used[k]):
        if built.used[k, u] != kept:
            remove(move.new, row, held.module, built.used[k, u])


@compiled
def _narrow(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Intersect ``new[0]`` with other products or their uncovered rests, as long as two components are left.

    The other products are drawn by demand, or among those that contain one component of ``new[0]``.
    """
    for _ in range(4):
        other = _drawn(data, random)
        if below(random, 2):
            c = any_of(move.new, 0, random)
            if c >= 0:
                other = any_of(data.with_component, c, random)
        copy(move.new, DRAFT, move.new, 0)
        meet(move.new, DRAFT, data.products, other)
        if below(random, 3) == 0:
            _remove_modules(held, built, move, DRAFT, other, -1)
        if cardinality(move.new, DRAFT) > 1:
            copy(move.new, 0, move.new, DRAFT)
            if below(random, 2) == 0:
                break


@compiled
def _keep_pair(data, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Keep two components of ``new[0]``, drawn evenly, the second among those joined to the first, if there are two."""
    first = any_of(move.new, 0, random)
    if first < 0:
        return
    if data.neighbors.shape[0]:
        meet(move.new, 0, data.neighbors, first)
    second = any_of(move.new, 0, random)
    clear(move.new, 0)
    put(move.new, 0, first)
    if second >= 0:
        put(move.new, 0, second)


@compiled
def _fresh(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw a module: from the list, or what a product, or its uncovered rest, shares with others, or a pair."""
    if data.listed.shape[0] and below(random, 2) == 0:
        copy(move.new, 0, data.listed, below(random, data.listed.shape[0]))
        return 1
    k = _drawn(data, random)
    copy(move.new, 0, data.products, k)
    way = below(random, 4)
    if way <= 1:
        _remove_modules(held, built, move, 0, k, -1)
    elif way == 2 and built.n_used[k]:
        remove(move.new, 0, held.module, built.used[k, below(random, built.n_used[k])])
    if way == 1:
        _keep_pair(data, move, random)
    elif below(random, 8):
        _narrow(data, held, built, move, random)
    return 1


@compiled
def _swap(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw a replacement of ``out[0]`` from a product that it builds, mostly from what no other module covers there."""
    k = any_of(held.using, move.out[0], random)
    if k < 0:
        return 0
    copy(move.new, 0, data.products, k)
    if below(random, 3):
        _remove_modules(held, built, move, 0, k, move.out[0])
    elif built.n_used[k] > 1:
        other = built.used[k, below(random, built.n_used[k])]
        if other != move.out[0]:
            remove(move.new, 0, held.module, other)
    _narrow(data, held, built, move, random)
    return 1


@compiled
def _toggle(data, held, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Let a component of ``out[0]`` leave, or one of a product that contains it enter."""
    slot = move.out[0]
    copy(move.new, 0, held.module, slot)
    if below(random, 2) == 0:
        discard(move.new, 0, any_of(move.new, 0, random))
        return 1
    k = any_of(held.using, slot, random)
    if k < 0:
        k = any_of(held.fitting, slot, random)
    copy(move.new, DRAFT, data.products, k)
    if data.neighbors.shape[0]:
        _unite_neighbors(data, move, FRESH, held, slot)
        meet(move.new, DRAFT, move.new, FRESH)
    remove(move.new, DRAFT, held.module, slot)
    c = any_of(move.new, DRAFT, random)
    if c < 0:
        return 0
    put(move.new, 0, c)
    return 1


@compiled
def _unite_neighbors(data, move, row, held, slot):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put into a row of ``new`` all that a liaison joins to a module held."""
    clear(move.new, row)
    for w in range(held.module.shape[1]):
        word = held.module[slot, w]
        while word:
            unite(move.new, row, data.neighbors, 64 * w + lowest(word))
            word &= word - ONE


@compiled
def _cut(data, held, move, random, both):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Cut ``out[0]`` by a product or a module; keep one part, or both."""
    slot = move.out[0]
    if below(random, 2):
        copy(move.new, DRAFT, data.products, _drawn(data, random))
    else:
        copy(move.new, DRAFT, held.module, held.active[below(random, held.total[0])])
    copy(move.new, 0, held.module, slot)
    copy(move.new, 1, held.module, slot)
    meet(move.new, 0, move.new, DRAFT)
    remove(move.new, 1, move.new, DRAFT)
    inner = cardinality(move.new, 0)
    outer = held.size[slot] - inner
    if inner == 0 or outer == 0:
        return 0
    if both:
        return 2
    if outer > 1 and (inner < 2 or below(random, 2)):
        copy(move.new, 0, move.new, 1)
    return 1


@compiled
def _join(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Unite ``out[0]`` with a piece of a product that it builds: another module, or uncovered rest.

    The old modules leave or stay, by chance.
    """
    slot, n_out = move.out[0], 1
    k = any_of(held.using, slot, random)
    if k < 0:
        return 0, 0
    copy(move.new, 0, held.module, slot)
    if built.n_used[k] > 1 and below(random, 2):
        other = built.used[k, below(random, built.n_used[k])]
        unite(move.new, 0, held.module, other)
        if other != slot and below(random, 2):
            move.out[1] = other
            n_out = 2
    else:  # the rest that this product shares with another
        copy(move.new, DRAFT, data.products, k)
        meet(move.new, DRAFT, data.products, _drawn(data, random))
        _remove_modules(held, built, move, DRAFT, k, -1)
        unite(move.new, 0, move.new, DRAFT)
    if inside(move.new, 0, held.module, slot):
        return 0, 0
    return (0 if n_out == 1 and below(random, 4) == 0 else n_out), 1


@compiled
def _exchange(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Move a block of ``out[0]`` to another module beside which it stands in a product; less than a pair leaves."""
    giver = move.out[0]
    k = any_of(held.fitting, giver, random)
    taker = built.fits[k, below(random, built.n_fits[k])]
    if taker == giver:
        return 0, 0
    copy(move.new, DRAFT, held.module, giver)
    remove(move.new, DRAFT, held.module, taker)
    way = below(random, 4)
    if way == 0:
        meet(move.new, DRAFT, data.products, _drawn(data, random))
    elif way == 1:
        remove(move.new, DRAFT, data.products, _drawn(data, random))
    elif way == 2:
        meet(move.new, DRAFT, held.module, held.active[below(random, held.total[0])])
    else:
        c = any_of(move.new, DRAFT, random)
        if c < 0:
            return 0, 0
        clear(move.new, DRAFT)
        put(move.new, DRAFT, c)
    if cardinality(move.new, DRAFT) == 0:
        return 0, 0
    move.out[1] = taker
    copy(move.new, 0, held.module, taker)
    unite(move.new, 0, move.new, DRAFT)
    copy(move.new, 1, held.module, giver)
    remove(move.new, 1, move.new, DRAFT)
    return 2, (2 if cardinality(move.new, 1) > 1 else 1)
