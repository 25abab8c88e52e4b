"""The pair relaxation: *pattern*, lifted by products of pairs of modules.

In the relaxation of *pattern* a third of every pair of components, say, serves all partitions into pairs at once,
each product by the third that suits it. The variables z_{M,M'} stand for y_M y_M': a partition that uses both
modules is limited by both being in stock at once. Three families of constraints hold the z together:

* sum_M' z_{M,M'} = (N - 1) y_M, and sum_M' (|M'| - 2) z_{M,M'} = (D - |M| + 2) y_M, the products of y_M with
  N = sum y and D = sum (|M| - 2) y, which are in a range at each node of the search;
* of modules A that share a component, sum_{M < M' in A} z_{M,M'} >= k sum_A y - k (k + 1) / 2 for whole k,
  since (d - k)(d - k - 1) >= 0 for a whole number d of modules: they are in each other's way;
* z_{M,M'} <= y_M, y_M' for disjoint modules;
* of any five components, sum y_2 + sum y_3 + sum y_4 / 2 + y_5 + sum n_3 / 2 + n_5 / 2 >= 10, with the sums over the
  modules and products of two to five of them: a facet of the stocks of five components (the least over all 2^26).

The z are between the modules of fewest components only; w_M is the sum of the other z of M, and v_M that of
(|M'| - 2) z over the same modules. Measured at q = 8, uniform demand, T = 1.2: *pattern* 72.0, this 95.1, best
stock known 101.4.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csc_matrix

from atoopt.stock.dense.gaps import Gap
from atoopt.stock.dense.pair_columns import pair_columns
from atoopt.stock.dense.pair_rows import (
    add_five_rows,
    add_pair_rows,
    add_partition_rows,
    add_product_rows,
    add_sharing_rows,
)
from atoopt.stock.dense.parameters import PAIRS, PairParameters
from atoopt.stock.dense.rows import Floats, Ints, Rows
from atoopt.stock.instance import StockInstance


class PairRelaxation:
    """The rows and columns of the pair relaxation of one instance, the partitions last.

    Attributes
    ----------
    instance : StockInstance
    columns : PairColumns
        The columns before the partitions.
    partitions : Partitions
    matrix : (rows, columns) csc_matrix
    cost, upper : (columns,) arrays
        What a column costs, and its upper limit; the lower is 0.
    low, high : (rows,) arrays
    number_row, extra_row : int
        The rows of N and of D.
    """

    def __init__(self, instance: StockInstance, parameters: PairParameters = PAIRS) -> None:
        self.instance, self.columns = instance, pair_columns(instance, parameters)
        self.modules, self.extra, self.equation = self.columns.modules, self.columns.extra, self.columns.equation
        rows = Rows()
        self.partitions = add_partition_rows(rows, self.columns, instance, parameters)
        add_pair_rows(rows, self.columns)
        add_sharing_rows(rows, self.columns, parameters.max_shared)
        rows_of_kind = add_product_rows(rows, self.columns)
        add_five_rows(rows, self.columns, instance, self.partitions)
        everything = list(range(len(self.modules)))
        self.number_row = rows.add(0.0, 0.0, everything, [1.0] * len(everything))
        self.extra_row = rows.add(0.0, 0.0, everything, self.extra.tolist())
        operations = self.partitions.operations
        self.cost = np.concatenate([self.columns.cost, self.equation.per_operation * operations])
        self.upper = np.concatenate([self.columns.upper, np.full(operations.size, np.inf)])
        self.low, self.high = np.array(rows.low), np.array(rows.high)
        self.matrix = rows.matrix(self.cost.size)
        self._coefficients = {kind: self._of_modules(places) for kind, places in rows_of_kind.items()}

    @property
    def early(self) -> np.ndarray:
        """Columns that a linear program begins with, shape (columns,)."""
        return np.concatenate([np.ones(self.columns.n, dtype=bool), self.partitions.early])

    def _of_modules(self, rows: Ints) -> Ints:
        """Return where in the matrix a row a paired module has that module's coefficient."""
        matrix = self.matrix
        column_of = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
        module_of_row = np.full(matrix.shape[0], -1)
        module_of_row[rows] = self.columns.paired
        return np.flatnonzero(module_of_row[matrix.indices] == column_of)

    def at(self, number: tuple[int, int], extra: tuple[int, int]) -> tuple[csc_matrix, Floats, Floats]:
        """Return the matrix and the rows' limits where N and D are in these ranges."""
        matrix, low, high = self.matrix.copy(), self.low.copy(), self.high.copy()
        own = self.extra[self.columns.paired]
        for kind, values in (
            ("n_upper", np.full(own.size, number[1] - 1.0)), ("n_lower", np.full(own.size, number[0] - 1.0)),
            ("d_upper", extra[1] - own), ("d_lower", extra[0] - own),
        ):  # fmt: skip
            # the columns are ascending, so the places are in the order of the modules
            matrix.data[self._coefficients[kind]] = -values
        low[self.number_row], high[self.number_row] = number
        low[self.extra_row], high[self.extra_row] = extra
        return matrix, low, high

    def moments(self, values: Floats) -> Floats:
        """Return z of the modules in pairs, with y on the diagonal, from the values of all columns."""
        paired = self.columns.paired
        moments: Floats = np.zeros((len(paired), len(paired)))
        one, other = np.triu_indices(len(paired), 1)
        moments[one, other] = moments[other, one] = values[list(self.columns.pair.values())]
        np.fill_diagonal(moments, values[paired])
        return moments

    def gap_rows(self, gaps: Sequence[Gap]) -> tuple[csc_matrix, Floats]:
        """Return the rows of gap inequalities, and their lower limits."""
        paired = self.columns.paired
        one, other = np.triu_indices(len(paired), 1)
        place = np.array([*paired, *self.columns.pair.values()], dtype=np.int64)
        dense = np.zeros((len(gaps), place.size))
        for row, (weights, k) in enumerate(gaps):
            c = weights.astype(np.float64)
            dense[row] = np.concatenate([c * c - (2 * k + 1) * c, 2 * c[one] * c[other]])
        rows, used = np.nonzero(dense)
        matrix = csc_matrix((dense[rows, used], (rows, place[used])), shape=(len(gaps), self.cost.size))
        return matrix, np.array([-gap.k * (gap.k + 1.0) for gap in gaps])
