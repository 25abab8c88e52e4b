"""Ragged arrays: owner i has the entries ``start[i]:start[i + 1]`` of a flat array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def starts(counts: NDArray[np.integer] | NDArray[np.bool_]) -> Ints:
    """Return where the entries of each owner start, and where the last ones end.

    >>> starts(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    start = np.zeros(counts.size + 1, dtype=np.int64)
    np.cumsum(counts, out=start[1:])
    return start


def entries_of(start: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Return the starts of some owners by themselves, and the places of their entries.

    >>> [array.tolist() for array in entries_of(np.array([0, 2, 2, 5]), np.array([2, 0]))]
    [[0, 3, 5], [2, 3, 4, 0, 1]]
    """
    first, counts = start[owners], start[owners + 1] - start[owners]
    new = starts(counts)
    places: Ints = np.repeat(first - new[:-1], counts)
    places += np.arange(new[-1], dtype=np.int64)  # in place, for these arrays can be the largest of all
    return new, places
