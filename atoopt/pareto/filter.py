"""Which points are not dominated; both objectives are minimized here."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def nondominated(values: NDArray[Any], tolerance: float | tuple[float, float] = 0.0) -> NDArray[np.intp]:
    """Return the positions of the non-dominated points, by ascending first objective.

    A point is kept when no other is at least as good in both objectives; of equal points the first is kept.

    Parameters
    ----------
    values : (n, 2) array
        Both columns are minimized; integers are compared exactly.
    tolerance : float or (float, float)
        A difference of no more than this, per objective, is rounding: of two points that agree in one
        objective within it, only the one that is better in the other stays.

    Examples
    --------
    >>> nondominated(np.array([[2, 1], [1, 2], [2, 2], [1, 2]])).tolist()
    [1, 0]
    """
    first, second = np.ascontiguousarray(values[:, 0]), values[:, 1]
    near_first, near_second = np.broadcast_to(np.asarray(tolerance), (2,)).tolist()
    order = np.argsort(first, kind="stable")
    sorted_second = second[order]
    better = np.ones(order.size, dtype=np.bool_)
    better[1:] = sorted_second[1:] < np.minimum.accumulate(sorted_second)[:-1]
    kept = order[better]
    # of points equal in the first objective, the last one kept is the best in the second
    kept = kept[np.append(first[kept][1:] != first[kept][:-1], np.ones(min(1, kept.size), np.bool_))]
    if not (near_first or near_second) or kept.size < 2:
        return kept
    return _apart(kept, first[kept], second[kept], near_first, near_second)


def _apart(
    kept: NDArray[np.intp], first: NDArray[Any], second: NDArray[Any],
    near_first: float, near_second: float,
) -> NDArray[np.intp]:  # fmt: skip
    """Drop what is better only by rounding; the points come by ascending first, descending second objective.

    Of points whose first objectives lie within rounding of the first of them, the last has the best second one. Each
    group is measured from where it begins: a chain of points, each close to the one before, is no group.
    """
    close = (np.diff(first) <= near_first) | (np.diff(second) >= -near_second)
    if not close.any():
        return kept
    stays: list[int] = []
    begins = 0
    for i in range(kept.size):
        if stays and second[stays[-1]] - second[i] <= near_second:
            continue
        if stays and first[i] - first[begins] <= near_first:
            stays[-1] = i
        else:
            stays.append(i)
            begins = i
    return kept[np.array(stays)]
