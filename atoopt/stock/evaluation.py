"""Cost and assembly time of a given stock: the truth that every method is checked against.

Nothing here knows a model or a method; `evaluate` takes an instance and a stock, and recomputes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.values import ByValue
from atoopt.sets.bitsets import to_words
from atoopt.stock.data.detail import Detailed
from atoopt.stock.instance import StockInstance
from atoopt.stock.partition import partitions

TOLERANCE = 1e-9
"""Limits hold within this, relative to the larger of the limit and one operation, or to the whole demand.

Rounding of what is read: the limits with it (`most_operations`, `least_in_time`) are what every method goes by, and
sums of the demand are exact here, so that no method can judge otherwise than `evaluate` by another order of addition.
"""

PartitionRule = Literal["exact", "greedy"]


@dataclass(frozen=True, eq=False)
class Evaluation(Detailed, ByValue):
    """What a stock costs, how fast it is, and which limits it breaks.

    Attributes
    ----------
    instance : StockInstance
    masks : tuple of int
        The stock S as bits, single components included, the largest modules first.
    operations : (n_products,) array of int
        n_k(S), the final-assembly operations of each product.
    partition : tuple of tuple of int
        Per product, the modules used (as bits), single components included.
    costs : dict of str to float
        The four terms (4) to (7), by the names of `Costs`.
    violations : tuple of str
        Each broken limit in words; empty for a feasible stock.
    """

    instance: StockInstance
    masks: tuple[int, ...]
    operations: NDArray[np.int64]
    partition: tuple[tuple[int, ...], ...]
    costs: dict[str, float]
    violations: tuple[str, ...]

    @property
    def cost(self) -> float:
        """Equation (9), the sum of the four terms."""
        return float(sum(self.costs.values()))

    @property
    def n_modules(self) -> int:
        """N, single components included."""
        return len(self.masks)

    @property
    def modules(self) -> tuple[tuple[str, ...], ...]:
        """The stock in component names."""
        return tuple(self.instance.names(mask) for mask in self.masks)

    @cached_property
    def mean_assembly_time(self) -> float:
        """t(S) = time per operation x sum_k p_k n_k(S)."""
        return float(self.instance.time_per_operation * (self.instance.shares @ self.operations))

    @cached_property
    def delivery_share(self) -> float | None:
        """The share of the demand within the delivery ratio's time; None where the instance has no such term."""
        ratio = self.instance.delivery_ratio
        return None if ratio is None else _share_within(self.instance, self.operations, ratio.max_assembly_time)

    @property
    def feasible(self) -> bool:
        """Whether every limit of the instance holds."""
        return not self.violations

    def usage(self) -> dict[int, float]:
        """Return, for each module held, the share of the demand that is built with it."""
        use = dict.fromkeys(self.masks, 0.0)
        for share, parts in zip(self.instance.shares.tolist(), self.partition, strict=True):
            for mask in parts:
                use[mask] += share
        return use

    def time_distribution(self) -> dict[float, float]:
        """Return assembly time -> share of the demand, ascending."""
        counts = np.bincount(self.operations, weights=self.instance.shares)
        return {n * self.instance.time_per_operation: float(s) for n, s in enumerate(counts) if s > 0}

    def to_json(self) -> dict[str, Any]:
        """Return the key ``solution`` of the JSON output."""
        data: dict[str, Any] = {
            "modules": [list(names) for names in self.modules],
            "n_modules": self.n_modules,
            "mean_assembly_time": self.mean_assembly_time,
            "costs": self.costs,
        }
        if self.delivery_share is not None:
            data["delivery_share"] = self.delivery_share
        return data

    def __repr__(self) -> str:
        """Return cost, time and size in one line."""
        state = "feasible" if self.feasible else "violates: " + "; ".join(self.violations)
        cost, time = f"cost {self.cost:g}", f"mean time {self.mean_assembly_time:g}"
        return f"<stock of {self.n_modules} modules, {cost}, {time}, {state}>"

    def _repr_html_(self) -> str:
        use = self.usage()
        rows = "".join(
            f"<tr><td>{escape(' + '.join(names))}</td><td>{len(names)}</td><td>{use[mask]:.1%}</td></tr>"
            for mask, names in zip(self.masks, self.modules, strict=True)
        )
        return (
            f"<p>{escape(repr(self)[1:-1])}</p><table><tr><th>module</th><th>size</th>"
            f"<th>share of demand</th></tr>{rows}</table>"
        )


def evaluate(instance: StockInstance, stock: Iterable[Iterable[str]], partition: PartitionRule = "exact") -> Evaluation:
    """Evaluate a stock given in component names.

    Parameters
    ----------
    instance : StockInstance
    stock : iterable of iterables of str
        The modules held; single components are added, for every stock holds them.
    partition : {"exact", "greedy"}
        The fewest modules per product, or the paper's greedy choice (*inferred*: largest stocked module
        that fits the uncovered rest, repeat).

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        A name is no component of the instance, or a module has none.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock import evaluate
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> round(evaluate(instance, []).mean_assembly_time * 31)
    49
    """
    return evaluate_masks(instance, stock_masks(instance, stock), partition)


def stock_masks(instance: StockInstance, stock: Iterable[Iterable[str]]) -> list[int]:
    """Return modules as bits; an unknown or repeated name is an `InputError`."""
    known = set(instance.components)
    masks = []
    for i, module in enumerate(stock):
        names = [module] if isinstance(module, str) else list(module)
        for name in names:
            if name not in known:
                raise InputError(f'"{name}" is not a component', "use the instance's names", place=f"modules[{i}]")
        if not names or len(set(names)) < len(names):
            problem = "is empty" if not names else "gives a component twice"
            raise InputError(problem, "list each component of the module once", place=f"modules[{i}]")
        masks.append(instance.mask(names))
    return masks


def evaluate_masks(instance: StockInstance, stock: Iterable[int], partition: PartitionRule = "exact") -> Evaluation:
    """Evaluate a stock given as bits; single components are added and repetitions dropped."""
    masks = full_stock(instance, stock)
    operations, parts = assemble(instance, masks, partition)
    costs, violations = _costs(instance, masks, operations), _violations(instance, masks, operations)
    return Evaluation(instance, masks, operations, parts, costs, violations)


def full_stock(instance: StockInstance, stock: Iterable[int]) -> tuple[int, ...]:
    """Return the stock with every single component, once each, the largest modules first."""
    singles = (1 << i for i in range(instance.n_components))
    return tuple(sorted({*stock, *singles}, key=lambda mask: (-mask.bit_count(), mask)))


def assemble(
    instance: StockInstance, masks: tuple[int, ...], partition: PartitionRule = "exact"
) -> tuple[NDArray[np.int64], tuple[tuple[int, ...], ...]]:
    """Return operations n_k per product, and the modules that each is built from."""
    several = [mask for mask in masks if mask.bit_count() > 1]
    sizes = np.array([mask.bit_count() for mask in several], dtype=np.int64)
    words = to_words(several, instance.n_components)
    saved, start, used = partitions(instance.product_words, words, sizes, greedy=partition == "greedy")
    operations = np.maximum(instance.product_sizes - 1, 0) - saved
    parts = []
    for k, product in enumerate(instance.product_masks):
        modules = [several[m] for m in used[start[k] : start[k + 1]].tolist()]
        rest = product
        for mask in modules:
            rest &= ~mask
        singles = [1 << i for i in range(rest.bit_length()) if rest >> i & 1]
        parts.append((*modules, *singles))
    return operations, tuple(parts)


def _costs(instance: StockInstance, masks: tuple[int, ...], operations: NDArray[np.int64]) -> dict[str, float]:
    """Return the terms (4) to (7); by usage, (4) and (6) count each module once per product built with it."""
    c, shares, sizes = instance.costs, instance.shares, instance.product_sizes
    if instance.cost_basis == "stock":
        joins = float(sum(mask.bit_count() - 1 for mask in masks))
        shipped = float(sum(mask.bit_count() for mask in masks))
    else:
        joins = float(shares @ (np.maximum(sizes - 1, 0) - operations))
        shipped = float(shares @ sizes)
    return {
        "preassembly": c.preassembly * joins,
        "fixed_transport": c.fixed_transport * len(masks),
        "variable_transport": c.variable_transport * shipped,
        "final_assembly": c.final_assembly * float(instance.time_per_operation * (shares @ operations)),
    }


def _violations(instance: StockInstance, masks: tuple[int, ...], operations: NDArray[np.int64]) -> tuple[str, ...]:
    """Name each limit that the stock breaks."""
    broken = []
    limit, ratio = instance.max_mean_assembly_time, instance.delivery_ratio
    if is_slow(instance, operations):
        time = float(instance.time_per_operation * (instance.shares @ operations))
        found, allowed = _told_apart(time, limit)
        broken.append(f"mean_assembly_time {found} is above max_mean_assembly_time {allowed}")
    if instance.max_modules is not None and len(masks) > instance.max_modules:
        broken.append(f"{len(masks)} modules are more than max_modules {instance.max_modules}")
    if ratio is not None and is_late(instance, operations):
        share = _share_within(instance, operations, ratio.max_assembly_time)
        found, least = _told_apart(share, ratio.min_share)
        broken.append(
            f"delivery_ratio: {found} of the demand within {ratio.max_assembly_time:g} is below min_share {least}"
        )
    for mask in masks:
        if not instance.allows(mask):
            apart = len(instance.pieces(mask)) > 1
            reason = "is not connected by liaisons" if apart else "is not in candidate_modules"
            broken.append(f"module {list(instance.names(mask))} {reason}")
    return tuple(broken)


def _told_apart(value: float, limit: float | None) -> tuple[str, str]:
    """Return a value and its limit as text, with so many digits that they differ."""
    assert limit is not None
    near = math.isclose(value, limit, rel_tol=1e-6)
    return (f"{value:.15g}", f"{limit:.15g}") if near else (f"{value:.9g}", f"{limit:g}")


def most_operations(instance: StockInstance) -> float:
    """Return the mean operations that the customer accepts, T in operations with `TOLERANCE`; infinity without T."""
    if instance.max_mean_assembly_time is None:
        return math.inf
    limit = instance.max_mean_assembly_time / instance.time_per_operation
    return limit + TOLERANCE * max(1.0, limit)


def least_in_time(instance: StockInstance) -> float:
    """Return the share of the demand that must be in time, with `TOLERANCE`; 0 without a delivery ratio."""
    return 0.0 if instance.delivery_ratio is None else max(0.0, instance.delivery_ratio.min_share - TOLERANCE)


def is_slow(instance: StockInstance, operations: NDArray[np.int64]) -> bool:
    """Whether products that need so many operations each break constraint (2), t(S) <= T."""
    return int(instance.share_units @ operations) > most_operations(instance) * instance.share_scale


def is_late(instance: StockInstance, operations: NDArray[np.int64]) -> bool:
    """Whether products that need so many operations each break the delivery ratio, if there is one."""
    if instance.delivery_ratio is None:
        return False
    prompt = operations <= max_operations_within(instance, instance.delivery_ratio.max_assembly_time)
    return int(instance.share_units[prompt].sum()) < least_in_time(instance) * instance.share_scale


def max_operations_within(instance: StockInstance, time: float) -> int:
    """Return the most operations that fit in an assembly time, within `TOLERANCE`."""
    return int(time / instance.time_per_operation * (1 + TOLERANCE) + TOLERANCE)


def _share_within(instance: StockInstance, operations: NDArray[np.int64], time: float) -> float:
    return float(instance.shares[operations <= max_operations_within(instance, time)].sum())
