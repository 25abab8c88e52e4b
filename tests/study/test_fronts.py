"""Fronts are measured against the union of all fronts of their instance."""

from __future__ import annotations

import numpy as np
import pytest

from atoopt.study.measures.fronts import coverage_error, front_alarms, front_quality, reference_point, union_front
from tests.study.tables import failed, front, run, table

WHOLE = ((0.0, 10.0), (2.0, 6.0), (4.0, 0.0))


def runs_and_fronts() -> tuple:
    """Return a complete front, one that lacks a point, an empty one, and one that is wrong."""
    rows = [
        run("all", "p", task="pareto", complete=True, objective=np.nan, points=3),
        run("some", "p", task="pareto", complete=True, objective=np.nan, points=2),
        failed("none", "p", "time", task="pareto", complete=False),
        run("liar", "p", task="pareto", status="wrong", reason="wrong", complete=True),
        run("all", "p", seed=9),
    ]
    points = [("all-p-0-0", *value) for value in WHOLE]
    points += [("some-p-0-0", 0.0, 10.0), ("some-p-0-0", 4.0, 0.0), ("liar-p-0-0", -50.0, -50.0)]
    return table(rows), front(*points)


def test_front_quality() -> None:
    """Points, hypervolume by hand, and the distance of what is missing; a wrong front is in no union."""
    quality = front_quality(*runs_and_fronts()).set_index("method")
    assert quality.index.tolist() == ["all", "some", "none", "liar"]
    # reference point (4.4, 11)
    whole, part = 2.0 * 1 + 2.0 * 5 + 0.4 * 11, 4.0 * 1 + 0.4 * 11
    assert quality["hypervolume"].tolist() == pytest.approx([whole, part, 0, np.nan], nan_ok=True)
    assert quality["hypervolume_share"].tolist() == pytest.approx([1, part / whole, 0, np.nan], nan_ok=True)
    assert quality["coverage_error"].tolist() == pytest.approx([0, 0.5, np.nan, np.nan], nan_ok=True)
    assert quality["points"].tolist()[:3] == [3, 2, 0]


def test_front_alarms() -> None:
    """A front called complete that lacks a point is an alarm, unless it speaks of a part of the solutions."""
    runs, fronts = runs_and_fronts()
    (alarm,) = front_alarms(runs, fronts)
    assert (alarm.kind, alarm.methods, alarm.runs) == ("complete front lacks points", ("some",), ("some-p-0-0",))
    assert front_alarms(runs, fronts, partial={"some"}) == ()


def test_one_point() -> None:
    """A union without a range has a reference point all the same."""
    union = union_front([np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([[1.0, 1.0]])])
    assert union.tolist() == [[1.0, 1.0]]
    assert reference_point(union).tolist() == [2.0, 2.0]
    assert coverage_error(np.array([[1.5, 1.0]]), union) == 0.5
    assert np.isnan(coverage_error(np.empty((0, 2)), union))


def test_no_fronts() -> None:
    """A study of solve alone has an empty table."""
    assert front_quality(table([run("A", "p")]), front()).empty
    assert front_alarms(table([run("A", "p")]), front()) == ()
