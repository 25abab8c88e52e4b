"""A neighbor of a stock, drawn by kind."""

from __future__ import annotations

from atoopt.stock.annealing.bits import below, cardinality, compiled, inside
from atoopt.stock.annealing.moves.allowed import is_listed, keep_piece
from atoopt.stock.annealing.moves.cut import cut
from atoopt.stock.annealing.moves.exchange import exchange
from atoopt.stock.annealing.moves.fresh import fresh
from atoopt.stock.annealing.moves.join import join
from atoopt.stock.annealing.moves.kinds import ADD, CUT, DROP, EXCHANGE, JOIN, RELOCATE, SPLIT, SWAP, TOGGLE
from atoopt.stock.annealing.moves.swap import swap
from atoopt.stock.annealing.moves.toggle import toggle


@compiled
def propose(data, held, built, move, random, kind):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Draw a neighbor of this kind; return how many modules leave and how many enter."""
    n_out, n_new = 1, 0
    if kind == ADD:
        n_out, n_new = 0, fresh(data, held, built, move, random)
    elif held.total[0] == 0:
        return 0, 0
    else:
        move.out[0] = held.active[below(random, held.total[0])]
        if kind == SWAP:
            n_new = swap(data, held, built, move, random)
        elif kind == TOGGLE:
            n_new = toggle(data, held, move, random)
        elif kind in (CUT, SPLIT):
            n_new = cut(data, held, move, random, kind == SPLIT)
        elif kind == JOIN:
            n_out, n_new = join(data, held, built, move, random)
        elif kind == RELOCATE:
            n_new = fresh(data, held, built, move, random)
        elif kind == EXCHANGE:
            n_out, n_new = exchange(data, held, built, move, random)
        if n_new == 0 and kind != DROP:
            return 0, 0
    for j in range(n_new):
        if data.neighbors.shape[0]:
            keep_piece(data, move, j, random)
        move.size[j] = cardinality(move.new, j)
        if move.size[j] < 2 or not is_listed(data, move, j):
            return 0, 0
    if n_new == 2 and inside(move.new, 0, move.new, 1) and inside(move.new, 1, move.new, 0):
        return 0, 0  # parts of two modules may be the same
    return n_out, n_new
