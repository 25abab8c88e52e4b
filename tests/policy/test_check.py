"""The checker of policies: every claim of a result is recomputed, and each false one is named."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

import atoopt
from atoopt.policy.check import check

INSTANCE = atoopt.load("instances/policy/plates-12.json")


@pytest.fixture(scope="module")
def result() -> dict[str, Any]:
    """Return an optimal result, with its weights and hours."""
    return atoopt.solve(INSTANCE, "exact").to_json()


@pytest.mark.parametrize("method", ["auto", "exact", "threshold", "milp"])
@pytest.mark.parametrize("objective", ["weighted", "pallets", "setup_hours"])
def test_results_of_every_method_pass(method: str, objective: str) -> None:
    """What the methods claim is true, with details and without, printed to nine digits as well."""
    found = atoopt.solve(INSTANCE, method, objective=objective).to_json()
    assert check(INSTANCE, found).violations == ()
    del found["details"]
    assert check(INSTANCE, found).violations == ()


@pytest.mark.parametrize(
    ("changes", "violation"),
    [
        ({"objective": None}, "status is optimal without an objective"),
        ({"objective": ...}, "status is optimal without an objective"),
        ({"bound": None, "gap": None}, "status is optimal without a bound"),
        ({"bound": ..., "gap": ...}, "status is optimal without a bound"),
        ({"status": "feasible", "objective": ...}, "status is feasible without an objective"),
        ({"objective": 170.0}, "objective is claimed as 170, but is 174.79"),
        ({"objective": 170.0, "details": {}}, "objective is claimed as 170, but is 174.79"),
        ({"objective": 170.0, "details": ...}, "objective is claimed as 170, but is 174.79"),
        ({"objective": 174.79166666666666 + 5e-5}, "objective is claimed as 174.791716667, but is 174.791666667"),
        ({"bound": 174.8}, "bound 174.8 is above the objective 174.791667"),
        ({"bound": 174.8, "objective": None}, "bound 174.8 is above the objective 174.791667"),
        ({"restricted_bound": 180.0}, "restricted_bound 180 is above the objective"),
        ({"bound": 100.0}, "status is optimal, but the bound 100 is below the objective"),
        ({"gap": 0.1}, "gap is claimed as 0.1, but is"),
        ({"gap": 0.1, "bound": None, "status": "feasible"}, "gap is claimed as 0.1 where there is none"),
        ({"status": "Optimal"}, 'status is "Optimal", none of optimal, feasible, infeasible, unknown'),
        ({"status": "unknown"}, "status is unknown, but there is a solution"),
        ({"details": {"weights": [0.0, 0.0]}}, "details.weights: is 0,0"),
        ({"details": {"weights": [1.0, -2.0]}}, "details.weights: is 1,-2"),
        ({"details": {"weights": [1.0, 3.0]}}, "objective is claimed as 174.791666667, but is 247.29"),
        ({"details": {"weights": [1.0, 2.0], "objective": "pallets"}}, 'details.objective is "pallets", but'),
        ({"details": {"objective": "pallets"}}, "objective is claimed as 174.791666667, but is 29.79"),
        ({"method": "threshold"}, "thresholds are missing, though the method is threshold"),
        ({"instance": "plates-60"}, 'instance is "plates-60"'),
        ({"solution": {"process_hours": {"cutting": 435.4}}}, "process_hours.bending is missing"),
        ({"solution": {"process_hours": {"milling": 1.0}}}, "process_hours.milling is claimed as 1 where there"),
        ({"solution": {"pallets": 29.791666}}, "pallets is claimed as 29.791666, but is 29.7916666667"),
    ],
)
def test_false_claims_are_named(result: dict[str, Any], changes: dict[str, Any], violation: str) -> None:
    """Each claim that is absent where the status needs it, made up, or a little off is a violation."""
    claimed = deepcopy(result)
    for key, value in changes.items():
        if value is ...:
            del claimed[key]
        elif key == "solution":
            claimed[key] |= value
        else:
            claimed[key] = value
    found = check(INSTANCE, claimed).violations
    assert any(text.startswith(violation) for text in found), found


def test_a_solution_of_another_instance_is_said_once() -> None:
    """Against the wrong instance, one line says so, and of each kind of fault a few are named."""
    other = atoopt.load("instances/policy/plates-425.json")
    found = check(INSTANCE, {"policy": dict.fromkeys(other.ids, "MTO")}).violations
    assert len(found) < 15
    assert found[0].startswith("this looks like the solution of another instance: ")
    assert any(text.startswith("and ") and text.endswith(" more like these") for text in found)
