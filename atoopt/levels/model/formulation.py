"""The separable Pyomo models of base-stock levels: *safe* and *relaxed*.

=================  =====================================================  ==========================
code               symbol                                                 domain
=================  =====================================================  ==========================
``level[i, l]``    y_il, module i has base-stock level l                  binary
``missed[k]``      share of order type k that is missed, of what may be   continuous, >= 0 (relaxed)
``waiting[k]``     E[B_k]                                                 continuous, >= 0 (costs)
``cost``           sum_i v_i s_i, or holding and backorder costs          objective
=================  =====================================================  ==========================

An order is filled where each of its modules is there. *Safe*: at most the sum of what its modules miss is missed
(Bonferroni), so that levels of this model reach the target. *Relaxed*: at least what any one of them misses is missed,
so that no levels that reach the target cost less than its optimum. With costs the same holds for orders that wait:
lambda_k / lambda_i E[B_i] for any one, or the sum of these.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pyomo.environ as pyo

from atoopt.base.errors import InputError
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.model.ranges import Range, cost_ranges, service_ranges
from atoopt.levels.system import Levels

FORMULATIONS = ("safe", "relaxed")


def build(instance: LevelsInstance, formulation: Literal["safe", "relaxed"] = "safe") -> pyo.ConcreteModel:
    """Build a model of an instance.

    Raises
    ------
    InputError
        No such formulation.

    Examples
    --------
    >>> from atoopt.levels import LevelsInstance
    >>> one = LevelsInstance(name="one", modules=[{"name": "a", "lead_time": 1.0}],
    ...     orders=[{"modules": ["a"], "rate": 1.0}], target={"kind": "each", "fill_rate": 0.9})
    >>> sorted(build(one).level)[:2]
    [(0, 3), (0, 4)]
    """
    if formulation not in FORMULATIONS:
        raise InputError(f'is "{formulation}"', f"choose one of {', '.join(FORMULATIONS)}", place="formulation")
    ranges = cost_ranges(instance) if instance.target is None else service_ranges(instance, formulation == "relaxed")
    model = pyo.ConcreteModel(name=f"levels of {instance.name} ({formulation})")
    model.choices = pyo.Set(initialize=[(i, level) for i, r in enumerate(ranges) for level in r.levels], dimen=2)
    model.level = pyo.Var(model.choices, domain=pyo.Binary)
    model.one = pyo.Constraint(
        range(len(ranges)), rule=lambda m, i: sum(m.level[i, level] for level in ranges[i].levels) == 1
    )
    (_add_costs if instance.target is None else _add_target)(model, instance, ranges, formulation)
    return model


def levels_of(model: pyo.ConcreteModel) -> Levels:
    """Return the levels in a solved model, shape (n,)."""
    chosen = {i: level for (i, level), variable in model.level.items() if round(pyo.value(variable)) == 1}
    return np.array([chosen[i] for i in sorted(chosen)], dtype=np.int64)


def _figure(model: Any, ranges: list[Range], i: int, scale: float = 1.0) -> Any:
    """Return the figure of a module at its level, as an expression."""
    terms = zip(ranges[i].levels, ranges[i].figures.tolist(), strict=True)
    return sum(scale * figure * model.level[i, level] for level, figure in terms if figure)


def _stock(model: Any, ranges: list[Range], weights: Any) -> Any:
    """Return a weighted sum of the levels, as an expression."""
    return sum(
        float(weights[i]) * level * model.level[i, level] for i, r in enumerate(ranges) for level in r.levels if level
    )


def _add_target(model: Any, instance: LevelsInstance, ranges: list[Range], formulation: str) -> None:
    """Add the value of base stock, and the target in units of what may be missed."""
    system, target = instance.system, instance.target
    assert target is not None
    unit = 1 / (1 - target.fill_rate)  # a solver's tolerance then is one of the room, however small
    model.cost = pyo.Objective(expr=_stock(model, ranges, system.values))
    model.keep = pyo.ConstraintList()
    if formulation == "safe" and target.kind == "average":
        weights = system.shares @ system.takes
        _keep(model, sum(_figure(model, ranges, i, unit * float(w)) for i, w in enumerate(weights) if w), 1)
    elif formulation == "safe":
        for order in set(system.orders):
            _keep(model, sum(_figure(model, ranges, i, unit) for i in order), 1)
    elif target.kind == "average":
        _add_missed(model, instance, ranges, unit)
    # relaxed, each: the ranges begin where each module alone reaches the target


def _add_missed(model: Any, instance: LevelsInstance, ranges: list[Range], unit: float) -> None:
    system = instance.system
    model.missed = pyo.Var(range(len(system.orders)), domain=pyo.NonNegativeReals)
    for k, order in enumerate(system.orders):
        for i in order:
            _keep(model, _figure(model, ranges, i, unit) - model.missed[k], 0)
    _keep(model, sum(float(p) * model.missed[k] for k, p in enumerate(system.shares)), 1)


def _keep(model: Any, expression: Any, most: float) -> None:
    """Add expression <= most, unless there is no variable in it."""
    if not isinstance(expression, (int, float)):
        model.keep.add(expression <= most)


def _add_costs(model: Any, instance: LevelsInstance, ranges: list[Range], formulation: str) -> None:
    """Add holding and backorder costs, the orders that wait being bounded from above or below by the units that do."""
    system = instance.system
    each = instance.backorder + system.takes @ instance.holding
    fixed = -float(instance.holding @ system.lead_time_demand)
    model.waiting = pyo.Var(range(len(system.orders)), domain=pyo.NonNegativeReals)
    model.keep = pyo.ConstraintList()
    for k, order in enumerate(system.orders):
        terms = [_figure(model, ranges, i, float(system.rates[k] / system.module_rates[i])) for i in order]
        for term in [sum(terms)] if formulation == "safe" else terms:
            if not isinstance(term, (int, float)):
                model.keep.add(term <= model.waiting[k])
    waiting = sum(float(c) * model.waiting[k] for k, c in enumerate(each))
    model.cost = pyo.Objective(expr=_stock(model, ranges, instance.holding) + waiting + fixed)
