"""One search for a front: the two ends, then one box after the other by the method's step, then what is known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import MAXIMIZE, MINIMIZE
from atoopt.pareto.methods.box import Box
from atoopt.pareto.methods.loop import Plan, State, search_here
from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.program.scale import SPAN, Scale
from atoopt.pareto.running.journal import ROOT, Journal
from atoopt.pareto.search.found import Found, Settings
from atoopt.pareto.search.outcomes import Crawling, Point, Unproven
from atoopt.pareto.search.search import Search
from atoopt.pareto.search.starts import feasible
from atoopt.solvers.run import Run

POINTS_OF_A_LINE = 100
"""Points that stand for a front with continuous parts, unless asked for another number."""

SAME = 1e-15
"""Sums of other real coefficients that are worth the same differ by less in doubles, as a share of their terms."""

LOOKS = 8
"""So often the ends are looked for again, each time in the units of the last ones: the first look, in units of the
largest coefficient, does not see an end that differs by a millionth of it."""


class FrontSearch:
    """One search for a front, from its ends to its last box."""

    def __init__(self, program: Program, run: Run, settings: Settings, journal: Journal) -> None:
        self.program, self.run, self.settings, self.journal = program, run, settings, journal
        self.state = State()
        self.outside: list[list[list[float]]] = []  # beyond ends that are not proven, in our sense
        self.ends: tuple[Point, Point] | None = None
        self.ideal = [-math.inf, -math.inf]  # bounds of both objectives, in our sense
        self.n_points = settings.n_points
        self.search = Search(program, Scale.of(program), run, self._tell)
        is_line = not program.integer.any() and self.n_points is None
        spread = settings.spread or (self.n_points is not None and settings.method != "dichotomy")
        method = "balanced-box" if spread else settings.method
        method, counted = "dichotomy" if is_line else method, self.n_points is not None
        self.plan = Plan(method, self.search.scale, (0.0, 0.0), is_line, counted)

    def generate(self) -> None:
        """Find the ends, unless the journal knows them, then search between them."""
        if self.run.options.jobs > 1:
            from atoopt.pareto.running.pools import warm_up

            warm_up(self.settings.backend, self.run.options.jobs)
        told = self.journal.replay(self.program.n_columns)
        self.search.starts = [((0.0, 0.0), columns) for columns, _ in told.solutions]
        self.search.starts += [((0.0, 0.0), columns) for columns in feasible(self.program, self.settings.starts)]
        self.search.rescale(self.search.scale)
        if told.scale is None:
            self._find_ends()
        else:
            self.search.points = [Point((0.0, 0.0), columns, proven) for columns, proven in told.solutions]
            self._scaled(told.scale)
            self.state.put(self.plan, told.boxes)
        try:
            self._search_boxes()
        except Crawling:
            self.n_points = POINTS_OF_A_LINE
            self.state.reasons.append("the front has continuous parts, for which some points stand")
            self.plan = replace(self.plan, method="balanced-box", counted=True)
            self._search_boxes()

    def _search_boxes(self) -> None:
        if self.run.options.jobs > 1:
            from atoopt.pareto.running.children import search_in_children

            backend = self.settings.backend
            search_in_children(self.search, self.plan, self.state, self._enough, self.journal, backend)
        else:
            search_here(self.search, self.plan, self.state, self._enough, self._split)

    # ---- the ends -----------------------------------------------------------------------------

    def _find_ends(self) -> None:
        """Find the two ends, scale by the ranges between them, and make the box between them."""
        proven = [self._end(0), self._end(1)]
        if not self.search.points:
            if not all(proven):
                self.outside = [[[low, math.inf] for low in self.ideal]]
            return
        scale = self._scale_between_ends()
        for _ in range(LOOKS):
            if not (all(proven) and self.search.scale.is_blind_beside(scale)):
                break
            self.search.rescale(scale)
            proven = [self._end(0), self._end(1)]
            scale = self._scale_between_ends()
        else:
            self.state.reasons.append("the ends of the front are too far apart in size to be told")
            proven = [False, False]
        self._between_ends(scale, proven)

    def _scale_between_ends(self) -> Scale:
        """Return the scale of the ranges between the best points of both objectives."""
        program = self.program
        low, high = self._best_points()
        first, last = program.values(low.columns), program.values(high.columns)
        sizes = (max(abs(first[0]), abs(last[0])), max(abs(first[1]), abs(last[1])))
        return Scale.of(program, (abs(last[0] - first[0]), abs(first[1] - last[1])), sizes)

    def _best_points(self) -> tuple[Point, Point]:
        points = self.search.points
        return min(points, key=lambda p: p.values), min(points, key=lambda p: p.values[::-1])

    def _between_ends(self, scale: Scale, proven: list[bool]) -> None:
        """Make the box between the ends, and say what is unknown beyond those that are not proven."""
        low, high = self._best_points()
        first, last = (self.program.values(point.columns) for point in (low, high))
        self._scaled(scale)
        if not proven[0]:
            top = first[1] if self.ideal[0] >= first[0] else math.inf
            self.outside.append([[self.ideal[0], first[0]], [self.ideal[1], top]])
        if not proven[1]:
            right = last[0] if self.ideal[1] >= last[1] else math.inf
            self.outside.append([[self.ideal[0], right], [self.ideal[1], last[1]]])
        upper, lower = (self.search.scale.values(self.program, p.columns) for p in (low, high))
        boxes = self.plan.open([Box.between(upper, lower, hull=all(proven))])
        if all(proven):
            self.journal.scaled(self.search.scale)
            self._split(ROOT, boxes)
        self.state.put(self.plan, boxes)

    def _end(self, which: int) -> bool:
        """Find the best point of one objective, or a bound of it; return whether it is proven."""
        unit = self.search.scale.units[which]
        limits = [math.inf, math.inf]
        if self.search.scale.known:  # no worse than what is known, which keeps large coefficients out
            best = min(point.values[which] for point in self.search.points)
            limits[which] = best + max(1.0, 1e-9 * abs(best))
        try:
            point = self.search.lexicographic(which, (limits[0], limits[1]))
        except Unproven as unproven:
            self.state.reasons.append(str(unproven))
            if unproven.bound is not None:
                self.ideal[which] = unproven.bound * unit
            return False
        if point is not None:
            self.ideal[which] = point.values[which] * unit
        return point is not None or not self.search.points

    def _scaled(self, scale: Scale) -> None:
        """See both objectives in the units of their ranges."""
        self.search.rescale(scale)
        low, high = self._best_points()
        ranges = (high.values[0] - low.values[0], low.values[1] - high.values[1])
        self.search.ranges = (ranges[0] or 1.0, ranges[1] or 1.0)
        self.plan = replace(self.plan, scale=scale, ranges=self.search.ranges)
        if low.proven and high.proven:
            self.ends = (low, high)

    # ---- along the way ------------------------------------------------------------------------

    def _tell(self, point: Point) -> None:
        self.journal.point(point.columns, point.proven)
        self.run.report(note=f"{len(self.search.points)} points, {len(self.state.boxes)} boxes to search")

    def _split(self, box: Box, parts: list[Box]) -> None:
        self.journal.split(box, parts)

    def _enough(self, coming: int) -> bool:
        return self.n_points is not None and len(self._kept()) + coming >= self.n_points

    # ---- the result ---------------------------------------------------------------------------

    def _kept(self) -> np.ndarray:
        """Return the positions of the non-dominated points."""
        values = np.array([point.values for point in self.search.points]).reshape(-1, 2)
        first, second = (self._rounding(k) for k in range(2))
        return nondominated(values, (first, second))

    def _rounding(self, which: int) -> float:
        """Return by how much two values of an objective may differ and be the same."""
        scale, f = self.search.scale, self.program.objectives[which]
        if scale.whole[which]:
            return 0.0
        if scale.known and not f.discrete:
            return scale.steps[which]
        sizes = np.abs(f.coefficients)
        largest = max((float(sizes @ np.abs(point.columns)) for point in self.search.points), default=0.0)
        return SAME * largest / scale.units[which]

    def found(self) -> Found:
        """Return the non-dominated points, in their own senses."""
        points = [self.search.points[i] for i in self._kept().tolist()]
        own = np.array([self._own(p.columns) for p in points]).reshape(-1, 2)
        order = np.argsort(own[:, 0], kind="stable")
        left = [*self.state.boxes, *self.state.stuck]
        reason = self._reason()
        payoff = None if self.ends is None else np.array([self._own(end.columns) for end in self.ends])
        unexplored = [*map(self._own_box, map(self._unscaled, left)), *map(self._own_box, self.outside)]
        return Found(
            own[order], [points[i].columns for i in order.tolist()], not reason, reason, senses_of(self.program),
            np.array(unexplored).reshape(-1, 2, 2), payoff, self.search.solves, self.search.seconds,
            self._details(points),
        )  # fmt: skip

    def _reason(self) -> str:
        """Say why the front is not complete; nothing if it is."""
        if not (self.state.boxes or self.state.stuck or self.outside):
            return ""
        if self.run.stop_reason:
            return self.run.stop_reason
        if self.state.reasons:
            return self.state.reasons[-1]
        supported = self.plan.method == "dichotomy" and not self._enough(0)
        return "dichotomy finds supported points only" if supported else "a representation was asked for"

    def _details(self, points: list[Point]) -> dict[str, Any]:
        scale = self.search.scale
        details: dict[str, Any] = {}
        if self.plan.is_line:
            details["kind"] = "extreme points: the front is the line through them"
        if scale.known and not all(scale.whole):
            details["resolution"] = [
                0.0 if whole else max(step, self.search.largest_step * SPAN) * unit
                for whole, step, unit in zip(scale.whole, scale.steps, scale.units, strict=True)
            ]
        if self.search.largest_step:
            details["largest_step"] = self.search.largest_step
        if n_unproven := sum(not point.proven for point in points):
            details["unproven_points"] = n_unproven
        return details

    def _own(self, columns: Floats) -> tuple[float, float]:
        first, second = (f.own(f.of(columns)) for f in self.program.objectives)
        return first, second

    def _unscaled(self, box: Box) -> list[list[float]]:
        """Return a box's sides in the model's units, to be minimized."""
        units = self.search.scale.units
        return [[box.low(k) * units[k], box.high(k) * units[k]] for k in range(2)]

    def _own_box(self, sides: list[list[float]]) -> list[list[float]]:
        """Return least and greatest value per objective, in its own sense."""
        return [sorted(f.own(side) for side in pair) for f, pair in zip(self.program.objectives, sides, strict=True)]


def senses_of(program: Program) -> tuple[str, str]:
    """Return whether each objective of a program is minimized or maximized."""
    first, second = (MINIMIZE if f.sign > 0 else MAXIMIZE for f in program.objectives)
    return first, second
