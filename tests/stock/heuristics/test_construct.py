"""The paper's two heuristics: the printed rule step by step, nesting, and honest results at any size."""

from __future__ import annotations

from itertools import combinations, islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import atoopt
from atoopt import InputError
from atoopt.solvers.run import Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.heuristics.construct import PENALTIES, heuristic_stocks
from atoopt.stock.heuristics.sequences import module_frequency, module_size, pool, whole_products
from tests.stock.reference import fitting_modules
from tests.stock.strategies import stock_instances

SET_1 = Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10)


def all_products(n: int, **changes: Any) -> StockInstance:
    """Return all products of n components with equal demand."""
    letters = "abcdefg"[:n]
    sets = [c for size in range(1, n + 1) for c in combinations(letters, size)]
    data: dict[str, Any] = {"max_mean_assembly_time": 0.8, **changes}
    products = tuple(Product(components=c, demand=1) for c in sets)
    return StockInstance(name="all", components=tuple(letters), products=products, costs=SET_1, **data)


def large(n: int, n_products: int, size: float, limit: float, seed: int = 0) -> StockInstance:
    """Return random products, the demand falling with their rank."""
    rng = np.random.default_rng(seed)
    sets: dict[tuple[int, ...], float] = {}
    while len(sets) < n_products:
        chosen = rng.choice(n, size=min(n, 1 + rng.poisson(size)), replace=False)
        sets.setdefault(tuple(sorted(chosen.tolist())), 1 / (1 + len(sets)))
    names = tuple(f"c{i}" for i in range(n))
    return StockInstance(
        name="large", components=names, costs=SET_1, max_mean_assembly_time=limit,
        products=tuple(Product(components=tuple(names[i] for i in s), demand=d) for s, d in sets.items()),
    )  # fmt: skip


def test_the_papers_example() -> None:
    """Four components, pc = 0.05: first ab, then cd."""
    instance = all_products(4)
    first = [instance.names(mask) for mask in islice(module_frequency(instance, 0.05), 2)]
    assert first == [("a", "b"), ("c", "d")]


@settings(max_examples=60)
@given(stock_instances(4))
def test_frequency_follows_the_printed_rule(instance: StockInstance) -> None:
    """Each module taken has the largest f left, f computed anew from the modules taken before it."""
    share = dict(zip(instance.product_masks, instance.shares.tolist(), strict=True))
    modules = fitting_modules(instance)
    for penalty in (0.05, 0.5, 1.0):
        taken: list[int] = []
        for module in module_frequency(instance, penalty):
            left = {
                m: sum(s for product, s in share.items() if m & ~product == 0)
                * penalty ** sum((m & held).bit_count() for held in taken)
                for m in modules
                if m not in taken
            }
            assert left[module] >= max(left.values()) * (1 - 1e-6)
            ties = [m for m, f in left.items() if f >= left[module] * (1 + 1e-6)]
            assert all(m.bit_count() <= module.bit_count() for m in ties)
            taken.append(module)
        assert sorted(taken) == modules


@settings(max_examples=60)
@given(stock_instances(5))
def test_size_takes_smaller_modules_first_and_then_the_more_frequent(instance: StockInstance) -> None:
    """Sizes never fall along the sequence; within a size the frequency never rises; none is left out."""
    sequence = list(module_size(instance))
    frequency = [
        sum(s for p, s in zip(instance.product_masks, instance.shares.tolist(), strict=True) if m & ~p == 0)
        for m in sequence
    ]
    assert sorted(sequence) == fitting_modules(instance)
    keys = [(m.bit_count(), -round(f, 9)) for m, f in zip(sequence, frequency, strict=True)]
    assert keys == sorted(keys)


@settings(max_examples=80)
@given(stock_instances(4))
def test_what_they_claim_holds(instance: StockInstance) -> None:
    """The stock meets every limit, no bound is claimed, and no stock of the sequence is cheaper."""
    for method, sequences in (
        ("module-frequency", [list(module_frequency(instance, pc)) for pc in PENALTIES]),
        ("module-size", [list(module_size(instance))]),
    ):
        result = atoopt.solve(instance, method)
        assert result.bound is None
        stocks = [evaluate_masks(instance, s[:n]) for s in sequences for n in range(len(s) + 1)]
        costs = [stock.cost for stock in stocks if stock.feasible]
        if costs:
            assert result.objective == pytest.approx(min(costs), abs=1e-9)
        else:
            assert result.status in ("feasible", "unknown")


def test_heuristic_stocks_are_feasible_and_sorted() -> None:
    """A warm start: distinct feasible stocks, the cheapest first, with their costs."""
    instance = all_products(5)
    stocks = heuristic_stocks(instance, Run())
    assert len(stocks) > 1
    costs = [cost for cost, _ in stocks]
    assert costs == sorted(costs)
    for cost, masks in stocks:
        result = evaluate_masks(instance, masks)
        assert result.feasible
        assert result.cost == pytest.approx(cost)


def test_frequency_finds_the_optimum_of_the_papers_case() -> None:
    """On five uniform components the penalty 0.05 leads to the proven optimum, 38.0968."""
    assert atoopt.solve(all_products(5), "module-frequency").objective == pytest.approx(38.0968, abs=1e-4)


@pytest.mark.parametrize("method", ["module-frequency", "module-size"])
@pytest.mark.parametrize("shape", [(90, 300, 12, 2.0), (80, 60, 68, 20.0), (30, 100, 6, 0.0)])
def test_large_instances_end_in_a_feasible_stock(method: str, shape: tuple[int, int, float, float]) -> None:
    """Limits that pairs cannot meet are met with whole products; more than 64 components are no obstacle."""
    result = atoopt.solve(large(*shape), method)
    assert result.status == "feasible"
    assert result.solution.feasible


def test_whole_products_come_by_the_time_they_save() -> None:
    """Demand times operations decides; products of one component are no modules."""
    products = (("a", "b", "c"), 2.0), (("a", "b"), 3.0), (("d",), 9.0), (("a", "b", "c", "d"), 1.0)
    instance = all_products(4).replace(products=tuple(Product(components=c, demand=d) for c, d in products))
    assert [instance.names(mask) for mask in whole_products(instance)] == [
        ("a", "b", "c"), ("a", "b"), ("a", "b", "c", "d"),
    ]  # fmt: skip


def test_no_feasible_stock_is_unknown_and_not_infeasible() -> None:
    """A heuristic proves nothing: room for one module and a time of zero."""
    result = atoopt.solve(all_products(4, max_mean_assembly_time=0.0, max_modules=5), "module-size")
    assert (result.status, result.solution) == ("unknown", None)
    assert "proves nothing" in result.message


def test_the_pool_of_a_large_instance_holds_pairs_and_intersections() -> None:
    """Where not all subsets can be listed, every demanded pair and every product is there."""
    instance = large(90, 300, 12, 2.0)
    found = set(pool(instance))
    for product in instance.product_masks[:20]:
        bits = [1 << i for i in range(90) if product >> i & 1]
        assert {a | b for a, b in combinations(bits, 2)} <= found
        assert len(bits) < 2 or product in found


@pytest.mark.parametrize("penalty", [0.0, -0.5, 1.5])
def test_a_penalty_out_of_range_is_an_input_error(penalty: float) -> None:
    """The coefficient is above 0 and at most 1."""
    with pytest.raises(InputError, match="penalty"):
        next(module_frequency(all_products(4), penalty))
