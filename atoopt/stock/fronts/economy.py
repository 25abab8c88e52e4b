"""Cost as a linear function of three numbers: modules held, their components, mean operations."""

from __future__ import annotations

from dataclasses import dataclass

from atoopt.stock.evaluation import most_operations
from atoopt.stock.instance import StockInstance


@dataclass(frozen=True)
class Economy:
    """Cost(S) = base + per_module N + per_extra D + per_operation n.

    N counts the modules of several components in stock S, D their components beyond two each, and n is the mean
    number of final-assembly operations sum_k p_k n_k(S). Equation (9) has no other arguments, on either basis.

    Attributes
    ----------
    base, per_module, per_extra, per_operation : float
    most_operations : float
        n of constraint (2), with the evaluator's tolerance; infinity without it.
    most_modules : int
        The most modules of several components.

    Examples
    --------
    >>> import atoopt
    >>> economy_of(atoopt.load("instances/stock/uniform-5.json"))
    Economy(base=12.0, per_module=3.8, per_extra=1.4, per_operation=10.0, most_operations=0.800000001, most_modules=26)
    """

    base: float
    per_module: float
    per_extra: float
    per_operation: float
    most_operations: float
    most_modules: int


def economy_of(instance: StockInstance, n_candidates: int | None = None) -> Economy:
    """Return the economy of an instance; `n_candidates` modules may be held (None: every set of components)."""
    c, q = instance.costs, instance.n_components
    most_modules = 2**q - q - 1 if n_candidates is None else n_candidates
    if instance.max_modules is not None:
        most_modules = min(most_modules, instance.max_modules - q)
    most = most_operations(instance)
    per_operation = c.final_assembly * instance.time_per_operation
    if instance.cost_basis == "stock":
        per_extra = c.preassembly + c.variable_transport
        per_module = c.preassembly + c.fixed_transport + 2 * c.variable_transport
        base = q * (c.fixed_transport + c.variable_transport)
        return Economy(base, per_module, per_extra, per_operation, most, most_modules)
    # a product of |P| components and n operations has had |P| - 1 - n operations before, and ships |P| components
    shipped = float(instance.shares @ instance.product_sizes)
    base = q * c.fixed_transport + c.variable_transport * shipped + c.preassembly * instance.most_operations
    return Economy(base, c.fixed_transport, 0.0, per_operation - c.preassembly, most, most_modules)


def least_cost(instance: StockInstance) -> float:
    """Return a bound that needs no search: no module is paid for, and no operation is left that costs.

    >>> import atoopt
    >>> least_cost(atoopt.load("instances/stock/uniform-5.json"))
    12.0
    """
    economy = economy_of(instance)
    return economy.base + min(0.0, economy.per_operation * instance.most_operations)
