"""The pair relaxation: *pattern*, lifted by products of pairs of modules.

In the relaxation of *pattern* a third of every pair of components, say, serves all partitions into pairs at once,
each product by the third that suits it. The variables z_{M,M'} stand for y_M y_M': a partition that uses both
modules is limited by both being held at once. Three families of constraints hold the z together:

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

from collections.abc import Iterator, Sequence
from itertools import combinations, groupby

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from atoopt.sets.bitsets import mask_of, subsets_of
from atoopt.stock.candidates import default_candidates
from atoopt.stock.dense.gaps import Gap
from atoopt.stock.fronts.economy import Economy, economy_of
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import partitions_into

MOST_PAIRED = 90
"""Pairs are formed of at most so many modules, those of fewest components."""

MOST_SHARING = 8
"""Stocks where a component is in more than k + 1 modules gain little from the inequality with k."""

SHORT = 5
"""Products of up to so many components have all their partitions from the start: few."""

LIFTED = 6
"""Partitions of larger products are limited by single modules only: their pairs are many, their demand is little."""

FIVE_MODULES, FIVE_PRODUCTS = (0, 0, 1.0, 1.0, 0.5, 1.0), (0, 0, 0.0, 0.5, 0.0, 0.5)
"""The facet of five components: what a module, and an operation of a product, weighs by its number of components."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Rows:
    """Rows of a sparse matrix as they are written down, with their limits."""

    def __init__(self) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.row: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []

    def add(self, low: float, high: float, columns: list[int], values: list[float]) -> int:
        """Add low <= values . columns <= high, and return its place."""
        place = len(self.low)
        self.low.append(low)
        self.high.append(high)
        self.row.extend([place] * len(columns))
        self.column.extend(columns)
        self.value.extend(values)
        return place


class Lifted:
    """The rows and columns of the pair relaxation of one instance, the partitions last.

    Attributes
    ----------
    instance : StockInstance
    economy : Economy
    modules : tuple of int
        The candidates of several components; module m is column m.
    extra : (modules,) array
        |M| - 2.
    matrix : (rows, columns) csc_matrix
    cost, most : (columns,) arrays
        What a column costs, and its upper limit; the lower is 0.
    excess : int
        The column of operations above the limit; its cost belongs to the node.
    low, high : (rows,) arrays
    first_partition : int
        The columns from here on are partitions.
    product : (partitions,) array of int
        The row (sum of lambda = 1) of each partition's product.
    early : (columns,) array of bool
        Columns that a linear program begins with: all but most partitions of large products.
    uses : (partitions, modules) csr_matrix
    """

    def __init__(self, instance: StockInstance) -> None:
        self.instance = instance
        self.modules = default_candidates(instance).masks
        self.economy: Economy = economy_of(instance, len(self.modules))
        self.extra = np.array([mask.bit_count() - 2.0 for mask in self.modules])
        self._place = {mask: m for m, mask in enumerate(self.modules)}
        self._paired = paired(self.modules)
        self._lay_out_columns()
        rows = Rows()
        self._partition_rows(rows)
        self._pair_rows(rows)
        self._sharing_rows(rows)
        self._product_rows(rows)
        self._five_rows(rows)
        everything = list(range(len(self.modules)))
        self.n_row = rows.add(0.0, 0.0, everything, [1.0] * len(everything))
        self.d_row = rows.add(0.0, 0.0, everything, self.extra.tolist())
        self.low, self.high = np.array(rows.low), np.array(rows.high)
        self.matrix = csc_matrix((rows.value, (rows.row, rows.column)), shape=(len(rows.low), self.cost.size))
        self._find_products()

    def _lay_out_columns(self) -> None:
        """Number the columns: y, z, the sums of z, the operations above the limit, and then the partitions.

        Sums that several rows share are columns of their own: that keeps the rows short.
        """
        n, paired_modules = len(self.modules), self._paired
        self._z = {pair: n + i for i, pair in enumerate(combinations(paired_modules, 2))}
        self._z_columns = np.array(list(self._z.values()), dtype=np.int64)
        self.most = np.ones(n + len(self._z))
        others = [m for m in range(n) if m not in set(paired_modules)]
        self._w, self._v, self._n_with, self._d_with = (
            dict(zip(paired_modules, self._more_columns([most] * len(paired_modules)), strict=True))
            for most in (len(others), self.extra[others].sum(), n, self.extra.sum())
        )
        self._groups = [group for c in range(self.instance.n_components) for group in self._growing_groups(c)]
        self._held_of_group = self._more_columns([len(group) for group in self._groups])
        self._pairs_of_group = self._more_columns([len(group) * (len(group) - 1) / 2 for group in self._groups])
        (self.excess,) = self._more_columns([self.instance.n_components])
        e = self.economy
        self.cost = np.zeros(self.most.size)
        self.cost[:n] = e.per_module + e.per_extra * self.extra
        self.first_partition = self.cost.size

    def _more_columns(self, most: list[float]) -> list[int]:
        """Add columns with these upper limits, and return their numbers."""
        first = self.most.size
        self.most = np.concatenate([self.most, np.array(most, dtype=np.float64)])
        return list(range(first, self.most.size))

    def _growing_groups(self, component: int) -> Iterator[list[int]]:
        """Yield the modules with this component, of up to two components, up to three, and so on: two or more."""
        sharing = [m for m in self._paired if self.modules[m] >> component & 1]
        for size in sorted({self.extra[m] for m in sharing}):
            group = [m for m in sharing if self.extra[m] <= size]
            if len(group) > 1:
                yield group

    def _partition_rows(self, rows: Rows) -> None:
        """Each product is built, of modules held, one by one and in pairs, in the time allowed."""
        known, column = frozenset(self.modules), self.first_partition
        operations: list[float] = []
        product: list[int] = []
        used: tuple[list[int], list[int]] = ([], [])
        early: list[bool] = []
        for mask, share in _demanded(self.instance):
            first, lifted = column, mask.bit_count() <= LIFTED
            users_of: dict[int, list[int]] = {}  # of a module, or of two at once
            for parts in partitions_into(mask, known):
                operations.append(share * (mask.bit_count() - 1 - sum(part.bit_count() - 1 for part in parts)))
                early.append(mask.bit_count() <= SHORT or not parts)
                places = sorted(self._place[part] for part in parts)
                used[0].extend([column - self.first_partition] * len(places))
                used[1].extend(places)
                both = [self._z[pair] for pair in combinations(places, 2) if lifted and pair in self._z]
                for limit in places + both:
                    users_of.setdefault(limit, []).append(column)
                column += 1
            product.extend([len(rows.low)] * (column - first))
            rows.add(1.0, 1.0, list(range(first, column)), [1.0] * (column - first))
            for limit, users in users_of.items():
                rows.add(-np.inf, 0.0, [*users, limit], [1.0] * len(users) + [-1.0])
        slow = [self.excess, *range(self.first_partition, column)]
        rows.add(-np.inf, self.economy.most_operations, slow, [-1.0, *operations])
        self.cost = np.concatenate([self.cost, self.economy.per_operation * np.array(operations)])
        self.most = np.concatenate([self.most, np.full(len(operations), np.inf)])
        self.product = np.array(product, dtype=np.int64)
        self.early = np.concatenate([np.ones(self.first_partition, dtype=bool), np.array(early, dtype=bool)])
        self.uses = csr_matrix((np.ones(len(used[0])), used), shape=(len(operations), len(self.modules)))

    def _pair_rows(self, rows: Rows) -> None:
        """Two modules are held at once only where each is held; of modules that overlap, the sums say enough."""
        for (one, other), column in self._z.items():
            if self.modules[one] & self.modules[other]:
                continue
            rows.add(-np.inf, 0.0, [column, one], [1.0, -1.0])
            rows.add(-np.inf, 0.0, [column, other], [1.0, -1.0])

    def _sharing_rows(self, rows: Rows) -> None:
        """Modules that share a component are held at once as often as whole numbers of them are."""
        for group, held, together in zip(self._groups, self._held_of_group, self._pairs_of_group, strict=True):
            pairs = [self._z[pair] for pair in combinations(group, 2)]
            rows.add(0.0, 0.0, [*group, held], [1.0] * len(group) + [-1.0])
            rows.add(0.0, 0.0, [*pairs, together], [1.0] * len(pairs) + [-1.0])
            for k in range(1, min(MOST_SHARING, len(group) - 1) + 1):
                rows.add(-k * (k + 1) / 2, np.inf, [together, held], [1.0, -float(k)])

    def _product_rows(self, rows: Rows) -> None:
        """N and D, in their ranges, times each y; the coefficients of y in these rows belong to the node."""
        others = [m for m in range(len(self.modules)) if m not in self._w]
        least = min(self.extra[others], default=0.0)
        most = max(self.extra[others], default=0.0)
        kinds: dict[str, list[int]] = {"n_most": [], "n_least": [], "d_most": [], "d_least": []}
        for m in self._paired:
            z = [self._z[min(m, other), max(m, other)] for other in self._paired if other != m]
            extra = [self.extra[other] for other in self._paired if other != m]
            w, v = self._w[m], self._v[m]
            rows.add(0.0, np.inf, [v, w], [1.0, -least])
            rows.add(-np.inf, 0.0, [v, w], [1.0, -most])
            for sum_of, coefficients, rest, kind in (
                (self._n_with[m], [1.0] * len(z), w, "n"), (self._d_with[m], extra, v, "d"),
            ):  # fmt: skip
                rows.add(0.0, 0.0, [*z, rest, sum_of], [*coefficients, 1.0, -1.0])
                kinds[f"{kind}_most"].append(rows.add(-np.inf, 0.0, [sum_of, m], [1.0, -1.0]))
                kinds[f"{kind}_least"].append(rows.add(0.0, np.inf, [sum_of, m], [1.0, -1.0]))
        self._range_rows = {kind: np.array(places, dtype=np.int64) for kind, places in kinds.items()}

    def _five_rows(self, rows: Rows) -> None:
        """Five components, all of whose products and modules there are, keep their facet."""
        place_of_product = {mask: row for row, (mask, _) in enumerate(_demanded(self.instance))}
        first = np.searchsorted(self.product, np.unique(self.product))
        ends = [*first.tolist()[1:], self.product.size]
        for five in combinations(range(self.instance.n_components), 5):
            inside = [mask for mask in subsets_of(mask_of(five)) if mask & (mask - 1)]
            if not all(mask in self._place and mask in place_of_product for mask in inside):
                continue
            weights = {self._place[mask]: FIVE_MODULES[mask.bit_count()] for mask in inside}
            for mask in inside:
                for p in range(first[place_of_product[mask]], ends[place_of_product[mask]]):
                    n = mask.bit_count() - 1 - int(self.extra[self.uses[p].indices].sum() + self.uses[p].nnz)
                    weights[self.first_partition + p] = FIVE_PRODUCTS[mask.bit_count()] * n
            rows.add(10.0, np.inf, list(weights), list(weights.values()))

    def _find_products(self) -> None:
        """Find where the coefficients of y are that a node's ranges of N and D set."""
        matrix = self.matrix
        column_of = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
        places = {}
        for kind, of_kind in self._range_rows.items():
            row_of = np.full(matrix.shape[0], -1)
            row_of[of_kind] = self._paired
            places[kind] = np.flatnonzero(row_of[matrix.indices] == column_of)
        self._coefficients = places

    def moments(self, columns: Floats) -> Floats:
        """Return z of the modules in pairs, with y on the diagonal, from the values of all columns."""
        moments: Floats = np.zeros((len(self._paired), len(self._paired)))
        one, other = np.triu_indices(len(self._paired), 1)
        moments[one, other] = moments[other, one] = columns[self._z_columns]
        np.fill_diagonal(moments, columns[self._paired])
        return moments

    def gap_rows(self, gaps: Sequence[Gap]) -> tuple[csc_matrix, Floats]:
        """Return the rows of gap inequalities, and their lower limits."""
        one, other = np.triu_indices(len(self._paired), 1)
        place = np.concatenate([self._paired, self._z_columns])
        dense = np.zeros((len(gaps), place.size))
        for row, (weights, k) in enumerate(gaps):
            c = weights.astype(np.float64)
            dense[row] = np.concatenate([c * c - (2 * k + 1) * c, 2 * c[one] * c[other]])
        rows, used = np.nonzero(dense)
        matrix = csc_matrix((dense[rows, used], (rows, place[used])), shape=(len(gaps), self.cost.size))
        return matrix, np.array([-gap.k * (gap.k + 1.0) for gap in gaps])

    def at(self, n: tuple[int, int], d: tuple[int, int]) -> tuple[csc_matrix, Floats, Floats]:
        """Return the matrix and the rows' limits where N and D are in these ranges."""
        matrix, low, high = self.matrix.copy(), self.low.copy(), self.high.copy()
        own = self.extra[self._paired]
        for kind, values in (
            ("n_most", np.full(own.size, n[1] - 1.0)), ("n_least", np.full(own.size, n[0] - 1.0)),
            ("d_most", d[1] - own), ("d_least", d[0] - own),
        ):  # fmt: skip
            # the columns are ascending, so the places are in the order of the modules
            matrix.data[self._coefficients[kind]] = -values
        low[self.n_row], high[self.n_row] = n
        low[self.d_row], high[self.d_row] = d
        return matrix, low, high


def paired(modules: tuple[int, ...]) -> list[int]:
    """Return the places of the modules that pairs are formed of: whole sizes, the smallest first.

    Where even the modules of fewest components are too many, the first of them.

    >>> paired((0b0011, 0b0101, 0b0111))
    [0, 1, 2]
    """
    chosen: list[int] = []
    for _, group in groupby(range(len(modules)), key=lambda m: modules[m].bit_count()):
        members = list(group)
        if len(chosen) + len(members) > MOST_PAIRED:
            return chosen or members[:MOST_PAIRED]
        chosen += members
    return chosen


def _demanded(instance: StockInstance) -> Iterator[tuple[int, float]]:
    """Yield the products of several components with their shares."""
    for mask, share in zip(instance.product_masks, instance.shares.tolist(), strict=True):
        if mask & (mask - 1):
            yield mask, share
