"""Every method on the shared problems, against fronts known by brute force."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from atoopt.base.errors import InputError
from atoopt.pareto import pareto_front
from atoopt.pareto.methods import front_search
from tests.pareto.problems import PROBLEMS, hard_knapsack, knapsack_front, linear_program, senses, supported

Problem = Callable[[], tuple[pyo.ConcreteModel, np.ndarray]]

by_problem = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.__name__)


@by_problem
@pytest.mark.parametrize("method", ["epsilon-constraint", "balanced-box"])
def test_whole_fronts(problem: Problem, method: str) -> None:
    """Each complete method finds exactly the known front and says that it is complete."""
    model, wanted = problem()
    front = pareto_front(model, (model.first, model.second), method)
    assert front.complete
    assert front.stop_reason == ""
    assert front.values.shape == wanted.shape
    assert np.allclose(front.values, wanted, rtol=1e-9, atol=1e-9)


@by_problem
def test_dichotomy_finds_the_supported_points(problem: Problem) -> None:
    """Dichotomy finds points of the front, all corners of its hull among them; complete only if these are all."""
    model, wanted = problem()
    front = pareto_front(model, (model.first, model.second), "dichotomy")
    assert not front.complete or len(front) == len(wanted)
    found = {tuple(np.round(v, 6)) for v in front.values.tolist()}
    assert found <= {tuple(np.round(v, 6)) for v in wanted.tolist()}
    assert found >= {tuple(np.round(v, 6)) for v in supported(wanted, senses(model)).tolist()}


@by_problem
def test_solutions_have_the_values_of_their_points(problem: Problem) -> None:
    """The variables of each point give its two objective values, and the model is left as it was."""
    model, _ = problem()
    front = pareto_front(model, (model.first, model.second))
    assert all(variable.value is None for variable in model.component_data_objects(pyo.Var))
    variables = {variable.name: variable for variable in model.component_data_objects(pyo.Var)}
    for point in front.points:
        for name, value in point.solution.items():
            variables[name].set_value(value, skip_validation=True)
        assert pyo.value(model.first) == pytest.approx(point.objectives[0], abs=1e-6)
        assert pyo.value(model.second) == pytest.approx(point.objectives[1], abs=1e-6)
        assert all(row.slack() >= -1e-6 for row in model.component_data_objects(pyo.Constraint, active=True))


@pytest.mark.parametrize("method", ["epsilon-constraint", "balanced-box"])
def test_points_are_spread_with_a_stated_error(method: str) -> None:
    """A few points: all on the front, both ends, and no true point farther from them than stated."""
    model, data = hard_knapsack(10)
    wanted = knapsack_front(*data)
    front = pareto_front(model, (model.first, model.second), method, points=6)
    assert len(front) == 6
    assert not front.complete
    assert {tuple(v) for v in front.values.tolist()} <= {tuple(v) for v in wanted.tolist()}
    assert front.values[[0, -1]].tolist() == wanted[[0, -1]].tolist()
    away = np.abs(wanted[:, None] - front.values[None]) / np.ptp(wanted, axis=0)
    assert away.max(axis=2).min(axis=1).max() <= front.coverage_error + 1e-9


def test_more_points_than_there_are() -> None:
    """All points, and the front is complete."""
    model, data = hard_knapsack(10)
    front = pareto_front(model, (model.first, model.second), points=500)
    assert front.complete
    assert front.values.tolist() == knapsack_front(*data).tolist()


@pytest.mark.parametrize("method", ["epsilon-constraint", "balanced-box"])
def test_points_along_a_line(method: str) -> None:
    """A linear program in nine points: on its front, and not complete."""
    model, corners = linear_program()
    front = pareto_front(model, (model.first, model.second), method, points=9)
    assert len(front) == 9
    assert not front.complete
    assert np.allclose(front.values[:, 1], np.interp(front.values[:, 0], corners[:, 0], corners[:, 1]))


@pytest.mark.parametrize("method", ["epsilon-constraint", "balanced-box"])
def test_a_front_with_continuous_parts_is_represented(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines, of which an integer chooses one: no next point exists, so some points stand for the front."""
    monkeypatch.setattr(front_search, "POINTS_OF_A_LINE", 12)
    model = pyo.ConcreteModel()
    model.x, model.z = pyo.Var(bounds=(0, 10)), pyo.Var(domain=pyo.Binary)
    model.first = pyo.Objective(expr=model.x + 3 * model.z)
    model.second = pyo.Objective(expr=-model.x - 4 * model.z)
    front = pareto_front(model, (model.first, model.second), method)
    assert not front.complete
    assert "continuous" in front.stop_reason
    assert 10 <= len(front) <= 12
    assert front.coverage_error < 0.2


def test_archive_is_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Known solutions reach the solver; what is not feasible does not, and changes nothing."""
    from atoopt.pareto.search.subproblem import Subproblems

    model, data = hard_knapsack(10)
    whole = pareto_front(model, (model.first, model.second))
    handed: list[Any] = []
    run = Subproblems._run

    def watched(self: Subproblems, ask: Any, start: Any) -> Any:
        handed.append(start)
        return run(self, ask, start)

    monkeypatch.setattr(Subproblems, "_run", watched)
    again = pareto_front(model, (model.first, model.second), start=whole)
    assert again.values.tolist() == whole.values.tolist()
    assert handed[0] is not None
    too_heavy = {f"x[{i}]": 1.0 for i in range(10)}
    handed.clear()
    other = pareto_front(model, (model.first, model.second), start=[too_heavy])
    assert other.values.tolist() == knapsack_front(*data).tolist()
    assert handed[0] is None


@pytest.mark.parametrize("method", ["epsilon-constraint", "dichotomy", "balanced-box"])
def test_unbounded(method: str) -> None:
    """An unbounded objective is an error that says so."""
    free = pyo.ConcreteModel()
    free.x = pyo.Var()
    free.a, free.b = pyo.Objective(expr=free.x), pyo.Objective(expr=2 * free.x)
    with pytest.raises(InputError, match="unbounded"):
        pareto_front(free, (free.a, free.b), method)


def test_infeasible_though_its_objective_is_unbounded() -> None:
    """A model without a solution is infeasible, also where presolve cannot tell that from unbounded."""
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(), pyo.Var(domain=pyo.Integers)
    model.a = pyo.Constraint(expr=model.x - model.y >= 1)
    model.b = pyo.Constraint(expr=model.x - model.y <= 0)
    model.first, model.second = pyo.Objective(expr=model.x), pyo.Objective(expr=-model.y)
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert len(front) == 0
