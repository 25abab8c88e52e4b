"""No policy keeps the limits: which limit would have to give, and by how much at least."""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from atoopt.policy.evaluation import Evaluation, evaluate_mask
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.model.formulation import build, keep, limits_of, policy_of
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Run


def explain_infeasible(instance: PolicyInstance, run: Run) -> tuple[str, dict[str, Any]]:
    """Return the reason in words, and for each limit the least value that would help.

    Returns
    -------
    str
    dict
        Limit -> the least value with which, all others kept, some policy is possible; None where no value
        of this limit alone helps, or where the time was up (the message says which). Under "together", where
        no single limit helps, the values of a policy whose largest relative excess is least.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Run
    >>> instance = atoopt.load("instances/policy/plates-12.json")
    >>> tight = instance.replace(limits={"max_pallets": 20.0, "max_setup_hours": 60.0})
    >>> message, needed = explain_infeasible(tight, Run())
    >>> {name: round(value, 2) for name, value in needed.items()}
    {'max_pallets': 41.79, 'max_setup_hours': 91.4}
    """
    limits = limits_of(instance)
    if _least(instance, build(instance, without_limits=True), "max_pallets", run) is None and not run.stopped:
        return "fixed_policy and same_policy contradict each other, whatever the limits", {}
    needed: dict[str, Any] = {}
    late = []
    for name in limits:
        model = build(instance, without_limits=True)
        for other, limit in limits.items():
            if other != name:
                keep(model, instance, other, limit)
        needed[name] = _least(instance, model, name, run)
        if needed[name] is None and run.stopped:
            late.append(name)
    if not any(value is not None for value in needed.values()) and not late:
        together = _together(instance, limits, run)
        if together is not None:
            needed["together"] = together
    return _in_words(limits, needed, late), needed


def _least(instance: PolicyInstance, model: pyo.ConcreteModel, name: str, run: Run) -> float | None:
    """Return the least value of a limit's quantity; None where the other rows allow nothing."""
    for objective in (model.pallets, model.setup_hours, model.weighted):
        objective.deactivate()
    model.least = pyo.Objective(expr=model.quantity[name])
    answer = solve_model(model, run)
    if answer.outcome != "optimal" or answer.objective is None:
        return None
    return _quantities(evaluate_mask(instance, policy_of(model)))[name]


def _quantities(found: Evaluation) -> dict[str, float]:
    """Return what each limit bounds, by the limit's name."""
    return {"max_pallets": found.pallets, "max_setup_hours": found.setup_hours, **found.process_hours}


def _together(instance: PolicyInstance, limits: dict[str, float], run: Run) -> dict[str, float] | None:
    """Return the quantities of a policy whose largest excess, relative to its limit, is least."""
    model = build(instance, without_limits=True)
    for objective in (model.pallets, model.setup_hours, model.weighted):
        objective.deactivate()
    model.excess = pyo.Var(domain=pyo.NonNegativeReals)
    model.within = pyo.ConstraintList()
    for name, limit in limits.items():
        scale = limit if limit > 0 else 1.0
        model.within.add(model.quantity[name] / scale - model.excess <= limit / scale)
    model.least = pyo.Objective(expr=model.excess)
    if solve_model(model, run).outcome != "optimal":
        return None
    values = _quantities(evaluate_mask(instance, policy_of(model)))
    return {name: max(values[name], limit) for name, limit in limits.items()}


def _in_words(limits: dict[str, float], needed: dict[str, Any], late: list[str]) -> str:
    parts = []
    for name, limit in limits.items():
        label = name if name.startswith("max_") else f"process_hours.{name}"
        if needed.get(name) is not None:
            parts.append(f"{label} {limit:g} would have to be at least {needed[name]:.6g}")
        elif name in late:
            parts.append(f"{label}: unknown, the time was up")
        else:
            parts.append(f"{label}: no value of it alone helps")
    if "together" in needed:
        values = ", ".join(f"{name} {value:.6g}" for name, value in needed["together"].items())
        parts.append(f"together these would do: {values}")
    return "no policy keeps every limit; " + "; ".join(parts)
