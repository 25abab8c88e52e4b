"""Is a claimed front true? Each point recomputed from the instance, and the points compared with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from atoopt.claims import false_numbers
from atoopt.errors import InputError
from atoopt.faults import validated
from atoopt.pareto.front_file import SavedFront, SavedPoint, front_of
from atoopt.solvers.result import PROOF_TOLERANCE

ROUNDING = 1e-11
"""Two values of a front may differ by this share and still be one value, summed in another order."""

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
    violations = []
    for i, point in enumerate(front.points):
        place = f"points[{i}]"
        if point.solution is None:
            raise InputError("is missing", "write the front without --points-only", place=f"{place}.solution")
        violations += [f"{place}: {fault}" for fault in _point_faults(instance, front, point, check)]
    violations += front_faults(front)
    if front.instance != instance.name:
        violations.append(f'instance is "{front.instance}", but the file holds "{instance.name}"')
    return CheckedFront(instance.name, len(front.points), tuple(violations))


def _point_faults(instance: Any, front: SavedFront, point: SavedPoint, check: Checker) -> Iterator[str]:
    """Name what is false about one point."""
    checked = check(instance, {"solution": point.solution})
    yield from checked.violations
    if checked.evaluation is None:
        return
    truth = [getattr(checked.evaluation, name, None) for name in front.objectives]
    yield from false_numbers(list(zip(front.objectives, point.objectives, truth, strict=True)))
    first = point.objectives[0]
    if point.bound is not None and point.bound > first + PROOF_TOLERANCE * abs(first):
        yield f"bound {point.bound:.9g} is above {front.objectives[0]} {first:.9g}"


def front_faults(front: SavedFront) -> Iterator[str]:
    """Name points that another one dominates, and a completeness that boxes refute."""
    if front.complete and front.unexplored:
        yield f"complete is true beside {len(front.unexplored)} unexplored boxes"
    values = front_of(front).minimized
    # complete fronts have points that differ by less than a claimed number may be off
    room = ROUNDING * np.maximum(1.0, np.abs(values))
    for i, value in enumerate(values):
        as_good = (values <= value + room[i]).all(axis=1) & (values < value - room[i]).any(axis=1)
        if as_good.any():
            yield f"points[{i}] is dominated by points[{int(np.flatnonzero(as_good)[0])}]"
