"""Rows of a sparse matrix as they are written down, with their limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Rows:
    """A growing list of rows."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.row: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []

    def __len__(self) -> int:
        return len(self.low)

    def add(self, low: float, high: float, columns: list[int], values: list[float]) -> int:
        """Add low <= values . columns <= high, and return its place."""
        place = len(self.low)
        self.low.append(low)
        self.high.append(high)
        self.row.extend([place] * len(columns))
        self.column.extend(columns)
        self.value.extend(values)
        return place

    def matrix(self, n_columns: int) -> csc_matrix:
        """Return the coefficients."""
        return csc_matrix((self.value, (self.row, self.column)), shape=(len(self), n_columns))
