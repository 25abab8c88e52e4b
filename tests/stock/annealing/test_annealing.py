"""Tests of simulated annealing: its incremental evaluation against the evaluator, its limits, its promises."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.sets.bitsets import from_words
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance
from atoopt.stock.annealing import anneal
from atoopt.stock.annealing.evaluation import REJECTED
from atoopt.stock.annealing.moves.kinds import KINDS
from atoopt.stock.annealing.schedule import LONGEST, adapt_penalty, next_length, temperature_for
from atoopt.stock.annealing.search import _Search
from atoopt.stock.annealing.setup import best_modules, fitting_modules, make_state, modules_held, replace_stock
from atoopt.stock.annealing.solve import solve
from atoopt.stock.annealing.steps import evaluate, propose, walk
from atoopt.stock.cost import cost_equation
from atoopt.stock.data.orders import read_orders
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.strategies import module_masks, stock_instances

ORDERS = Path("../shared/data/car_orders.csv")


def harness(n_components: int, n_products: int, seed: int, size: float = 6.0, **changes: object) -> StockInstance:
    """Return random products of correlated options, some of them in most products."""
    rng = np.random.default_rng(seed)
    packages = rng.random((5, n_components)) < 3 / n_components
    rows = {frozenset({0})}
    while len(rows) < n_products:
        row = rng.random(n_components) < size / n_components / 2
        for package in packages[rng.random(5) < 0.3]:
            row |= package
        rows.add(frozenset(np.flatnonzero(row).tolist()))
    names = [f"o{i}" for i in range(n_components)]
    fixed: dict[str, object] = {
        "name": "harness", "components": names, "max_mean_assembly_time": None,
        "products": [
            Product(components=tuple(names[i] for i in sorted(row)), demand=float(rng.integers(1, 50)))
            for row in sorted(rows, key=sorted)
        ],
        "costs": Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=60),
    }  # fmt: skip
    return StockInstance.model_validate(fixed | changes)


def walk_hot(instance: StockInstance, start: list[int], seed: int, moves: int, temperature: float) -> object:
    """Return the state after random moves that are accepted almost always."""
    state = make_state(instance, start, seed)
    kinds, counts = np.arange(len(KINDS)), np.zeros((len(KINDS), 3), np.int64)
    walk(state, moves, temperature, np.array([5.0, 1.0, 20.0]), kinds, counts, np.zeros(3, np.int64))
    assert counts[:, 0].sum() == moves
    return state


def assert_state_is_true(instance: StockInstance, state) -> None:  # type: ignore[no-untyped-def]
    """Compare every sum that moves update with the evaluator's."""
    truth = evaluate_masks(instance, modules_held(state))
    constant = cost_equation(instance).base
    assert constant + state.held.sums[0] + state.data.limits[0] * state.held.sums[1] == pytest.approx(truth.cost)
    assert state.held.sums[1] == pytest.approx(truth.mean_assembly_time / instance.time_per_operation, abs=1e-9)
    order = np.argsort(-instance.shares, kind="stable")
    assert (np.maximum(instance.product_sizes[order] - 1, 0) - state.built.saved == truth.operations[order]).all()
    if instance.delivery_ratio is not None:
        assert state.held.sums[2] == pytest.approx(truth.delivery_share, abs=1e-9)


def assert_losses_are_true(instance: StockInstance, state) -> None:  # type: ignore[no-untyped-def]
    """Compare the losses that are known with the evaluator's operations without the module."""
    order = np.argsort(-instance.shares, kind="stable")
    held, truth = modules_held(state), evaluate_masks(instance, modules_held(state))
    for k, u in zip(*np.nonzero(state.built.loss >= 0), strict=True):
        if u < state.built.n_used[k]:
            module = from_words(state.held.module[[state.built.used[k, u]]])[0]
            without = evaluate_masks(instance, [mask for mask in held if mask != module])
            lost = without.operations[order[k]] - truth.operations[order[k]]
            assert state.built.loss[k, u] == lost


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n_components", [9, 30, 70, 150])
def test_incremental_evaluation_is_exact(n_components: int, seed: int) -> None:
    """After thousands of random moves, costs and operations are those of the evaluator."""
    basis = "usage" if seed % 2 else "stock"
    instance = harness(
        n_components, 80, seed, cost_basis=basis, time_per_operation=0.5 + seed,
        delivery_ratio=DeliveryRatio(max_assembly_time=2.0, min_share=0.7), max_mean_assembly_time=1.0,
    )  # fmt: skip
    for temperature in (30.0, 3.0):
        assert_state_is_true(instance, walk_hot(instance, [], seed, 3_000, temperature))


@settings(max_examples=60)
@given(instance=stock_instances(max_components=6, max_products=20), start=module_masks(6), seed=st.integers(0, 99))
def test_incremental_evaluation_is_exact_with_every_feature(
    instance: StockInstance, start: list[int], seed: int
) -> None:
    """The state stays true whatever the costs, limits and candidates are."""
    start = [mask for mask in start if mask < 1 << instance.n_components]
    state = walk_hot(instance, start, seed, 400, 5.0)
    assert_state_is_true(instance, state)
    if instance.candidate_masks is not None:
        assert set(modules_held(state)) <= instance.candidate_masks  # type: ignore[arg-type]


@settings(max_examples=40)
@given(instance=stock_instances(max_components=6, max_products=20), seed=st.integers(0, 99))
def test_a_move_is_refused_only_for_what_it_costs(instance: StockInstance, seed: int) -> None:
    """The quick estimates never refuse a move that may pass, and let none pass that may not."""
    state = walk_hot(instance, [], seed, 300, 5.0)
    seen = 0
    for turn in range(300):
        n_out, n_new = propose(state, turn % len(KINDS))  # type: ignore[arg-type]
        code, operations, _ = evaluate(state, n_out, n_new, np.inf)  # type: ignore[arg-type]
        if n_out + n_new == 0 or code != 0:
            continue
        seen += 1
        assert evaluate(state, n_out, n_new, operations + 1e-6)[:2] == pytest.approx((0, operations))  # type: ignore[arg-type]
        assert evaluate(state, n_out, n_new, operations - 1e-6)[0] == REJECTED  # type: ignore[arg-type]
    assert_losses_are_true(instance, state)
    event(f"{seen // 50 * 50} moves and more")


@settings(max_examples=60)
@given(instance=stock_instances(max_components=6, max_products=20), other=module_masks(6), seed=st.integers(0, 99))
def test_another_stock_takes_the_place_of_the_one_held(instance: StockInstance, other: list[int], seed: int) -> None:
    """What is in both stays; the state that is told so is true."""
    other = fitting_modules(instance, other)
    state = walk_hot(instance, [], seed, 300, 5.0)
    replace_stock(state, other, instance.n_components)  # type: ignore[arg-type]
    assert modules_held(state) == sorted(other)  # type: ignore[arg-type]
    assert_state_is_true(instance, state)


def test_a_kick_only_cuts_the_best_stock() -> None:
    """After the hot block every module is one of the best stock or a part of one, and some are parts."""
    search = _Search(harness(30, 200, 1), 1, [], None, 100_000)
    hot = 100.0
    for _ in search.descend([1.0] * 20):
        best = best_modules(search.state)
    search.state.best.cost[0] = -1.0  # so that it stays the best
    for _ in search.descend([hot] * 5):
        pass
    assert best
    next(search.kick(hot, 1.0))
    after = modules_held(search.state)
    assert all(any(part & ~module == 0 for module in best) for part in after)
    assert not set(after) <= set(best)
    assert_state_is_true(search.instance, search.state)


def test_a_stock_larger_than_the_state_enters_as_far_as_there_are_slots() -> None:
    """What compiled code writes beyond its arrays is lost, and what stood there too."""
    instance = harness(30, 100, 1)
    state = make_state(instance, [], 0)
    slots = state.held.active.size
    stock = fitting_modules(instance, (1 << i | 1 << j for j in range(30) for i in range(j)))
    assert len(stock) > slots
    replace_stock(state, stock, instance.n_components)
    assert modules_held(state) == sorted(stock[:slots])
    assert_state_is_true(instance, state)


@settings(max_examples=60)
@given(instance=stock_instances(max_components=6, max_products=20), start=module_masks(6), seed=st.integers(0, 99))
def test_the_answer_is_feasible_and_no_worse_than_its_start(
    instance: StockInstance, start: list[int], seed: int
) -> None:
    """Every limit holds in the answer, its cost is the evaluator's, and a feasible start is never lost."""
    start = [mask for mask in start if mask < 1 << instance.n_components]
    found = anneal(instance, None, seed, start, moves=2_000)
    begun = evaluate_masks(instance, start)
    if found.stock is not None:
        truth = evaluate_masks(instance, found.stock)
        assert truth.feasible
        assert found.cost == pytest.approx(truth.cost)
    if begun.feasible:
        assert found.cost is not None
        assert found.cost <= begun.cost + 1e-9


@pytest.mark.parametrize(
    ("basis", "costs", "best"),
    [("stock", (1, 2, 0.4, 10), 38.0968), ("stock", (1, 0.4, 0.1, 10), 17.5968),
     ("usage", (1, 2, 0.4, 10), 28.7097), ("usage", (1, 0.4, 0.1, 10), 11.9355)],
)  # fmt: skip
def test_the_proven_optima_of_the_uniform_case(
    uniform_5: StockInstance, basis: str, costs: tuple[float, ...], best: float
) -> None:
    """The median over seeds is the optimum that enumeration proves."""
    named = Costs(**dict(zip(Costs.model_fields, map(float, costs), strict=True)))
    instance = uniform_5.replace(cost_basis=basis, costs=named)
    found = [anneal(instance, None, seed, moves=15_000).cost for seed in range(5)]
    assert np.median(found) == pytest.approx(best, abs=1e-4)  # type: ignore[arg-type]


def test_real_orders() -> None:
    """At 38 options, the stock that decomposition proves optimal is found by most seeds in some seconds."""
    if not ORDERS.exists():
        pytest.skip("the real order history is not beside the project")
    instance = read_orders(ORDERS, min_share=0.10).instance.replace(max_mean_assembly_time=2.0)
    found = [anneal(instance, None, seed, moves=30_000).cost for seed in range(3)]
    assert np.median(found) == pytest.approx(161.5225, abs=1e-3)  # type: ignore[arg-type]


def test_same_seed_same_answer() -> None:
    """The seed decides everything but the clock; another seed goes another way."""
    instance = harness(30, 100, 1, max_mean_assembly_time=1.5)
    one, two, other = (anneal(instance, None, seed, moves=10_000) for seed in (3, 3, 4))
    assert (one.stock, one.cost, one.statistics, one.pool) == (two.stock, two.cost, two.statistics, two.pool)
    assert [moment[1:] for moment in one.history] == [moment[1:] for moment in two.history]
    assert one.statistics != other.statistics


@pytest.mark.parametrize("limit", [{"moves": 40_000}, {"seconds": 1.5}])
def test_the_search_ends_cold(limit: dict[str, float]) -> None:
    """The cooling is planned for the moves or the time given: its last blocks are far colder than its hottest."""
    instance = harness(30, 100, 2, max_mean_assembly_time=1.5)
    history = anneal(instance, seed=5, **limit).history  # type: ignore[arg-type]
    temperatures = [moment.temperature for moment in history]
    assert np.median(temperatures[-5:]) < max(temperatures) / 4
    if "seconds" in limit:
        assert history[-1].seconds == pytest.approx(limit["seconds"], abs=0.5)


@given(st.floats(1, 1e4), st.floats(1, 1e6), st.integers(1, 100))
def test_a_cycle_fits_in_what_is_left(blocks: float, left: float, n_modules: int) -> None:
    """The next cycle is never longer than the search, nor than the longest; without an end it grows."""
    planned = next_length(blocks, left, n_modules)
    assert 0 < planned <= min(left, LONGEST * n_modules)
    assert next_length(blocks, np.inf, n_modules) >= min(blocks, LONGEST * n_modules)


def test_more_modules_than_slots() -> None:
    """The state grows with the stock, from none to more than its first slots hold."""
    dear = Costs(preassembly=0, fixed_transport=0.1, variable_transport=0, final_assembly=10_000)
    instance = harness(40, 150, 3, size=12.0, costs=dear)
    found = anneal(instance, None, 0, moves=20_000)
    assert found.stock is not None
    assert len(found.stock) > 64
    assert found.cost == pytest.approx(evaluate_masks(instance, found.stock).cost)


def test_nothing_to_hold() -> None:
    """Without products of two components, or candidates that fit, the single components are the answer."""
    plain = harness(20, 30, 4)
    nothing_fits = plain.replace(candidate_modules=(plain.components[:1],))
    assert anneal(nothing_fits, None, 0, moves=1_000).stock == []
    singles = plain.replace(products=[Product(components=(name,), demand=1.0) for name in plain.components])
    assert anneal(singles, None, 0, moves=1_000).stock == []


def test_impossible_limits_give_no_stock() -> None:
    """Where no stock keeps the limits, none is claimed."""
    instance = harness(20, 30, 4, max_mean_assembly_time=0.0, max_modules=21)
    assert anneal(instance, None, 0, moves=5_000).stock is None
    claim = solve(instance, Run(Options(time_limit=0.5)))
    assert claim.solution is None
    assert "no stock" in claim.message


def test_the_method_and_its_record() -> None:
    """The method's result is checked, says what each kind of move did, and carries a history to plot."""
    instance = harness(20, 40, 5, max_mean_assembly_time=1.5)
    result = atoopt.solve(instance, "annealing", time_limit=1.0, jobs=2, seed=7)
    assert result.status == "feasible"
    assert result.bound is None
    restarts = result.details["restarts"]
    assert [restart["seed"] for restart in restarts] == [7, 8]
    assert result.objective == pytest.approx(min(restart["cost"] for restart in restarts))
    for restart in restarts:
        assert set(restart["statistics"]) == set(KINDS)
        assert sum(kind["proposed"] for kind in restart["statistics"].values()) == restart["moves"]
        costs = [best for *_, best in restart["history"] if best is not None]
        assert costs == sorted(costs, reverse=True)


def test_jobs_do_not_change_a_seed() -> None:
    """A seed finds the same alone and beside others."""
    instance = harness(20, 40, 6, max_mean_assembly_time=1.5)
    alone = atoopt.solve(instance, "annealing", seed=1).details["restarts"][0]
    beside = atoopt.solve(instance, "annealing", seed=0, jobs=2).details["restarts"][1]
    assert (alone["cost"], alone["statistics"]) == (beside["cost"], beside["statistics"])


def test_an_interrupt_keeps_the_incumbent() -> None:
    """An interrupted run returns the best feasible stock so far."""
    instance = harness(30, 100, 7, max_mean_assembly_time=1.5)
    run = Run(Options())
    threading.Timer(0.3, run.interrupted.set).start()
    claim = solve(instance, run)
    assert evaluate_masks(instance, claim.solution).feasible


def test_the_pool_holds_the_best_stock_and_others() -> None:
    """The pool knows the modules of the best stock at its cost, and more of nearly as good stocks."""
    found = anneal(harness(30, 100, 8, max_mean_assembly_time=1.5), None, 0, moves=20_000)
    assert found.stock is not None
    assert all(found.pool[mask] == pytest.approx(found.cost) for mask in found.stock)
    assert len(found.pool) > len(found.stock)
    assert list(found.pool.values()) == sorted(found.pool.values())


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=30), st.floats(0.001, 0.5))
def test_temperature_accepts_the_share_asked_for(increases: list[float], accepted: float) -> None:
    """At the temperature found, sampled increases are accepted with the mean probability wanted."""
    values = np.array(increases)
    temperature = temperature_for(values, accepted)
    assert np.exp(-values / temperature).mean() == pytest.approx(accepted, rel=1e-3)


def test_penalties_follow_what_is_kept() -> None:
    """A penalty rises while its limit is broken, falls while it is kept, and rests between."""
    penalty = np.ones(3)
    adapt_penalty(penalty, np.array([0.0, 0.5, 1.0]))
    assert penalty[0] > 1 == penalty[1] > penalty[2]
