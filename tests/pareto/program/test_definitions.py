"""Objectives that are a variable, which an equality defines."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest

from atoopt.base.errors import InputError
from atoopt.pareto import pareto_front
from atoopt.pareto.program.compile import compile_program
from tests.pareto.problems import front_of


def through_variables(gains: np.ndarray, weights: np.ndarray, room: float) -> pyo.ConcreteModel:
    """Return a knapsack whose objectives are two variables, one of them twice a sum."""
    model, items = pyo.ConcreteModel(), range(len(weights))
    model.x, model.u, model.v = pyo.Var(items, domain=pyo.Binary), pyo.Var(), pyo.Var()
    model.room = pyo.Constraint(expr=sum(weights[i] * model.x[i] for i in items) <= room)
    model.define_u = pyo.Constraint(expr=model.u == sum(gains[0, i] * model.x[i] for i in items) + 17)
    model.define_v = pyo.Constraint(expr=2 * sum(gains[1, i] * model.x[i] for i in items) - 2 * model.v == 8)
    model.first = pyo.Objective(expr=model.u, sense=pyo.maximize)
    model.second = pyo.Objective(expr=model.v + 4, sense=pyo.maximize)
    return model


@pytest.mark.parametrize("size", [1e6, 1e-3])
def test_defined_objectives_have_their_whole_front(size: float) -> None:
    """Large and small real coefficients behind a variable: the front is that of the sums."""
    rng = np.random.default_rng(3)
    gains, weights = rng.random((2, 12)) * np.array([[size], [1.0]]), rng.random(12)
    room = float(weights.sum()) / 3
    model = through_variables(gains, weights, room)
    chosen = (np.arange(2**12)[:, None] >> np.arange(12)) & 1
    attained = (chosen @ gains.T)[chosen @ weights <= room] + [17.0, 0.0]
    wanted = front_of(attained, (-1, -1))
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert front.values.shape == wanted.shape
    assert np.allclose(front.values, wanted, rtol=1e-12, atol=1e-12)


def test_whole_sums_are_counted_in_steps() -> None:
    """A variable that equals a sum of whole numbers takes whole values, apart from a constant."""
    gains = np.array([[3.0, 5.0, 7.0], [6.0, 4.0, 2.0]])
    model = through_variables(gains, np.ones(3), 2.0)
    program, _ = compile_program(model, (model.first, model.second))
    assert [f.step for f in program.objectives] == [(1, 1), (2, 1)]
    assert [f.sign * f.constant for f in program.objectives] == [17.0, 0.0]


def test_an_objective_of_another_model_is_named() -> None:
    """One line names objective and variable."""
    gains = np.ones((2, 3))
    model, other = (through_variables(gains, np.ones(3), 2.0) for _ in range(2))
    with pytest.raises(InputError, match="objective second has the variable v of another model"):
        pareto_front(model, (model.first, other.second))
