"""Rows that rule out what a model has wrong of a stock, and the last stocks of a search."""

from __future__ import annotations

import pyomo.environ as pyo
import pytest
from hypothesis import given, settings

import atoopt
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Run
from atoopt.stock import Costs, Product, StockInstance, evaluate
from atoopt.stock.cost import cost_equation
from atoopt.stock.enumeration.exhaustive import try_all
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.model.formulation import FORMULATIONS, build, stock_of
from atoopt.stock.model.refine import count_fewest, exclude, refuse
from tests.stock.reference import all_stocks, fitting_modules
from tests.stock.strategies import stock_instances

THREE = StockInstance(
    name="three", components=("a", "b", "c"), max_mean_assembly_time=None,
    products=(Product(components=("a", "b", "c"), demand=1), Product(components=("a", "b"), demand=1)),
    costs=Costs(preassembly=1, fixed_transport=1, variable_transport=0, final_assembly=1),
)  # fmt: skip

AB_BC = [("a", "b"), ("b", "c")]


def allowed(model: pyo.ConcreteModel) -> set[frozenset[int]]:
    """Return the stocks of several components that a model allows, by fixing each."""
    found = set()
    modules = sorted(model.modules.values())
    for stock in all_stocks(modules):
        for name, mask in model.modules.items():
            model.hold[name].fix(int(mask in stock))
        if solve_model(model, Run()).outcome == "optimal":
            found.add(frozenset(stock))
    model.hold.unfix()
    return found


@pytest.mark.parametrize(
    ("limit", "refused", "left"),
    [
        (0.4, [("b", "c")], {0b111}),  # without abc whatever else is held is too slow
        (0.0, [], {0b111}),  # ab and abc are needed; ab is tried first, and does not help enough
        (0.9, [("b", "c")], {0b011, 0b111}),  # either will do
    ],
)
@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_what_is_refused_is_out_with_all_that_it_contains(
    formulation: str, limit: float, refused: list[tuple[str, ...]], left: set[int]
) -> None:
    """Of a stock that is too slow, and what may be added in vain: whatever holds nothing else is out, no more."""
    model = build(THREE, formulation)
    everything = allowed(model)
    instance = THREE.replace(max_mean_assembly_time=limit)
    refuse(model, evaluate(instance, refused))
    assert len(everything) == 16
    assert allowed(model) == {stock for stock in everything if stock & left}
    assert all(not evaluate_masks(instance, stock).feasible for stock in everything if not stock & left)


def test_what_is_excluded_is_out_alone() -> None:
    """Neither what it contains nor what contains it."""
    model = build(THREE)
    exclude(model, evaluate(THREE, AB_BC))
    assert {frozenset(stock) for stock in all_stocks(fitting_modules(THREE))} - allowed(model) == {
        frozenset({0b011, 0b110})
    }


@pytest.mark.parametrize("formulation", FORMULATIONS)
def test_held_modules_are_used(formulation: str) -> None:
    """A model that gains by operations uses nothing that is held; the rows make it count as the evaluator does."""
    dear = THREE.replace(cost_basis="usage", costs={**THREE.costs.model_dump(), "preassembly": 9})
    assert cost_equation(dear).saving_costs
    model = build(dear, formulation)
    for name in model.modules:
        model.hold[name].fix(int(name in ("a+b", "b+c")))
    truth = evaluate(dear, AB_BC)
    assert solve_model(model, Run()).objective < truth.cost - 1
    assert count_fewest(model, truth)
    assert solve_model(model, Run()).objective == pytest.approx(truth.cost)
    assert stock_of(model) == [mask for mask in truth.masks if mask & (mask - 1)]
    assert not count_fewest(model, truth)


@given(
    stock_instances(
        4, min_components=3, cost_basis="usage",
        costs=Costs(preassembly=10, fixed_transport=0.1, variable_transport=0, final_assembly=1),
    )
)  # fmt: skip
@settings(max_examples=25)
def test_dear_savings_are_proven(instance: StockInstance) -> None:
    """By usage, with alpha above delta: models and decomposition end with the proof of what enumeration finds."""
    truth = atoopt.solve(instance, "enumeration").objective
    for method, options in (
        ("milp", {"formulation": "pattern"}), ("milp", {"formulation": "assignment"}), ("decomposition", {}),
    ):  # fmt: skip
        result = atoopt.solve(instance, method, **options)
        assert result.status == ("infeasible" if truth is None else "optimal"), result.message
        assert result.objective == (None if truth is None else pytest.approx(truth))


def test_all_stocks_of_some_sizes_are_tried() -> None:
    """Each once, what is held in all of them."""
    offered: list[tuple[int, ...]] = []
    try_all(lambda stock: offered.append(tuple(stock)), [3], [5, 6, 7])
    assert len(offered) == len(set(offered)) == 8
    assert all(stock[0] == 3 for stock in offered)
    offered.clear()
    try_all(lambda stock: offered.append(tuple(stock)), [3, 9], [5, 6, 7], range(1, 4))
    assert sorted(offered) == [(3, 9), (3, 9, 5), (3, 9, 6), (3, 9, 7)]
