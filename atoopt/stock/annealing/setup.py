"""From an instance and a stock to the state of the search, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from atoopt.sets.bitsets import from_words, n_words, positions_of, to_words
from atoopt.stock.annealing.estimate import UNKNOWN
from atoopt.stock.annealing.moves.allowed import HASH_FACTOR, HASH_START
from atoopt.stock.annealing.state import Array, Best, Built, Data, Effect, Held, Move, Search, State
from atoopt.stock.annealing.steps import apply_move, evaluate, keep_best, resum
from atoopt.stock.candidates import fitting_some
from atoopt.stock.cost import DRIFT, CostEquation, cost_equation, limits_of
from atoopt.stock.instance import StockInstance

MOST_CHANGED = 2
"""A move lets at most two modules leave and two enter."""

DRAWS = 1 << 14
"""Length of the table from which products are drawn."""


def make_state(instance: StockInstance, stock: Iterable[int], seed: int, slots: int = 0) -> State:
    """Return the state of a stock (modules as bits); what fits in no product or is no candidate is left out.

    There are slots for at least twice as many modules as it holds.
    """
    modules = fitting_modules(instance, stock)
    slots = max(slots, 64, 2 * len(modules))
    n, words = instance.n_products, n_words(instance.n_components)
    product_words = n_words(n)
    longest = max(2, int(instance.product_sizes.max()))
    pieces = longest // 2 + 1
    items, depths = slots + MOST_CHANGED, longest + 2
    data = _data(instance)
    state = State(
        data=data,
        held=Held(_bits(slots, words), _ints(slots), _bits(slots, product_words), _bits(slots, product_words),
                  np.arange(slots), np.arange(slots), np.zeros(3), _ints(2)),
        built=Built(np.zeros((n, slots), np.int32), _ints(n), _ints(n), _ints(n, pieces), _ints(n),
                    np.full((n, pieces), UNKNOWN), np.ones(n, np.int64), np.array(data.products)),
        move=Move(_ints(MOST_CHANGED), _bits(MOST_CHANGED + 2, words), _ints(MOST_CHANGED), _ints(MOST_CHANGED),
                  _ints(MOST_CHANGED), _ints(MOST_CHANGED), _bits(MOST_CHANGED, product_words)),
        effect=Effect(_ints(n), _ints(n), _ints(n, pieces), _ints(n), _bits(3, product_words), _ints(n),
                      _ints(n)),
        search=Search(_ints(items), _bits(items, words), _ints(items), _bits(depths, words), _ints(depths),
                      _ints(depths), _ints(depths)),
        best=Best(_bits(slots, words), _ints(1), np.array([np.inf])),
        random=np.random.SeedSequence(seed).generate_state(2, np.uint64) | np.uint64(1),
    )  # fmt: skip
    resum(state)
    hold(state, modules, instance.n_components)
    return state


def hold(state: State, modules: Sequence[int], n_components: int) -> None:
    """Let these modules enter as far as there are slots, and note the stock if it is feasible."""
    for mask, row in zip(modules, to_words(modules, n_components), strict=True):
        state.move.new[0], state.move.size[0] = row, mask.bit_count()
        code, operations, in_time = evaluate(state, 0, 1, np.inf)
        if code == 0 and state.held.total[0] < state.held.active.size:
            apply_move(state, 0, 1, operations, in_time)
    resum(state)
    keep_best(state)


def replace_stock(state: State, modules: Sequence[int], n_components: int) -> None:
    """Let all other modules leave, and those of these enter that are not held."""
    slots = state.held.active[: state.held.total[0]].tolist()
    held = dict(zip(from_words(state.held.module[slots]), slots, strict=True))
    for slot in [held[mask] for mask in held.keys() - set(modules)]:
        state.move.out[0] = slot
        _, operations, in_time = evaluate(state, 1, 0, np.inf)
        apply_move(state, 1, 0, operations, in_time)
    hold(state, [mask for mask in modules if mask not in held], n_components)


def enlarge(instance: StockInstance, state: State) -> State:
    """Return the state with twice the slots where more than half are taken, or else as it is."""
    slots = state.held.active.size
    if 2 * state.held.total[0] <= slots:
        return state
    wider = make_state(instance, modules_held(state), 0, 2 * slots)
    n = state.best.total[0]
    wider.best.module[:n] = state.best.module[:n]
    wider.best.total[0], wider.best.cost[0] = n, state.best.cost[0]
    return wider._replace(random=state.random)


def keeps_limits(state: State) -> bool:
    """Return whether the present stock is feasible."""
    sums, limits = state.held.sums, state.data.limits
    return bool(sums[1] <= limits[1] and state.held.total[0] <= limits[2] and sums[2] >= limits[3])


def fitting_modules(instance: StockInstance, stock: Iterable[int]) -> list[int]:
    """Return the modules of two or more components that some product contains and the instance allows."""
    several = (mask for mask in set(stock) if mask & (mask - 1) and instance.allows(mask))
    return fitting_some(instance, sorted(several, key=lambda mask: (-mask.bit_count(), mask)))


def modules_held(state: State) -> list[int]:
    """Return the modules of the present stock as bits, ascending."""
    return sorted(from_words(state.held.module[state.held.active[: state.held.total[0]]]))


def best_modules(state: State) -> list[int] | None:
    """Return the modules of the best feasible stock as bits, ascending; None where none was found."""
    best = state.best
    return sorted(from_words(best.module[: best.total[0]])) if np.isfinite(best.cost[0]) else None


def _data(instance: StockInstance) -> Data:
    listed, listed_hash, cost = *_candidate_tables(instance), cost_equation(instance)
    order = np.argsort(-instance.shares, kind="stable")  # a move is refused sooner when much demand comes first
    size, share = instance.product_sizes[order], instance.shares[order]
    masks = [instance.product_masks[k] for k in order]
    return Data(
        products=instance.product_words[order], size=size, share=share,
        with_component=_with_component(masks, instance.n_components), draw=_draw_table(size, share),
        weight=cost.module(np.arange(instance.n_components + 1)), limits=_limits(instance, cost),
        listed=listed, listed_hash=listed_hash,
        neighbors=to_words(instance.neighbors or (), instance.n_components),
    )  # fmt: skip


def _limits(instance: StockInstance, cost: CostEquation) -> Array:
    """Return the cost of an operation, and the limits, so strict that what keeps them here keeps the evaluator's."""
    limits = limits_of(instance).stricter(DRIFT)
    return np.array([cost.per_operation, limits.operations, limits.modules, limits.share, limits.latest])


def _with_component(products: Sequence[int], n_components: int) -> Array:
    """Return, per component, the products that contain it, as bits."""
    columns = [0] * n_components
    for k, product in enumerate(products):
        for c in positions_of(product):
            columns[c] |= 1 << k
    return to_words(columns, len(products))


def _draw_table(size: Array, share: Array) -> Array:
    """Return products to draw from: three quarters by the operations they need, one quarter evenly."""
    needs = np.maximum(size - 1, 0)
    by_need = needs * share
    if not by_need.any():
        return np.zeros(1, np.int64)
    odds = 0.75 * by_need / by_need.sum() + 0.25 * (needs > 0) / np.count_nonzero(needs)
    middle = (np.arange(DRAWS) + 0.5) / DRAWS
    return np.minimum(np.searchsorted(np.cumsum(odds), middle), size.size - 1)


def _candidate_tables(instance: StockInstance) -> tuple[Array, Array]:
    """Return the listed candidates that fit in a product, and an open hash table of their rows."""
    if instance.candidate_masks is None:
        return _bits(0, n_words(instance.n_components)), np.full(1, -1)
    masks = fitting_modules(instance, instance.candidate_masks)
    listed = to_words(masks, instance.n_components)
    table = np.full(1 << (2 * len(masks) + 1).bit_length(), -1)
    for i, value in enumerate(_hashes(listed).tolist()):
        place = value & (table.size - 1)
        while table[place] >= 0:
            place = (place + 1) & (table.size - 1)
        table[place] = i
    return listed, table


def _hashes(rows: Array) -> Array:
    """Return what `moves.allowed.hash_of` makes of each set."""
    value = np.full(len(rows), HASH_START)
    for word in rows.T:
        value = (value ^ word) * HASH_FACTOR
        value ^= value >> np.uint64(29)
    return value


def _bits(*shape: int) -> Array:
    return np.zeros(shape, np.uint64)


def _ints(*shape: int) -> Array:
    return np.zeros(shape, np.int64)
