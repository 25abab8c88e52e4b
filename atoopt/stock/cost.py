"""The cost equation (9) and the limits of an instance, once for all methods.

The cost of a stock is linear in three numbers: the modules of several components that it holds, the joins that make
them, and the mean operations of final assembly. Models, bounds and searches take its coefficients from here. They are
derived apart from `atoopt.stock.evaluation`, which recomputes the cost of each stock from the data and judges them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.evaluation import least_in_time, max_operations_within, most_operations
from atoopt.stock.instance import StockInstance

Floats = NDArray[np.float64]

ROUNDING = 1e-12
"""What sums of doubles may be off, in operations and shares: models that add up otherwise are looser by so much."""

DRIFT = 1e-11
"""What sums may be off that every move of a search updates: searches are stricter by so much, so that what they
accept is feasible to the evaluator. It is a hundredth of the evaluator's own tolerance, and ten times `ROUNDING`."""

FINE = 1024.0
"""Limits on shares of the demand are rows in units of so small a part of it.

Solvers keep a row within an absolute tolerance, 1e-9 at best: it is then a thousandth of the evaluator's.
"""


@dataclass(frozen=True)
class CostEquation:
    """Cost(S) = base + per_module N + per_join J + per_operation n, or one of its four terms.

    N counts the modules of several components in stock S, J = sum_M (|M| - 1) over them is the joins that make them,
    and n = sum_k p_k n_k(S) is the mean number of final-assembly operations.

    Attributes
    ----------
    base, per_module, per_join, per_operation : float
        In the unit of the instance's costs; `per_operation` is below 0 where an operation saved costs more than it
        saves, as it may by usage.

    Examples
    --------
    >>> import atoopt
    >>> cost_equation(atoopt.load("instances/stock/uniform-5.json"))
    CostEquation(base=12.0, per_module=2.4, per_join=1.4, per_operation=10.0)
    """

    base: float = 0.0
    per_module: float = 0.0
    per_join: float = 0.0
    per_operation: float = 0.0

    @overload
    def module(self, size: int) -> float: ...

    @overload
    def module(self, size: NDArray[Any]) -> Floats: ...

    def module(self, size: int | NDArray[Any]) -> float | Floats:
        """Return c_M, what holding a module of so many components costs, two or more; arrays give arrays."""
        return self.per_module + self.per_join * (size - 1)

    @property
    def saving_costs(self) -> bool:
        """Whether an operation saved costs more than it saves: on the basis of usage, where alpha is above delta.

        What does not count the fewest operations, as the evaluator does, then gains by that.
        """
        return self.per_operation < 0


def cost_terms(instance: StockInstance) -> dict[str, CostEquation]:
    """Return the terms (4) to (7) of the cost, by the names of `Costs`.

    By usage, a product of |P| components and n operations has had |P| - 1 - n joins before, and ships |P| components.

    >>> import atoopt
    >>> cost_terms(atoopt.load("instances/stock/uniform-5.json"))["variable_transport"]
    CostEquation(base=2.0, per_module=0.4, per_join=0.4, per_operation=0.0)
    """
    c, q = instance.costs, instance.n_components
    alpha, variable = c.preassembly, c.variable_transport
    if instance.cost_basis == "stock":
        preassembly = CostEquation(per_join=alpha)
        shipped = CostEquation(variable * q, variable, variable)
    else:
        preassembly = CostEquation(alpha * instance.most_operations, per_operation=-alpha)
        shipped = CostEquation(variable * float(instance.shares @ instance.product_sizes))
    return {
        "preassembly": preassembly,
        "fixed_transport": CostEquation(c.fixed_transport * q, c.fixed_transport),
        "variable_transport": shipped,
        "final_assembly": CostEquation(per_operation=c.final_assembly * instance.time_per_operation),
    }


def cost_equation(instance: StockInstance) -> CostEquation:
    """Return equation (9), the sum of the four terms, on either cost basis."""
    terms = cost_terms(instance).values()
    return CostEquation(
        sum(term.base for term in terms), sum(term.per_module for term in terms),
        sum(term.per_join for term in terms), sum(term.per_operation for term in terms),
    )  # fmt: skip


def least_cost(instance: StockInstance) -> float:
    """Return a bound that needs no search: no module is paid for, and no operation is left that costs.

    >>> import atoopt
    >>> least_cost(atoopt.load("instances/stock/uniform-5.json"))
    12.0
    """
    cost = cost_equation(instance)
    return cost.base + min(0.0, cost.per_operation * instance.most_operations)


@dataclass(frozen=True)
class Limits:
    """What a stock must keep, with the evaluator's tolerance; what is not limited has a limit that is always kept.

    Attributes
    ----------
    operations : float
        The most mean operations sum_k p_k n_k(S), from constraint (2).
    modules : float
        The most modules of several components, a whole number or infinity; below 0 where the single components,
        which are always held, are too many already.
    share : float
        The least share of the demand that is in time.
    latest : float
        The most operations of a product that is in time.
    scale : float
        Mean operations of the single components alone, at least 1: rounding is relative to it.

    Examples
    --------
    >>> import atoopt
    >>> limits_of(atoopt.load("instances/stock/uniform-5.json").replace(max_modules=8)).modules
    3.0
    """

    operations: float
    modules: float
    share: float
    latest: float
    scale: float

    def stricter(self, margin: float) -> Limits:
        """Return limits that are kept with a margin (in operations relative to `scale`, and in shares).

        A share of at least nothing is kept by every stock, and stays.
        """
        share = self.share + margin if self.share > 0 else self.share
        return replace(self, operations=self.operations - margin * self.scale, share=share)

    def looser(self, margin: float) -> Limits:
        """Return limits that may be missed by a margin; what the evaluator allows is then allowed."""
        return self.stricter(-margin)

    def room(self, n_modules: int) -> int:
        """Return how many of so many modules may be held at once; below 0 where not even the single components may.

        >>> Limits(1.5, 3.0, 0.0, math.inf, 1.0).room(2)
        2
        """
        return int(min(self.modules, n_modules))


def limits_of(instance: StockInstance) -> Limits:
    """Return the limits of an instance on mean assembly time, number of modules and delivery in time."""
    most, ratio = instance.max_modules, instance.delivery_ratio
    return Limits(
        operations=most_operations(instance),
        modules=math.inf if most is None else float(most - instance.n_components),
        share=-math.inf if ratio is None else least_in_time(instance),
        latest=math.inf if ratio is None else max_operations_within(instance, ratio.max_assembly_time),
        scale=max(1.0, instance.most_operations),
    )
