"""Add, and the second half of relocate: a module that is drawn anew."""

from __future__ import annotations

from atoopt.stock.annealing.bits import any_of, below, clear, compiled, copy, meet, put, remove
from atoopt.stock.annealing.moves.draws import drawn, narrow, remove_modules


@compiled
def fresh(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw a module: from the list, or what a product, or its uncovered rest, shares with others, or a pair."""
    if data.listed.shape[0] and below(random, 2) == 0:
        copy(move.new, 0, data.listed, below(random, data.listed.shape[0]))
        return 1
    k = drawn(data, random)
    copy(move.new, 0, data.products, k)
    way = below(random, 4)
    if way <= 1:
        remove_modules(held, built, move, 0, k, -1)
    elif way == 2 and built.n_used[k]:
        remove(move.new, 0, held.module, built.used[k, below(random, built.n_used[k])])
    if way == 1:
        _keep_pair(data, move, random)
    elif below(random, 8):
        narrow(data, held, built, move, random)
    return 1


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
