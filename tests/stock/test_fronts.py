"""Cost against assembly time: every method against every stock, and what intervals claim."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.errors import InputError
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.evaluate import evaluate_masks
from atoopt.stock.fronts import model_is_exact
from atoopt.stock.grid import search
from atoopt.stock.levels import Level, Levels
from atoopt.stock.solve_level import Answer, Task, solve_task
from tests.stock.reference import all_stocks, fitting_modules
from tests.stock.strategies import stock_instances

SMALL = stock_instances(3, min_components=2, max_products=7)


def by_brute_force(instance: StockInstance) -> np.ndarray:
    """Return cost and time of the undominated ones of all feasible stocks, by the evaluator."""
    stocks = [evaluate_masks(instance, stock) for stock in all_stocks(fitting_modules(instance))]
    values = np.array([(s.cost, s.mean_assembly_time) for s in stocks if s.feasible]).reshape(-1, 2)
    return values[nondominated(values, 1e-9)]


def assert_same(front: Front, wanted: np.ndarray) -> None:
    """The points are those, each with a stock that is feasible and has these values."""
    assert front.complete, front.stop_reason
    assert front.values.shape == wanted.shape
    np.testing.assert_allclose(front.values, wanted, rtol=1e-7, atol=1e-7)
    for point in front.points:
        assert point.solution.feasible
        assert point.objectives == (point.solution.cost, point.solution.mean_assembly_time)


@given(SMALL)
@settings(max_examples=60)
def test_enumeration_is_brute_force(instance: StockInstance) -> None:
    """With every feature of an instance, the front of all stocks is that of the definition."""
    assert_same(atoopt.pareto(instance, "enumeration"), by_brute_force(instance))


@given(SMALL.filter(model_is_exact))
@settings(max_examples=20)
def test_epsilon_constraint_is_enumeration(instance: StockInstance) -> None:
    """The model's front is the front of all stocks."""
    assert_same(atoopt.pareto(instance, "epsilon-constraint"), atoopt.pareto(instance, "enumeration").values)


@given(SMALL, st.integers(2, 6))
@settings(max_examples=15)
def test_intervals_hold(instance: StockInstance, n: int) -> None:
    """No bound is above a stock as fast; every undominated stock is a point or in a box; the error is an upper bound."""
    wanted = by_brute_force(instance)
    front = atoopt.pareto(instance, "decomposition", points=n)
    assert front.complete == (len(front.unexplored) == 0)
    assert len(front) == 0 if not len(wanted) else 1 <= len(front) <= n
    assert front.bounds is not None
    for (cost, time), bound in zip(front.values.tolist(), front.bounds.tolist(), strict=True):
        as_fast = wanted[wanted[:, 1] <= time + 1e-9]
        assert bound <= as_fast[:, 0].min() + 1e-6 * max(1.0, cost)
        assert bound <= cost
    near = 1e-6 * np.maximum(1.0, np.abs(wanted).max(axis=0, initial=0.0))
    for value in wanted:
        at_point = (np.abs(front.values - value) <= near).all(axis=1).any()
        boxes = front.unexplored
        assert at_point or ((boxes[..., 0] - near <= value) & (value <= boxes[..., 1] + near)).all(axis=1).any()
    if front.coverage_error is not None and len(wanted):
        span = np.where(np.ptp(front.values, axis=0) > 0, np.ptp(front.values, axis=0), 1.0)
        away = (np.abs(wanted[:, None] - front.values[None]) / span).max(axis=2).min(axis=1)
        assert away.max() <= front.coverage_error + 1e-5
