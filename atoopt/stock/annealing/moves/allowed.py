"""What may be held: a listed candidate, and a module that liaisons connect."""

from __future__ import annotations

import numpy as np

from atoopt.stock.annealing.bits import any_of, clear, compiled, copy, discard, first_of, inside, put
from atoopt.stock.annealing.moves.draws import DRAFT, FRESH

HASH_START, HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


@compiled
def hash_of(rows, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a hash of a set, for the table of candidates."""
    value = HASH_START
    for w in range(rows.shape[1]):
        value = (value ^ rows[i, w]) * HASH_FACTOR
        value ^= value >> np.uint64(29)
    return value


@compiled
def is_listed(data, move, j):  # type: ignore[no-untyped-def]  # pragma: no cover
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
def keep_piece(data, move, j, random):  # type: ignore[no-untyped-def]  # pragma: no cover
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
