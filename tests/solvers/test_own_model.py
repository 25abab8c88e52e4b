"""An analyst's own model: what it proves is told of the model, and never of the instance, for every problem."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import atoopt

STOCK, POLICY = "instances/stock/uniform-5.json", "instances/policy/plates-12.json"

MODEL = """import pyomo.environ as pyo
from atoopt.{family}.model.formulation import build


def build_model(instance):
    model = build(instance)
    {change}
    return model
"""

CHANGES = {
    "plain": "pass",
    "tighter": "model.more = pyo.Constraint(expr=sum(model.{x}.values()) >= 11)",
    "impossible": "model.more = pyo.Constraint(expr=sum(model.{x}.values()) >= 10**6)",
    "other": "[o.deactivate() for o in model.component_objects(pyo.Objective)];"
    " model.mine = pyo.Objective(expr=sum(model.{x}.values()), sense=pyo.maximize)",
    "looser": "[c.deactivate() for c in model.component_objects(pyo.Constraint)];"
    " [o.deactivate() for o in model.component_objects(pyo.Objective)];"
    " model.mine = pyo.Objective(expr=sum(model.{x}.values()))",
}


@pytest.fixture(params=[STOCK, POLICY])
def instance(request: pytest.FixtureRequest) -> Any:
    """Return an instance of each problem."""
    return atoopt.load(request.param)


def solved(instance: Any, change: str, folder: Path, method: str = "auto", **options: Any) -> Any:
    """Return the result of a model that is the plain one, changed."""
    family, x = ("policy", "to_order") if instance.format == "atoopt/policy" else ("stock", "hold")
    file = folder / "mine.py"
    file.write_text(MODEL.format(family=family, change=CHANGES[change].format(x=x)))
    return atoopt.solve(instance, method, model=str(file), **options)


@pytest.mark.parametrize("method", ["auto", "milp"])
@pytest.mark.parametrize("change", ["plain", "tighter"])
def test_a_model_proves_nothing_of_the_instance(change: str, method: str, instance: Any, tmp_path: Path) -> None:
    """Its optimum is a solution of the instance; the proof stands in keys of its own."""
    best, result = atoopt.solve(instance).objective, solved(instance, change, tmp_path, method)
    assert (result.status, result.bound, result.restricted_bound, result.gap) == ("feasible", None, None, None)
    data = result.to_json()
    assert data["model_status"] == "optimal"
    assert data["model_objective"] == pytest.approx(result.objective) == pytest.approx(data["model_bound"])
    assert (result.objective == pytest.approx(best)) == (change == "plain")
    assert "model optimal" in result.headline()
    assert "proves nothing" in result.message
    assert all(bound is None for _, _, bound in data["trajectory"])


def test_an_impossible_model_is_not_an_impossible_instance(instance: Any, tmp_path: Path) -> None:
    """The model is infeasible; of the instance nothing is known."""
    result = solved(instance, "impossible", tmp_path)
    assert (result.status, result.objective, result.bound) == ("unknown", None, None)
    data = result.to_json()
    assert (data["model_status"], data["model_objective"]) == ("infeasible", None)
    assert "infeasible" in result.message


def test_a_maximized_objective_keeps_its_own_sense(instance: Any, tmp_path: Path) -> None:
    """The model's objective and bound are its own, the result's objective is that of the instance."""
    result = solved(instance, "other", tmp_path)
    data = result.to_json()
    assert data["model_status"] == "optimal"
    assert data["model_bound"] == pytest.approx(data["model_objective"])
    assert data["model_objective"] != pytest.approx(result.objective)
    assert result.objective == pytest.approx(result.solution.cost)
    assert (result.status, result.bound) == ("feasible", None)
    assert "is not that of the instance" in result.message


def test_a_solution_that_breaks_the_limits_is_told_of_and_not_reported(instance: Any, tmp_path: Path) -> None:
    """The model forgot the limits: its optimum is one of the model, and no result of the instance."""
    if instance.format == "atoopt/policy":
        instance = instance.replace(limits={"max_pallets": 1.0})
    result = solved(instance, "looser", tmp_path)
    assert (result.status, result.objective, result.solution) == ("unknown", None, None)
    assert result.to_json()["model_status"] == "optimal"
    assert "breaks the instance's limits" in result.message
    assert result.details["model_solution"]


def test_a_model_cut_short_is_not_called_optimal(instance: Any, tmp_path: Path) -> None:
    """Without time the model has no proof, and says so."""
    result = solved(instance, "plain", tmp_path, "milp", time_limit=0)
    assert result.status in ("unknown", "feasible")
    assert result.to_json()["model_status"] in ("unknown", "feasible")
    assert "time limit" in result.message


def test_results_without_a_model_have_no_such_keys(instance: Any) -> None:
    """Nothing is said of a model where none was given."""
    assert not [key for key in atoopt.solve(instance).to_json() if key.startswith("model_")]
