"""Is a claimed result true? Everything recomputed from the instance and the policy, by no model."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from atoopt.errors import InputError
from atoopt.files import validated
from atoopt.policy.evaluate import Evaluation, Thresholds, evaluate
from atoopt.policy.instance import PolicyInstance
from atoopt.solvers.result import relative_gap

TOLERANCE = 1e-6
"""A claimed number is right within this, relative to it: it may have been printed and read again."""

_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_Text = Annotated[str, Field(strict=True)]


class _Claimed(BaseModel):
    """Only what is checked; a result may hold more, and less."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ClaimedThresholds(_Claimed):
    """The key ``thresholds`` of a solution."""

    agility: _Number
    pieces_per_pallet: _Number


class ClaimedSolution(_Claimed):
    """The key ``solution`` of a result."""

    policy: dict[_Text, _Text]
    pallets: _Number | None = None
    setup_hours: _Number | None = None
    process_hours: dict[_Text, _Number] = {}
    thresholds: ClaimedThresholds | None = None


class ClaimedDetails(_Claimed):
    """The key ``details`` of a result."""

    weights: tuple[_Number, _Number] | None = None


class ClaimedResult(_Claimed):
    """The JSON object of ``atoopt solve``."""

    solution: ClaimedSolution
    problem: _Text | None = None
    instance: _Text | None = None
    status: _Text | None = None
    objective: _Number | None = None
    bound: _Number | None = None
    gap: _Number | None = None
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
    claimed = _read(data)
    faults = list(_policy_faults(instance, claimed.solution.policy))
    if faults:
        return Checked(None, tuple(faults))
    evaluation = evaluate(instance, claimed.solution.policy)
    violations = (
        *evaluation.violations,
        *_false_numbers(claimed, evaluation),
        *_false_thresholds(claimed.solution, evaluation),
        *_false_proofs(claimed),
        *_false_names(claimed, instance),
    )
    return Checked(evaluation, violations)


def _read(data: dict[str, Any]) -> ClaimedResult:
    """Return the claims in either form."""
    if "solution" not in data and "policy" in data:
        return ClaimedResult(solution=validated(ClaimedSolution, data))
    if "solution" not in data:
        raise InputError("is missing", "give the JSON of atoopt solve, or its solution", place="solution")
    if data["solution"] is None:
        problem = f"is null (status {data.get('status')}): there is nothing to check"
        raise InputError(problem, "give a result that holds a solution", place="solution")
    return validated(ClaimedResult, data)


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
    pairs: list[tuple[str, float | None, float | None]] = [
        ("pallets", solution.pallets, truth.pallets),
        ("setup_hours", solution.setup_hours, truth.setup_hours),
        ("objective", claimed.objective if claimed.details.weights else None, _objective(claimed, truth)),
        ("gap", claimed.gap, relative_gap(claimed.objective, claimed.bound)),
        *((f"process_hours.{j}", hours, truth.process_hours.get(j)) for j, hours in solution.process_hours.items()),
    ]
    for name, claim, value in pairs:
        if claim is not None and value is None:
            yield f"{name} is claimed as {claim:.9g} where there is none"
        elif claim is not None and value is not None and not _close(claim, value):
            yield f"{name} is claimed as {claim:.9g}, but is {value:.9g}"


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


def _false_names(claimed: ClaimedResult, instance: PolicyInstance) -> Iterator[str]:
    """Name a result of another problem or instance."""
    if claimed.problem not in (None, "policy"):
        yield f'problem is "{claimed.problem}", but the instance is of policy'
    if claimed.instance not in (None, instance.name):
        yield f'instance is "{claimed.instance}", but the file holds "{instance.name}"'


def _close(claim: float, truth: float) -> bool:
    return math.isclose(claim, truth, rel_tol=TOLERANCE, abs_tol=1e-3 * TOLERANCE)
