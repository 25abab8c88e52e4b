"""Reduced-cost fixing and closed nodes: what is left out, or fixed, is so in every better stock."""

from __future__ import annotations

import numpy as np
import pytest

from atoopt.stock.column_generation.column_enumeration import EnumerationParameters, with_all_columns
from atoopt.stock.column_generation.leaf import start_milp_beside
from atoopt.stock.column_generation.master.lagrangian import Duals, lagrangian
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster
from atoopt.stock.column_generation.master.warm_start import extended, warm_start
from atoopt.stock.column_generation.parameters import DEFAULTS, Parameters
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.reduced_cost_fixing import fix_by_reduced_cost
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.column_generation.search import Search
from atoopt.stock.evaluation import Evaluation
from tests.stock.column_generation.lagrangian import restricted_duals, uses
from tests.stock.small import Deaf, evaluated, held_at_all, several, small_instance, used

SEEDS = range(60)


def at_cutoff(seed: int, above: int, parameters: Parameters = DEFAULTS) -> tuple[Search, Deaf, list[Evaluation]]:
    """Return the search on an instance whose incumbent is just above so many stocks, and these stocks."""
    instance = small_instance(seed)
    stocks = sorted(evaluated(instance), key=lambda stock: stock.cost)[: above + 1]
    incumbent = Deaf(instance, stocks[-1].cost * (1 + 1e-6) + 1e-6)
    search = Search(relax(instance), incumbent.run, incumbent, parameters)
    return search, incumbent, [stock for stock in stocks if stock.cost < incumbent.cutoff]


def worse(duals: Duals, random: np.random.Generator) -> Duals:
    """Return duals that are off a little, so that more than one stock is left."""
    rows = duals.rows * random.uniform(0.9, 1.1, duals.rows.size)
    return Duals(rows, duals.limits, duals.module_limit, duals.primal_weight, duals.envelopes, duals.copies)


def keeps(search: Search, part: RestrictedMaster, stock: Evaluation) -> bool:
    """Whether a slice has what a stock's products are built with, and fixes nothing else."""
    modules = {
        search.pool.masks[p]: held > 0 for p, held in zip(part.module.tolist(), part.fixed.tolist(), strict=True)
    }
    owner = np.repeat(part.module, np.diff(part.start)).tolist()
    pairs = {(search.pool.masks[p], k) for p, k in zip(owner, part.product.tolist(), strict=True)}
    fixed = {mask for mask, held in modules.items() if held}
    return used(stock) <= modules.keys() and uses(search.relaxation, stock) <= pairs and fixed <= several(stock)


@pytest.mark.parametrize("above", [0, 3, 12])
def test_no_better_stock_loses_a_module_or_a_pair(above: int) -> None:
    """At any duals, a slice that is left keeps each stock below the cutoff; something is left out, something fixed."""
    out = fixed = pairs = closed_ = 0
    for seed in SEEDS:
        search, _, stocks = at_cutoff(seed, above)
        search.pool.add(held_at_all(search.incumbent.instance))
        random = np.random.default_rng(seed)
        everything, nothing = np.arange(len(search.pool)), np.zeros(0, dtype=np.int64)
        nearly = restricted_duals(search.relaxation, search.pool)
        for duals in (nearly, worse(nearly, random), worse(nearly, random)):
            part = fix_by_reduced_cost(search.pool, everything, nothing, duals, search.cutoff)
            assert part is not None, seed
            assert all(keeps(search, part, stock) for stock in stocks), seed
            out += part.module.size < everything.size
            fixed += bool(part.fixed.any())
            pairs += part.pair.size < search.pool.restricted_master(part.module, part.fixed).pair.size
            below = fix_by_reduced_cost(search.pool, everything[:2], nothing, duals, search.cutoff)
            assert below is not None or not any(several(s) <= set(search.pool.masks[:2]) for s in stocks), seed
            closed_ += below is None
    assert min(out, fixed, pairs, closed_) > (4 if above < 12 else 0)


def test_fixed_modules_stay_fixed() -> None:
    """What a node holds is held in all that is laid out of it, however much it loses."""
    for seed in SEEDS:
        search, _, stocks = at_cutoff(seed, 8)
        search.pool.add(held_at_all(search.incumbent.instance))
        duals = restricted_duals(search.relaxation, search.pool)
        for held in (np.array([0]), np.array([1, 3])):
            names = {search.pool.masks[p] for p in held.tolist()}
            part = fix_by_reduced_cost(search.pool, np.arange(len(search.pool)), held, duals, search.cutoff)
            of_node = [stock for stock in stocks if names <= several(stock)]
            assert part is not None or not of_node, seed
            if part is not None:
                assert set(held.tolist()) <= set(part.module[part.fixed > 0].tolist())
                assert all(keeps(search, part, stock) for stock in of_node), seed


@pytest.mark.parametrize("most", [1, 3, 5000])
@pytest.mark.parametrize("nodes", [3, 200_000])
def test_a_closed_node_has_every_better_stock(most: int, nodes: int) -> None:
    """A slice that is called closed keeps each stock below the cutoff, also of modules that nobody knew before."""
    whole = broken_off = unknown = 0
    for seed in SEEDS:
        search, _, stocks = at_cutoff(seed, 6, Parameters(enumeration=EnumerationParameters(most, nodes)))
        instance = search.incumbent.instance
        few = held_at_all(instance)[:2] if instance.candidate_masks is None else held_at_all(instance)
        search.pool.add(few)
        known = len(search.pool)
        duals = restricted_duals(search.relaxation, search.pool)
        proof = dual_bound(search.pool, search.pool.whole_master(), duals)
        part = fix_by_reduced_cost(
            search.pool, np.arange(known), np.zeros(0, dtype=np.int64), proof.duals, search.cutoff
        )
        if part is None:
            continue
        last, complete = with_all_columns(
            search.pool, part, proof.duals, known, search.cutoff, search.parameters.enumeration
        )
        assert last is not None or not stocks, seed
        if complete and last is not None:
            assert all(keeps(search, last, stock) for stock in stocks), seed
            unknown += len(search.pool) > known
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
        search, incumbent, stocks = at_cutoff(seed, 3)
        if search.relaxation.reward < 0:
            continue
        search.pool.add(held_at_all(incumbent.instance))
        assert search.bound_beside == -np.inf
        start_milp_beside(search, search.pool.whole_master())
        assert search.milp_beside is not None
        search.milp_beside.join()
        assert incumbent.offered == pytest.approx(stocks[0].cost, rel=1e-7), seed
        assert stocks[0].cost - 1.0 < search.bound_beside <= stocks[0].cost + 1e-6, seed


def test_the_floor_is_what_closed_nodes_prove() -> None:
    """It falls to the least bound below the cutoff, and to none above it."""
    search, incumbent, _ = at_cutoff(0, 3)
    search.lower_floor(incumbent.cutoff)
    assert search.floor == np.inf
    for bound, floor in ((incumbent.cutoff - 0.1, incumbent.cutoff - 0.1), (1.0, 1.0), (2.0, 1.0)):
        search.lower_floor(bound)
        assert search.floor == floor


def test_a_primal_solution_is_laid_out_for_another_slice() -> None:
    """Each pair keeps its x, those of other slices are dropped, and y is the least that the pairs allow."""
    search, _, _ = at_cutoff(3, 3)
    search.pool.add(held_at_all(search.incumbent.instance))
    whole = search.pool.whole_master()
    x = np.random.default_rng(0).uniform(0.1, 0.9, whole.pair.size)
    half = search.pool.restricted_master(
        np.arange(0, len(search.pool), 2), np.zeros(len(search.pool) // 2 + len(search.pool) % 2)
    )
    primal = warm_start(search.pool, half, whole.pair, x)
    assert primal.pairs.tolist() == x[half.pair].tolist()
    owner = np.repeat(np.arange(half.module.size), np.diff(half.start))
    assert primal.modules.tolist() == [max(x[half.pair][owner == j], default=0.0) for j in range(half.module.size)]


def test_a_longer_slice_has_what_it_had_and_what_is_new() -> None:
    """Modules found since are added with all their pairs, nothing of them fixed; left-out pairs stay out."""
    search, _, _ = at_cutoff(3, 3)
    modules = held_at_all(search.incumbent.instance)
    search.pool.add(modules[:4])
    some = np.random.default_rng(0).random(search.pool.n_pairs) < 0.5
    part = search.pool.restricted_master(np.arange(4), np.array([1.0, 0.0, 0.0, 0.0]), some)
    search.pool.add(modules[4:])
    zeros = Primal(np.zeros(part.pair.size), np.zeros(4))
    longer, _ = extended(search.pool, part, zeros, np.arange(4, len(search.pool)))
    later = search.pool.restricted_master(np.arange(4, len(search.pool)), np.zeros(len(search.pool) - 4))
    assert longer.module.tolist() == list(range(len(search.pool)))
    assert longer.pair.tolist() == [*part.pair.tolist(), *later.pair.tolist()]
    assert longer.fixed.tolist() == [1.0] + [0.0] * (len(search.pool) - 1)
    assert lagrangian(longer, restricted_duals(search.relaxation, search.pool))[0] < np.inf
