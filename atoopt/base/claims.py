"""What the checks of every problem share: reading a claimed result, and naming what is false in it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from atoopt.base.errors import InputError
from atoopt.base.files import validated
from atoopt.base.frozen import NonNegative, Number
from atoopt.base.gap import PROOF_TOLERANCE, relative_gap

TOLERANCE = 1e-8
"""A claimed number is right within this, relative to it: it may have been printed to nine digits and read again."""

MOST = 10
"""Faults of one kind that are named; the others are counted."""

STATUSES = ("optimal", "feasible", "infeasible", "unknown")

Text = Annotated[str, Field(strict=True)]


class Claimed(BaseModel):
    """Only what is checked; a result may hold more, and less."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ClaimedNumbers(Claimed):
    """The JSON object of ``atoopt solve`` but for its solution, which differs by problem."""

    problem: Text | None = None
    instance: Text | None = None
    status: Text | None = None
    objective: Number | None = None
    bound: Number | None = None
    restricted_bound: Number | None = None
    gap: Number | None = None
    method: Text | None = None
    solver: Text | None = None
    seconds: NonNegative | None = None
    message: Text | None = None


AnyResult = TypeVar("AnyResult", bound=ClaimedNumbers)


def read_claim(kind: type[AnyResult], data: dict[str, Any], mark: str) -> AnyResult:
    """Read a result, or its solution alone, which is known by the key `mark`.

    Raises
    ------
    InputError
        The data have another form, or hold no solution to check.
    """
    if "solution" not in data and mark in data:
        solution: Any = kind.model_fields["solution"].annotation
        return validated(kind, {"solution": validated(solution, data)})
    if "solution" not in data:
        raise InputError("is missing", "give the JSON of atoopt solve, or its solution", place="solution")
    if data["solution"] is None:
        problem = f"is null (status {data.get('status')}): there is nothing to check"
        raise InputError(problem, "give a result that holds a solution", place="solution")
    return validated(kind, data)


def false_numbers(pairs: Iterable[tuple[str, float | None, float | None]]) -> Iterator[str]:
    """Name each claimed number that differs from the true one; an entry is (name, claim, truth).

    >>> list(false_numbers([("cost", 3.0, 3.0), ("time", 1.0, 2.0), ("gap", None, 0.1)]))
    ['time is claimed as 1, but is 2']
    """
    for name, claim, truth in pairs:
        if claim is not None and truth is None:
            yield f"{name} is claimed as {claim:.9g} where there is none"
        elif claim is not None and truth is not None and not _close(claim, truth):
            yield f"{name} is claimed as {claim:.12g}, but is {truth:.12g}"


def _close(claim: float, truth: float) -> bool:
    return math.isclose(claim, truth, rel_tol=TOLERANCE, abs_tol=1e-4 * TOLERANCE)


def false_proofs(claimed: ClaimedNumbers, truth: float, what: str) -> Iterator[str]:
    """Name a bound that the solution refutes, a gap that is another, and a status that does not follow.

    Parameters
    ----------
    claimed : ClaimedNumbers
    truth : float
        The recomputed value of the objective.
    what : str
        Its name.
    """
    room = PROOF_TOLERANCE * abs(truth)
    for name, bound in (("bound", claimed.bound), ("restricted_bound", claimed.restricted_bound)):
        if bound is not None and bound > truth + room:
            yield f"{name} {bound:.9g} is above the {what} {truth:.9g} of this solution"
    gap = relative_gap(claimed.objective, claimed.bound)
    if claimed.gap is not None and gap is None:
        yield f"gap is claimed as {claimed.gap:.9g} where there is none"
    elif claimed.gap is not None and gap is not None and abs(claimed.gap - gap) > 2 * TOLERANCE:
        yield f"gap is claimed as {claimed.gap:.9g}, but is {gap:.9g}"
    yield from _false_status(claimed, truth, what, room)


def _false_status(claimed: ClaimedNumbers, truth: float, what: str, room: float) -> Iterator[str]:
    status, bound = claimed.status, claimed.bound
    if status is None:
        return
    if status not in STATUSES:
        yield f"status is {json.dumps(status, ensure_ascii=False)}, none of {', '.join(STATUSES)}"
    elif status not in ("optimal", "feasible"):
        yield f"status is {status}, but there is a solution"
    elif claimed.objective is None:
        yield f"status is {status} without an objective"
    if status == "optimal" and bound is None:
        yield "status is optimal without a bound"
    elif status == "optimal" and bound is not None and truth - bound > room:
        yield f"status is optimal, but the bound {bound:.9g} is below the {what} {truth:.9g}"


def foreign(n_unknown: int, n: int, what: str, instance: str) -> Iterator[str]:
    """Say that a solution seems to be of another instance, where most of its names are unknown here.

    >>> list(foreign(3, 4, "modules", "cars"))
    ['this looks like the solution of another instance: 3 of 4 modules are not of "cars"']
    """
    if 2 * n_unknown > n:
        yield f'{ELSEWHERE}: {n_unknown:,} of {n:,} {what} are not of "{instance}"'


ELSEWHERE = "this looks like the solution of another instance"


def few(faults: Iterable[str]) -> Iterator[str]:
    """Yield the first `MOST` faults, and the number of the others.

    >>> list(few(map(str, range(1_000))))[-2:]
    ['9', 'and 990 more like these']
    """
    rest = iter(faults)
    yield from islice(rest, MOST)
    left = sum(1 for _ in rest)
    if left:
        yield f"and {left:,} more like these"


def false_names(claimed: ClaimedNumbers, problem: str, instance: str) -> Iterator[str]:
    """Name a result of another problem or instance."""
    if claimed.problem not in (None, problem):
        yield f'problem is "{claimed.problem}", but the instance is of {problem}'
    if claimed.instance not in (None, instance):
        yield f'instance is "{claimed.instance}", but the file holds "{instance}"'
