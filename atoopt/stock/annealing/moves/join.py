"""Join: a module takes in another piece of a product that it builds."""

from __future__ import annotations

from atoopt.stock.annealing.bits import any_of, below, compiled, copy, inside, meet, unite
from atoopt.stock.annealing.moves.draws import DRAFT, drawn, remove_modules


@compiled
def join(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
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
        meet(move.new, DRAFT, data.products, drawn(data, random))
        remove_modules(held, built, move, DRAFT, k, -1)
        unite(move.new, 0, move.new, DRAFT)
    if inside(move.new, 0, held.module, slot):
        return 0, 0
    return (0 if n_out == 1 and below(random, 4) == 0 else n_out), 1
