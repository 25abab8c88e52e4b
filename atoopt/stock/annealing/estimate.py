"""What a move changes at best, found without packing: most moves are refused, and most of these by this alone."""

from __future__ import annotations

import numpy as np

from atoopt.stock.annealing.bits import ONE, compiled, inlined, lowest, n_bits

UNKNOWN = -1
"""A loss that is not known."""

SETTLED = 2
"""The row of ``touched`` with the products whose loss is known and that gain nothing."""


@compiled
def estimate(data, held, built, move, effect, n_out, n_new, most_operations):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Sort the products that the move touches, and bound what they gain, until it is clear that that is too little.

    Those that lose a module and contain no new one are settled where the loss is known. A product that loses no
    module and cannot gain is left out. What is not looked at yet may gain all that a new module saves.

    Returns
    -------
    hope, operations, in_time : float
        Upper bound on the operations that the others gain; operations and share in time with the settled ones.
    """
    hope, operations, in_time, latest = 0.0, held.sums[1], held.sums[2], data.limits[4]
    for j in range(n_new):
        hope += _most_gained(move, j) * _demand(data, move, j)
    for v in range(effect.touched.shape[1]):
        losing, fitting = np.uint64(0), np.uint64(0)
        for j in range(n_out):
            losing |= held.using[move.out[j], v]
        for j in range(n_new):
            fitting |= move.fitting[j, v]
        gaining, settled, word = np.uint64(0), np.uint64(0), losing | fitting
        while word:
            k = 64 * v + lowest(word)
            bit = word & (~word + ONE)
            word ^= bit
            share, gain, hoped, regained = data.share[k], 0, 0, 0
            for j in range(n_new):
                if move.fitting[j, v] & bit:
                    gain += _most_saved(data, held, built, move, k, j, n_new)
                    hoped += _most_gained(move, j)
                    regained += move.size[j] - 1 - move.saved[j]
            if losing & bit:
                loss, known = _known_loss(held, built, move, k, v, bit, n_out)
                effect.loss[k] = loss if known else UNKNOWN
                if known and not fitting & bit:
                    before = data.size[k] - 1 - built.saved[k]
                    operations += share * loss
                    in_time += share * ((before + loss <= latest) - (before <= latest))
                    settled |= bit
                    if operations - hope > most_operations:
                        return hope, operations, in_time
                    continue
                gain = min(gain, regained - loss)
            elif gain:
                gaining |= bit
            effect.gain[k] = gain
            hope += share * (gain - hoped)
            if operations - hope > most_operations:
                return hope, operations, in_time
        effect.touched[0, v], effect.touched[1, v], effect.touched[SETTLED, v] = losing & ~settled, gaining, settled
    return hope, operations, in_time


@inlined
def _most_gained(move, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return what new module j saves on itself beyond the held ones, and so the most any product gains by it."""
    return move.size[j] - 1 - move.before[j]


@compiled
def _demand(data, move, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the share of the products that contain new module j."""
    demand = 0.0
    for v in range(move.fitting.shape[1]):
        word = move.fitting[j, v]
        while word:
            demand += data.share[64 * v + lowest(word)]
            word &= word - ONE
    return demand


@compiled
def _known_loss(held, built, move, k, v, bit, n_out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return a lower bound on the operations that product k loses without new modules, and whether it is exact."""
    loss, known = 0, True
    for j in range(n_out):
        slot = move.out[j]
        if held.using[slot, v] & bit:
            u = 0
            while built.used[k, u] != slot:
                u += 1
            loss = max(loss, built.loss[k, u])
            known = known and built.loss[k, u] >= 0
        elif held.fitting[slot, v] & bit:
            known = False  # it might have served instead
    if n_out == 2 and held.using[move.out[0], v] & held.using[move.out[1], v] & bit:
        known = False
    return loss, known


@compiled
def _most_saved(data, held, built, move, k, j, n_new):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return the most operations that new module j can save on product k.

    A partition with the module becomes one without it by partitioning the module, so it saves at most what
    the held modules leave of it. And beside the module there is a piece for each component that nothing else
    covers, and enough for the others in the largest modules that fit.
    """
    largest = built.largest[k]
    for i in range(n_new):
        if i != j:
            largest = max(largest, move.size[i])
    lone = 0
    for w in range(move.new.shape[1]):
        word = built.lone[k, w] & ~move.new[j, w]
        for i in range(n_new):
            word &= ~move.new[i, w]
        lone += n_bits(word)
    others = data.size[k] - move.size[j] - lone
    pieces = 1 + lone + (others + largest - 1) // largest
    return max(0, min(_most_gained(move, j), data.size[k] - built.saved[k] - pieces))
