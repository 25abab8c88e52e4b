"""Picking one point of a front by weights; both objectives are minimized here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = tuple[float, float]


def weighted_sum(values: Floats, weights: Weights) -> int:
    """Return the position of the point of least w_1 f_1 + w_2 f_2.

    >>> weighted_sum(np.array([[0.0, 3.0], [1.0, 1.0], [4.0, 0.0]]), (1.0, 1.0))
    1
    """
    return int(np.argmin(values @ np.array(weights)))


def balance_line(values: Floats, weights: Weights) -> int:
    """Return the position of the point nearest the line w_1 f_1 = w_2 f_2, the one of less weighted sum if two are.

    The reading of the paper's weights that agrees with its figures: 335.36 pallets against 2 x 164.75 hours.

    >>> balance_line(np.array([[500.0, 157.0], [335.36, 164.75], [100.0, 200.0]]), (1.0, 2.0))
    1
    """
    first, second = values[:, 0] * weights[0], values[:, 1] * weights[1]
    return int(np.lexsort((first + second, np.abs(first - second)))[0])


def utopia_distance(values: Floats, weights: Weights) -> int:
    """Return the position of the point nearest the utopia point, on axes scaled to the front's ranges.

    The distance is sqrt(sum_k (w_k (f_k - min f_k) / (max f_k - min f_k))^2).

    >>> utopia_distance(np.array([[0.0, 3.0], [1.0, 1.0], [4.0, 0.0]]), (1.0, 1.0))
    1
    """
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    scaled = (values - low) / np.where(span > 0, span, 1.0) * np.array(weights)
    return int(np.argmin((scaled**2).sum(axis=1)))


CHOOSERS = {"objective": weighted_sum, "balance": balance_line, "utopia": utopia_distance}
