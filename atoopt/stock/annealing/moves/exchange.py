"""Exchange: a component, or several at once, moves from one module to another."""

from __future__ import annotations

from atoopt.stock.annealing.bits import any_of, below, cardinality, clear, compiled, copy, meet, put, remove, unite
from atoopt.stock.annealing.moves.draws import DRAFT, drawn


@compiled
def exchange(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
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
        meet(move.new, DRAFT, data.products, drawn(data, random))
    elif way == 1:
        remove(move.new, DRAFT, data.products, drawn(data, random))
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
