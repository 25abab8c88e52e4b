"""Choosing a point of a front, in any senses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoopt.base.errors import InputError
from atoopt.pareto.choose import knee, normalized
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front

CURVE = np.array([[0.0, 90.0], [1.0, 30.0], [2.0, 15.0], [9.0, 0.0]])
POINTS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=30)


def in_senses(first: str, second: str) -> Front:
    """Return the curve as a front of these senses: maximized columns change their sign."""
    signs = np.array([1.0 if sense == "minimize" else -1.0 for sense in (first, second)])
    values = CURVE * signs
    return Front(("cost", "time"), values[np.argsort(values[:, 0])], True, senses=(first, second))


SENSES = [(a, b) for a in ("minimize", "maximize") for b in ("minimize", "maximize")]


@pytest.mark.parametrize("senses", SENSES)
@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, (2.0, 15.0)),
        ({"rule": "weights", "weights": (10.0, 1.0)}, (0.0, 90.0)),
        ({"rule": "utopia", "weights": (1.0, 8.0)}, (9.0, 0.0)),
    ],
)
def test_rules_do_not_depend_on_senses(senses: tuple[str, str], options: dict, wanted: tuple[float, float]) -> None:
    """A front and its mirror images give the same point."""
    chosen = in_senses(*senses).choose(**options).objectives
    assert tuple(abs(x) for x in chosen) == wanted


def test_budget_is_a_limit_in_its_own_sense() -> None:
    """At most so much of what is minimized, at least so much of what is maximized; the best of the other one."""
    front = in_senses("minimize", "minimize")
    assert front.choose(budget={"cost": 1.5}).objectives == (1.0, 30.0)
    assert front.choose(budget={"time": 15.0}).objectives == (2.0, 15.0)
    gain = in_senses("maximize", "minimize")
    assert gain.choose(budget={"cost": -1.5}).objectives == (-1.0, 30.0)


def test_balance_line_is_in_the_units_of_the_objectives() -> None:
    """The point nearest w_1 f_1 = w_2 f_2."""
    assert in_senses("minimize", "minimize").choose("balance", weights=(10.0, 1.0)).objectives == (2.0, 15.0)


@given(POINTS)
def test_knee_is_farthest_below_the_line_through_the_ends(points: list[tuple[int, int]]) -> None:
    """The plain distance from the line, on normalized axes, is greatest there."""
    values = np.array(points, dtype=float)
    values = values[nondominated(values)]
    below = (1.0 - normalized(values).sum(axis=1)) / np.sqrt(2)
    assert below[knee(values)] == pytest.approx(below.max())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rule": "best"}, 'rule: is "best"; choose one of knee'),
        ({"budget": {"money": 1.0}}, "budget: limits money; give one of cost, time"),
        ({"budget": {"cost": -1.0}}, "no point of the front keeps -1; give at least 0"),
    ],
)
def test_what_cannot_be_chosen_is_said(options: dict, says: str) -> None:
    """Unknown rules and objectives, and a budget that no point keeps."""
    with pytest.raises(InputError) as error:
        in_senses("minimize", "minimize").choose(**options)
    assert says in str(error.value)
    with pytest.raises(InputError, match="no points"):
        Front(("a", "b"), np.empty((0, 2)), True).choose()
