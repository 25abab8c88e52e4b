"""Fronts: filtering, representing, saving; and the two ways to call ``atoopt.pareto``."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import atoopt
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front
from atoopt.pareto.representation import coverage_error, representation

POINTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=25)


def front_of(points: list[tuple[int, int]]) -> np.ndarray:
    """Return the non-dominated points as floats, by the first objective."""
    values = np.array(points, dtype=float)
    return values[nondominated(values)]


@given(POINTS)
def test_filter_is_the_definition(points: list[tuple[int, int]]) -> None:
    """A point stays when no other is as good in both and different; the input is not changed."""
    values = np.array(points)
    before = values.copy()
    kept = {tuple(v) for v in values[nondominated(values)].tolist()}
    wanted = {p for p in points if not any(q[0] <= p[0] and q[1] <= p[1] and q != p for q in points)}
    assert kept == wanted
    assert len(nondominated(values)) == len(wanted)
    assert np.array_equal(values, before)


def test_filter_takes_rounding_for_what_it_is() -> None:
    """Twins in the last digit are one point, and a worse one with an equal first value goes."""
    values = np.array([[1.0, 5.0], [1.0 + 1e-13, 5.0 - 1e-13], [2.0, 3.0], [2.0 - 1e-13, 4.0], [3.0, 3.0 - 1e-13]])
    assert values[nondominated(values, 1e-9)].tolist() == [[1.0, 5.0], [2.0, 3.0]]


@given(POINTS, st.integers(2, 5))
def test_representation_is_the_best_with_both_ends(points: list[tuple[int, int]], n: int) -> None:
    """No other choice of as many points with both ends has a smaller coverage error."""
    values = front_of(points)
    chosen = representation(values, n)
    assert len(chosen) <= max(n, 1)
    if len(values) <= n:
        assert chosen.tolist() == list(range(len(values)))
        return
    inner = range(1, len(values) - 1)
    errors = [coverage_error(values, np.array([0, *some, len(values) - 1])) for some in combinations(inner, n - 2)]
    assert coverage_error(values, chosen) <= min(errors) + 1e-9


@given(POINTS)
def test_coverage_error_is_the_definition(points: list[tuple[int, int]]) -> None:
    """The neighbors in the order are the nearest ones: the plain double loop gives the same."""
    values = front_of(points)
    chosen = np.arange(0, len(values), 3)
    span = np.where(np.ptp(values, axis=0) > 0, np.ptp(values, axis=0), 1)
    plain = max(min(np.abs((v - values[c]) / span).max() for c in chosen) for v in values)
    assert coverage_error(values, chosen) == pytest.approx(plain)


def test_saved_front_is_its_json(tmp_path: Path) -> None:
    """Written point by point or at once: the same object, with and without solutions."""
    instance = atoopt.load("instances/policy/plates-12.json")
    front = atoopt.pareto(instance)
    for points_only in (False, True):
        front.save(str(tmp_path / "front.json"), points_only=points_only)
        data = json.loads((tmp_path / "front.json").read_text())
        assert data == json.loads(json.dumps(front.to_json(points_only=points_only)))
        assert data["objectives"] == ["pallets", "setup_hours"]
        assert all(("solution" in point) != points_only for point in data["points"])
    assert set(data) >= {"problem", "instance", "method", "objectives", "complete", "points", "seconds"}


def test_points_are_a_sequence() -> None:
    """Points can be indexed, sliced and iterated, and their solutions are made when asked for."""
    asked = []
    front = Front(("a", "b"), np.array([[1.0, 3.0], [2.0, 1.0]]), True, solution_of=lambda i: asked.append(i) or i)
    assert front.points[-1].objectives == (2.0, 1.0)
    assert asked == [1]
    assert [point.solution for point in front.points[:1]] == [0]
    with pytest.raises(IndexError):
        front.points[2]


def test_both_forms_of_the_name() -> None:
    """``atoopt.pareto(instance)`` and ``from atoopt.pareto import pareto_front`` work in one program."""
    from atoopt.pareto import Front as Exported
    from atoopt.pareto import pareto_front

    front = atoopt.pareto(atoopt.load("instances/policy/plates-12.json"), "threshold")
    assert isinstance(front, Exported)
    assert callable(pareto_front)
    assert callable(atoopt.pareto)
