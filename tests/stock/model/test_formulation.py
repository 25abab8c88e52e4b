"""The two Pyomo models as algebra: a stock is feasible in them exactly when the evaluator says so."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings

from atoopt.base.errors import InputError
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.candidates import all_subsets, default_candidates
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.model.formulation import FORMULATIONS, build, set_start, stock_of
from atoopt.stock.model.patterns import n_partitions, partitions_into
from tests.stock.strategies import stock_instances

ROUNDING = 1e-7


def holds(constraint: Any) -> bool:
    """Whether the variables' values satisfy a constraint."""
    body = pyo.value(constraint.body)
    low, high = constraint.lb, constraint.ub
    return (low is None or body >= low - ROUNDING) and (high is None or body <= high + ROUNDING)


@pytest.mark.parametrize("formulation", FORMULATIONS)
@settings(max_examples=60)
@given(data=st.data())
def test_a_stock_fits_the_model_as_the_evaluator_judges(formulation: str, data: st.DataObject) -> None:
    """Written into the variables, a stock has the evaluator's cost and time, and breaks a limit when it says so."""
    instance = data.draw(stock_instances(4))
    masks = default_candidates(instance).masks
    stock = data.draw(st.lists(st.sampled_from(masks), unique=True)) if masks else []
    evaluation = evaluate_masks(instance, stock)
    model = build(instance, formulation)
    set_start(model, evaluation)
    assert sorted(stock_of(model)) == sorted(stock)
    assert pyo.value(model.cost) == pytest.approx(evaluation.cost)
    assert pyo.value(model.mean_assembly_time) == pytest.approx(evaluation.mean_assembly_time, abs=1e-9)
    terms = {name: pyo.value(getattr(model, name)) for name in evaluation.costs}
    assert terms == pytest.approx(evaluation.costs)
    broken = [c.name for c in model.component_data_objects(pyo.Constraint, active=True) if not holds(c)]
    limits = {"customer_accepts", "max_modules", "delivery_ratio"}
    assert set(broken) <= limits
    # a limit that no variable can influence is not written down, or can only be infeasible
    if len(model.K) and len(model.M):
        assert bool(broken) == (not evaluation.feasible)


@settings(max_examples=40)
@given(stock_instances(4))
def test_pattern_is_at_least_as_tight(instance: StockInstance) -> None:
    """The relaxation of *pattern* is never below that of *assignment*."""
    bounds = {}
    for name in FORMULATIONS:
        model = build(instance, name)
        pyo.TransformationFactory("core.relax_integer_vars").apply_to(model)
        answer = solve_model(model, Run())
        bounds[name] = float("inf") if answer.outcome == "infeasible" else answer.bound
    assert bounds["pattern"] >= bounds["assignment"] - 1e-6


@pytest.mark.parametrize(("n", "bell"), [(1, 1), (2, 2), (3, 5), (4, 15), (5, 52), (6, 203)])
def test_partitions_of_a_set_are_counted_by_bell(n: int, bell: int) -> None:
    """Each partition once, into disjoint modules inside the product."""
    product = 2**n - 1
    found = list(partitions_into(product, frozenset(range(1, product + 1))))
    several = [tuple(mask for mask in parts if mask & (mask - 1)) for parts in found]
    assert len({frozenset(parts) for parts in several}) == bell
    for parts in found:
        assert sum(parts) == sum(set(parts))
        assert sum(mask.bit_count() for mask in parts) <= n


def test_columns_are_counted_up_to_a_limit(uniform_5: StockInstance) -> None:
    """Bell(6) - 1 partitions of the 31 products of five components; counting stops above the limit."""
    candidates = all_subsets(uniform_5)
    assert n_partitions(uniform_5, candidates, 10_000) == 202
    assert n_partitions(uniform_5, candidates, 50) == 51


def test_labels_stay_apart_when_names_hold_the_sign() -> None:
    """Components called `a+b` and `a`, `b` together must not be confused."""
    instance = StockInstance(
        name="signs", components=("a", "b", "a+b", "c"), max_mean_assembly_time=0.1,
        products=(Product(components=("a", "b", "c"), demand=1), Product(components=("a+b", "c"), demand=1)),
        costs=Costs(preassembly=1, fixed_transport=1, variable_transport=1, final_assembly=1),
    )  # fmt: skip
    model = build(instance)
    assert len(model.modules) == len(set(model.modules.values())) == 5


def test_unknown_formulation() -> None:
    """The error lists the names."""
    instance = StockInstance(
        name="one", components=("a",), products=(Product(components=("a",), demand=1),), max_mean_assembly_time=None,
        costs=Costs(preassembly=1, fixed_transport=1, variable_transport=1, final_assembly=1),
    )  # fmt: skip
    with pytest.raises(InputError, match="textbook"):
        build(instance, "textbook")
