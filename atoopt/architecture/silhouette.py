"""How well a clustering fits (Rousseeuw, J. Comput. Appl. Math. 20, 1987)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def silhouettes(distances: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how much nearer each product is to its own family than to the next one, -1 to 1.

    With a the mean distance to the others of its family and b the least mean distance to another family, it is
    (b - a) / max(a, b); 0 where the product is alone, or both are 0 (Rousseeuw 1987).

    Parameters
    ----------
    distances : ndarray
        Shape (n, n).
    labels : ndarray
        Families from 0, at least two of them; shape (n,).

    Examples
    --------
    >>> positions = np.array([0.0, 1.0, 10.0])
    >>> silhouettes(abs(positions[:, None] - positions), np.array([0, 0, 1])).round(3).tolist()
    [0.9, 0.889, 0.0]
    """
    member = labels[:, None] == np.arange(labels.max() + 1)
    sizes = member.sum(axis=0)
    sums = distances @ member
    own = member.argmax(axis=1)
    alone = sizes[own] == 1
    within = sums[member] / np.maximum(sizes[own] - 1, 1)
    between = np.where(member, np.inf, sums / sizes).min(axis=1)
    larger = np.maximum(within, between)
    values = np.divide(between - within, larger, out=np.zeros_like(within), where=larger > 0)
    return np.where(alone, 0.0, values)
