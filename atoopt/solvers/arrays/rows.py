"""Does a solution keep a model, in the modeler's own units? Asked of every answer, whatever the solver said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array

from atoopt.solvers.arrays.gap_domains import Gap

Floats = NDArray[np.float64]

ROOM = 1e-9
"""By how much a row may be broken, as a share of its largest term or its right-hand side: rounding."""


@dataclass(frozen=True)
class Rows:
    """Rows and columns of a model, as they were given.

    Attributes
    ----------
    start, index, value : arrays
        The coefficients, column by column.
    row_lower, row_upper : (n_rows,) arrays
    lower, upper : (n_columns,) arrays
    integer : (n_columns,) array of bool
    gaps : tuple of Gap
        The values of columns that are not whole, where these have gaps.
    """

    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    gaps: tuple[Gap, ...] = ()

    def rounded(self, columns: Floats) -> Floats:
        """Return columns with whole numbers where these are wanted, others within their bounds and not in a gap."""
        columns = np.where(self.integer, np.rint(columns), columns)
        for gap in self.gaps:
            columns[gap.column] = gap.nearest(float(columns[gap.column]))
        return np.clip(columns, self.lower, self.upper) if columns.size else columns

    def broken(self, columns: Floats) -> NDArray[np.intp]:
        """Return the positions of the rows that rounded columns do not keep.

        Examples
        --------
        >>> rows = Rows(np.array([0, 1, 2]), np.array([0, 0]), np.array([1.0, -1e8]), np.array([-np.inf]),
        ...             np.array([0.0]), np.zeros(2), np.array([np.inf, 1.0]), np.array([False, True]))
        >>> rows.broken(np.array([0.1, 1.0])).tolist(), rows.broken(np.array([0.1, 0.0])).tolist()
        ([], [0])
        """
        if not self.row_lower.size:
            return np.empty(0, dtype=np.intp)
        activity = self._by_row @ columns
        over = np.maximum(self.row_lower - activity, activity - self.row_upper)
        suspects = np.flatnonzero(~(over <= ROOM * self._least))  # what is not a number is broken, too
        largest = np.array([self._largest_term(row, columns) for row in suspects.tolist()])
        return suspects[~(over[suspects] <= ROOM * largest)]

    def _largest_term(self, row: int, columns: Floats) -> float:
        index, value = self.terms(row)
        return float(np.abs(value * columns[index]).max(initial=0.0))

    def hold(self, columns: Floats) -> bool:
        """Whether columns, whole where these are wanted, keep every row and bound."""
        inside = np.isfinite(columns).all() and (columns >= self.lower).all() and (columns <= self.upper).all()
        return bool(inside) and not self.broken(columns).size

    def sides_with_rounding(self) -> tuple[Floats, Floats]:
        """Return the rows' sides, widened by what sums of doubles may be off.

        A limit that just holds in decimals is missed by some 1e-11 in doubles, and HiGHS without presolve then calls
        the model infeasible, far within its own tolerance. Rows in whole numbers are exact, and stay; so do those with
        a column that is neither whole nor fixed, which takes up what is off (or is all there is of it: x <= 1e8 z).
        """
        matrix, n_rows = self._by_row, self.row_lower.size
        owner, integer = np.repeat(np.arange(n_rows), np.diff(matrix.indptr)), self.integer[matrix.indices]
        moves = ~integer & (self.lower < self.upper)[matrix.indices]
        reach = np.maximum(np.maximum(np.abs(self.lower), np.abs(self.upper)), 1.0)
        terms = np.abs(matrix.data) * np.where(np.isfinite(reach), reach, 1.0)[matrix.indices]
        largest = np.maximum(_finite(self.row_lower), _finite(self.row_upper))
        np.maximum.at(largest, owner, terms)
        exact, mixed = _whole(self.row_lower) & _whole(self.row_upper), np.zeros(n_rows, dtype=bool)
        np.logical_and.at(exact, owner, _whole(matrix.data) & integer)
        np.logical_or.at(mixed, owner, moves)
        off = np.where(exact | mixed, 0.0, np.finfo(np.float64).eps * np.diff(matrix.indptr) * largest)
        return self.row_lower - off, self.row_upper + off

    def terms(self, row: int) -> tuple[NDArray[np.int32], Floats]:
        """Return the columns of a row and their coefficients."""
        part = slice(self._by_row.indptr[row], self._by_row.indptr[row + 1])
        return self._by_row.indices[part], self._by_row.data[part]

    @cached_property
    def _by_row(self) -> csr_array:
        shape = (self.row_lower.size, self.lower.size)
        return csr_array(csc_array((self.value, self.index, self.start), shape=shape))

    @cached_property
    def _least(self) -> Floats:
        """What the room is a share of at least: a right-hand side, and 1, or less where all coefficients are small."""
        largest = np.zeros(self.row_lower.size)
        np.maximum.at(largest, self.index, np.abs(self.value))
        sides = np.maximum(_finite(self.row_lower), _finite(self.row_upper))
        return np.maximum(sides, np.minimum(1.0, largest))


def _whole(numbers: Floats) -> NDArray[np.bool_]:
    return np.isinf(numbers) | (numbers == np.rint(numbers))


def _finite(sides: Floats) -> Floats:
    return np.where(np.isfinite(sides), np.abs(sides), 0.0)
