"""What bounds over all modules rest on: no unknown module pays, none within the gap is missing, none is too dear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.separation import separate_cliques
from atoopt.stock.column_generation.master.lagrangian import Duals, lagrangian
from atoopt.stock.column_generation.pricing.dual_bound import PricingParameters, dual_bound, farley
from atoopt.stock.column_generation.relaxation import Relaxation, relax
from tests.stock.column_generation.helpers import within
from tests.stock.column_generation.lagrangian import profits, random_duals, restricted_duals
from tests.stock.small import evaluated, held_at_all, least_cost, small_instance, used

SEEDS = range(60)
NODES = 10**6


def unlisted(seed: int) -> tuple[Relaxation, np.random.Generator]:
    """Return the relaxation of a small instance without a list of candidates, and random numbers."""
    return relax(small_instance(seed).replace(candidate_modules=None)), np.random.default_rng(seed)


def some_known(relaxation: Relaxation, random: np.random.Generator, most: int = 3) -> ColumnPool:
    """Return a pool of a few modules, and of cuts that random fractions of them break."""
    modules = held_at_all(relaxation.instance)
    pool = ColumnPool(relaxation)
    pool.add([modules[i] for i in random.choice(len(modules), min(most, len(modules)), replace=False)])
    for _ in range(2):
        separate_cliques(pool, pool.whole_master(), random.uniform(0.4, 0.9, pool.n_pairs))
    return pool


def test_scaled_duals_leave_no_module_a_profit() -> None:
    """Farley's scaling by the largest profit of all: priced one by one, no module has any, and one is near it."""
    nearest, paying = [], 0
    for seed in SEEDS:
        relaxation, random = unlisted(seed)
        pool = some_known(relaxation, random, 8)
        duals = random_duals(relaxation, random, pool.cliques.n_cuts)
        largest = max(profits(relaxation, pool, duals).values())
        if largest <= 0:
            continue
        paying += 1
        scaled = farley(relaxation, duals, largest)
        assert scaled is not None
        left = max(profits(relaxation, pool, scaled).values())
        assert left <= 1e-12
        nearest.append(left)
    assert paying > len(SEEDS) / 2
    assert max(nearest) > -0.1


def test_where_modules_may_be_free_there_is_no_scaling() -> None:
    """Without a least cost of a module, no multiple of the duals will do."""
    instance = small_instance(0)
    free = instance.costs.model_copy(update={"preassembly": 0.0, "fixed_transport": 0.0, "variable_transport": 0.0})
    relaxation = relax(instance.replace(costs=free, max_modules=None))
    assert farley(relaxation, random_duals(relaxation, np.random.default_rng(0)), 1.0) is None


def at_duals(seed: int) -> tuple[Relaxation, ColumnPool, Duals]:
    """Return a relaxation, a pool of few modules, and duals: any, or the best for these modules."""
    relaxation, random = unlisted(seed)
    pool = some_known(relaxation, random)
    any_ = random_duals(relaxation, random, pool.cliques.n_cuts)
    return relaxation, pool, any_ if seed % 3 == 0 else restricted_duals(relaxation, pool)


@pytest.mark.parametrize(("repairs", "most"), [(1, 1), (2, 2), (1, 300), (30, 300)])
def test_a_bound_is_proven_however_pricing_ends(repairs: int, most: int) -> None:
    """Repairs of one module or of all that pay, to the end or broken off: no stock costs less, no new module pays."""
    parameters = PricingParameters(max_columns_of_search=(most, most), max_repairs=repairs)
    promised = 0
    for seed in SEEDS:
        relaxation, pool, duals = at_duals(seed)
        best = least_cost(relaxation.instance)
        proof = dual_bound(pool, pool.whole_master(), duals, parameters=parameters)
        assert proof.value is not None
        assert proof.value <= best + 1e-9, seed
        assert proof.value <= lagrangian(pool.whole_master(), proof.duals)[0]
        left = profits(relaxation, pool, proof.duals)
        assert max([0.0, *(gained for mask, gained in left.items() if mask not in pool.position)]) <= 1e-9, seed
        before = profits(relaxation, pool, duals)
        assert all(before[mask] > 0 and mask not in pool.position for mask in proof.columns), seed
        if most > len(before):
            assert bool(proof.columns) == any(before[mask] > 1e-9 for mask in before.keys() - pool.position.keys())
        promised += lagrangian(pool.whole_master(), duals)[0] > best + 0.01
    assert promised > 20


def test_cuts_that_came_later_charge_nothing() -> None:
    """Duals from before some cuts prove what they prove with zeros for them."""
    several = 0
    for seed in SEEDS:
        relaxation, pool, duals = at_duals(seed)
        half = pool.cliques.n_cuts // 2
        before = replace(duals, rows=duals.rows[: relaxation.n_rows + half])
        zeros = replace(duals, rows=np.append(before.rows, np.zeros(pool.cliques.n_cuts - half)))
        one, other = (dual_bound(pool, pool.whole_master(), each) for each in (before, zeros))
        assert (one.value, one.columns) == (other.value, other.columns)
        several += pool.cliques.n_cuts > 1
    assert several > 20


def test_modules_that_came_later_are_priced_too() -> None:
    """Of the pool only the first so many count as known to the slice: the others are repaired for like new ones."""
    later = 0
    for seed in SEEDS:
        relaxation, pool, duals = at_duals(seed)
        part, known = pool.whole_master(), len(pool)
        pool.add(held_at_all(relaxation.instance))
        proof = dual_bound(pool, part, duals, known)
        assert proof.value is not None
        assert proof.value <= least_cost(relaxation.instance) + 1e-9, seed
        later += bool(proof.columns)
    assert later > 20


@pytest.mark.parametrize("most", [1, 2, 100])
@pytest.mark.parametrize("max_nodes", [2, 6, NODES])
def test_modules_within_a_gap_are_all_there_or_it_is_said(most: int, max_nodes: int) -> None:
    """Where the list is called complete it has each module whose profit is above -gap, priced one by one."""
    whole = broken_off = 0
    for seed in SEEDS:
        relaxation, pool, duals = at_duals(seed)
        priced = profits(relaxation, pool, duals)
        ordered = sorted(priced.values())
        for gap in (0.0, 0.2, 1.0, -ordered[len(ordered) // 2] + 1e-6):
            listed, complete = within(pool, duals, gap, most, max_nodes)
            wanted = {mask for mask, gained in priced.items() if gained > -gap + 1e-9}
            assert set(listed) <= {mask for mask, gained in priced.items() if gained > -gap - 1e-9}
            assert not complete or wanted <= set(listed), seed
            whole += complete and bool(wanted)
            broken_off += not complete
    assert (whole if most == 100 and max_nodes == NODES else broken_off) > 20


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if small_instance(seed).candidate_modules is not None][:5])
def test_listed_candidates_are_all_within_the_gap(seed: int) -> None:
    """Of a list nothing is priced: all of it comes back, and whether that is more than was asked for."""
    instance = small_instance(seed)
    relaxation, listed = relax(instance), set(instance.candidate_masks or ())
    duals = random_duals(relaxation, np.random.default_rng(seed))
    for most in (len(listed) - 1, len(listed)):
        found, complete = within(ColumnPool(relaxation), duals, 0.1, most, NODES)
        assert set(found) == listed
        assert complete == (most == len(listed))


def test_a_better_stock_holds_modules_within_the_gap_only() -> None:
    """What products are built with in a stock that costs less than a cutoff is listed, cuts and liaisons or not."""
    missing = 0
    for seed in SEEDS:
        relaxation, pool, duals = at_duals(seed)
        proof = dual_bound(pool, pool.whole_master(), duals)
        assert proof.value is not None
        for stock in sorted(evaluated(relaxation.instance), key=lambda stock: stock.cost)[:10]:
            gap = stock.cost + 1e-9 - lagrangian(pool.whole_master(), proof.duals)[0]
            listed, complete = within(pool, proof.duals, gap, 100, NODES)
            assert complete
            assert used(stock) <= set(listed), seed
            missing += len(listed) < len(held_at_all(relaxation.instance))
    assert missing > 100
