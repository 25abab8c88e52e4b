"""Is a claimed result true? Everything recomputed from the instance and the policy, by no model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atoopt.base.claims import (
    Claimed,
    ClaimedNumbers,
    Text,
    false_names,
    false_numbers,
    false_proofs,
    few,
    foreign,
    read_claim,
)
from atoopt.base.errors import InputError
from atoopt.base.frozen import Number
from atoopt.policy.evaluation import Evaluation, Thresholds, evaluate
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import Objective, check_weights


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

    objective: Text | None = None
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
    policy = claimed.solution.policy
    faults = list(few(_policy_faults(instance, policy)))
    if faults:
        unknown = set(policy) - set(instance.ids)
        elsewhere = foreign(len(unknown), len(policy), "parts", instance.name)
        return Checked(None, (*elsewhere, *faults, *false_names(claimed, "policy", instance.name)))
    evaluation = evaluate(instance, policy)
    violations = (
        *few(evaluation.violations),
        *_false_numbers(claimed, evaluation),
        *_false_objective(claimed, evaluation),
        *few(_false_thresholds(claimed, evaluation)),
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
    if solution.process_hours is not None:
        yield from (f"process_hours.{j} is missing" for j in truth.process_hours if j not in hours)
    pairs: list[tuple[str, float | None, float | None]] = [
        ("pallets", solution.pallets, truth.pallets),
        ("setup_hours", solution.setup_hours, truth.setup_hours),
        *((f"process_hours.{j}", hours[j], truth.process_hours.get(j)) for j in hours),
    ]
    yield from false_numbers(pairs)


def _false_objective(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name an objective that is not what the result says it minimized, and proofs that do not follow.

    A result that does not say may have minimized any objective that has a name.
    """
    details = claimed.details
    if details.weights is None:
        known = [Objective.named(name) for name in ("weighted", "pallets", "setup_hours")]
    else:
        try:
            known = [Objective(check_weights(details.weights))]
        except InputError as error:
            yield f"details.weights: {error.problem}"
            return
    told = next((objective for objective in known if str(objective) == details.objective), None)
    if told is None and details.objective is not None:
        yield f'details.objective is "{details.objective}", but by its weights {known[0]}'
    values = [objective.of(truth.pallets, truth.setup_hours) for objective in ([told] if told else known)]
    false = [list(false_numbers([("objective", claimed.objective, value)])) for value in values]
    if all(false):
        yield from false[0]
    if not truth.violations:
        yield from false_proofs(claimed, values[0 if all(false) else false.index([])], "objective")


def _false_thresholds(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name the parts that do not follow the claimed rule."""
    thresholds = claimed.solution.thresholds
    if thresholds is None:
        if claimed.method == "threshold":
            yield "thresholds are missing, though the method is threshold"
        return
    rule = Thresholds(thresholds.agility, thresholds.pieces_per_pallet)
    for i, (wanted, is_so) in enumerate(zip(rule.policy(truth.instance), truth.mto, strict=True)):
        if wanted != is_so:
            yield f"part {truth.instance.ids[i]} does not follow the thresholds"
