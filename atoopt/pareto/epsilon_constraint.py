"""The epsilon-constraint method for two objectives: one is minimized while the other is bounded step by step.

Every point comes from two solves (lexicographic): the second minimizes the bounded objective among the optima of
the first, so that no weakly dominated point gets in. A solve that stops at a limit proves nothing: the front
is then not complete, and says which part was not searched.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.errors import InputError
from atoopt.pareto.compiled import Compiled, values_kept
from atoopt.pareto.filter import nondominated
from atoopt.solvers.run import Run

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Least and greatest first, least and greatest second objective of a part that was not searched."""

STEP = 1e-7
"""Step of a real objective, as a share of its range: the resolution of a front of real values.

Of 3,000 random knapsacks with a bound 1e-8 of the range below an attainable value, HiGHS 1.15 called two wrong
points optimal (its presolve, at tolerance 1e-9); with 1e-7 and 1e-6, none.
"""

LARGEST_STEP = 1e-3


class OutOfTime(Exception):
    """A solve stopped at a limit; what it would have found is unknown."""


@dataclass(frozen=True)
class Settings:
    """What is wanted of a front.

    Attributes
    ----------
    n_points : int or None
        At most so many points, spread evenly; None for all.
    spread : bool
        Search the largest unexplored box next also where all points are wanted: two to three times the solves
        of walking from end to end, but what a run that is cut short has found then covers the whole front.
    on_point : callable
        Called for every solution found, while the model's variables hold it.
    """

    n_points: int | None = None
    spread: bool = False
    on_point: Callable[[], None] = lambda: None


@dataclass
class Found:
    """What was found, both objectives in their own sense and sorted by the first.

    Attributes
    ----------
    values : (n, 2) array
    solutions : list of int
        For each point, the number of the `Settings.on_point` call that it comes from.
    complete : bool
    stop_reason : str
    details : dict
    """

    values: Floats
    solutions: list[int]
    complete: bool
    stop_reason: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Point:
    values: tuple[float, float]
    columns: Floats
    number: int


def epsilon_front(model: Any, objectives: tuple[Any, Any], run: Run, settings: Settings = Settings()) -> Found:
    """Generate the front of a Pyomo model with two objectives; the model is left as it was.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear, with integer variables or not.
    objectives : (Objective, Objective)
        Each in its own sense, active or not.
    run : Run
    settings : Settings

    Raises
    ------
    InputError
        An objective is unbounded, or the solver failed.
    """
    from pyomo.common.errors import InfeasibleConstraintException

    with values_kept(model):
        try:
            compiled = Compiled(model, objectives, run)
        except InfeasibleConstraintException:  # a row without a variable that cannot hold
            return Found(np.empty((0, 2)), [], True, "", {"solves": 0})
        search, reason = _Search(compiled, settings), ""
        try:
            search.ends()
            if settings.n_points is not None or settings.spread:
                search.some_points(settings.n_points or math.inf)
            else:
                search.all_points()
        except OutOfTime as stopped:
            reason = run.stop_reason or str(stopped)
        return search.found(reason)


class _Search:
    """The state of a search: points found so far, and the boxes that may hold others."""

    def __init__(self, compiled: Compiled, settings: Settings) -> None:
        self.compiled, self.settings = compiled, settings
        self.points: list[_Point] = []
        self.numbers = 0
        self.boxes: list[Box] = []
        self.ranges = (0.0, 0.0)
        self.largest_step = 0.0

    # ---- one point ----------------------------------------------------------------------------

    def lexicographic(self, which: int, limit: float) -> _Point | None:
        """Return the point of least objective `which`, then of the least other one, while the other is at most `limit`.

        None where that is proven impossible.
        """
        other = 1 - which
        limits = [math.inf, math.inf]
        limits[other] = limit
        start = self._start(other, limit)
        first = self._solve(which, limits, start)
        if first is None:
            return None
        limits[which] = first.values[which] + self._room(which)
        try:
            second = self._solve(other, limits, first.columns)
        except OutOfTime:
            self.points.append(first)
            raise
        # a stage that only rounding made infeasible leaves the point of the first
        point = first if second is None else second
        self.points.append(point)
        return point

    def _solve(self, which: int, limits: list[float], start: Floats | None) -> _Point | None:
        answer = self.compiled.minimize(which, (limits[0], limits[1]), start)
        if answer.outcome == "infeasible":
            return None
        if answer.outcome == "unbounded":
            raise InputError("an objective is unbounded", "bound it in the model", place="objectives")
        if answer.outcome == "failed":
            raise InputError("the solver failed on the model", "check its coefficients", place="objectives")
        if answer.outcome != "optimal":
            raise OutOfTime("a solve stopped before its proof")
        columns = self.compiled.columns()
        self.settings.on_point()
        self.numbers += 1
        return _Point(self.compiled.values(columns), columns, self.numbers - 1)

    def _start(self, other: int, limit: float) -> Floats | None:
        """Return the best known solution that keeps the limit: the last point found does not."""
        fitting = [point for point in self.points if point.values[other] <= limit]
        return min(fitting, key=lambda point: point.values[1 - other]).columns if fitting else None

    def _room(self, which: int) -> float:
        """Return by how much an optimum may be missed in the second stage: half a step, or rounding."""
        step = self.compiled.linear[which].step
        return step / 2 if step else STEP / 100 * max(self.ranges[which], 1e-9 * self.compiled.scale[which])

    # ---- the whole front ----------------------------------------------------------------------

    def ends(self) -> None:
        """Find the two ends, and scale by the ranges between them."""
        low = self.lexicographic(0, math.inf)
        if low is None:
            return
        high = self.lexicographic(1, math.inf)
        assert high is not None, "feasible a moment ago"
        self.ranges = (high.values[0] - low.values[0], low.values[1] - high.values[1])
        if min(self.ranges) > 0:
            self.compiled.rescale(self.ranges)
            self.boxes = [(low.values[0], high.values[0], high.values[1], low.values[1])]

    def all_points(self) -> None:
        """Walk from the least first objective to the least second one."""
        while self.boxes:
            _, right, bottom, top = self.boxes[0]
            point = self._next(0, bottom, top)
            self.boxes = [] if point is None else [(point.values[0], right, bottom, point.values[1])]

    def _next(self, which: int, bottom: float, top: float) -> _Point | None:
        """Return the next point below `top`; None where it is proven that none is left above `bottom`.

        The step is enlarged where the solver's tolerance returns the point that was just left.
        """
        other = 1 - which
        whole = self.compiled.linear[other].step
        step = whole / 2 or STEP * self.ranges[other]
        while top - step >= bottom:
            point = self.lexicographic(which, top - step)
            if point is None or point.values[other] < top - step / 2:
                return point
            step *= 10
            self.largest_step = max(self.largest_step, step)
            if step > LARGEST_STEP * self.ranges[other]:
                raise OutOfTime("the solver's tolerance hides the next point")
        return None

    def some_points(self, n_points: float) -> None:
        """Halve the largest box, until there are enough points or no box is left."""
        while self.boxes and self._n_distinct() < n_points:
            self.boxes.sort(key=self._side)
            box = self.boxes[-1]
            width, height = (box[1] - box[0]) / self.ranges[0], (box[3] - box[2]) / self.ranges[1]
            parts = self._halved(box, 0) if height >= width else _turned(self._halved(_turned([box])[0], 1))
            self.boxes = [*self.boxes[:-1], *filter(self._open, parts)]

    def _halved(self, box: Box, which: int) -> list[Box]:
        """Search the lower half of a box; return what remains unsearched.

        Where the lower half is empty, the next point below the box's top settles the upper half as well:
        halving alone would go on until the box is as small as rounding.
        """
        left, right, bottom, top = box
        middle = (bottom + top) / 2
        point = self.lexicographic(which, middle)
        if point is not None and point.values[which] < right:
            first, second = point.values[which], point.values[1 - which]
            return [(left, first, middle, top), (first, right, bottom, second)]
        point = self._next(which, middle, top)
        if point is None or point.values[which] >= right:
            return []
        return [(point.values[which], right, middle, point.values[1 - which])]

    def _open(self, box: Box) -> bool:
        """Whether a point may lie strictly inside a box, more than rounding from its sides."""
        for k, (f, span) in enumerate(zip(self.compiled.linear, self.ranges, strict=True)):
            low, high = box[2 * k], box[2 * k + 1]
            if f.step:
                inside = math.ceil((high - f.constant) / f.step - 1e-6) - math.floor((low - f.constant) / f.step + 1e-6)
                if inside < 2:
                    return False
            elif high - low <= STEP * span:
                return False
        return True

    def _side(self, box: Box) -> float:
        return max((box[1] - box[0]) / self.ranges[0], (box[3] - box[2]) / self.ranges[1])

    def _n_distinct(self) -> int:
        return len(self._kept()[0])

    # ---- the result ---------------------------------------------------------------------------

    def _kept(self) -> tuple[NDArray[np.intp], Floats]:
        values = np.array([point.values for point in self.points]).reshape(-1, 2)
        return nondominated(values, self._resolution()), values

    def _resolution(self) -> tuple[float, float]:
        """Return the differences that count as none: 0 where values are whole."""
        first, second = (0.0 if f.step else STEP * s for f, s in zip(self.compiled.linear, self.ranges, strict=True))
        return first, second

    def found(self, reason: str) -> Found:
        """Return the non-dominated points, in their own senses."""
        kept, values = self._kept()
        signs = np.array([f.sign for f in self.compiled.linear])
        own = values[kept] * signs + 0.0  # no minus zero
        order = np.argsort(own[:, 0], kind="stable")
        complete = not reason and not self.boxes
        details: dict[str, Any] = {"solves": self.compiled.solves}
        if any(self._resolution()):
            details["resolution"] = list(self._resolution())
        if self.largest_step:
            details["largest_step"] = self.largest_step
        if self.boxes and min(self.ranges) > 0:
            details["coverage_error"] = max(map(self._side, self.boxes))
            details["unexplored"] = [_own_box(box, signs) for box in self.boxes]
        if not complete and not reason:
            reason = "a representation was asked for"
        numbers = [self.points[i].number for i in kept[order].tolist()]
        return Found(own[order], numbers, complete, reason, details)


def _turned(boxes: list[Box]) -> list[Box]:
    """Exchange the two objectives."""
    return [(bottom, top, left, right) for left, right, bottom, top in boxes]


def _own_box(box: Box, signs: Floats) -> list[list[float]]:
    """Return least and greatest value per objective, in its own sense."""
    sides = [sorted((box[2 * k] * signs[k], box[2 * k + 1] * signs[k])) for k in range(2)]
    return [[float(low), float(high)] for low, high in sides]
