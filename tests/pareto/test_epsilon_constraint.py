"""The epsilon-constraint method on small models whose fronts are known, and what it says when it cannot finish."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.errors import InputError
from atoopt.pareto import pareto_front
from atoopt.pareto.compiled import Compiled
from atoopt.pareto.filter import nondominated
from atoopt.solvers.highs import Answer

KNAPSACK = Path("../shared/data/knapsack_2kp50.json")


def knapsack(gains: Any, weights: Any, room: Any, *, offset: float = 0.0) -> pyo.ConcreteModel:
    """Return max gains[k] . x subject to weights[k] . x <= room[k]."""
    model = pyo.ConcreteModel(name="knapsack")
    items = range(len(gains[0]))
    model.x = pyo.Var(items, domain=pyo.Binary)
    model.fits = pyo.ConstraintList()
    for row, most in zip(weights, room, strict=True):
        model.fits.add(sum(w * model.x[i] for i, w in enumerate(row)) <= most)
    first, second = (sum(g * model.x[i] for i, g in enumerate(row)) for row in gains)
    model.first = pyo.Objective(expr=first + offset, sense=pyo.maximize)
    model.second = pyo.Objective(expr=-second, sense=pyo.minimize)
    return model


def by_brute_force(gains: Any, weights: Any, room: Any) -> np.ndarray:
    """Return the front of `knapsack`, sorted by the first objective."""
    x = np.array(list(product((0, 1), repeat=len(gains[0]))))
    x = x[(x @ np.array(weights).T <= np.array(room) + 1e-9).all(axis=1)]
    values = x @ np.array(gains).T * (1, -1)
    span = 1e-7 * np.maximum(np.ptp(values, axis=0), 1e-12)
    kept = nondominated(values * (-1, 1), tuple(span.tolist()))
    return values[kept][np.argsort(values[kept, 0])]


def opposed(rng: np.random.Generator, n: int) -> list[list[int]]:
    """Return two rows of gains, of which one is large where the other is small: many points."""
    first = rng.integers(10, 100, n)
    return [first.tolist(), (110 - first + rng.integers(0, 10, n)).tolist()]


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_whole_numbers_by_brute_force(data: st.DataObject) -> None:
    """Whole coefficients, one objective maximized and one minimized: exactly the brute-force front."""
    n = data.draw(st.integers(2, 7))
    row = st.lists(st.integers(0, 9), min_size=n, max_size=n)
    gains, weights = [data.draw(row), data.draw(row)], [data.draw(row)]
    room = [sum(weights[0]) // 2]
    model = knapsack(gains, weights, room)
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert front.values.tolist() == by_brute_force(gains, weights, room).tolist()


@pytest.mark.parametrize("scale", [1e5, 1.0, 1e-3])
def test_real_numbers_of_any_size(scale: float) -> None:
    """Real coefficients, large and small: no point missing and none twice."""
    rng = np.random.default_rng(3)
    gains, weights = (rng.uniform(0.2, 1, (2, 11)) * scale, rng.uniform(0.2, 1, (2, 11)))
    room = weights.sum(axis=1) / 2
    model = knapsack(gains.tolist(), weights.tolist(), room.tolist())
    front = pareto_front(model, (model.first, model.second))
    wanted = by_brute_force(gains, weights, room)
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


def test_points_are_spread_with_a_stated_error() -> None:
    """A few points: all on the front, both ends, and no true point farther from them than stated."""
    rng = np.random.default_rng(8)
    gains, weights = opposed(rng, 14), rng.integers(10, 100, (1, 14)).tolist()
    room = [sum(weights[0]) // 2]
    model = knapsack(gains, weights, room)
    wanted = by_brute_force(gains, weights, room)
    front = pareto_front(model, (model.first, model.second), points=6)
    assert len(front) == 6
    assert not front.complete
    assert {tuple(v) for v in front.values.tolist()} <= {tuple(v) for v in wanted.tolist()}
    assert front.values[[0, -1]].tolist() == wanted[[0, -1]].tolist()
    away = np.abs(wanted[:, None] - front.values[None]) / np.ptp(wanted, axis=0)
    assert away.max(axis=2).min(axis=1).max() <= front.details["coverage_error"] + 1e-9
    more = pareto_front(model, (model.first, model.second), points=500)
    assert more.complete
    assert more.values.tolist() == wanted.tolist()


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


def test_linear_program_with_a_bare_variable() -> None:
    """A continuous model whose first objective is one variable: points on the segment, not complete in six."""
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(bounds=(0, 4)), pyo.Var(bounds=(0, 4))
    model.row = pyo.Constraint(expr=model.x + model.y >= 4)
    model.cost, model.other = pyo.Objective(expr=model.x), pyo.Objective(expr=model.y)
    front = pareto_front(model, (model.cost, model.other), points=6)
    assert not front.complete
    assert np.allclose(front.values.sum(axis=1), 4)
    assert front.values[[0, -1]].tolist() == [[0, 4], [4, 0]]


def test_single_point_and_infeasible_and_unbounded() -> None:
    """One best point for both: complete. No solution: empty and complete. Unbounded: an error that says so."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [6])
    assert pareto_front(model, (model.first, model.second)).values.tolist() == [[7.0, -9.0]]
    model.never = pyo.Constraint(expr=model.x[0] + model.x[1] >= 3)
    nothing = pareto_front(model, (model.first, model.second))
    assert nothing.complete
    assert len(nothing) == 0
    free = pyo.ConcreteModel()
    free.x = pyo.Var()
    free.a, free.b = pyo.Objective(expr=free.x), pyo.Objective(expr=2 * free.x)
    with pytest.raises(InputError, match="unbounded"):
        pareto_front(free, (free.a, free.b))


@pytest.mark.parametrize("points", [None, 50])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 8])
def test_a_limit_is_not_infeasibility(k: int, points: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that stops at the k-th solve: the front is incomplete, says why, and loses no point."""
    rng = np.random.default_rng(8)
    gains, weights = opposed(rng, 10), rng.integers(10, 100, (1, 10)).tolist()
    room = [sum(weights[0]) // 2]
    model = knapsack(gains, weights, room)
    wanted = {tuple(v) for v in by_brute_force(gains, weights, room).tolist()}
    minimize = Compiled.minimize
    seen: list[tuple[float, float]] = []

    def stops(self: Compiled, *arguments: Any) -> Answer:
        if len(seen) >= k - 1:
            return Answer("stopped", None, None)
        answer = minimize(self, *arguments)
        first, second = self.values(self.columns())
        seen.append((-first, second))
        return answer

    monkeypatch.setattr(Compiled, "minimize", stops)
    front = pareto_front(model, (model.first, model.second), points=points)
    assert not front.complete
    assert front.stop_reason == "a solve stopped before its proof"
    found = {tuple(v) for v in front.values.tolist()}
    assert found >= set(seen[1::2])  # the second stage of each pair is a point
    assert len(found - wanted) <= 1  # the first stage of a pair may be weakly dominated


def test_no_time_gives_no_points() -> None:
    """With no time at all the front is empty, incomplete, and says why."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [4])
    front = pareto_front(model, (model.first, model.second), time_limit=0.0)
    assert not front.complete
    assert front.stop_reason == "time limit"


@pytest.mark.parametrize(
    ("options", "says"),
    [({"method": "guess"}, "method"), ({"solver": "cplex"}, "solver"), ({"points": 0}, "points"),
     ({"time_limit": -1.0}, "time_limit"), ({"threads": 0}, "threads")],
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
