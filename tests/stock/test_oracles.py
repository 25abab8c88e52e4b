"""Three ways that share no code must agree: enumeration, *assignment* and *pattern*."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import atoopt
from atoopt.stock import Costs, StockInstance
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.reference import all_stocks, fitting_modules
from tests.stock.strategies import stock_instances

WAYS = {
    "enumeration": ("enumeration", {}),
    "assignment": ("milp", {"formulation": "assignment"}),
    "pattern": ("milp", {"formulation": "pattern"}),
}
SET_1 = Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10)
SET_2 = Costs(preassembly=1, fixed_transport=0.4, variable_transport=0.1, final_assembly=10)
OPTIMA = [
    ("stock", SET_1, 38.0968),
    ("stock", SET_2, 17.5968),
    ("usage", SET_1, 28.7097),
    ("usage", SET_2, 11.9355),
]
CASES = [(way, *case) for way in WAYS for case in OPTIMA]
CASES.remove(("assignment", "usage", SET_1, 28.7097))  # 7 s, and the other three say as much of the model


@pytest.mark.slow  # the published optima of the paper's largest case: 2^26 stocks, and two models
@pytest.mark.parametrize(("way", "basis", "costs", "optimum"), CASES)
def test_the_papers_largest_case(uniform_5: StockInstance, way: str, basis: str, costs: Costs, optimum: float) -> None:
    """All 31 products of 5 components, T = 0.8: the known optimum, proven, by each way."""
    method, options = WAYS[way]
    instance = uniform_5.replace(cost_basis=basis, costs=costs)
    result = atoopt.solve(instance, method, **options)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(optimum, abs=1e-4)
    assert result.bound == pytest.approx(optimum, abs=1e-4)
    assert result.solution.n_modules == 10 or basis == "usage"


@settings(max_examples=40)
@given(stock_instances(4, max_products=6))
def test_three_ways_and_brute_force_agree(instance: StockInstance) -> None:
    """Whatever the features of the instance: the same status and the same cost."""
    modules = fitting_modules(instance)
    if len(modules) <= 8:
        checked = [evaluate_masks(instance, stock) for stock in all_stocks(modules)]
        costs = [stock.cost for stock in checked if stock.feasible]
        optimum = min(costs, default=None)
    else:
        optimum = atoopt.solve(instance, "enumeration").objective
    for method, options in WAYS.values():
        result = atoopt.solve(instance, method, **options)
        assert result.status == ("infeasible" if optimum is None else "optimal")
        assert result.objective == (None if optimum is None else pytest.approx(optimum, abs=1e-6))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("most", [4, 5, 6])
def test_fewer_modules_than_components_are_infeasible(uniform_5: StockInstance, way: str, most: int) -> None:
    """Every single component is held, so `max_modules` below their number is proven infeasible, not a crash."""
    method, options = WAYS[way]
    few = uniform_5.replace(
        max_modules=most, max_mean_assembly_time=None, candidate_modules=(("a", "b"), ("a", "c", "d"))
    )
    result = atoopt.solve(few, method, **options)
    assert result.status == ("infeasible" if most < 5 else "optimal")
