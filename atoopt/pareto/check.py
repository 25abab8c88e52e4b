"""Is a claimed front true? Each point recomputed from the instance, and the points compared with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.base.claims import ELSEWHERE, TOLERANCE, ClaimedNumbers, false_names, false_numbers, few
from atoopt.base.errors import InputError
from atoopt.base.faults import validated
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.base.problem import problem_of
from atoopt.pareto.front import Front
from atoopt.pareto.front_file import SavedFront, SavedPoint, front_of

Floats = NDArray[np.float64]
Checker = Callable[[Any, dict[str, Any]], Any]


@dataclass(frozen=True)
class CheckedFront:
    """What a check found.

    Attributes
    ----------
    instance : str
    n_points : int
    violations : tuple of str
        Each broken limit and each false claim in words; empty if all is well.
    """

    instance: str
    n_points: int
    violations: tuple[str, ...]


def check_front(instance: Any, data: dict[str, Any], check: Checker) -> CheckedFront:
    """Check a front against an instance; that none is missing from a complete one is not checked.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    data : dict
        The JSON object of ``atoopt pareto``, with solutions.
    check : callable
        Checks the solution of one point, such as `atoopt.stock.check.check`.

    Raises
    ------
    InputError
        The data have another form, or hold no solutions.
    """
    front = validated(SavedFront, data)
    problem = problem_of(instance)
    claimed = ClaimedNumbers(problem=front.problem, instance=front.instance)
    violations = list(false_names(claimed, problem.name, instance.name))
    if front.objectives != problem.objectives:
        named, known = (", ".join(names) for names in (front.objectives, problem.objectives))
        return CheckedFront(instance.name, len(front.points), (*violations, f"objectives are {named}, not {known}"))
    truths: list[tuple[float, float] | None] = []
    for i, point in enumerate(front.points):
        if point.solution is None:
            raise InputError("is missing", "write the front without --points-only", place=f"points[{i}].solution")
        faults, truth = _check_point(instance, front, point, check)
        truths.append(truth)
        violations += [f"points[{i}]: {fault}" for fault in faults]
        if faults and faults[0].startswith(ELSEWHERE):  # so are the others
            return CheckedFront(instance.name, len(front.points), tuple(violations))
    violations += few(_repeated(front, truths))
    violations += front_faults(front)
    return CheckedFront(instance.name, len(front.points), tuple(_few_points(violations)))


def _few_points(violations: list[str]) -> Iterator[str]:
    """Yield violations, not those of every point where nearly all are false."""
    yield from few(text for text in violations if text.startswith("points["))
    yield from (text for text in violations if not text.startswith("points["))


def _check_point(
    instance: Any, front: SavedFront, point: SavedPoint, check: Checker
) -> tuple[list[str], tuple[float, float] | None]:
    """Return what is false about one point, and its true values where there are such."""
    checked = check(instance, {"method": front.method, "solution": point.solution})
    faults, found = list(checked.violations), checked.evaluation
    if found is None:
        return faults, None
    first, second = (float(getattr(found, name)) for name in front.objectives)
    faults += false_numbers(list(zip(front.objectives, point.objectives, (first, second), strict=True)))
    if point.bound is not None and not faults:
        room, value = PROOF_TOLERANCE * abs(first), f"{front.objectives[0]} {first:.9g}"
        if point.bound > first + room:
            faults.append(f"bound {point.bound:.9g} is above {value}")
        elif front.complete and point.bound < first - 10 * room:
            faults.append(f"complete is true, but the bound {point.bound:.9g} is below {value}")
    return faults, (first, second)


def _repeated(front: SavedFront, truths: list[tuple[float, float] | None]) -> Iterator[str]:
    """Name points whose values, claimed or true, are those of an earlier one."""
    seen: dict[tuple[str, tuple[float, float]], int] = {}
    for i, (point, truth) in enumerate(zip(front.points, truths, strict=True)):
        keys = [("claimed", point.objectives), *([("true", truth)] if truth is not None else [])]
        earlier = [seen.setdefault(key, i) for key in keys]
        if min(earlier) < i:
            yield f"points[{i}] is the same as points[{min(earlier)}]"


def front_faults(front: SavedFront) -> Iterator[str]:
    """Name points that another one dominates or that stand in another order, and false claims about the whole."""
    if front.complete and front.unexplored:
        yield f"complete is true beside {len(front.unexplored)} unexplored boxes"
    if front.complete and front.coverage_error:
        yield f"complete is true beside a coverage_error of {front.coverage_error:.9g}"
    read = front_of(front, Front)
    values = read.minimized
    yield from few(_dominated(values))
    yield from few(
        f"points[{i + 1}] is not in the order of {front.objectives[0]}"
        for i in np.flatnonzero(np.diff(read.values[:, 0]) < 0).tolist()
    )
    yield from _false_ends(front, read)


def _dominated(values: Floats) -> Iterator[str]:
    # to the last digit: complete fronts have points that differ by less than a claimed number may be off
    for i, value in enumerate(values):
        as_good = (values <= value).all(axis=1) & (values < value).any(axis=1)
        if as_good.any():
            yield f"points[{i}] is dominated by points[{int(np.flatnonzero(as_good)[0])}]"


def _false_ends(front: SavedFront, read: Front) -> Iterator[str]:
    """Name an ideal or nadir point that is not that of the two ends, and ends that the points refute."""
    for name, claim, truth in (("ideal", front.ideal, read.ideal), ("nadir", front.nadir, read.nadir)):
        pairs = zip((0, 1), claim or (), truth or (None, None), strict=False)
        yield from false_numbers((f"{name}[{j}]", ours, theirs) for j, ours, theirs in pairs)
    if read.payoff is None or not len(read):
        return
    best = read.minimized.min(axis=0)
    for j, name in enumerate(front.objectives):
        ideal = read.payoff[j, j] * read.signs[j]
        if best[j] < ideal - TOLERANCE * abs(ideal):
            yield f"payoff: a point has a better {name} ({best[j]:.9g}) than the end {ideal:.9g}"
        elif front.complete and best[j] > ideal + TOLERANCE * abs(ideal):
            yield f"payoff: no point has the {name} {ideal:.9g} of an end, though complete is true"
