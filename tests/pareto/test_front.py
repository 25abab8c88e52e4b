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
from atoopt.base.errors import InputError
from atoopt.pareto.coverage import unexplored_error
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


def small_front(**given: object) -> Front:
    """Return three points of cost (to be minimized) and gain (to be maximized), each with a solution."""
    values = np.array([[1.0, 0.1 + 0.2], [4.0, 5.0], [11.0, 9.0]])
    known: dict = {"solution_of": lambda i: {"x": i}, "senses": ("minimize", "maximize"), "instance": "three"}
    return Front(("cost", "gain"), values, False, "time limit", **(known | given))


@pytest.mark.parametrize("points_only", [False, True])
@pytest.mark.parametrize(
    "given_",
    [
        {},
        {"bounds": np.array([1.0, np.nan, 10.5]), "solves": 7, "solver_seconds": 0.25},
        {"unexplored": np.array([[[4.0, 11.0], [5.0, 9.0]]]), "payoff": np.array([[1.0, 0.3], [11.0, 9.0]])},
        {"unexplored": np.array([[[-np.inf, 11.0], [5.0, np.inf]]]), "details": {"note": ["ä", None, 1.5]}},
    ],
)
def test_what_is_read_is_what_was_written(given_: dict, points_only: bool, tmp_path: Path) -> None:
    """A front that is read and written again gives the same file, to the last digit."""
    first, second = str(tmp_path / "a.json"), str(tmp_path / "b.json")
    front = small_front(**given_)
    front.save(first, points_only=points_only)
    again = Front.load(first)
    again.save(second, points_only=points_only)
    assert Path(first).read_text() == Path(second).read_text()
    assert np.array_equal(again.values, front.values)
    assert np.array_equal(again.unexplored, front.unexplored)
    assert (again.points[1].solution is None) == points_only
    assert again.coverage_error == front.coverage_error


def test_a_file_that_holds_no_front_is_refused(tmp_path: Path) -> None:
    """One line that names the place."""
    (tmp_path / "a.json").write_text('{"points": [{"objectives": [1]}]}')
    with pytest.raises(InputError, match="is missing"):
        Front.load(str(tmp_path / "a.json"))


def test_ends_of_a_complete_front_are_its_payoff() -> None:
    """Ideal and nadir follow from a complete front in any senses; of others they are unknown unless given."""
    assert small_front().ideal is None
    assert small_front().nadir is None
    whole = Front(("cost", "gain"), small_front().values, True, senses=("minimize", "maximize"))
    assert (whole.ideal, whole.nadir) == ((1.0, 9.0), (11.0, pytest.approx(0.3)))
    turned = Front(("gain", "cost"), np.array([[1.0, 2.0], [3.0, 9.0]]), True, senses=("maximize", "minimize"))
    assert turned.payoff.tolist() == [[3.0, 9.0], [1.0, 2.0]]
    assert (turned.ideal, turned.nadir) == ((3.0, 2.0), (1.0, 9.0))


@given(POINTS, st.data())
def test_error_of_boxes_is_an_upper_bound_and_is_attained(points: list[tuple[int, int]], data: st.DataObject) -> None:
    """No point of a fine lattice in the box is farther from the front, and one is nearly as far."""
    values = front_of(points)
    if len(values) < 2:
        return
    i = data.draw(st.integers(0, len(values) - 2))
    share = data.draw(st.tuples(*[st.sampled_from((0.0, 0.3))] * 2))
    (left, top), (right, bottom) = values[i], values[i + 1]
    box = np.array([[left + share[0] * (right - left), right], [bottom, top - share[1] * (top - bottom)]])
    sides = [np.linspace(low, high, 41) for low, high in box]
    lattice = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 1, 2)
    plain = (np.abs(lattice - values[None]) / np.ptp(values, axis=0)).max(axis=2).min(axis=1).max()
    error = unexplored_error(values, box[None])
    assert plain <= error + 1e-9
    assert error <= plain + 0.05


def test_error_of_a_representation_adds_to_what_is_unexplored() -> None:
    """Points that are left out add the way to them; without knowledge of boxes the error is unknown."""
    values = np.array([[0.0, 10.0], [2.0, 8.0], [5.0, 5.0], [10.0, 0.0]])
    front = Front(("a", "b"), values, False, "time limit", unexplored=np.array([[[5.0, 10.0], [0.0, 5.0]]]))
    assert front.coverage_error == 0.5
    some = front.select(np.array([0, 2, 3]))
    assert some.coverage_error == pytest.approx(0.5 + 0.2)
    assert Front(("a", "b"), values, False, "time limit").select(np.array([0, 3])).coverage_error is None
    assert Front(("a", "b"), values, True).select(np.array([0, 2, 3])).coverage_error == pytest.approx(0.2)


def test_intervals_are_shown() -> None:
    """Bounds and gaps stand in the table, bars and boxes in the picture; NaN is unknown."""
    boxes = np.array([[[4.0, 11.0], [5.0, 9.0]], [[-np.inf, 1.0], [0.0, 1.0]]])
    front = small_front(bounds=np.array([1.0, np.nan, 10.5]), unexplored=boxes)
    table = front.to_frame()
    assert list(table.columns) == ["cost", "gain", "bound", "gap"]
    assert table["gap"].tolist() == pytest.approx([0.0, np.nan, 0.5 / 11.0], nan_ok=True)
    ax = front.plot()
    assert ax.lines[0].get_xdata().tolist() == [1.0, 4.0, 11.0]
    assert [len(bars.get_segments()) for bars in ax.collections] == [1]
    assert len(ax.patches) == 1
    assert "not complete (time limit)" in front._repr_html_()


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


def test_close_points_of_a_front_do_not_dominate_each_other() -> None:
    """A complete front has points that differ in one objective by less than printed numbers may be off."""
    from atoopt.pareto.check import front_faults
    from atoopt.pareto.front_file import SavedFront

    def faults(*values: list[float]) -> list[str]:
        points = [{"objectives": pair} for pair in values]
        data = {"problem": "policy", "instance": "p", "objectives": ["pallets", "setup_hours"], "points": points}
        return list(front_faults(SavedFront.model_validate(data | {"method": "exact", "complete": True, "seconds": 1})))

    assert faults([2.8589, 22414.855], [2.9, 22414.841]) == []
    assert faults([2.8589, 22414.855], [2.9, 22414.855]) == ["points[1] is dominated by points[0]"]
