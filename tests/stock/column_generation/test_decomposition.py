"""Decomposition against brute force, against the oracles of the paper's five-component case, and on real orders."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.sets.bitsets import subsets_of
from atoopt.solvers.result import Result
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance
from atoopt.stock.column_generation import solve
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals, best_multiple, lagrangian
from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal
from atoopt.stock.column_generation.parameters import Parameters
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.data.generate import log_normal, uniform
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.column_generation.helpers import NO_LEAVES, parameters, priced, within
from tests.stock.reference import optimum

CARS = Path(__file__).parents[4] / "shared" / "data" / "car_orders.csv"
TREE_ONLY = parameters(iterations=60, leaf=NO_LEAVES)


@st.composite
def instances(draw: st.DrawFn, q: int = 3) -> StockInstance:
    """Draw an instance of at most `q` components, with any of the limits and either cost basis."""
    names = "abcd"[: draw(st.integers(2, q))]
    sets = [c for size in range(len(names) + 1) for c in combinations(names, size)]
    chosen = draw(st.lists(st.sampled_from(sets), min_size=1, max_size=8, unique=True))
    amount = st.sampled_from([0.0, 0.1, 0.4, 1.0, 2.0, 10.0])
    modules = [c for c in sets if len(c) > 1]
    limits = st.one_of(st.none(), st.sampled_from([0.0, 0.3, 0.8, 1.5]))
    times, shares = st.sampled_from([0.0, 1.0]), st.sampled_from([0.4, 0.9])
    ratio = st.builds(DeliveryRatio, max_assembly_time=times, min_share=shares)
    listed = st.lists(st.sampled_from(modules), max_size=5, unique=True).map(tuple)
    return StockInstance(
        name="drawn",
        components=tuple(names),
        products=tuple(Product(components=c, demand=draw(st.sampled_from([1.0, 2.5, 7.0]))) for c in chosen),
        costs=Costs(
            preassembly=draw(amount), fixed_transport=draw(amount), variable_transport=draw(amount),
            final_assembly=draw(amount),
        ),
        cost_basis=draw(st.sampled_from(["stock", "usage"])),
        time_per_operation=draw(st.sampled_from([0.5, 1.0])),
        max_mean_assembly_time=draw(limits),
        max_modules=draw(st.one_of(st.none(), st.integers(len(names), len(names) + 3))),
        delivery_ratio=draw(st.one_of(st.none(), ratio)),
        candidate_modules=draw(st.one_of(st.none(), listed)),
    )  # fmt: skip


# The tree by itself needs many nodes where symmetry or ties are total; small cases keep the suite quick.
@pytest.mark.parametrize("search", [Parameters(), TREE_ONLY], ids=["milp leaves", "tree only"])
@given(instance=instances())
@settings(max_examples=40)
def test_bound_and_stock_agree_with_brute_force(search: Parameters, instance: StockInstance) -> None:
    """The bound is never above the optimum, the stock is allowed, and both meet unless usage pays for slowness."""
    best = optimum(instance)
    claim = solve(instance, Run(Options(time_limit=20)), parameters=search)
    assert claim.infeasible == (best == math.inf)
    if best < math.inf:
        evaluation = evaluate_masks(instance, claim.solution)
        assert evaluation.feasible
        assert evaluation.cost >= best - 1e-9
        assert claim.bound <= best + 1e-7 * max(1.0, abs(best))
        if relax(instance).reward >= 0:
            assert evaluation.cost == pytest.approx(best)
            assert claim.bound == pytest.approx(best, rel=2e-6, abs=2e-6)


@given(instance=instances(q=4), seed=st.integers(0, 1000))
@settings(max_examples=40)
def test_any_duals_give_a_bound(instance: StockInstance, seed: int) -> None:
    """Random duals, converged or not, with or without modules in the pool, never prove too much."""
    instance = instance.replace(candidate_modules=None, products=instance.products[:5])
    relaxation = relax(instance)
    random = np.random.default_rng(seed)
    duals = Duals(
        random.uniform(0, 3, relaxation.n_rows) * random.choice([0.01, 0.1, 1.0]),
        random.uniform(0, 10, len(relaxation.limit_need)),
        random.uniform(0, 2) if relaxation.module_limit >= 0 else 0.0, 1.0,
        copies=random.uniform(0, 3, relaxation.required.size) * random.choice([0.01, 0.1, 1.0]),
    )  # fmt: skip
    pool = ColumnPool(relaxation)
    pool.add(random.permutation(list(instance.product_masks))[:2].tolist())
    proof = dual_bound(pool, pool.whole_master(), duals)
    best = optimum(instance)
    if proof.value is None:
        assert (
            relaxation.module_cost(2) + duals.module_limit <= 0
        )  # a free module that pays has no multiple that does not
    else:
        assert proof.value <= best + 1e-9 * max(1.0, abs(best))


def test_compiled_code_can_be_halted() -> None:
    """Ascent and pricing end at once when another thread says so; an unfinished pricing proves nothing."""
    relaxation = relax(atoopt.load("instances/stock/harness-12.json"))
    pool, duals, halt = ColumnPool(relaxation), first_duals(relaxation), np.ones(1, dtype=np.int8)
    pool.add([0b11])
    zeros = Primal(np.zeros(pool.n_pairs), np.zeros(len(pool)))
    after, _ = run_pdhg(pool.whole_master(), duals, zeros, 10**12, halt=halt)
    assert lagrangian(pool.whole_master(), after)[0] > -np.inf
    assert dual_bound(pool, pool.whole_master(), duals, halt=halt).value is None
    assert dual_bound(pool, pool.whole_master(), duals).value is not None


@given(seed=st.integers(0, 10_000), floor=st.sampled_from([-3.0, -0.5, 0.0, 0.7]))
@settings(max_examples=80)
def test_pricing_finds_exactly_the_modules_above_the_floor(seed: int, floor: float) -> None:
    """Branch and bound agrees with pricing each set of components by itself."""
    random = np.random.default_rng(seed)
    n, q = int(random.integers(1, 8)), int(random.integers(2, 7))
    has = random.random((n, q)) < 0.6
    gain = np.where(has, random.normal(0.3, 1.0, (n, q)), 0.0)
    worth = random.uniform(0.0, 1.0, n)
    fixed, each = float(random.uniform(0, 2)), float(random.uniform(0, 0.5))
    wanted = {}
    for mask in range(1, 2**q):
        inside = np.array([bool(mask >> i & 1) for i in range(q)])
        values = gain[:, inside].sum(axis=1)[has[:, inside].all(axis=1)] - worth[has[:, inside].all(axis=1)]
        if inside.sum() > 1 and values.size:
            used = values[values > 0].sum() if (values > 0).any() else values.max()
            if used - fixed - each * inside.sum() > floor:
                wanted[mask] = used - fixed - each * inside.sum()
    modules, profits, rest, complete = priced(has, gain, worth, (fixed, each), floor=floor, most=100)
    found = {sum(1 << i for i in np.flatnonzero(m)): p for m, p in zip(modules, profits, strict=True)}
    assert complete and rest == floor
    assert found == pytest.approx(wanted)


def test_pricing_keeps_the_best_where_there_are_too_many() -> None:
    """With room for few, those of largest profit come back, and `rest` bounds the others."""
    has = np.ones((3, 9), dtype=bool)
    gain = np.random.default_rng(1).uniform(0.1, 1.0, has.shape)
    worth = np.full(3, 0.5)
    everything = priced(has, gain, worth, (0.0, 0.1), floor=0.0, most=1000)
    few = priced(has, gain, worth, (0.0, 0.1), floor=0.0, most=20)
    assert few[1][:20].tolist() == pytest.approx(np.sort(everything[1])[::-1][:20].tolist())
    assert few[2] >= np.sort(everything[1])[::-1][len(few[1])] - 1e-12


@pytest.mark.parametrize(
    ("costs", "basis", "cost"),
    [
        ((1.0, 0.4, 0.1, 10.0), "stock", 17.5968), ((1.0, 0.4, 0.1, 10.0), "usage", 11.9355),
    ],
)  # fmt: skip
def test_uniform_five(costs: tuple[float, ...], basis: str, cost: float) -> None:
    """The oracles of uniform demand over the 31 products of five components."""
    instance = atoopt.load("instances/stock/uniform-5.json").replace(
        costs=Costs(**dict(zip(Costs.model_fields, costs, strict=True))), cost_basis=basis
    )
    claim = solve(instance, Run(Options(time_limit=60)))
    assert evaluate_masks(instance, claim.solution).cost == pytest.approx(cost, abs=5e-5)
    assert claim.bound == pytest.approx(cost, abs=2e-4)


def test_more_than_64_components() -> None:
    """Seventy components, with products on both sides of a word's edge: the optimum is known by construction."""
    names = tuple(f"c{i}" for i in range(70))
    instance = StockInstance(
        name="wide", components=names, max_mean_assembly_time=0.0,
        products=(Product(components=names[62:67], demand=1.0), Product(components=names[66:], demand=1.0)),
        costs=Costs(preassembly=1.0, fixed_transport=2.0, variable_transport=0.0, final_assembly=10.0),
    )  # fmt: skip
    result = atoopt.solve(instance, "decomposition", time_limit=30)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(2 * 70 + (2 + 4) + (2 + 3))


@pytest.mark.parametrize("limit", [0.0, 0.3, 1.0])
def test_stopped_early(limit: float) -> None:
    """Whenever it stops, the bound is not above the cost of the stock."""
    rng = np.random.default_rng(3)
    names = "abcdefg"
    instance = StockInstance(
        name="dense", components=tuple(names), max_mean_assembly_time=1.2,
        products=tuple(
            Product(components=c, demand=float(rng.lognormal()))
            for size in range(1, 8) for c in combinations(names, size)
        ),
        costs=Costs(preassembly=1.0, fixed_transport=2.0, variable_transport=0.4, final_assembly=10.0),
    )  # fmt: skip
    result = atoopt.solve(instance, "decomposition", time_limit=limit)
    assert result.bound is not None
    assert result.objective is not None
    assert result.bound <= result.objective


@pytest.fixture(scope="module")
def solved_five() -> Result:
    """Return the paper's five-component case, solved: set 2 by usage is the quickest of the four."""
    instance = atoopt.load("instances/stock/uniform-5-set2.json").replace(cost_basis="usage")
    return atoopt.solve(instance, "decomposition")


def test_a_known_stock_is_used(solved_five: Result) -> None:
    """The stock handed over is the incumbent from the start."""
    instance = solved_five.instance
    known = [mask for mask in solved_five.solution.masks if mask & (mask - 1)]
    claim = solve(instance, Run(Options(time_limit=0)), start=known)
    assert evaluate_masks(instance, claim.solution).cost == pytest.approx(11.9355, abs=5e-5)


def test_modules_within_the_gap_hold_the_optimum(solved_five: Result) -> None:
    """Every module of the optimal stock has a reduced profit within the gap."""
    best, instance = solved_five, solved_five.instance
    relaxation = relax(instance)
    duals = Duals(np.full(relaxation.n_rows, 0.1), np.array([5.0]), 0.0, 1.0)
    pool = ColumnPool(relaxation)
    proof = dual_bound(pool, pool.whole_master(), duals)
    pool.add(proof.columns)
    masks, complete = within(pool, proof.duals, best.objective - proof.value + 1e-6, 1000, 10**6)
    assert complete
    assert {m for m in best.solution.masks if m & (m - 1)} <= set(masks)


# Proving the real instance takes some seconds; it is the purpose of the method.
@pytest.mark.slow
@pytest.mark.skipif(not CARS.exists(), reason="../shared/data/car_orders.csv is not here")
def test_real_orders_are_proven_optimal() -> None:
    """The options of at least 10 % of the orders: 161.5225 is optimal over all 2^38 modules."""
    from atoopt.stock.data.orders import read_orders

    instance = read_orders(CARS, min_share=0.10, max_mean_assembly_time=2.0).instance
    result = atoopt.solve(instance, "decomposition", time_limit=120)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(161.5225, abs=5e-5)


def test_a_share_in_time_is_bounded_well() -> None:
    """What is late helps no share in time: with copies the gap is narrow (it was 9 % after half a minute)."""
    instance = atoopt.load("instances/stock/harness-12.json").replace(
        max_mean_assembly_time=None, delivery_ratio=DeliveryRatio(max_assembly_time=1.0, min_share=0.8)
    )
    claim = solve(instance, Run(Options(time_limit=60, rel_gap=0.02)))
    best = 67.68518220104114  # *pattern*, solved to the end
    assert evaluate_masks(instance, claim.solution).cost >= best - 1e-9
    assert 0.97 * best < claim.bound <= best + 1e-6


@pytest.mark.parametrize("factor", [1e-9, 1e9, 1e13])
def test_costs_of_any_size(factor: float) -> None:
    """Cents or billions: the same stock, proven, and a trajectory in the instance's own money."""
    instance = log_normal(4, seed=2)
    plain = atoopt.solve(instance, "decomposition")
    costs = {name: value * factor for name, value in instance.costs.model_dump().items()}
    result = atoopt.solve(instance.replace(costs=Costs(**costs)), "decomposition")
    assert (plain.status, result.status) == ("optimal", "optimal")
    assert result.objective == pytest.approx(plain.objective * factor)
    assert result.trajectory[-1].incumbent == pytest.approx(result.objective)


@pytest.mark.parametrize(
    "changes",
    [{"max_modules": 3}, {"candidate_modules": (), "max_mean_assembly_time": 0.1},
     {"candidate_modules": (("a", "b"),), "delivery_ratio": DeliveryRatio(max_assembly_time=0.0, min_share=0.9)}],
)  # fmt: skip
def test_the_impossible_is_seen_at_once(changes: dict[str, Any]) -> None:
    """Fewer modules than components, or a fastest stock that is too slow: infeasible without a search."""
    claim = solve(log_normal(4, seed=0).replace(**changes), Run(Options(time_limit=60.0)))
    assert claim.infeasible
    assert claim.solution is None


def test_a_product_that_is_hardly_sold() -> None:
    """A share that underflows to zero costs and saves nothing."""
    instance = log_normal(3, seed=0)
    rare = instance.products[-1].model_copy(update={"demand": 5e-324})
    result = atoopt.solve(instance.replace(products=(*instance.products[:-1], rare)), "decomposition")
    assert result.status == "optimal"


def test_what_no_few_modules_can_keep_is_infeasible() -> None:
    """Without any allowed stock there is no gap to close; a small case is proven infeasible all the same."""
    instance = uniform(4).replace(max_modules=5, max_mean_assembly_time=0.5)
    claim = solve(instance, Run(Options(time_limit=20)))
    assert claim.infeasible


@given(instance=instances(), seed=st.integers(0, 1000))
@settings(max_examples=60)
def test_no_other_multiple_of_duals_proves_more(instance: StockInstance, seed: int) -> None:
    """Scaled with what an operation is worth, by any factor that the duals of limits allow."""
    random = np.random.default_rng(seed)
    relaxation = relax(instance)
    pool = ColumnPool(relaxation)
    pool.add({m for product in instance.product_masks for m in subsets_of(product)})
    part, n_limits = pool.whole_master(), len(relaxation.limit_need)
    timely = random.uniform(0, 10, relaxation.required.size)
    rows, limits = random.uniform(0, 2, relaxation.n_rows), random.uniform(0, 10, n_limits)
    duals = Duals(rows, limits, random.uniform(0, 1), 1.0, copies=timely)
    better = best_multiple(part, duals)
    found = lagrangian(part, better)[0]
    assert found >= lagrangian(part, duals)[0] - 1e-9
    if instance.max_mean_assembly_time is None or relaxation.reward + duals.limits[0] <= 0:
        assert better is duals
        return

    def value_at(factor: float) -> float:
        """Return what a multiple proves; -infinity where the dual of a limit would be below 0."""
        limits = factor * duals.limits
        limits[0] = factor * (relaxation.reward + duals.limits[0]) - relaxation.reward
        other = Duals(factor * rows, limits, duals.module_limit, 1.0, copies=factor * timely)
        return lagrangian(part, other)[0] if limits[0] >= 0 else -math.inf

    if better is duals:  # the more the better, without an end
        assert value_at(1e6) > value_at(1e3) > found
    else:
        assert all(found >= value_at(factor) - 1e-9 for factor in random.uniform(0, 3, 10).tolist())
