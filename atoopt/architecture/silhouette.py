"""How well a clustering fits (Rousseeuw, J. Comput. Appl. Math. 20, 1987)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


def silhouettes(distances: Floats, labels: Labels) -> Floats:
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
    return _values(distances @ member, member.sum(axis=0), member.argmax(axis=1))


def silhouette_by_number(distances: Floats, merges: Floats) -> dict[int, float]:
    """Return the mean silhouette of every cut of a tree into at least two groups, not all of them of one.

    The sums of distances to a group are those to its two halves, so that all cuts together take O(n^3).

    Parameters
    ----------
    distances : ndarray
        Shape (n, n).
    merges : ndarray
        A linkage matrix, shape (n - 1, 4).

    Returns
    -------
    dict of int to float
        Number of groups, from n - 1 down to 2, to mean silhouette.
    """
    n, values = len(distances), {}
    groups, own = list(range(n)), np.arange(n)
    sums, sizes = distances.copy(), np.ones(n, dtype=np.int64)
    for step, (one, other) in enumerate(merges[:-1, :2].astype(int).tolist()):
        kept, gone = groups.index(one), groups.index(other)
        sums[:, kept] += sums[:, gone]
        sizes[kept] += sizes[gone]
        groups[kept] = n + step
        own[own == gone] = kept
        own[own > gone] -= 1
        del groups[gone]
        sums, sizes = np.delete(sums, gone, axis=1), np.delete(sizes, gone)
        values[len(groups)] = float(_values(sums, sizes, own).mean())
    return values


def _values(sums: Floats, sizes: Labels, own: Labels) -> Floats:
    """Return silhouettes from each product's summed distances to each group, sizes of groups, and own groups."""
    products = np.arange(len(own))
    within = sums[products, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[products, own] = np.inf
    between = means.min(axis=1)
    larger = np.maximum(within, between)
    values = np.divide(between - within, larger, out=np.zeros_like(within), where=larger > 0)
    return np.where(sizes[own] == 1, 0.0, values)
