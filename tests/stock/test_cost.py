"""The cost equation and the limits that methods go by, set against the evaluator, which shares no code with them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given

from atoopt.stock import StockInstance, evaluate
from atoopt.stock.cost import DRIFT, ROUNDING, Limits, cost_equation, cost_terms, least_cost, limits_of
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from tests.stock.strategies import module_masks, stock_instances


def judged(instance: StockInstance, masks: list[int]) -> tuple[Evaluation, list[int]]:
    """Return a stock of those modules that an instance has the components for, and which are of several."""
    several = sorted({mask for mask in masks if mask < 1 << instance.n_components and mask & (mask - 1)})
    return evaluate_masks(instance, several), several


def keeps(limits: Limits, stock: Evaluation, n_several: int) -> bool:
    """Return whether the three numbers of a stock keep the limits."""
    shares, operations = stock.instance.shares, stock.operations
    slow = float(shares @ operations) > limits.operations
    late = float(shares[operations <= limits.latest].sum()) < limits.share
    return not slow and not late and n_several <= limits.modules


@given(stock_instances(6), module_masks(6))
def test_each_term_is_the_evaluators(instance: StockInstance, masks: list[int]) -> None:
    """Modules, joins and mean operations give each of (4) to (7), and their sum (9), of any stock on either basis."""
    stock, several = judged(instance, masks)
    numbers = len(several), sum(mask.bit_count() - 1 for mask in several), float(instance.shares @ stock.operations)
    terms = cost_terms(instance)
    for name, term in (*terms.items(), ("cost", cost_equation(instance))):
        value = term.base + float(np.dot((term.per_module, term.per_join, term.per_operation), numbers))
        truth = stock.cost if name == "cost" else stock.costs[name]
        assert value == pytest.approx(truth, rel=1e-12, abs=1e-9), name
    assert terms.keys() == stock.costs.keys()


@given(stock_instances(6), module_masks(6))
def test_a_module_costs_what_the_evaluator_adds_for_it(instance: StockInstance, masks: list[int]) -> None:
    """A stock costs the base, its modules one by one, and its operations; arrays of sizes give the same."""
    stock, several = judged(instance, masks)
    cost, sizes = cost_equation(instance), np.array([mask.bit_count() for mask in several], dtype=np.int64)
    own = sum(float(cost.module(size)) for size in sizes.tolist())
    total = cost.base + own + cost.per_operation * float(instance.shares @ stock.operations)
    assert total == pytest.approx(stock.cost, rel=1e-12, abs=1e-9)
    assert np.sum(cost.module(sizes)) == pytest.approx(own)


@given(stock_instances(6), module_masks(6))
def test_least_cost_bounds_every_stock(instance: StockInstance, masks: list[int]) -> None:
    """No stock costs less than what needs no search."""
    assert least_cost(instance) <= judged(instance, masks)[0].cost + 1e-9


@given(stock_instances(6, candidate_modules=None), module_masks(6))
def test_limits_are_the_evaluators(instance: StockInstance, masks: list[int]) -> None:
    """A stock keeps the limits if and only if the evaluator finds none broken, and so with either safety margin."""
    stock, several = judged(instance, masks)
    limits = limits_of(instance)
    for each in (limits, limits.stricter(DRIFT), limits.looser(ROUNDING)):
        assert keeps(each, stock, len(several)) == stock.feasible


@given(stock_instances(6))
def test_margins_are_on_their_sides(instance: StockInstance) -> None:
    """What a search keeps is stricter than what the evaluator does, and what a model keeps is looser."""
    limits = limits_of(instance)
    strict, loose = limits.stricter(DRIFT), limits.looser(ROUNDING)
    if math.isfinite(limits.operations):
        assert strict.operations < limits.operations < loose.operations
    if limits.share > 0:
        assert loose.share < limits.share < strict.share
    assert strict.modules == limits.modules == loose.modules


def test_too_few_modules_even_for_the_components() -> None:
    """Single components count: with fewer modules allowed than there are of them, there is no room at all."""
    instance = StockInstance.model_validate(
        {
            "name": "two", "components": ["a", "b"], "products": [{"components": ["a", "b"], "demand": 1}],
            "costs": {"preassembly": 1, "fixed_transport": 2, "variable_transport": 0.4, "final_assembly": 10},
            "max_mean_assembly_time": None, "max_modules": 1,
        }
    )  # fmt: skip
    assert limits_of(instance).room(5) == -1
    assert not evaluate(instance, []).feasible
    assert limits_of(instance.replace(max_modules=None)).room(5) == 5
