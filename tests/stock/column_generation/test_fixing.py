"""Reduced-cost fixing and closed nodes: what is left out, or fixed, is so in every better stock."""

from __future__ import annotations

import numpy as np
import pytest

from atoopt.stock.column_generation.ascent import Duals, Primal, dual_value
from atoopt.stock.column_generation.bound import certify
from atoopt.stock.column_generation.closing import closed, start_race
from atoopt.stock.column_generation.pool import Slice
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.column_generation.work import Settings, Work
from atoopt.stock.evaluate import Evaluation
from tests.stock.column_generation.lagrangian import restricted_duals, uses
from tests.stock.small import Deaf, evaluated, held_at_all, several, small_instance, used

SEEDS = range(60)


def at_cutoff(seed: int, above: int, settings: Settings) -> tuple[Work, Deaf, list[Evaluation]]:
    """Return the work on an instance whose incumbent is just above so many stocks, and these stocks."""
    instance = small_instance(seed)
    stocks = sorted(evaluated(instance), key=lambda stock: stock.cost)[: above + 1]
    incumbent = Deaf(instance, stocks[-1].cost * (1 + 1e-6) + 1e-6)
    work = Work(relax(instance), incumbent.run, incumbent, settings)
    return work, incumbent, [stock for stock in stocks if stock.cost < incumbent.cutoff]


def worse(duals: Duals, random: np.random.Generator) -> Duals:
    """Return duals that are off a little, so that more than one stock is left."""
    rows = duals.rows * random.uniform(0.9, 1.1, duals.rows.size)
    return Duals(rows, duals.limits, duals.room, duals.balance, duals.envelopes, duals.timely)


def keeps(work: Work, part: Slice, stock: Evaluation) -> bool:
    """Whether a slice has what a stock's products are built with, and fixes nothing else."""
    modules = {work.pool.masks[p]: held > 0 for p, held in zip(part.module.tolist(), part.held.tolist(), strict=True)}
    owner = np.repeat(part.module, np.diff(part.start)).tolist()
    pairs = {(work.pool.masks[p], k) for p, k in zip(owner, part.product.tolist(), strict=True)}
    fixed = {mask for mask, held in modules.items() if held}
    return used(stock) <= modules.keys() and uses(work.relaxation, stock) <= pairs and fixed <= several(stock)


@pytest.mark.parametrize("above", [0, 3, 12])
def test_no_better_stock_loses_a_module_or_a_pair(above: int) -> None:
    """At any duals, a slice that is left keeps each stock below the cutoff; something is left out, something fixed."""
    out = fixed = pairs = closed_ = 0
    for seed in SEEDS:
        work, _, stocks = at_cutoff(seed, above, Settings())
        work.pool.add(held_at_all(work.incumbent.instance))
        random = np.random.default_rng(seed)
        everything, nothing = np.arange(len(work.pool)), np.zeros(0, dtype=np.int64)
        nearly = restricted_duals(work.relaxation, work.pool)
        for duals in (nearly, worse(nearly, random), worse(nearly, random)):
            part = work.reduced(everything, nothing, duals)
            assert part is not None, seed
            assert all(keeps(work, part, stock) for stock in stocks), seed
            out += part.module.size < everything.size
            fixed += bool(part.held.any())
            pairs += part.pair.size < work.pool.slice(part.module, part.held).pair.size
            below = work.reduced(everything[:2], nothing, duals)
            assert below is not None or not any(several(s) <= set(work.pool.masks[:2]) for s in stocks), seed
            closed_ += below is None
    assert min(out, fixed, pairs, closed_) > (4 if above < 12 else 0)


def test_fixed_modules_stay_fixed() -> None:
    """What a node holds is held in all that is laid out of it, however much it loses."""
    for seed in SEEDS:
        work, _, stocks = at_cutoff(seed, 8, Settings())
        work.pool.add(held_at_all(work.incumbent.instance))
        duals = restricted_duals(work.relaxation, work.pool)
        for held in (np.array([0]), np.array([1, 3])):
            names = {work.pool.masks[p] for p in held.tolist()}
            part = work.reduced(np.arange(len(work.pool)), held, duals)
            of_node = [stock for stock in stocks if names <= several(stock)]
            assert part is not None or not of_node, seed
            if part is not None:
                assert set(held.tolist()) <= set(part.module[part.held > 0].tolist())
                assert all(keeps(work, part, stock) for stock in of_node), seed


@pytest.mark.parametrize("most", [1, 3, 5000])
@pytest.mark.parametrize("nodes", [3, 200_000])
def test_a_closed_node_has_every_better_stock(most: int, nodes: int) -> None:
    """A slice that is called closed keeps each stock below the cutoff, also of modules that nobody knew before."""
    whole = broken_off = unknown = 0
    for seed in SEEDS:
        work, _, stocks = at_cutoff(seed, 6, Settings(closed_modules=most, closed_nodes=nodes))
        instance = work.incumbent.instance
        few = held_at_all(instance)[:2] if instance.candidate_masks is None else held_at_all(instance)
        work.pool.add(few)
        known = len(work.pool)
        duals = restricted_duals(work.relaxation, work.pool)
        proof = certify(work.relaxation, work.pool, work.pool.whole(), duals)
        part = work.reduced(np.arange(known), np.zeros(0, dtype=np.int64), proof.duals)
        if part is None:
            continue
        last, complete = closed(work, part, proof.duals, known)
        assert last is not None or not stocks, seed
        if complete and last is not None:
            assert all(keeps(work, last, stock) for stock in stocks), seed
            unknown += len(work.pool) > known
        whole += complete
        broken_off += not complete
    if most == 5000 and nodes == 200_000:
        assert min(whole, unknown) > 20
        assert broken_off == 0
    else:
        assert broken_off > 5


def test_the_race_proves_what_the_root_allows() -> None:
    """One MILP over the closed root: it ends with the best stock, and no bound of its is above that."""
    for seed in SEEDS[:20]:
        work, incumbent, stocks = at_cutoff(seed, 3, Settings())
        if work.relaxation.reward < 0:
            continue
        work.pool.add(held_at_all(incumbent.instance))
        assert work.raced == -np.inf
        start_race(work, work.pool.whole())
        assert work.race is not None
        work.race.join()
        assert incumbent.offered == pytest.approx(stocks[0].cost, rel=1e-7), seed
        assert stocks[0].cost - 1.0 < work.raced <= stocks[0].cost + 1e-6, seed


def test_the_floor_is_what_closed_nodes_prove() -> None:
    """It falls to the least bound below the cutoff, and to none above it."""
    work, incumbent, _ = at_cutoff(0, 3, Settings())
    work.lower_floor(incumbent.cutoff)
    assert work.floor == np.inf
    for bound, floor in ((incumbent.cutoff - 0.1, incumbent.cutoff - 0.1), (1.0, 1.0), (2.0, 1.0)):
        work.lower_floor(bound)
        assert work.floor == floor


def test_a_primal_solution_is_laid_out_for_another_slice() -> None:
    """Each pair keeps its x, those of other slices are dropped, and y is the least that the pairs allow."""
    work, _, _ = at_cutoff(3, 3, Settings())
    work.pool.add(held_at_all(work.incumbent.instance))
    whole = work.pool.whole()
    x = np.random.default_rng(0).uniform(0.1, 0.9, whole.pair.size)
    half = work.pool.slice(np.arange(0, len(work.pool), 2), np.zeros(len(work.pool) // 2 + len(work.pool) % 2))
    primal = work.warm(half, whole.pair, x)
    assert primal.pairs.tolist() == x[half.pair].tolist()
    owner = np.repeat(np.arange(half.module.size), np.diff(half.start))
    assert primal.modules.tolist() == [max(x[half.pair][owner == j], default=0.0) for j in range(half.module.size)]


def test_a_longer_slice_has_what_it_had_and_what_is_new() -> None:
    """Modules found since are added with all their pairs, nothing of them fixed; left-out pairs stay out."""
    work, _, _ = at_cutoff(3, 3, Settings())
    modules = held_at_all(work.incumbent.instance)
    work.pool.add(modules[:4])
    some = np.random.default_rng(0).random(work.pool.n_pairs) < 0.5
    part = work.pool.slice(np.arange(4), np.array([1.0, 0.0, 0.0, 0.0]), some)
    work.pool.add(modules[4:])
    zeros = Primal(np.zeros(part.pair.size), np.zeros(4))
    longer, _ = work.extended(part, zeros, 4, len(work.pool))
    later = work.pool.slice(np.arange(4, len(work.pool)), np.zeros(len(work.pool) - 4))
    assert longer.module.tolist() == list(range(len(work.pool)))
    assert longer.pair.tolist() == [*part.pair.tolist(), *later.pair.tolist()]
    assert longer.held.tolist() == [1.0] + [0.0] * (len(work.pool) - 1)
    assert dual_value(work.relaxation, longer, restricted_duals(work.relaxation, work.pool))[0] < np.inf
