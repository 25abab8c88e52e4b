"""The annealing walk: propose, accept or refuse, keep the best feasible stock."""

from __future__ import annotations

import numpy as np

from atoopt.stock.annealing.bits import below, compiled, copy, uniform
from atoopt.stock.annealing.evaluation import apply_move, evaluate
from atoopt.stock.annealing.moves.propose import propose

ROUNDING = 1e-9


@compiled
def walk(data, held, built, move, effect, search, best, random, n_moves, temperature, penalty, kinds, counts, feasible):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Make `n_moves` moves at one temperature.

    Parameters
    ----------
    data, held, built, move, effect, search, best, random
        The parts of a `State`.
    n_moves : int
    temperature : float
    penalty : (3,) array
        Cost per unit of excess of each limit.
    kinds : array of int
        Kinds of moves, from which each is drawn evenly.
    counts : (n_kinds, 3) array of int
        Added to, per kind: proposed, accepted, led to a new best.
    feasible : (3,) array of int
        Added to: after how many moves each limit was kept.
    """
    for _ in range(n_moves):
        kind = kinds[below(random, kinds.size)]
        n_out, n_new = propose(data, held, built, move, random, kind)
        counts[kind, 0] += 1
        if n_out + n_new and held.total[0] + n_new <= held.active.size:
            n_held, modules = _stock_after(data, held, move, n_out, n_new)
            now = _penalized(data, held.sums[0], held.total[0], held.sums[1], held.sums[2], penalty)
            budget = now - temperature * np.log(uniform(random))
            most = _affordable(data, budget - modules, n_held, penalty)
            code, operations, in_time = evaluate(data, held, built, move, effect, search, n_out, n_new, most)
            if code == 0 and _penalized(data, modules, n_held, operations, in_time, penalty) <= budget + ROUNDING:
                apply_move(data, held, built, move, effect, search, n_out, n_new, operations, in_time)
                counts[kind, 1] += 1
                counts[kind, 2] += keep_best(data, held, best)
        over = _excesses(data, held)
        for i in range(3):
            feasible[i] += over[i] <= 0


@compiled
def sample(data, held, built, move, effect, search, random, n_moves, penalty, kinds, increases):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Look at `n_moves` neighbors without moving; fill in the increases, return their number."""
    n = 0
    now = _penalized(data, held.sums[0], held.total[0], held.sums[1], held.sums[2], penalty)
    for _ in range(n_moves):
        n_out, n_new = propose(data, held, built, move, random, kinds[below(random, kinds.size)])
        if n_out + n_new == 0:
            continue
        n_held, modules = _stock_after(data, held, move, n_out, n_new)
        code, operations, in_time = evaluate(data, held, built, move, effect, search, n_out, n_new, np.inf)
        increase = _penalized(data, modules, n_held, operations, in_time, penalty) - now
        if code == 0 and increase > ROUNDING:
            increases[n] = increase
            n += 1
    return n


@compiled
def _stock_after(data, held, move, n_out, n_new):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return how many modules the move leaves, and what they cost."""
    modules = held.sums[0]
    for j in range(n_out):
        modules -= data.weight[held.size[move.out[j]]]
    for j in range(n_new):
        modules += data.weight[move.size[j]]
    return held.total[0] + n_new - n_out, modules


@compiled
def _excesses(data, held):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return by how much the state exceeds each limit: mean operations, modules, share in time."""
    limits = data.limits
    return held.sums[1] - limits[1], held.total[0] - limits[2], limits[3] - held.sums[2]


@compiled
def _penalized(data, modules, n_held, operations, in_time, penalty):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the cost of a stock less its constant part, plus the penalties."""
    limits = data.limits
    cost = modules + limits[0] * operations + penalty[0] * max(0.0, operations - limits[1])
    return cost + penalty[1] * max(0.0, n_held - limits[2]) + penalty[2] * max(0.0, limits[3] - in_time)


@compiled
def _affordable(data, budget, n_held, penalty):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the most mean operations at which assembly and penalties cost at most `budget`.

    Enough products are taken to be in time, so that no move is refused that might pass.
    """
    slope, limit = data.limits[0], data.limits[1]
    budget -= penalty[1] * max(0.0, n_held - data.limits[2])
    if slope <= 0:
        return np.inf
    if budget > slope * limit:
        return (budget + penalty[0] * limit) / (slope + penalty[0]) + ROUNDING
    return budget / slope + ROUNDING


@compiled
def keep_best(data, held, best):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Store the stock if it is feasible and the cheapest so far; return whether it was."""
    cost = held.sums[0] + data.limits[0] * held.sums[1]
    if cost >= best.cost[0] - ROUNDING:
        return False
    over = _excesses(data, held)
    if over[0] > 0 or over[1] > 0 or over[2] > 0:
        return False
    best.cost[0] = cost
    best.total[0] = held.total[0]
    for a in range(held.total[0]):
        copy(best.module, a, held.module, held.active[a])
    return True


@compiled
def resum(data, held, built):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Sum anew what every move updates, so that rounding does not pile up."""
    for i in range(3):
        held.sums[i] = 0.0
    for a in range(held.total[0]):
        held.sums[0] += data.weight[held.size[held.active[a]]]
    for k in range(data.share.size):
        operations = max(0, data.size[k] - 1) - built.saved[k]
        held.sums[1] += data.share[k] * operations
        if operations <= data.limits[4]:
            held.sums[2] += data.share[k]
