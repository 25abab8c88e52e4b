"""The Pyomo model of the constrained policy problem.

=======================  ==============================================  =======================
code                     symbol                                          domain
=======================  ==============================================  =======================
``to_order[i]``          x_i, part i is made to order (MTO)              binary
``pallets``              (6), (7)  P = sum_i B_i / (2 EPQ_i) (1 - x_i)   objective
``setup_hours``          (8), (9)  TS = sum_i Ts_i (O_i x_i              objective
                         + D_i / B_i (1 - x_i))
``weighted``             w_P P + w_TS TS                                 objective
``process_hours(j)``     sum_i Ts_ij (O_i x_i + D_i / B_i (1 - x_i))     expression
                         + Tp_ij D_i
=======================  ==============================================  =======================

One of the three objectives is active. Every limit is a row in percent of itself, so that a solver's absolute
tolerance means the same for 2 pallets and for 20,000 hours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from atoopt.policy.evaluation import TOLERANCE, Mask
from atoopt.policy.frontier.settled import limited
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import Objective

SLACK = TOLERANCE / 2
"""Limits are relaxed by this share, so that a sum's last digit cannot forbid a policy that meets its limit."""


def build(
    instance: PolicyInstance,
    objective: Objective | None = None,
    *,
    without_limits: bool = False,
    given: NDArray[np.int8] | None = None,
) -> pyo.ConcreteModel:
    """Build the model of an instance.

    Parameters
    ----------
    instance : PolicyInstance
    objective : Objective, optional
        The active objective is ``weighted`` with these weights.
    without_limits : bool
        Leave out pallets, set-up and process limits; fixed policies and groups stay.
    given : (n,) array, optional
        Parts that are fixed: 1 to order, 0 to stock, -1 open (see `atoopt.policy.frontier.settled`). What is left of
        the limits for the others is exact then, however large these parts are.

    Returns
    -------
    pyomo.environ.ConcreteModel

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.model.formulation import build
    >>> model = build(atoopt.load("instances/policy/plates-12.json"))
    >>> len(model.to_order), sorted(model.limit)
    (12, ['bending', 'max_pallets'])
    """
    objective = objective or Objective()
    model = pyo.ConcreteModel(name=instance.name)
    model.I = pyo.Set(initialize=instance.ids, doc="parts")
    model.to_order = pyo.Var(model.I, domain=pyo.Binary, doc="x_i")
    if given is not None:
        _fix(model, given)
    _objectives(model, instance, objective)
    _rules(model, instance)
    model.quantity = quantities(model, instance)
    model.limit = {} if without_limits else limits_of(instance)
    model.kept = pyo.ConstraintList(doc="limits, each in percent of itself")
    model.excluded = pyo.ConstraintList(doc="policies that are not wanted")
    for name, limit in model.limit.items():
        keep(model, instance, name, limit)
    return model


def _objectives(model: pyo.ConcreteModel, instance: PolicyInstance, objective: Objective) -> None:
    x, parts = model.to_order, list(enumerate(instance.ids))
    stock, order, batch = instance.mts_pallets, instance.mto_setup_hours, instance.mts_setup_hours
    pallets = sum(float(stock[i]) * (1 - x[name]) for i, name in parts)
    hours = sum(float(order[i]) * x[name] + float(batch[i]) * (1 - x[name]) for i, name in parts)
    weights = objective.weights
    model.pallets = pyo.Objective(expr=pallets, doc="(6), (7)")
    model.setup_hours = pyo.Objective(expr=hours, doc="(8), (9)")
    model.weighted = pyo.Objective(expr=weights[0] * pallets + weights[1] * hours)
    model.pallets.deactivate()
    model.setup_hours.deactivate()


def _rules(model: pyo.ConcreteModel, instance: PolicyInstance) -> None:
    """Add fixed policies, and groups that go together."""
    x = model.to_order

    @model.Constraint(list(instance.fixed_policy), doc="parts whose policy is given")
    def fixed_policy(m: Any, name: str) -> Any:
        return x[name] == int(instance.fixed_policy[name] == "MTO")

    model.same_policy = pyo.ConstraintList(doc="parts that go together")
    for group in instance.groups:
        first, *others = (instance.ids[i] for i in group)
        for other in others:
            model.same_policy.add(x[other] == x[first])


def limits_of(instance: PolicyInstance) -> dict[str, float]:
    """Return the limits by name: ``max_pallets``, ``max_setup_hours``, and one a process."""
    known = {"max_pallets": instance.limits.max_pallets, "max_setup_hours": instance.limits.max_setup_hours}
    return {name: limit for name, limit in known.items() if limit is not None} | instance.process_limits


def quantities(model: pyo.ConcreteModel, instance: PolicyInstance) -> dict[str, Any]:
    """Return what each limit of the instance bounds, as an expression."""
    bounded: dict[str, Any] = {"max_pallets": model.pallets.expr, "max_setup_hours": model.setup_hours.expr}
    return bounded | {process: process_hours(model, instance, process) for process in instance.process_limits}


def process_hours(model: pyo.ConcreteModel, instance: PolicyInstance, process: str) -> Any:
    """Return set-up plus run hours a year of one process, as an expression."""
    j = instance.processes.index(process)
    setup, run = instance.setup_hours_by_process[:, j], instance.run_hours[:, j]
    batches, orders = instance.batches_per_year, instance.orders_per_year
    base = float((run + setup * batches).sum())
    more = setup * (orders - batches)
    return base + sum(float(more[i]) * model.to_order[name] for i, name in enumerate(instance.ids) if more[i])


def keep(model: pyo.ConcreteModel, instance: PolicyInstance, name: str, limit: float) -> None:
    """Add one limit as a row: what open parts take beyond their least is within what all others leave of the limit.

    That rest is rounded once: beside a part of a million hours, a limit of a tenth of an hour would else be lost.
    """
    amounts = next(quantity.amounts for quantity in limited(instance) if quantity.name == name)
    parts = list(zip(model.to_order.values(), *(amount.tolist() for amount in amounts), strict=True))
    least = [pair[int(x.value)] if x.fixed else min(pair) for x, *pair in parts]
    left = math.fsum([limit, SLACK * limit, *(-amount for amount in least)])
    per_cent = 100.0 / limit if limit > 0 else 1.0
    terms = [
        per_cent * abs(order - stock) * (x if order > stock else 1 - x)
        for x, stock, order in parts if not x.fixed and order != stock
    ]  # fmt: skip
    if terms:
        model.kept.add(sum(terms) <= per_cent * left)
    elif left < 0:
        model.kept.add(sum(model.to_order.values()) <= -1)  # no policy changes it: nothing is feasible


def set_start(model: pyo.ConcreteModel, mto: Mask) -> None:
    """Write a policy into the variables that are open, as the start of a solve."""
    for variable, value in zip(model.to_order.values(), mto.tolist(), strict=True):
        if not variable.fixed:
            variable.value = int(value)


def _fix(model: pyo.ConcreteModel, given: NDArray[np.int8]) -> None:
    """Fix the parts that are given: a solver then sees the others' scale."""
    for variable, value in zip(model.to_order.values(), given.tolist(), strict=True):
        if value >= 0:
            variable.fix(value)


def exclude(model: pyo.ConcreteModel, mto: Mask) -> None:
    """Add a row that one policy, and no other, breaks."""
    pairs = zip(model.to_order.values(), mto.tolist(), strict=True)
    model.excluded.add(sum(1 - x if moves else x for x, moves in pairs) >= 1)


def policy_of(model: pyo.ConcreteModel, values: Mapping[int, float] | None = None) -> Mask:
    """Return the policy in the model's current values, or in those given by ``id(variable)``."""
    values = values or {}
    found = [values.get(id(variable), variable.value) for variable in model.to_order.values()]
    return np.array([(value or 0) > 0.5 for value in found], dtype=np.bool_)
