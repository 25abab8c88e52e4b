"""The curve of a decision page: points of fronts, and where they stand in the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of
from atoopt.base.resolve import resolve
from atoopt.pareto.check import check_front
from atoopt.workbench.decision.parts import Curve, CurvePoint
from atoopt.workbench.evaluating import evaluated

WIDTH, HEIGHT, LEFT, BELOW, ROOM = 760.0, 400.0, 76.0, 52.0, 18.0
"""The picture, and the room for its axes, in its own units."""

TICKS = 6
"""About so many marks an axis."""

SAME = 1e-9
"""A point is the decision's own where both values agree within this, relative."""


def curve_of(
    instance: Any, fronts: Sequence[tuple[Mapping[str, Any], str]], decided: Any,
    picked: Callable[[Any], tuple[str, tuple[str, ...]]],
) -> Curve:  # fmt: skip
    """Return the curve of fronts, each point's solution evaluated by the instance.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    fronts : sequence of (mapping, str)
        Fronts as JSON, and their files.
    decided : Evaluation
        The decision, which is marked: where no front has it, as a point beside the line.
    picked : callable
        Evaluation -> what is told of it.

    Raises
    ------
    InputError
        A front is not of this instance, or has no solutions.
    """
    first, second = problem_of(instance).objectives
    chosen = tuple(_objective(decided, name) for name in (first, second))
    points = []
    for data, file in fronts:
        _check(instance, data, file)
        for point in data["points"]:
            solution = evaluated(instance, {"solution": point["solution"]}, file)
            y, x = (_objective(solution, name) for name in (first, second))
            close = (math.isclose(a, b, rel_tol=SAME, abs_tol=SAME) for a, b in zip(chosen, (y, x), strict=True))
            is_chosen = all(close)
            head, items = picked(solution)
            head += f" - breaks: {'; '.join(solution.violations)}" if solution.violations else ""
            points.append(CurvePoint(x, y, point.get("bound"), head, items, is_chosen))
    labels = {"mean_assembly_time": "mean assembly time", "setup_hours": "set-up hours a year"}
    if not any(point.chosen for point in points):
        points.append(CurvePoint(chosen[1], chosen[0], None, *picked(decided), True))
    complete = all(data.get("complete") for data, _ in fronts)
    return Curve(
        labels.get(second, second), labels.get(first, first), tuple(sorted(points, key=lambda point: point.x)),
        "These are all points of which none is better in both." if complete
        else "There are more points than these: others may lie between them.",
    )  # fmt: skip


def _objective(solution: Any, name: str) -> float:
    return float(solution.cost if name == "cost" else getattr(solution, name))


def _check(instance: Any, data: Mapping[str, Any], file: str) -> None:
    """Refuse a front that the instance's own check refuses."""
    if any("solution" not in point for point in data["points"]):
        raise InputError("has points without solutions", "write it without --points-only", place="points", file=file)
    problem = problem_of(instance)
    aside = (data.get("details") or {}).get("set_aside")
    of = instance.replace(**problem.whole_curve) if aside and aside == list(problem.whole_curve) else instance
    checked = check_front(of, dict(data), resolve(problem.check))
    if checked.violations:
        remedy = "give a front of this instance"
        raise InputError(f"is no front of {instance.name}: {checked.violations[0]}", remedy, file=file)


def drawn(curve: Curve) -> dict[str, Any]:
    """Return where everything stands: points, the line through them, and the marks of both axes."""
    x_range = _range([point.x for point in curve.points])
    y_range = _range([point.y for point in curve.points])

    def at_x(x: float) -> float:
        return round(LEFT + (x - x_range[0]) / (x_range[1] - x_range[0]) * (WIDTH - LEFT - ROOM), 1)

    def at_y(y: float) -> float:
        return round(HEIGHT - BELOW - (y - y_range[0]) / (y_range[1] - y_range[0]) * (HEIGHT - BELOW - ROOM), 1)

    steps = []
    on_line = _undominated(curve.points)
    for before, after in pairwise(on_line):
        steps += [(at_x(before.x), at_y(before.y)), (at_x(after.x), at_y(before.y)), (at_x(after.x), at_y(after.y))]
    return {
        "width": WIDTH, "height": HEIGHT, "left": LEFT, "bottom": HEIGHT - BELOW, "right": WIDTH - ROOM, "top": ROOM,
        "points": [(at_x(point.x), at_y(point.y), point) for point in curve.points],
        "bounds": [
            (at_x(point.x), at_y(point.y), at_y(max(point.bound, y_range[0])))
            for point in curve.points
            if point.bound is not None and point.y - point.bound > 1e-6 * abs(point.y)
        ],
        "line": " ".join(f"{x},{y}" for x, y in steps),
        "x_ticks": [(at_x(tick), f"{tick:.6g}") for tick in _ticks(x_range)],
        "y_ticks": [(at_y(tick), f"{tick:.6g}") for tick in _ticks(y_range)],
    }  # fmt: skip


def _undominated(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Return the points that no other is better than, from the left."""
    kept: list[CurvePoint] = []
    for point in sorted(points, key=lambda point: (point.x, point.y)):
        if not kept or point.y < kept[-1].y:
            kept.append(point)
    return kept


def _range(values: Sequence[float]) -> tuple[float, float]:
    """Return a range with some room, which is not empty."""
    low, high = min(values), max(values)
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return (0.0 if 0 <= low <= 3 * room else low - room), high + room


def _ticks(span: tuple[float, float]) -> list[float]:
    """Return round numbers within a range.

    >>> _ticks((0.0, 2.3))
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    rough = (span[1] - span[0]) / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * unit for factor in (1, 2, 5, 10) if factor * unit >= rough)
    first = math.ceil(span[0] / step)
    return [round(n * step, 12) for n in range(first, math.floor(span[1] / step) + 1)]
