"""What the checks of every problem share: reading a claimed result, and naming what is false in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from atoopt.errors import InputError
from atoopt.files import validated
from atoopt.frozen import Number

TOLERANCE = 1e-6
"""A claimed number is right within this, relative to it: it may have been printed and read again."""

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
            yield f"{name} is claimed as {claim:.9g}, but is {truth:.9g}"


def _close(claim: float, truth: float) -> bool:
    return math.isclose(claim, truth, rel_tol=TOLERANCE, abs_tol=1e-3 * TOLERANCE)


def false_names(claimed: ClaimedNumbers, problem: str, instance: str) -> Iterator[str]:
    """Name a result of another problem or instance."""
    if claimed.problem not in (None, problem):
        yield f'problem is "{claimed.problem}", but the instance is of {problem}'
    if claimed.instance not in (None, instance):
        yield f'instance is "{claimed.instance}", but the file holds "{instance}"'
