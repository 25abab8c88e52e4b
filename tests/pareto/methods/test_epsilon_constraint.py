"""The epsilon-constraint method on small models whose fronts are known, and what it says when it cannot finish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.base.errors import InputError
from atoopt.pareto import pareto_front
from tests.pareto.problems import knapsack, knapsack_front

KNAPSACK = Path("../shared/data/knapsack_2kp50.json")


@settings(max_examples=15)
@given(st.data())
def test_whole_numbers_knapsack_front(data: st.DataObject) -> None:
    """Whole coefficients, one objective maximized and one minimized: exactly the brute-force front."""
    n = data.draw(st.integers(2, 7))
    row = st.lists(st.integers(0, 9), min_size=n, max_size=n)
    gains, weights = [data.draw(row), data.draw(row)], [data.draw(row)]
    room = [sum(weights[0]) // 2]
    model = knapsack(gains, weights, room)
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert front.values.tolist() == knapsack_front(gains, weights, room).tolist()


@pytest.mark.parametrize("scale", [1e5, 1.0, 1e-3])
def test_real_numbers_of_any_size(scale: float) -> None:
    """Real coefficients, large and small: no point missing and none twice."""
    rng = np.random.default_rng(3)
    gains, weights = (rng.uniform(0.2, 1, (2, 11)) * scale, rng.uniform(0.2, 1, (2, 11)))
    room = weights.sum(axis=1) / 2
    model = knapsack(gains.tolist(), weights.tolist(), room.tolist())
    front = pareto_front(model, (model.first, model.second))
    wanted = knapsack_front(gains, weights, room)
    assert front.complete
    assert front.values.shape == wanted.shape
    assert np.allclose(front.values, wanted, rtol=1e-9, atol=1e-9 * scale)


@pytest.mark.slow  # 7 s: the published benchmark instance, solved whole
def test_published_knapsack() -> None:
    """2kp50 of the literature: its 35 points, proven complete."""
    if not KNAPSACK.exists():
        pytest.skip(f"{KNAPSACK} is not here")
    data = json.loads(KNAPSACK.read_text())
    model = knapsack(data["c"], data["a"], data["b"])
    front = pareto_front(model, (model.first, model.second))
    wanted = np.array(sorted(data["front"])) * (1, -1)
    assert front.complete
    assert front.values.tolist() == wanted.tolist()


def test_model_is_left_as_it_was() -> None:
    """Values, active objectives and rows are those from before; constants count; a point tells its variables."""
    model = knapsack([[3, 4, 5], [5, 4, 2]], [[2, 3, 4]], [6], offset=100.0)
    model.x[1].value = 1
    model.second.deactivate()
    rows = model.nconstraints()
    front = pareto_front(model, (model.first, model.second))
    assert [model.x[i].value for i in range(3)] == [None, 1, None]
    assert model.first.active
    assert not model.second.active
    assert model.nconstraints() == rows
    assert front.values.tolist() == [[107.0, -9.0], [108.0, -7.0]]
    assert front.points[1].solution == {"x[0]": 1.0, "x[1]": 0.0, "x[2]": 1.0}
    assert list(front.to_frame().columns) == ["first", "second"]


@pytest.mark.parametrize(
    ("options", "says"),
    [({"method": "guess"}, "method"), ({"solver": "cplex"}, "solver"), ({"points": 0}, "points"),
     ({"time_limit": -1.0}, "time_limit"), ({"threads": 0}, "threads"), ({"jobs": 0}, "jobs"),
     ({"backend": "smoke"}, "backend"), ({"points": True}, "points"), ({"start": [1.0]}, "start")],
)  # fmt: skip
def test_bad_options(options: dict[str, Any], says: str) -> None:
    """An option without a meaning is an error that names it."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [4])
    with pytest.raises(InputError) as error:
        pareto_front(model, (model.first, model.second), **options)
    assert error.value.place == says


def test_nonlinear_objective_is_refused() -> None:
    """A product of variables is an error, not a wrong front."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [4])
    model.third = pyo.Objective(expr=model.x[0] * model.x[1])
    with pytest.raises(InputError, match="linear"):
        pareto_front(model, (model.first, model.third))


def test_a_row_without_variables_that_cannot_hold() -> None:
    """A model that is infeasible on sight has the empty front, as any infeasible one."""
    model = knapsack([[3.0], [2.0]], [[1.0]], [1.0])
    model.never = pyo.Constraint(expr=0 * model.x[0] >= 1)
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert front.values.shape == (0, 2)


@pytest.mark.parametrize("names", [("first",), ("first", "x"), ("first", "second", "first")])
def test_objectives_that_are_not_two(names: tuple[str, ...]) -> None:
    """Anything but two objectives is refused in one line."""
    model = knapsack([[3.0], [2.0]], [[1.0]], [1.0])
    with pytest.raises(InputError, match="two Pyomo Objectives"):
        pareto_front(model, tuple(getattr(model, name) for name in names))  # type: ignore[arg-type]
