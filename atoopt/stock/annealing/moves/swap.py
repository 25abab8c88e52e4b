"""Swap: a module gives way to another one for a product that it builds."""

from __future__ import annotations

from atoopt.stock.annealing.bits import any_of, below, compiled, copy, remove
from atoopt.stock.annealing.moves.draws import narrow, remove_modules


@compiled
def swap(data, held, built, move, random):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw a replacement of ``out[0]`` from a product that it builds, mostly from what no other module covers there."""
    k = any_of(held.using, move.out[0], random)
    if k < 0:
        return 0
    copy(move.new, 0, data.products, k)
    if below(random, 3):
        remove_modules(held, built, move, 0, k, move.out[0])
    elif built.n_used[k] > 1:
        other = built.used[k, below(random, built.n_used[k])]
        if other != move.out[0]:
            remove(move.new, 0, held.module, other)
    narrow(data, held, built, move, random)
    return 1
