"""The same products under other demand: a forecast, an option that sells better, another month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from atoopt.stock.instance import StockInstance


def with_demand(instance: StockInstance, demand: Mapping[Any, float] | Sequence[float]) -> StockInstance:
    """Return the same instance with other demand.

    Parameters
    ----------
    instance : StockInstance
    demand : sequence of float, or mapping
        A number a product, in their order; or some products -> their number, the others staying as they are. A
        product is its position, its name, or the tuple of its components. What is 0 is not sold, and goes.

    Raises
    ------
    InputError
        There is no such product, a number is not allowed, or nothing is sold.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/frequency-4.json")
    >>> [product.demand for product in instance.products]
    [30.0, 20.0, 25.0, 15.0, 10.0]
    >>> [product.demand for product in instance.with_demand({0: 60, ("c", "d"): 0}).products]
    [60.0, 25.0, 15.0, 10.0]
    """
    amounts = _amounts(instance, demand)
    for k, amount in enumerate(amounts):
        if not isinstance(amount, (int, float)) or not 0 <= amount < float("inf"):
            raise InputError(f"is {amount}", "give a number of at least 0", place=f"demand[{k}]")
    sold = [
        product.model_copy(update={"demand": float(amount)})
        for product, amount in zip(instance.products, amounts, strict=True)
        if amount > 0
    ]
    if not sold:
        raise InputError("is 0 for every product", "give at least one a demand", place="demand")
    return instance.replace(products=tuple(sold))


def grown(instance: StockInstance, component: str, factor: float) -> StockInstance:
    """Return the same instance where what has a component sells `factor` times as much; with 0 nothing of it is sold.

    Raises
    ------
    InputError
        There is no such component, or the factor is negative.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/frequency-4.json")
    >>> [product.demand for product in instance.grown("a", 2).products]
    [60.0, 20.0, 50.0, 30.0, 20.0]
    """
    if component not in instance.components:
        raise InputError(f'"{component}" is not a component', "give one of the instance", place="component")
    if not isinstance(factor, (int, float)) or not 0 <= factor < float("inf"):
        raise InputError(f"is {factor}", "give a number of at least 0", place="factor")
    return with_demand(instance, [p.demand * (factor if component in p.components else 1.0) for p in instance.products])


def _amounts(instance: StockInstance, demand: Mapping[Any, float] | Sequence[float]) -> list[float]:
    """Return a number a product."""
    if not isinstance(demand, Mapping):
        amounts = list(demand)
        if len(amounts) != instance.n_products:
            problem = f"has {len(amounts)} numbers for {instance.n_products} products"
            raise InputError(problem, "give one a product, in their order", place="demand")
        return amounts
    places: dict[Any, int] = {}
    for k, product in enumerate(instance.products):
        places |= {k: k, frozenset(product.components): k} | ({} if product.name is None else {product.name: k})
    amounts = [product.demand for product in instance.products]
    for product, amount in demand.items():
        key = frozenset(product) if isinstance(product, (tuple, list, frozenset)) else product
        if key not in places:
            remedy = "give a product's position, name, or components"
            raise InputError(f"has {product!r}, which is no product", remedy, place="demand")
        amounts[places[key]] = amount
    return amounts
