"""What a move changes, product by product, and making it so.

Only products built with a module that leaves, or that contain one that enters, are packed anew. The others
keep their partition: a module that enters can only serve a product that contains it, and one that leaves
unused was not needed.
"""

from __future__ import annotations

import numpy as np

from atoopt.stock.annealing.bits import ONE, compiled, copy, discard, has, inlined, inside, lowest, put, remove
from atoopt.stock.annealing.estimate import SETTLED, UNKNOWN, estimate
from atoopt.stock.annealing.packing import insert_item, pack

NO_CHANGE = -1
REJECTED = -2

NOT_PACKED = -1
"""In place of how many modules build a product: its partition is found when the move is made."""


@compiled
def evaluate(data, held, built, move, effect, search, n_out, n_new, most_operations):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Find what leaving ``out`` and entering ``new`` changes; nothing is changed yet.

    Returns
    -------
    code : int
        0, or `NO_CHANGE` (a new module is held already), or `REJECTED`: more than `most_operations` mean
        operations are certain.
    operations, in_time : float
        Mean operations and share in time after the move (of no meaning unless the code is 0).
    """
    operations, in_time = held.sums[1], held.sums[2]
    for j in range(n_new):
        if not _held_inside(held, move, search, j, n_out):
            return NO_CHANGE, operations, in_time
        find_fitting(data, move, j)
    hope, operations, in_time = estimate(data, held, built, move, effect, n_out, n_new, most_operations)
    held.total[1] = 0
    if operations - hope > most_operations:
        return REJECTED, operations, in_time
    latest = data.limits[4]
    for turn in range(2):  # products that lose a module first: what they add may settle it
        for v in range(effect.touched.shape[1]):
            word = effect.touched[turn, v]
            while word:
                if operations - hope > most_operations:
                    return REJECTED, operations, in_time
                k = 64 * v + lowest(word)
                word &= word - ONE
                share, before = data.share[k], data.size[k] - 1 - built.saved[k]
                hope -= share * effect.gain[k]
                if repack(data, held, built, move, effect, search, held.total[1], k, n_out, n_new, effect.loss[k]):
                    after = data.size[k] - 1 - effect.saved[held.total[1]]
                    operations += share * (after - before)
                    in_time += share * ((after <= latest) - (before <= latest))
                    held.total[1] += 1
    if operations > most_operations:
        return REJECTED, operations, in_time
    for v in range(effect.touched.shape[1]):
        word = effect.touched[SETTLED, v]
        while word:
            effect.product[held.total[1]], effect.n_used[held.total[1]] = 64 * v + lowest(word), NOT_PACKED
            held.total[1] += 1
            word &= word - ONE
    return 0, operations, in_time


@compiled
def repack(data, held, built, move, effect, search, c, k, n_out, n_new, loss):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Write the new partition of product k as change c; return whether it differs from the present one.

    Where it is known what the product loses without ``out``, and no new module makes up for some of that, the
    partition is left open (`NOT_PACKED`): few moves are made.
    """
    n_used, saved, differs = 0, built.saved[k], False
    for u in range(built.n_used[k]):
        slot = built.used[k, u]
        if _leaves(move, slot, n_out):
            saved -= held.size[slot] - 1
            differs = True
        else:
            effect.used[c, n_used] = slot
            n_used += 1
    if differs and loss != UNKNOWN:
        saved, n_used = built.saved[k] - loss, NOT_PACKED
    elif differs:
        copy(search.rest, 0, data.products, k)
        n_items = _list_items(held, built, move, search, k, n_out, np.int64(0))
        packed, n_chosen = pack(search, n_items, saved, built.saved[k])
        if n_chosen >= 0:
            saved, n_used = packed, n_chosen
            for u in range(n_used):
                effect.used[c, u] = search.chosen[u]
        if n_out == 1:
            _note_loss(built, move, k, saved)
    most = built.saved[k]
    for j in range(n_new):
        if not has(move.fitting, j, k):
            continue
        # the new module is taken: what must the rest save, and what can it, to beat the present partition?
        floor = saved - (move.size[j] - 1)
        ceiling = min(saved - move.saved[j], most - move.before[j], max(0, data.size[k] - move.size[j] - 1))
        most += move.size[j] - 1 - move.before[j]
        if 0 <= floor >= ceiling:
            continue
        for w in range(search.rest.shape[1]):
            search.rest[0, w] = data.products[k, w] & ~move.new[j, w]
        n_items = _list_items(held, built, move, search, k, n_out, j)
        packed, n_chosen = pack(search, n_items, floor, ceiling)
        if n_chosen >= 0:
            saved, n_used, differs = packed + move.size[j] - 1, n_chosen + 1, True
            for u in range(n_chosen):
                effect.used[c, u] = search.chosen[u]
            effect.used[c, n_chosen] = -1 - j
    effect.product[c], effect.saved[c], effect.n_used[c] = k, saved, n_used
    return differs


@inlined
def _note_loss(built, move, k, saved):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Keep what product k loses without ``out[0]``, for most moves are refused and it will be asked again."""
    for u in range(built.n_used[k]):
        if built.used[k, u] == move.out[0]:
            built.loss[k, u] = built.saved[k] - saved


@compiled
def _list_items(held, built, move, search, k, n_out, n_new):  # type: ignore[no-untyped-def]  # pragma: no cover
    """List as items the modules of product k that fit in ``rest[0]``: held, not leaving, and the first new ones."""
    n = 0
    for f in range(built.n_fits[k]):
        slot = built.fits[k, f]
        if inside(held.module, slot, search.rest, 0) and not _leaves(move, slot, n_out):
            search.item[n], search.size[n] = slot, held.size[slot]
            copy(search.mask, n, held.module, slot)
            n += 1
    for j in range(n_new):
        if inside(move.new, j, search.rest, 0):
            insert_item(search, n, -1 - j, move.size[j], move.new, j)
            n += 1
    return n


@inlined
def _leaves(move, slot, n_out):  # type: ignore[no-untyped-def]  # pragma: no cover
    for j in range(n_out):  # noqa: SIM110 -- a generator would not compile
        if move.out[j] == slot:
            return True
    return False


@compiled
def find_fitting(data, move, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in which products contain new module j."""
    first = True
    for w in range(move.new.shape[1]):
        word = move.new[j, w]
        while word:
            c = 64 * w + lowest(word)
            word &= word - ONE
            if first:
                copy(move.fitting, j, data.with_component, c)
            else:
                for v in range(move.fitting.shape[1]):
                    move.fitting[j, v] &= data.with_component[c, v]
            first = False


@compiled
def _held_inside(held, move, search, j, n_out):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill in what all modules, and those that stay, save on new module j as on a product; False if it is held."""
    n = 0
    for a in range(held.total[0]):
        slot = held.active[a]
        if inside(held.module, slot, move.new, j):
            if held.size[slot] == move.size[j]:
                return False
            if not _leaves(move, slot, n_out):
                insert_item(search, n, slot, held.size[slot], held.module, slot)
                n += 1
    copy(search.rest, 0, move.new, j)
    move.saved[j], _ = pack(search, np.int64(n), np.int64(0), move.size[j] - 1)
    move.before[j], staying = move.saved[j], n
    for i in range(n_out):
        if inside(held.module, move.out[i], move.new, j):
            insert_item(search, n, move.out[i], held.size[move.out[i]], held.module, move.out[i])
            n += 1
    if n > staying:
        copy(search.rest, 0, move.new, j)
        move.before[j], _ = pack(search, np.int64(n), move.saved[j], move.size[j] - 1)
    return True


@compiled
def apply_move(data, held, built, move, effect, search, n_out, n_new, operations, in_time):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Make the move that `evaluate` has just looked at."""
    for c in range(held.total[1]):
        if effect.n_used[c] == NOT_PACKED:
            repack(data, held, built, move, effect, search, c, effect.product[c], n_out, n_new, UNKNOWN)
    for j in range(n_out):
        _leave(data, held, built, move.out[j])
    for j in range(n_new):
        move.slot[j] = _enter(data, held, built, move, j)
    for c in range(held.total[1]):
        k = effect.product[c]
        for u in range(built.n_used[k]):
            discard(held.using, built.used[k, u], k)
        for u in range(effect.n_used[c]):
            slot = effect.used[c, u]
            if slot < 0:
                slot = move.slot[-1 - slot]
            built.used[k, u] = slot
            put(held.using, slot, k)
        built.n_used[k] = effect.n_used[c]
        _forget_losses(built, k)
        built.saved[k] = effect.saved[c]
    held.sums[1], held.sums[2] = operations, in_time


@inlined
def _forget_losses(built, k):  # type: ignore[no-untyped-def]  # pragma: no cover
    for u in range(built.n_used[k]):
        built.loss[k, u] = UNKNOWN


@compiled
def _leave(data, held, built, slot):  # type: ignore[no-untyped-def]  # pragma: no cover
    for v in range(held.fitting.shape[1]):
        word = held.fitting[slot, v]
        while word:
            k = 64 * v + lowest(word)
            word &= word - ONE
            _forget_losses(built, k)
            f = 0
            while built.fits[k, f] != slot:
                f += 1
            built.n_fits[k] -= 1
            for g in range(f, built.n_fits[k]):
                built.fits[k, g] = built.fits[k, g + 1]
            built.largest[k] = held.size[built.fits[k, 0]] if built.n_fits[k] else 1
            copy(built.lone, k, data.products, k)
            for g in range(built.n_fits[k]):
                remove(built.lone, k, held.module, built.fits[k, g])
    held.total[0] -= 1
    last, a = held.active[held.total[0]], held.place[slot]
    held.active[a], held.place[last] = last, a
    held.active[held.total[0]], held.place[slot] = slot, held.total[0]
    held.sums[0] -= data.weight[held.size[slot]]


@compiled
def _enter(data, held, built, move, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    slot = held.active[held.total[0]]
    held.total[0] += 1
    held.size[slot] = move.size[j]
    copy(held.module, slot, move.new, j)
    copy(held.fitting, slot, move.fitting, j)
    held.sums[0] += data.weight[move.size[j]]
    for v in range(held.fitting.shape[1]):
        held.using[slot, v] = np.uint64(0)
        word = held.fitting[slot, v]
        while word:
            k = 64 * v + lowest(word)
            word &= word - ONE
            _forget_losses(built, k)
            f = built.n_fits[k]
            while f > 0 and held.size[built.fits[k, f - 1]] < move.size[j]:
                built.fits[k, f] = built.fits[k, f - 1]
                f -= 1
            built.fits[k, f] = slot
            built.largest[k] = max(built.largest[k], move.size[j])
            built.n_fits[k] += 1
            remove(built.lone, k, held.module, slot)
    return slot
