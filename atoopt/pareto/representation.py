"""A few points that stand for a whole front, and how far any point is from them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def coverage_error(values: Floats, chosen: NDArray[np.intp]) -> float:
    """Return how far the worst-covered point is from the nearest chosen one.

    The distance of two points is the larger of their differences in the two objectives, each as a share of
    the front's range: 0.01 says that every point has a chosen one within 1 % of both ranges.

    Parameters
    ----------
    values : (n, 2) array
        A front, sorted by the first objective.
    chosen : array of int
        Ascending positions.

    Examples
    --------
    >>> front = np.array([[0.0, 4.0], [1.0, 2.0], [4.0, 0.0]])
    >>> coverage_error(front, np.array([0, 2]))
    0.5
    """
    scaled = _scaled(values)
    right = np.searchsorted(chosen, np.arange(len(scaled)))
    below = chosen[np.maximum(right - 1, 0)]
    above = chosen[np.minimum(right, chosen.size - 1)]
    # along a front both differences grow with the distance in the order: the neighbors are the nearest
    distance = np.minimum(_distance(scaled, scaled[below]), _distance(scaled, scaled[above]))
    return float(distance.max(initial=0.0))


def representation(values: Floats, n_points: int) -> NDArray[np.intp]:
    """Return at most `n_points` positions of least coverage error, both ends of the front among them.

    A radius is feasible when points chosen greedily, each as far along as the radius allows, cover the front;
    the least radius is found by bisection to the last digit, so no other choice with both ends covers better.

    Parameters
    ----------
    values : (n, 2) array
        A front, sorted by the first objective.
    n_points : int
        At least 1; with 1 the middle is taken.

    Examples
    --------
    >>> line = np.stack([np.arange(9.0), np.arange(9.0)[::-1]], axis=1)
    >>> representation(line, 3).tolist()
    [0, 5, 8]
    """
    n = len(values)
    if n_points >= n:
        return np.arange(n)
    scaled = _scaled(values)
    if n_points < 2:
        return np.array([int(np.argmin(np.abs(scaled - 0.5).max(axis=1)))])
    right, down = np.ascontiguousarray(scaled[:, 0]), np.ascontiguousarray(1.0 - scaled[:, 1])  # both ascending
    low, high = 0.0, 1.0
    best = _cover(right, down, high)
    for _ in range(50):
        middle = (low + high) / 2
        trial = _cover(right, down, middle)
        if trial.size <= n_points:
            best, high = trial, middle
        else:
            low = middle
    return best


def _cover(right: Floats, down: Floats, radius: float) -> NDArray[np.intp]:
    """Return the fewest positions, both ends included, that cover the front within a radius."""

    def reach(i: int) -> int:
        """Return the last position within the radius of position i."""
        furthest = (int(np.searchsorted(axis, axis[i] + radius, side="right")) - 1 for axis in (right, down))
        return max(i, min(furthest))

    last = right.size - 1
    start_of_end = max(int(np.searchsorted(axis, axis[last] - radius, side="left")) for axis in (right, down))
    chosen = [0]
    first_open = reach(0) + 1
    while first_open < min(start_of_end, last):
        chosen.append(reach(first_open))
        first_open = reach(chosen[-1]) + 1
    if chosen[-1] != last:
        chosen.append(last)
    return np.array(chosen)


def _distance(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.abs(a - b).max(axis=1))


def _scaled(values: Floats) -> Floats:
    """Return both objectives as shares of their range, the first ascending and the second descending."""
    span = np.ptp(values, axis=0)
    scaled = (values - values.min(axis=0)) / np.where(span > 0, span, 1.0)
    if len(scaled) > 1 and scaled[0, 1] < scaled[-1, 1]:  # one objective is maximized
        scaled[:, 1] = 1.0 - scaled[:, 1]
    return np.asarray(scaled)
