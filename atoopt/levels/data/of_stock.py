"""From the data of an instance to arrays: a bare system, or the one that a stock of modules makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from atoopt.base.errors import InputError
from atoopt.levels.data.arrivals import Arrivals
from atoopt.levels.system import Floats, System

if TYPE_CHECKING:
    from atoopt.levels.data.parts import History
    from atoopt.levels.instance import LevelsInstance


def bare_system(instance: LevelsInstance) -> System:
    """Return the system of ``modules`` and ``orders``.

    Raises
    ------
    InputError
        A module stands twice, or an order takes one that is not there, or twice.
    """
    modules, orders = instance.modules or (), instance.orders or ()
    position: dict[str, int] = {}
    for i, module in enumerate(modules):
        if position.setdefault(module.name, i) != i:
            raise InputError(f'"{module.name}" stands twice', "give each module once", place=f"modules[{i}].name")
    for k, order in enumerate(orders):
        _check_order(order.modules, position, f"orders[{k}].modules")
    return System(
        tuple(position),
        np.array([module.lead_time + instance.review_period for module in modules]),
        np.array([module.value for module in modules]),
        tuple(tuple(sorted(position[name] for name in order.modules)) for order in orders),
        np.array([order.rate for order in orders]),
    )


def _check_order(names: tuple[str, ...], known: Mapping[str, int], place: str) -> None:
    for i, name in enumerate(names):
        if name not in known:
            raise InputError(f'"{name}" is not a module', "add it to modules or correct it", place=f"{place}[{i}]")
        if name in names[:i]:
            raise InputError(f'"{name}" stands twice', "an order takes one of each module", place=f"{place}[{i}]")


def system_of_stock(instance: LevelsInstance) -> System:
    """Return the system in which each product takes the modules of its partition.

    Raises
    ------
    InputError
        A name is not a component, or a lead time is of a module that is not held.
    """
    from atoopt.stock.evaluation import evaluate

    stock, held, times = instance.stock_instance, instance.solution, instance.lead_times
    assert stock is not None and held is not None and times is not None and instance.orders_per_period is not None
    found = evaluate(stock, held.modules)
    position = {mask: i for i, mask in enumerate(found.masks)}
    for name in instance.value:
        _check_component(name, stock.components, f"value.{name}")
    names = [stock.names(mask) for mask in found.masks]
    lead = np.full(len(names), times.default)
    for i, exception in enumerate(times.modules):
        for name in exception.module:
            _check_component(name, stock.components, f"lead_times.modules[{i}]")
        mask = stock.mask(exception.module)
        if mask not in position:
            remedy = "leave it out, or hold it"
            raise InputError("is of a module that is not held", remedy, place=f"lead_times.modules[{i}]")
        lead[position[mask]] = exception.lead_time
    return System(
        tuple("+".join(name) for name in names), lead + instance.review_period,
        np.array([sum(instance.value.get(c, 1.0) for c in name) for name in names]),
        tuple(tuple(sorted(position[mask] for mask in used)) for used in found.partition),
        instance.orders_per_period * stock.shares,
    )  # fmt: skip


def with_history(system: System, history: History) -> System:
    """Return the system with the orders of a history, and their rates.

    Raises
    ------
    InputError
        Lists of unlike length, times that fall, an order type that is not there, or no lead time before any order.
    """
    times, kinds = np.array(history.times), np.array(history.order_types, dtype=np.int64)
    if kinds.size != times.size:
        remedy = "give one order type for each time"
        raise InputError(f"has {kinds.size} entries for {times.size} times", remedy, place="history.order_types")
    falling = np.flatnonzero(np.diff(times) < 0)
    if falling.size:
        raise InputError("is before the one before it", "sort by time", place=f"history.times[{falling[0] + 1}]")
    unknown = np.flatnonzero(kinds >= len(system.orders))
    if unknown.size:
        remedy = f"give a position from 0 to {len(system.orders) - 1}"
        raise InputError(f"is {kinds[unknown[0]]}", remedy, place=f"history.order_types[{unknown[0]}]")
    arrivals = Arrivals(times, kinds)
    if arrivals.span <= system.lead_times.max():
        remedy = "give orders of a longer time"
        raise InputError(f"spans {arrivals.span:g} periods, less than a lead time", remedy, place="history.times")
    return replace(system, rates=np.bincount(kinds, minlength=len(system.orders)) / arrivals.span, arrivals=arrivals)


def _check_component(name: str, components: tuple[str, ...], place: str) -> None:
    if name not in components:
        raise InputError(f'"{name}" is not a component', "correct it or leave it out", place=place)


def holding_costs(instance: LevelsInstance) -> Floats:
    """Return h_i of each module, shape (n,)."""
    system, given = instance.system, instance.costs.holding if instance.costs else 0.0
    if isinstance(given, tuple):
        return _listed(given, system.n_modules, "modules", "costs.holding")
    if not isinstance(given, dict):
        return given * system.values
    if instance.stock_instance is None:
        return _by_name(given, system.modules, "a module", "costs.holding")
    components = instance.stock_instance.components
    each = dict(zip(components, _by_name(given, components, "a component", "costs.holding"), strict=True))
    from atoopt.stock.evaluation import evaluate

    assert instance.solution is not None
    held = evaluate(instance.stock_instance, instance.solution.modules).modules
    return np.array([sum(each[name] for name in module) for module in held])


def backorder_costs(instance: LevelsInstance) -> Floats:
    """Return b_K of each order type, shape (m,)."""
    given, n = instance.costs.backorder if instance.costs else 0.0, len(instance.system.orders)
    if isinstance(given, tuple):
        return _listed(given, n, "order types", "costs.backorder")
    if not isinstance(given, dict):
        return np.full(n, given)
    return _by_name(given, order_names(instance), "an order type", "costs.backorder")


def order_names(instance: LevelsInstance) -> tuple[str, ...]:
    """Return a name for each order type: its own, or those of its modules or components."""
    if instance.orders is not None:
        return tuple(order.name or "+".join(order.modules) for order in instance.orders)
    assert instance.stock_instance is not None
    return tuple(product.name or "+".join(product.components) for product in instance.stock_instance.products)


def _listed(given: tuple[float, ...], n: int, what: str, place: str) -> Floats:
    if len(given) != n:
        raise InputError(f"has {len(given)} entries for {n} {what}", "give one for each, in their order", place=place)
    return np.array(given)


def _by_name(given: Mapping[str, float], names: tuple[str, ...], what: str, place: str) -> Floats:
    for name in given:
        if name not in names:
            raise InputError(f"is not the name of {what}", "correct it", place=f"{place}.{name}")
    for name in names:
        if name not in given:
            raise InputError("is missing", "give a cost for each", place=f"{place}.{name}")
    return np.array([given[name] for name in names])
