"""Cut and split: a module by a product or another module, into one part or two."""

from __future__ import annotations

from atoopt.stock.annealing.bits import below, cardinality, compiled, copy, meet, remove
from atoopt.stock.annealing.moves.draws import DRAFT, drawn


@compiled
def cut(data, held, move, random, both):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Cut ``out[0]`` by a product or a module; keep one part, or both."""
    slot = move.out[0]
    if below(random, 2):
        copy(move.new, DRAFT, data.products, drawn(data, random))
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
