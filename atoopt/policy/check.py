"""Is a claimed result true? Everything recomputed from the instance and the policy, by no model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atoopt.claims import TOLERANCE, Claimed, ClaimedNumbers, Text, false_names, false_numbers, read_claim
from atoopt.frozen import Number
from atoopt.policy.evaluate import Evaluation, Thresholds, evaluate
from atoopt.policy.instance import PolicyInstance
from atoopt.solvers.result import relative_gap


class ClaimedThresholds(Claimed):
    """The key ``thresholds`` of a solution."""

    agility: Number
    pieces_per_pallet: Number


class ClaimedSolution(Claimed):
    """The key ``solution`` of a result."""

    policy: dict[Text, Text]
    pallets: Number | None = None
    setup_hours: Number | None = None
    process_hours: dict[Text, Number] | None = None
    thresholds: ClaimedThresholds | None = None


class ClaimedDetails(Claimed):
    """The key ``details`` of a result."""

    weights: tuple[Number, Number] | None = None


class ClaimedResult(ClaimedNumbers):
    """The JSON object of ``atoopt solve``."""

    solution: ClaimedSolution
    details: ClaimedDetails = ClaimedDetails()


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    evaluation : Evaluation or None
        None where the policy does not name every part.
    violations : tuple of str
        Each broken limit and each false claim in words; empty if all is well.
    """

    evaluation: Evaluation | None
    violations: tuple[str, ...]


def check(instance: PolicyInstance, data: dict[str, Any]) -> Checked:
    """Check a result, or its solution alone, against an instance.

    Parameters
    ----------
    instance : PolicyInstance
    data : dict
        The JSON object of ``atoopt solve``, with the key ``solution``; or just that object, with ``policy``.

    Returns
    -------
    Checked

    Raises
    ------
    InputError
        The data have another form, or hold no solution to check.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/policy/plates-12.json")
    >>> check(instance, {"policy": dict.fromkeys(instance.ids, "MTO")}).violations
    ('process bending: 642.1 h are above process_hours 640', 'part P05 is not MTS, as fixed_policy says')
    """
    claimed = read_claim(ClaimedResult, data, "policy")
    faults = list(_policy_faults(instance, claimed.solution.policy))
    if faults:
        return Checked(None, tuple(faults))
    evaluation = evaluate(instance, claimed.solution.policy)
    violations = (
        *evaluation.violations,
        *_false_numbers(claimed, evaluation),
        *_false_thresholds(claimed.solution, evaluation),
        *_false_proofs(claimed),
        *false_names(claimed, "policy", instance.name),
    )
    return Checked(evaluation, violations)


def _policy_faults(instance: PolicyInstance, policy: dict[str, str]) -> Iterator[str]:
    """Name what is wrong with the policy itself."""
    known = set(instance.ids)
    for name, value in policy.items():
        if name not in known:
            yield f"policy: {json.dumps(name, ensure_ascii=False)} is not the id of a part"
        elif value not in ("MTO", "MTS"):
            yield f"policy.{name} is {json.dumps(value, ensure_ascii=False)}, neither MTO nor MTS"
    for name in instance.ids:
        if name not in policy:
            yield f"policy: part {json.dumps(name, ensure_ascii=False)} is missing"


def _false_numbers(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name each claimed number that differs from the recomputed one."""
    solution = claimed.solution
    hours = solution.process_hours or {}
    pairs: list[tuple[str, float | None, float | None]] = [
        ("pallets", solution.pallets, truth.pallets),
        ("setup_hours", solution.setup_hours, truth.setup_hours),
        ("objective", claimed.objective if claimed.details.weights else None, _objective(claimed, truth)),
        ("gap", claimed.gap, relative_gap(claimed.objective, claimed.bound)),
        *((f"process_hours.{j}", hours[j], truth.process_hours.get(j)) for j in hours),
    ]
    yield from false_numbers(pairs)


def _objective(claimed: ClaimedResult, truth: Evaluation) -> float | None:
    """Return the weighted sum that the result says it minimized."""
    weights = claimed.details.weights
    return None if weights is None else weights[0] * truth.pallets + weights[1] * truth.setup_hours


def _false_thresholds(solution: ClaimedSolution, truth: Evaluation) -> Iterator[str]:
    """Name the parts that do not follow the claimed rule."""
    if solution.thresholds is None:
        return
    rule = Thresholds(solution.thresholds.agility, solution.thresholds.pieces_per_pallet)
    for i, (wanted, is_so) in enumerate(zip(rule.policy(truth.instance), truth.mto, strict=True)):
        if wanted != is_so:
            yield f"part {truth.instance.ids[i]} does not follow the thresholds"


def _false_proofs(claimed: ClaimedResult) -> Iterator[str]:
    """Name a bound that the objective refutes, and a status that does not follow from the numbers."""
    objective, bound, status = claimed.objective, claimed.bound, claimed.status
    if objective is not None:
        room = TOLERANCE * max(1.0, abs(objective))
        if bound is not None and bound > objective + room:
            yield f"bound {bound:.9g} is above the objective {objective:.9g}"
        if status == "optimal" and (bound is None or objective - bound > room):
            known = "no bound" if bound is None else f"the bound {bound:.9g}"
            yield f"status is optimal, but there is {known} for the objective {objective:.9g}"
    if status not in (None, "optimal", "feasible"):
        yield f"status is {status}, but there is a solution"
