"""Hypervolume, additive epsilon and IGD+ against plain twins, in any senses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoopt.base.errors import InputError
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front
from atoopt.pareto.indicators import additive_epsilon, default_reference, hypervolume, igd_plus

POINTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=20)
SENSE = st.sampled_from(("minimize", "maximize"))


def front_of(points: list[tuple[int, int]], senses: tuple[str, str]) -> Front:
    """Return the non-dominated points, maximized columns with their signs changed."""
    values = np.array(points, dtype=float)
    values = values[nondominated(values)] * [1.0 if sense == "minimize" else -1.0 for sense in senses]
    return Front(("f", "g"), values[np.argsort(values[:, 0])], True, senses=senses)


@given(POINTS, SENSE, SENSE)
def test_hypervolume_is_the_area_under_stairs(points: list[tuple[int, int]], first: str, second: str) -> None:
    """The sum of the steps' rectangles up to the reference; points beyond it do not count."""
    front = front_of(points, (first, second))
    values = front.minimized[np.argsort(front.minimized[:, 0])]
    inside = values[(values < 15).all(axis=1)]
    edges = [*inside[:, 0], 15.0]
    area = sum((right - left) * (15.0 - y) for (left, right), y in zip(pairwise(edges), inside[:, 1], strict=True))
    assert hypervolume(front, front.signs * 15.0) == pytest.approx(area)


@given(POINTS, POINTS, SENSE, SENSE)
def test_distances_are_their_definitions(
    points: list[tuple[int, int]], others: list[tuple[int, int]], first: str, second: str
) -> None:
    """The plain loops over pairs of points give the same."""
    front, reference = front_of(points, (first, second)), front_of(others, (first, second))
    worse = front.minimized[:, None] - reference.minimized[None]
    epsilon = worse.max(axis=2).min(axis=0).max()
    igd = np.sqrt((np.maximum(worse, 0.0) ** 2).sum(axis=2)).min(axis=0).mean()
    assert additive_epsilon(front, reference) == pytest.approx(epsilon)
    assert igd_plus(front, reference) == pytest.approx(igd)
    assert igd_plus(reference, reference) == 0


def test_units_can_be_taken_out() -> None:
    """On normalized axes, hours or minutes make no difference."""
    exact, rough = np.array([[0.0, 10.0], [10.0, 0.0]]), np.array([[1.0, 10.0], [10.0, 4.0]])
    found = [
        additive_epsilon(Front(("a", "b"), rough * unit, False), Front(("a", "b"), exact * unit, True), normalize=True)
        for unit in (np.ones(2), np.array([1.0, 60.0]))
    ]
    assert found == pytest.approx([0.4, 0.4])


def test_reference_is_stated_and_beyond_the_nadir() -> None:
    """The default reference lets both ends count; a front without points has no indicator."""
    front = Front(("gain", "time"), np.array([[1.0, 1.0], [11.0, 3.0]]), True, senses=("maximize", "minimize"))
    assert default_reference(front) == pytest.approx((0.0, 3.2))
    assert front.hypervolume() == hypervolume(front, default_reference(front)) > 0
    nothing = Front(("gain", "time"), np.empty((0, 2)), True)
    with pytest.raises(InputError, match="no points"):
        hypervolume(nothing, (1.0, 1.0))
    with pytest.raises(InputError, match="other objectives"):
        igd_plus(front, nothing)
