"""Boxes of the objective space: no point that may be non-dominated falls between the parts of one."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from atoopt.pareto.coverage import unexplored_error
from atoopt.pareto.methods.box import Box
from atoopt.pareto.methods.loop import Plan, State
from atoopt.pareto.program.scale import Scale

BOXES = st.tuples(*[st.integers(0, 5), st.integers(1, 4)] * 2).map(
    lambda c: Box.between((float(c[0]), float(c[2] + c[3])), (float(c[0] + c[1]), float(c[2])), hull=True)
)


def inside(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point is strictly within."""
    return box.left < point[0] < box.right and box.bottom < point[1] < box.top


def points_of(box: Box) -> list[tuple[float, float]]:
    """Return the points with halves strictly within a box."""
    halves = np.arange(0.0, 9.5, 0.5).tolist()
    return [point for point in product(halves, halves) if inside(box, point)]


def better(point: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether a point is no worse than another in both objectives."""
    return point[0] <= other[0] and point[1] <= other[1]


def test_a_box_between_two_points() -> None:
    """Its sides are theirs, and it is as wide, seen from either objective, as they are apart."""
    box = Box.between((1.0, 9.0), (4.0, 3.0))
    assert box == Box(left=1.0, right=4.0, bottom=3.0, top=9.0, west=1.0, south=3.0, hull=False)
    assert [(box.low(which), box.high(which)) for which in (0, 1)] == [(1.0, 4.0), (3.0, 9.0)]


@given(BOXES, st.sampled_from([0, 1]), st.data())
def test_what_is_left_beyond_the_best_point_of_one_objective(box: Box, which: int, data: st.DataObject) -> None:
    """Just the points that are no better in that objective, and that the point found does not dominate."""
    points = points_of(box)
    point = data.draw(st.sampled_from(points))
    left = box.beyond(which, point)
    wanted = {p for p in points if p[which] > point[which] and p[1 - which] < point[1 - which]}
    assert set(points_of(left)) == wanted
    corner = (left.west, left.top) if which == 0 else (left.right, left.south)
    assert corner == point
    assert not left.hull


@given(BOXES, st.sampled_from([0, 1]), st.data())
def test_a_box_searched_up_to_a_level_loses_nothing(box: Box, which: int, data: st.DataObject) -> None:
    """With the best point below the level, or none there: each point that may be non-dominated is in one part."""
    sides = (box.bottom, box.top) if which == 0 else (box.left, box.right)
    level = data.draw(st.sampled_from(np.arange(sides[0] + 0.5, sides[1], 0.5).tolist()))
    points = points_of(box)
    below = [point for point in points if point[1 - which] <= level]
    above = {point for point in points if point[1 - which] > level}
    assert set(points_of(box.upper_half(which, level))) == above
    if below:
        found = data.draw(st.sampled_from(below))
        parts = [box.above(which, level, found), box.beyond(which, found)]
        # no point below the level is better in the objective; what is dominated by the one found is of no interest
        wanted = {point for point in above if point[which] < found[which]}
        wanted |= {point for point in below if point[which] > found[which] and not better(found, point)}
        of_parts = [set(points_of(part)) for part in parts]
        assert wanted <= of_parts[0] | of_parts[1]
        assert not any(better(found, point) for part in of_parts for point in part)
        upper = parts[0]
        assert (upper.right, upper.south) == found if which == 0 else (upper.west, upper.top) == found
        assert not upper.hull


@given(BOXES, st.tuples(*[st.sampled_from([2.0, 9.0, 30.0])] * 2), st.tuples(*[st.sampled_from([0.0, 1.5])] * 2))
def test_the_error_of_a_box_is_how_far_a_point_of_it_can_be(
    box: Box, ranges: tuple[float, float], back: tuple[float, float]
) -> None:
    """From the nearer of the two corner points, which may stand back from it; attained where they do not."""
    box = box._replace(west=box.left - back[0], south=box.bottom - back[1])
    corners = np.array([[box.west, box.top], [box.right, box.south]])
    lattice = np.stack(np.meshgrid(np.linspace(box.west, box.right, 61), np.linspace(box.south, box.top, 61)), axis=-1)
    distances = (np.abs(lattice[:, :, None] - corners) / ranges).max(axis=-1).min(axis=-1)
    assert distances.max() <= box.error(ranges) + 1e-9
    step = max((box.right - box.west) / ranges[0], (box.top - box.south) / ranges[1]) / 60
    assert box.error(ranges) <= distances.max() + 2 * step


@given(BOXES)
def test_a_box_of_whole_values_is_open_while_one_fits(box: Box) -> None:
    """Strictly inside, in both objectives; a step of real values has to fit too."""
    whole = [p for p in product(range(10), range(10)) if inside(box, p)]
    assert box.is_open((1.0, 1.0), (True, True)) == bool(whole)
    assert not box.is_open((100.0, 1.0), (False, True))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=3, max_size=8), st.data())
def test_no_point_of_any_boxes_is_farther_than_is_said(points: list[tuple[int, int]], data: st.DataObject) -> None:
    """Boxes that lie between points of the front, across several of them, or beside all."""
    values = np.array(sorted(points), dtype=float)
    values = values[[all(not better(o, p) or (o == p).all() for o in values) for p in values]]
    values = np.unique(values, axis=0)
    boxes = [data.draw(BOXES) for _ in range(2)]
    sides = np.array([[[box.left, box.right], [box.bottom, box.top]] for box in boxes])
    error = unexplored_error(values, sides)
    span = np.ptp(values, axis=0)
    if not (span > 0).all():
        assert error is None
    else:
        lattice = np.concatenate([
            np.stack(np.meshgrid(*[np.linspace(*side, 21) for side in box]), axis=-1).reshape(-1, 2) for box in sides
        ])  # fmt: skip
        farthest = (np.abs(lattice[:, None] - values) / span).max(axis=-1).min(axis=-1).max()
        assert error is not None
        assert farthest <= error + 1e-9


def test_boxes_without_an_end_have_no_error() -> None:
    """Nor have boxes without a front; without boxes there is none to have."""
    front, endless = np.array([[0.0, 4.0], [4.0, 0.0]]), np.array([[[0.0, np.inf], [0.0, 4.0]]])
    assert unexplored_error(front, endless) is None
    assert unexplored_error(np.zeros((0, 2)), np.zeros((1, 2, 2))) is None
    assert unexplored_error(front, endless[:0]) == 0.0


# ---- which box is next --------------------------------------------------------------------------------


def small_and_large() -> tuple[Box, Box]:
    """Return a small box and a large one."""
    return Box.between((0.0, 2.0), (2.0, 0.0)), Box.between((2.0, 9.0), (9.0, 2.0))


def test_the_box_that_is_covered_worst_is_next() -> None:
    """The large one, wherever it stands; it is taken out, the other stays."""
    small, large = small_and_large()
    for boxes in ([small, large], [large, small]):
        state = State(boxes=list(boxes))
        assert state.take((9.0, 9.0)) == large
        assert state.boxes == [small]


def test_dichotomy_cannot_search_what_is_no_hull() -> None:
    """Such boxes are kept as unexplored; other methods search them."""
    small, large = small_and_large()
    hull = large._replace(hull=True)
    for method, boxes, stuck in (("dichotomy", [hull], [small]), ("epsilon-constraint", [small, hull], [])):
        state = State()
        state.put(Plan(method, Scale((1.0, 1.0), (True, True)), (9.0, 9.0)), [small, hull])
        assert (state.boxes, state.stuck) == (boxes, stuck)


def test_a_box_without_a_proof_is_tried_again_once() -> None:
    """Its reason is forgotten then, and stays where the second try fails as well."""
    small, large = small_and_large()
    state = State(boxes=[large])
    state.fail(small, "no time")
    assert (state.stuck, state.reasons) == ([small], ["no time"])
    assert state.try_again()
    assert (state.boxes, state.stuck, state.reasons) == ([large, small], [], [])
    state.fail(state.boxes.pop(), "no time again")
    assert not state.try_again()
    assert (state.boxes, state.stuck, state.reasons) == ([large], [small], ["no time again"])


def test_parts_that_hold_nothing_are_not_opened() -> None:
    """Without room for a further point, or within the line that a linear program's front is."""
    small, large = small_and_large()
    closed = Box.between((0.0, 1.0), (1.0, 0.0))
    scale = Scale((1.0, 1.0), (True, True))
    assert Plan("epsilon-constraint", scale, (9.0, 9.0)).open([closed, small, large]) == [small, large]
    hull = large._replace(hull=True)
    assert Plan("epsilon-constraint", scale, (9.0, 9.0), is_line=True).open([small, hull]) == [hull]
