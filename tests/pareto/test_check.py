"""The checker of fronts: each claim about a point and about the whole is recomputed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.pareto.check import check_front
from atoopt.policy.check import check as check_policy
from atoopt.stock.check import check as check_stock

Change = Callable[[dict[str, Any]], object]

POLICY = atoopt.load("instances/policy/plates-12.json")
STOCK = atoopt.load("instances/stock/frequency-4.json")


def saved(front: atoopt.Front) -> dict[str, Any]:
    """Return the front as it is read from a file."""
    found: dict[str, Any] = json.loads(json.dumps(front.to_json()))
    return found


@pytest.mark.parametrize("method", ["auto", "exact", "threshold", "epsilon-constraint"])
@pytest.mark.parametrize("points", [None, 3])
def test_fronts_of_policies_pass(method: str, points: int | None) -> None:
    """What the methods claim is true."""
    found = saved(atoopt.pareto(POLICY, method, points=points))
    assert check_front(POLICY, found, check_policy).violations == ()


@pytest.mark.parametrize("method", ["auto", "enumeration", "epsilon-constraint", "decomposition"])
@pytest.mark.parametrize("points", [None, 3])
def test_fronts_of_stocks_pass(method: str, points: int | None) -> None:
    """What the methods claim is true."""
    found = saved(atoopt.pareto(STOCK, method, points=points))
    assert check_front(STOCK, found, check_stock).violations == ()


def _off(values: list[float], step: float) -> None:
    values[0] += step


@pytest.mark.parametrize(
    ("change", "violation"),
    [
        (lambda f: f["points"].append(f["points"][-1]), "is the same as points["),
        (lambda f: f["points"].insert(1, f["points"][0]), "points[1] is the same as points[0]"),
        (lambda f: _off(f["points"][0]["objectives"], 1e-6), "points[0]: pallets is claimed as 2.000001, but is 2"),
        (lambda f: f["points"].reverse(), "points[1] is not in the order of pallets"),
        (lambda f: f.update(objectives=["setup_hours", "pallets"]), "objectives are setup_hours, pallets, not "),
        (lambda f: f.update(objectives=["moved", "pallets"]), "objectives are moved, pallets, not pallets"),
        (lambda f: f.update(problem="stock-composition"), 'problem is "stock-composition"'),
        (lambda f: f.update(instance="other"), 'instance is "other"'),
        (lambda f: f.update(coverage_error=0.1), "complete is true beside a coverage_error of 0.1"),
        (lambda f: f.update(ideal=[0.0, 0.0]), "ideal[0] is claimed as 0, but is 2"),
        (lambda f: f.update(nadir=[9.0, 9.0]), "nadir[0] is claimed as 9, but is"),
        (lambda f: f["payoff"].__setitem__(0, [1.0, 200.0]), "payoff: no point has the pallets 1 of an end"),
        (lambda f: f["payoff"].__setitem__(0, [3.0, 100.0]), "payoff: a point has a better pallets (2) than the end 3"),
        (lambda f: f["points"][1].update(bound=1.0), "points[1]: complete is true, but the bound 1 is below pallets"),
        (lambda f: f["points"][1].update(bound=99.0), "points[1]: bound 99 is above pallets"),
        (lambda f: f.update(method="threshold"), "points[0]: thresholds are missing"),
    ],
)
def test_false_claims_are_named(change: Change, violation: str) -> None:
    """The same point twice, another order, other names, ends that are none: each is a violation."""
    front = saved(atoopt.pareto(POLICY))
    assert front["complete"] and len(front["points"]) > 4
    change(front)
    found = check_front(POLICY, front, check_policy).violations
    assert any(violation in text for text in found), found


@pytest.mark.parametrize(
    ("key", "value"),
    [("complete", "yes"), ("complete", 1), ("solves", "3"), ("seconds", -1.0), ("coverage_error", -0.5),
     ("senses", ["min", "minimize"]), ("objectives", ["cost"])],
)  # fmt: skip
def test_claims_of_another_type_are_refused(key: str, value: object) -> None:
    """What is no truth value, number or known word is an error that names the key."""
    front = saved(atoopt.pareto(POLICY)) | {key: value}
    with pytest.raises(InputError) as error:
        check_front(POLICY, front, check_policy)
    assert error.value.place.startswith(key)


def test_a_front_of_another_instance_is_said_once() -> None:
    """Not once for every point, nor for every module of every point."""
    front = saved(atoopt.pareto(STOCK))
    other = atoopt.load("instances/stock/laptops.json")
    found = check_front(other, front, check_stock).violations
    assert sum("another instance" in text for text in found) == 1
    assert len(found) < 30


def test_faults_of_many_points_are_counted() -> None:
    """Where every point is false, a few are named and the others counted."""
    front = saved(atoopt.pareto(POLICY))
    for point in front["points"]:
        point["objectives"] = [value + 1 for value in point["objectives"]]
    found = check_front(POLICY, front, check_policy).violations
    n = 2 * len(front["points"])
    assert f"and {n - 10:,} more like these" in found
