"""How far the non-dominated points that a front does not have can be from those that it has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDING = 1e-7
"""A point is at the corner of a box within this share of the ranges: the one is recomputed, the other a solver's."""


def unexplored_error(values: Floats, boxes: Floats) -> float | None:
    """Return a proven upper bound of the distance from any point in some boxes to the nearest one of a front.

    The distance of two points is the larger of their differences in the two objectives, each as a share of
    the range of the front's points: 0.01 says that whatever the boxes hide, a point of the front is within 1 %
    of both ranges. None where the points span no range, so that there is no such share, or a box has no end.

    Two points of the front count for a box: the last one before it and the first one behind it, p and q. The
    largest value in the box of min(d(p, y), d(q, y)), with both distances maxima over the objectives, is the
    largest of four simple ones: of min(y_i - p_i, q_j - y_j) for i and j in {1, 2}.

    Parameters
    ----------
    values : (n, 2) array
        A front, both objectives minimized, sorted by the first.
    boxes : (m, 2, 2) array
        Per box and objective, the least and the greatest value.

    Examples
    --------
    >>> front = np.array([[0.0, 10.0], [4.0, 4.0], [10.0, 0.0]])
    >>> unexplored_error(front, np.array([[[0.0, 4.0], [4.0, 10.0]]]))
    0.4
    """
    if not len(boxes):
        return 0.0
    span = np.ptp(values, axis=0) if len(values) else np.zeros(2)
    if not (span > 0).all() or not np.isfinite(boxes).all():
        return None
    scaled, sides = values / span, boxes / span[:, None]
    return max(_farthest(scaled, low, high) for low, high in zip(sides[..., 0], sides[..., 1], strict=True))


def _farthest(values: Floats, low: Floats, high: Floats) -> float:
    """Return how far a point of one box can be from the nearest of the front's points."""
    alone = float(np.maximum(np.abs(values - low), np.abs(values - high)).max(axis=1).min())
    before = values[(values[:, 0] <= low[0] + ROUNDING) & (values[:, 1] >= high[1] - ROUNDING)]
    behind = values[(values[:, 0] >= high[0] - ROUNDING) & (values[:, 1] <= low[1] + ROUNDING)]
    if not len(before) or not len(behind):
        return alone
    p, q = before[-1], behind[0]
    # mirrored in the second objective, so that both objectives run from p to q
    start, end = np.array([p[0], -p[1]]), np.array([q[0], -q[1]])
    least, most = np.array([low[0], -high[1]]), np.array([high[0], -low[1]])
    same = np.clip((start + end) / 2, least, most)
    along = np.minimum(same - start, end - same)  # the same objective decides both distances
    across = np.minimum(most - start, (end - least)[::-1])  # one objective each: their extremes go together
    return min(alone, float(max(along.max(), across.max())))
