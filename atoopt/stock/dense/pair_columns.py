"""The columns of the pair relaxation, numbered: modules, pairs of modules, sums of these, and the excess."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np

from atoopt.stock.candidates import default_candidates
from atoopt.stock.cost import CostEquation, cost_equation
from atoopt.stock.dense.parameters import PAIRS, PairParameters
from atoopt.stock.dense.rows import Floats
from atoopt.stock.instance import StockInstance


@dataclass(frozen=True)
class PairColumns:
    """Column numbers; partitions come after all of these. Sums that several rows share are columns: so rows stay short.

    Attributes
    ----------
    modules : tuple of int
        The candidates of several components; y of module m is column m.
    extra : (modules,) array
        |M| - 2.
    equation : CostEquation
    paired : list of int
        The modules that pairs are formed of, those of fewest components.
    others : list of int
        All other modules.
    pair : dict
        z of two paired modules.
    other_number, other_extra : dict
        Of a paired module: w, the sum of its z with all others, and v, that of (|M'| - 2) z.
    number_with, extra_with : dict
        Of a paired module: the sums of its z, and of (|M'| - 2) z, with all modules.
    groups : list of list of int
        Paired modules that share a component, of up to two components, up to three, and so on.
    group_number, group_pairs : list of int
        Per group the number of its modules in stock, and of pairs of these.
    excess : int
        Operations above the limit of the mean assembly time; the cost of these belongs to the node.
    upper, cost : (columns,) arrays
        Upper limit, the lower is 0; cost in the stock's cost.
    """

    modules: tuple[int, ...]
    extra: Floats
    equation: CostEquation
    paired: list[int]
    others: list[int]
    pair: dict[tuple[int, int], int]
    other_number: dict[int, int]
    other_extra: dict[int, int]
    number_with: dict[int, int]
    extra_with: dict[int, int]
    groups: list[list[int]]
    group_number: list[int]
    group_pairs: list[int]
    excess: int
    upper: Floats
    cost: Floats

    @property
    def n(self) -> int:
        """How many columns there are before the partitions."""
        return int(self.upper.size)

    @property
    def place(self) -> dict[int, int]:
        """The module of each mask."""
        return {mask: m for m, mask in enumerate(self.modules)}


def pair_columns(instance: StockInstance, parameters: PairParameters = PAIRS) -> PairColumns:
    """Number the columns for an instance."""
    modules = default_candidates(instance).masks
    equation, n = cost_equation(instance), len(modules)
    extra = np.array([mask.bit_count() - 2.0 for mask in modules])
    paired = paired_modules(modules, parameters.max_paired)
    others = [m for m in range(n) if m not in set(paired)]
    groups = [group for c in range(instance.n_components) for group in _growing_groups(modules, extra, paired, c)]
    pairs = list(combinations(paired, 2))
    upper: list[float] = [1.0] * (n + len(pairs))

    def more(of_each: list[float]) -> list[int]:
        """Add columns with these upper limits, and return their numbers."""
        upper.extend(of_each)
        return list(range(len(upper) - len(of_each), len(upper)))

    other_number, other_extra, number_with, extra_with = (
        dict(zip(paired, more([float(limit)] * len(paired)), strict=True))
        for limit in (len(others), extra[others].sum(), n, extra.sum())
    )
    group_number = more([float(len(group)) for group in groups])
    group_pairs = more([len(group) * (len(group) - 1) / 2 for group in groups])
    (excess,) = more([float(instance.n_components)])
    cost = np.zeros(len(upper))
    cost[:n] = equation.module(2) + equation.per_join * extra
    return PairColumns(
        modules, extra, equation, paired, others, {pair: n + i for i, pair in enumerate(pairs)}, other_number,
        other_extra, number_with, extra_with, groups, group_number, group_pairs, excess, np.array(upper), cost,
    )  # fmt: skip


def paired_modules(modules: tuple[int, ...], max_paired: int = PAIRS.max_paired) -> list[int]:
    """Return the places of the modules that pairs are formed of: whole sizes, the smallest first.

    Where even the modules of fewest components are too many, the first of them.

    >>> paired_modules((0b0011, 0b0101, 0b0111))
    [0, 1, 2]
    """
    chosen: list[int] = []
    for _, group in groupby(range(len(modules)), key=lambda m: modules[m].bit_count()):
        members = list(group)
        if len(chosen) + len(members) > max_paired:
            return chosen or members[:max_paired]
        chosen += members
    return chosen


def _growing_groups(modules: tuple[int, ...], extra: Floats, paired: list[int], component: int) -> Iterator[list[int]]:
    """Yield the modules with this component, of up to two components, up to three, and so on: two or more."""
    sharing = [m for m in paired if modules[m] >> component & 1]
    for size in sorted({extra[m] for m in sharing}):
        group = [m for m in sharing if extra[m] <= size]
        if len(group) > 1:
            yield group
