"""The rows of the pair relaxation, family by family; see `pair_relaxation` for what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.sparse import csr_matrix

from atoopt.sets.bitsets import mask_of, subsets_of
from atoopt.stock.cost import limits_of
from atoopt.stock.dense.pair_columns import PairColumns
from atoopt.stock.dense.parameters import PairParameters
from atoopt.stock.dense.rows import Floats, Ints, Rows
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import partitions_into

FIVE_MODULES, FIVE_PRODUCTS = (0, 0, 1.0, 1.0, 0.5, 1.0), (0, 0, 0.0, 0.5, 0.0, 0.5)
"""The facet of five components: what a module, and an operation of a product, weighs by its number of components."""

FIVE_LEAST = 10.0
"""What its left side is at least."""


@dataclass(frozen=True)
class Partitions:
    """The partitions of all products: the columns after those of `PairColumns`.

    Attributes
    ----------
    operations : (partitions,) array
        Final-assembly operations times share of demand.
    product : (partitions,) array of int
        The row (sum of lambda = 1) of each partition's product.
    early : (partitions,) array of bool
        Those that a linear program begins with: all but most partitions of large products.
    uses : (partitions, modules) csr_matrix
    """

    operations: Floats
    product: Ints
    early: np.ndarray
    uses: csr_matrix


def demanded(instance: StockInstance) -> Iterator[tuple[int, float]]:
    """Yield the products of several components with their shares."""
    for mask, share in zip(instance.product_masks, instance.shares.tolist(), strict=True):
        if mask & (mask - 1):
            yield mask, share


def add_partition_rows(
    rows: Rows, columns: PairColumns, instance: StockInstance, parameters: PairParameters
) -> Partitions:
    """Each product is built, of modules in stock, one by one and in pairs, in the time allowed."""
    place, column = columns.place, columns.n
    operations: list[float] = []
    product: list[int] = []
    early: list[bool] = []
    user, used = list[int](), list[int]()
    for mask, share in demanded(instance):
        first, in_pairs = column, mask.bit_count() <= parameters.max_paired_size
        users_of: dict[int, list[int]] = {}  # of a module, or of two at once
        for parts in partitions_into(mask, frozenset(columns.modules)):
            operations.append(share * (mask.bit_count() - 1 - sum(part.bit_count() - 1 for part in parts)))
            early.append(mask.bit_count() <= parameters.max_early_size or not parts)
            places = sorted(place[part] for part in parts)
            user.extend([column - columns.n] * len(places))
            used.extend(places)
            pairs = [columns.pair[both] for both in combinations(places, 2) if in_pairs and both in columns.pair]
            for limit in places + pairs:
                users_of.setdefault(limit, []).append(column)
            column += 1
        product.extend([len(rows)] * (column - first))
        rows.add(1.0, 1.0, list(range(first, column)), [1.0] * (column - first))
        for limit, users in users_of.items():
            rows.add(-np.inf, 0.0, [*users, limit], [1.0] * len(users) + [-1.0])
    slow = [columns.excess, *range(columns.n, column)]
    rows.add(-np.inf, limits_of(instance).operations, slow, [-1.0, *operations])
    uses = csr_matrix((np.ones(len(user)), (user, used)), shape=(len(operations), len(columns.modules)))
    return Partitions(np.array(operations), np.array(product, dtype=np.int64), np.array(early, dtype=bool), uses)


def add_pair_rows(rows: Rows, columns: PairColumns) -> None:
    """Two modules are in stock at once only where each is; of modules that overlap, the sums say enough."""
    for (one, other), column in columns.pair.items():
        if columns.modules[one] & columns.modules[other]:
            continue
        rows.add(-np.inf, 0.0, [column, one], [1.0, -1.0])
        rows.add(-np.inf, 0.0, [column, other], [1.0, -1.0])


def add_sharing_rows(rows: Rows, columns: PairColumns, max_shared: int) -> None:
    """Modules that share a component are in stock at once as often as whole numbers of them are."""
    for group, number, together in zip(columns.groups, columns.group_number, columns.group_pairs, strict=True):
        pairs = [columns.pair[pair] for pair in combinations(group, 2)]
        rows.add(0.0, 0.0, [*group, number], [1.0] * len(group) + [-1.0])
        rows.add(0.0, 0.0, [*pairs, together], [1.0] * len(pairs) + [-1.0])
        for k in range(1, min(max_shared, len(group) - 1) + 1):
            rows.add(-k * (k + 1) / 2, np.inf, [together, number], [1.0, -float(k)])


def add_product_rows(rows: Rows, columns: PairColumns) -> dict[str, Ints]:
    """N and D, in their ranges, times each y; return the rows whose coefficients of y belong to the node, by kind."""
    extra, others = columns.extra, columns.others
    least, largest = min(extra[others], default=0.0), max(extra[others], default=0.0)
    kinds: dict[str, list[int]] = {"n_upper": [], "n_lower": [], "d_upper": [], "d_lower": []}
    for m in columns.paired:
        z = [columns.pair[min(m, other), max(m, other)] for other in columns.paired if other != m]
        z_extra = [extra[other] for other in columns.paired if other != m]
        w, v = columns.other_number[m], columns.other_extra[m]
        rows.add(0.0, np.inf, [v, w], [1.0, -least])
        rows.add(-np.inf, 0.0, [v, w], [1.0, -largest])
        for sum_of, coefficients, rest, kind in (
            (columns.number_with[m], [1.0] * len(z), w, "n"), (columns.extra_with[m], z_extra, v, "d"),
        ):  # fmt: skip
            rows.add(0.0, 0.0, [*z, rest, sum_of], [*coefficients, 1.0, -1.0])
            kinds[f"{kind}_upper"].append(rows.add(-np.inf, 0.0, [sum_of, m], [1.0, -1.0]))
            kinds[f"{kind}_lower"].append(rows.add(0.0, np.inf, [sum_of, m], [1.0, -1.0]))
    return {kind: np.array(places, dtype=np.int64) for kind, places in kinds.items()}


def add_five_rows(rows: Rows, columns: PairColumns, instance: StockInstance, partitions: Partitions) -> None:
    """Five components, all of whose products and modules there are, keep their facet."""
    place = columns.place
    place_of_product = {mask: row for row, (mask, _) in enumerate(demanded(instance))}
    first = np.searchsorted(partitions.product, np.unique(partitions.product))
    ends = [*first.tolist()[1:], partitions.product.size]
    for five in combinations(range(instance.n_components), 5):
        inside = [mask for mask in subsets_of(mask_of(five)) if mask & (mask - 1)]
        if not all(mask in place and mask in place_of_product for mask in inside):
            continue
        weights = {place[mask]: FIVE_MODULES[mask.bit_count()] for mask in inside}
        for mask in inside:
            for p in range(first[place_of_product[mask]], ends[place_of_product[mask]]):
                uses = partitions.uses[p]
                n = mask.bit_count() - 1 - int(columns.extra[uses.indices].sum() + uses.nnz)
                weights[columns.n + p] = FIVE_PRODUCTS[mask.bit_count()] * n
        rows.add(FIVE_LEAST, np.inf, list(weights), list(weights.values()))
