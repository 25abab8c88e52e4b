"""Objectives that are a variable, or have one in them, where an equality defines it by integer variables.

``cost == 3 * x[0] + ...`` and the objective ``cost``: the solver's value of ``cost`` is right within a tolerance
only, but the sum is exact, takes finitely many values, and may be whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Definitions:
    """The rows of a model that may define a continuous variable.

    Attributes
    ----------
    rows : (n_rows, n_columns) scipy.sparse matrix in CSR form
    equal : (n_rows,) array of bool
    rhs : (n_rows,) array
    integer : (n_columns,) array of bool
    """

    rows: Any
    equal: NDArray[np.bool_]
    rhs: Floats
    integer: NDArray[np.bool_]

    def put_into(self, coefficients: Floats) -> tuple[Floats, float]:
        """Return coefficients with defined variables replaced, and what that adds to the constant.

        Parameters
        ----------
        coefficients : (n_columns,) array
            Of an objective.
        """
        result, constant = coefficients.copy(), 0.0
        for row in self._defining(np.flatnonzero((coefficients != 0) & ~self.integer)):
            columns, values = self._row(row)
            continuous = ~self.integer[columns]
            defined, divisor = columns[continuous][0], values[continuous][0]
            factor, result[defined] = result[defined] / divisor, 0.0
            result[columns[~continuous]] -= factor * values[~continuous]
            constant += factor * float(self.rhs[row])
        return result, constant

    def _defining(self, wanted: NDArray[np.intp]) -> list[int]:
        """Return a row for each of these columns that has one: an equality with no other continuous variable."""
        if not wanted.size:
            return []
        found: dict[int, int] = {}
        for row in np.flatnonzero(self.equal).tolist():
            columns, _ = self._row(row)
            continuous = columns[~self.integer[columns]]
            if continuous.size == 1 and continuous[0] in wanted:
                found.setdefault(int(continuous[0]), row)
        return list(found.values())

    def _row(self, row: int) -> tuple[NDArray[np.intp], Floats]:
        part = slice(self.rows.indptr[row], self.rows.indptr[row + 1])
        columns, values = self.rows.indices[part], self.rows.data[part]
        return columns[values != 0], values[values != 0]
