"""What exact arithmetic refutes of the fronts and results of a policy instance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import atoopt
from atoopt.policy import PolicyInstance, evaluate
from tests.policy.brute import instance_of
from tests.policy.exact_values import ExactInstance, Policy, nondominated

FRONTS = ("auto", "exact", "threshold")
SOLVERS = ("auto", "exact", "milp", "threshold")
OBJECTIVES: tuple[dict[str, Any], ...] = (
    {"objective": "pallets"}, {"objective": "setup_hours"}, {"objective": "weighted"}, {"weights": (1.0, 1e-5)},
)  # fmt: skip

WEIGHTS = {"pallets": (1.0, 0.0), "setup_hours": (0.0, 1.0), "weighted": (1.0, 2.0)}

DOUBLE = Fraction(1, 2**49)
"""A value of the evaluator differs from the exact one by less than this share: a handful of roundings."""

COARSE = 1e-13
"""Share of what all parts take together that a front may leave unseen."""

SOLVER = Fraction(1e-12)
"""The same for a bound that a solver's floating point gave."""

PROOF = Fraction(1e-6)

Refuted = tuple[str, str]


def refutations(
    data: dict[str, Any], fronts: tuple[str, ...] = FRONTS, solvers: tuple[str, ...] = SOLVERS
) -> list[Refuted]:
    """Return (kind, details) of everything that is claimed of an instance and false."""
    instance, truth = instance_of(data), ExactInstance(data)
    allowed = truth.allowed()
    rules = truth.rule_policies()
    by_rule = [policy for policy in allowed if policy.mto in rules]
    found: list[Refuted] = []
    for method in fronts:
        wanted = nondominated(by_rule if method == "threshold" else allowed)
        found += [(f"front {method}: {kind}", text) for kind, text in _front_faults(instance, method, wanted)]
    for method in solvers:
        for options in OBJECTIVES:
            faults = _result_faults(instance, method, options, allowed, by_rule)
            found += [(f"solve {method}: {kind}", f"{options} {text}") for kind, text in faults]
    return found


def _front_faults(instance: PolicyInstance, method: str, wanted: list[Policy]) -> Iterator[Refuted]:
    front = atoopt.pareto(instance, method)
    resolution = front.details.get("resolution", (0.0, 0.0))
    room = tuple(resolution.values()) if isinstance(resolution, dict) else tuple(resolution)
    values = [point.objectives for point in front.points]
    if not front.complete:
        yield "not complete", front.stop_reason
    for i, point in enumerate(front.points):
        again = evaluate(instance, point.solution.policy)
        if point.objectives != (again.pallets, again.setup_hours):
            yield "values are not the policy's", f"{point.objectives} {(again.pallets, again.setup_hours)}"
        if not again.feasible:
            yield "breaks a limit", "; ".join(again.violations)
        if any(i != j and p <= values[i][0] and s <= values[i][1] for j, (p, s) in enumerate(values)):
            yield "a dominated point", str(point.objectives)
    for name, ends in (("ideal", front.ideal), ("nadir", front.nadir)):
        if ends is not None and any(end not in {v[k] for v in values} for k, end in enumerate(ends)):
            yield f"{name} is of no point", str(ends)
    if front.complete:
        for policy in wanted:
            most = [x * (1 + DOUBLE) + Fraction(r) for x, r in zip(policy[1:], room, strict=True)]
            if not any(p <= most[0] and s <= most[1] for p, s in values):
                yield "lacks a point", f"{float(policy.pallets)!r}, {float(policy.setup)!r} of {len(wanted)}: {values}"
        everything = math.fsum(instance.mts_pallets), math.fsum(instance.mts_setup_hours + instance.mto_setup_hours)
        for name, stated, whole in zip(("pallets", "setup hours"), room, everything, strict=True):
            if method != "epsilon-constraint" and stated > COARSE * whole:
                yield f"coarse in {name}", f"{stated} of {whole}"


def _result_faults(
    instance: PolicyInstance, method: str, options: dict[str, Any], allowed: list[Policy], by_rule: list[Policy]
) -> Iterator[Refuted]:
    result = atoopt.solve(instance, method, **options)
    weights = options.get("weights") or WEIGHTS[options["objective"]]
    costs = {p.mto: Fraction(weights[0]) * p.pallets + Fraction(weights[1]) * p.setup for p in allowed}
    best = min(costs.values(), default=None)
    said = f"{result.status} {result.objective!r} bound {result.bound!r} {result.message!r}, "
    said += f"best {best and float(best)!r}"
    if result.status == "infeasible":
        if best is not None:
            yield "false infeasible", said
        return
    if result.objective is not None:
        if tuple(result.solution.mto.tolist()) not in costs:
            yield "breaks a limit", said
        elif not math.isclose(costs[tuple(result.solution.mto.tolist())], result.objective, rel_tol=1e-14):
            yield "false objective", said
    if best is None:
        if result.objective is not None:
            yield "a policy where there is none", said
        elif method != "threshold" or by_rule:
            yield "infeasible is not proven", said
        return
    if result.bound is not None and Fraction(result.bound) > best * (1 + (SOLVER if method == "milp" else DOUBLE)):
        yield "false bound", said
    if result.status == "optimal" and Fraction(result.objective) > best * (1 + PROOF):
        yield "false optimal", said
    if method == "threshold":
        yield from _rule_faults(result, costs, by_rule, said)
    elif result.status != "optimal":
        yield f"{result.status}, not proven" if result.message else f"{result.status} without a reason", said


def _rule_faults(
    result: Any, costs: dict[tuple[bool, ...], Fraction], by_rule: list[Policy], said: str
) -> Iterator[Refuted]:
    """Name what is false of the rule that the method ``threshold`` picks."""
    least = min((costs[p.mto] for p in by_rule), default=None)
    if (least is None) != (result.objective is None):
        yield "a rule is missing", said
    elif least is not None and not math.isclose(least, result.restricted_bound, rel_tol=1e-12):
        yield "restricted bound is not the best rule's", f"{said} {result.restricted_bound!r} {float(least)!r}"
    if result.status != "optimal" and not result.message:
        yield f"{result.status} without a reason", said
