"""Toggle: one component enters or leaves a module."""

from __future__ import annotations

from atoopt.stock.annealing.bits import (
    ONE,
    any_of,
    below,
    clear,
    compiled,
    copy,
    discard,
    lowest,
    meet,
    put,
    remove,
    unite,
)
from atoopt.stock.annealing.moves.draws import DRAFT, FRESH


@compiled
def toggle(data, held, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
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
