"""A front as JSON, written point by point, and read again: what is read and written again is the same file."""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from atoopt.base.files import read_json, validated
from atoopt.base.frozen import Frozen, NonNegative, Number

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

Floats = NDArray[np.float64]
Pair = tuple[Number, Number]
Side = tuple[Number | None, Number | None]
"""Least and greatest value; null where there is no such bound."""


class SavedPoint(Frozen):
    """One of ``points``; without `solution` where only values were written."""

    objectives: Pair
    bound: Number | None = None
    solution: Any = None


class SavedFront(Frozen):
    """The JSON object of ``atoopt pareto``."""

    problem: str
    instance: str
    method: str
    objectives: tuple[str, str]
    senses: tuple[Literal["minimize", "maximize"], Literal["minimize", "maximize"]] = ("minimize", "minimize")
    complete: Annotated[bool, Field(strict=True)]
    stop_reason: str = ""
    coverage_error: NonNegative | None = None
    points: tuple[SavedPoint, ...]
    unexplored: tuple[tuple[Side, Side], ...] = ()
    payoff: tuple[Pair, Pair] | None = None
    ideal: Pair | None = None
    nadir: Pair | None = None
    solves: Annotated[int, Field(strict=True, ge=0)] | None = None
    solver_seconds: NonNegative | None = None
    seconds: NonNegative
    details: dict[str, Any] = Field(default_factory=dict)


def to_json(front: Front, points_only: bool = False) -> dict[str, Any]:
    """Return the JSON object of ``atoopt pareto --json``."""
    return {**_head(front), "points": [_point(front, i, points_only) for i in range(len(front))], **_tail(front)}


def write_json(front: Front, write: Callable[[str], object], points_only: bool = False) -> None:
    """Write the same object as `to_json` point by point, so that a large front needs little memory."""
    write(json.dumps(_head(front), ensure_ascii=False)[:-1] + ',\n"points": [')
    for text in _points_as_text(front, points_only):
        write(text)
    write("],\n" + json.dumps(_tail(front), ensure_ascii=False)[1:] + "\n")


def load(path: str, kind: type[Front]) -> Front:
    """Read a front of a class, which is handed over: it knows this file, not this file it.

    Raises
    ------
    InputError
        The file holds no front; the message names the place.
    """
    return front_of(validated(SavedFront, read_json(path), path), kind)


def front_of(saved: SavedFront, kind: type[Front]) -> Front:
    """Return the front that was saved; its solutions are plain data."""
    bounds = [np.nan if point.bound is None else point.bound for point in saved.points]
    known = any("bound" in point.model_fields_set for point in saved.points)
    with_solutions = any("solution" in point.model_fields_set for point in saved.points)
    return kind(
        saved.objectives, np.array([point.objectives for point in saved.points]).reshape(-1, 2), saved.complete,
        saved.stop_reason, (lambda i: saved.points[i].solution) if with_solutions else None,
        problem=saved.problem, instance=saved.instance, method=saved.method, seconds=saved.seconds,
        details=saved.details, senses=saved.senses, unexplored=_boxes(saved),
        bounds=np.array(bounds) if known else None,
        payoff=None if saved.payoff is None else np.array(saved.payoff),
        solves=saved.solves, solver_seconds=saved.solver_seconds, coverage_error=saved.coverage_error,
    )  # fmt: skip


def _head(front: Front) -> dict[str, Any]:
    return {
        "problem": front.problem,
        "instance": front.instance,
        "method": front.method,
        "objectives": list(front.objectives),
        "senses": list(front.senses),
        "complete": front.complete,
        "stop_reason": front.stop_reason,
        "coverage_error": front.coverage_error,
    }


def _tail(front: Front) -> dict[str, Any]:
    return {
        "unexplored": [[[_finite(x) for x in side] for side in box] for box in front.unexplored.tolist()],
        "payoff": None if front.payoff is None else front.payoff.tolist(),
        "ideal": None if front.ideal is None else list(front.ideal),
        "nadir": None if front.nadir is None else list(front.nadir),
        "solves": front.solves,
        "solver_seconds": front.solver_seconds,
        "seconds": front.seconds,
        "details": front.details,
    }


def _point(front: Front, i: int, points_only: bool) -> dict[str, Any]:
    point: dict[str, Any] = {"objectives": front.values[i].tolist()}
    if front.bounds is not None:
        point["bound"] = _finite(float(front.bounds[i]))
    if not points_only and front.solution_of is not None:
        solution = front.solution_of(i)
        point["solution"] = solution.to_json() if hasattr(solution, "to_json") else solution
    return point


def _finite(x: float) -> float | None:
    """Return a number, null for what JSON cannot write."""
    return x if math.isfinite(x) else None


def _boxes(saved: SavedFront) -> Floats:
    sides = [
        (-math.inf if low is None else low, math.inf if high is None else high)
        for box in saved.unexplored
        for low, high in box
    ]
    return np.array(sides, dtype=np.float64).reshape(-1, 2, 2)


def _points_as_text(front: Front, points_only: bool) -> Iterator[str]:
    for i in range(len(front)):
        yield (",\n" if i else "\n") + json.dumps(_point(front, i, points_only), ensure_ascii=False)


def pickled(front: Front) -> tuple[Any, ...]:
    """Return what a front is made of again elsewhere: its solutions stand behind a function that no module holds."""
    import cloudpickle

    known = {each.name: getattr(front, each.name) for each in fields(front)}
    behind = known.pop("solution_of")
    return restored, (type(front), known, None if behind is None else cloudpickle.dumps(behind))


def restored(kind: type[Front], known: dict[str, Any], behind: bytes | None) -> Front:
    """Return a front of what `pickled` gave."""
    return kind(**known, solution_of=None if behind is None else pickle.loads(behind))
