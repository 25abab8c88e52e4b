"""The merged frontier: every sum, the subset behind each point, bounded lists, and stopping."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atoopt.policy.frontier.merge import Stopped, frontier

ITEMS = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=9)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the two columns of some pairs as arrays."""
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


def by_brute_force(added: np.ndarray, saved: np.ndarray) -> list[tuple[int, int]]:
    """Return the non-dominated sums over all subsets."""
    items = range(added.size)
    sums = {
        (int(added[list(s)].sum()), int(saved[list(s)].sum()))
        for k in range(added.size + 1) for s in combinations(items, k)
    }  # fmt: skip
    kept: list[tuple[int, int]] = []
    for a, s in sorted(sums, key=lambda pair: (pair[0], -pair[1])):
        if not kept or s > kept[-1][1]:
            kept.append((a, s))
    return kept


@given(ITEMS)
def test_sums_and_members(pairs: list[tuple[int, int]]) -> None:
    """The points are the non-dominated sums, and each point's members sum up to it."""
    added, saved = columns(pairs)
    before = added.copy(), saved.copy()
    found = frontier(added, saved)
    assert list(zip(found.added.tolist(), found.saved.tolist(), strict=True)) == by_brute_force(added, saved)
    assert found.thinned == 0
    for point in range(len(found)):
        members = found.members(point)
        assert (added[members].sum(), saved[members].sum()) == (found.added[point], found.saved[point])
    assert np.array_equal(added, before[0])
    assert np.array_equal(saved, before[1])


@given(ITEMS, st.integers(4, 12))
def test_thinned_lists_stay_short_and_near(pairs: list[tuple[int, int]], most: int) -> None:
    """A thinned frontier is no longer than asked, and misses every true point by no more than it states."""
    added, saved = columns(pairs)
    found = frontier(added, saved, max_points=most)
    assert len(found) <= most
    assert (found.added[0], found.saved[0]) == (0, 0)
    assert (np.diff(found.added) > 0).all()
    assert (np.diff(found.saved) > 0).all()
    for a, s in by_brute_force(added, saved):
        near = (found.added <= a + found.thinned * found.step) & (found.saved >= s)
        assert near.any()
    for point in range(len(found)):
        members = found.members(point)
        assert added[members].sum() <= found.added[point]


def test_stop_is_asked_between_merges() -> None:
    """A frontier that is told to stop says so."""
    answers = iter([False] * 5 + [True] * 100)
    with pytest.raises(Stopped):
        frontier(np.arange(1, 30), np.arange(30, 1, -1), stop=lambda: next(answers))


def test_large_frontier_is_sound() -> None:
    """With 120 random items: both columns ascend strictly, and members give back every hundredth point."""
    rng = np.random.default_rng(5)
    added, saved = (rng.integers(1, 2**40, 120) for _ in range(2))
    found = frontier(added, saved)
    assert len(found) > 1000
    assert (np.diff(found.added) > 0).all()
    assert (np.diff(found.saved) > 0).all()
    for point in range(0, len(found), 100):
        members = found.members(point)
        assert (added[members].sum(), saved[members].sum()) == (found.added[point], found.saved[point])
