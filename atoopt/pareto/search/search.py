"""One search for non-dominated points: it solves sub-problems, keeps what they gave, and shares out the time."""

from __future__ import annotations

import math
from collections.abc import Callable

from atoopt.pareto.methods.box import Box
from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.program.scale import SPAN, STEP, Scale
from atoopt.pareto.search.harvest import Harvest
from atoopt.pareto.search.look_ahead import last_of_equals
from atoopt.pareto.search.outcomes import Crawling, Pair, Point, Unbounded, Unproven
from atoopt.pareto.search.subproblem import Solved, Subproblems
from atoopt.pareto.search.tuning import Tuning
from atoopt.solvers.highs_calls import TIGHT
from atoopt.solvers.run import Run

LARGEST_STEP = 1e-3
"""Share of the range up to which a step is enlarged where the solver returns the point that was just left."""

CRAWL = 4
"""So many points in a row that lie on their bound: the front is continuous there."""

MOST_STARTS = 200
"""Solutions of other parts that a child process remembers."""

FREE = (math.inf, math.inf)


class Search:
    """Points found so far, and how to find more.

    Parameters
    ----------
    program : Program
    scale : Scale
    run : Run
    on_point : callable
        Called with every new point.

    Attributes
    ----------
    starts : list of (Pair, columns)
        Solutions from elsewhere, from which a solve may start.
    alone : bool
        No other work waits: a solve may take all the time that is left, and else half of it.
    one_by_one : bool
        No other process waits for a part of a box.
    ranges : (float, float)
        Of both objectives, in the scale's units; known after the ends.
    watching : bool
        All points are wanted, so that a continuous part of the front has to be noticed.
    ahead : (weights, limits, columns) or None
        The answer of a solve that is still to be asked for.
    largest_step : float
        The largest step that was needed to leave a point, as a share of the range; 0 if none had to be enlarged.
    """

    def __init__(
        self, program: Program, scale: Scale, run: Run, on_point: Callable[[Point], None] = lambda point: None
    ) -> None:
        self.program, self.run, self.on_point = program, run, on_point
        self.points: list[Point] = []
        self.starts: list[tuple[Pair, Floats]] = []
        self.alone, self.one_by_one = False, True
        self.ahead: tuple[Pair, Pair, Floats | None] | None = None
        self.largest_step, self.watching, self.on_their_bound = 0.0, False, 0
        self.ranges: Pair = (1.0, 1.0)
        self.solves, self.seconds = 0, 0.0
        self.harvest, self.tuning = Harvest(program, scale), Tuning(program.n_columns)
        self.rescale(scale)

    def rescale(self, scale: Scale) -> None:
        """See both objectives in other units."""
        self.scale = scale
        self.subproblems = Subproblems(self.program, scale, self.run, self.tuning)
        self.harvest.rescale(scale)
        self.ahead = None
        self.points = [p._replace(values=scale.values(self.program, p.columns)) for p in self.points]
        self.starts = [(scale.values(self.program, columns), columns) for _, columns in self.starts]

    def begin(self, run: Run, points: list[tuple[Floats, bool]], on_point: Callable[[Point], None]) -> None:
        """Start on another part: what was found so far is now a start at most."""
        self.run = self.subproblems.run = run
        self.on_point = on_point
        self.starts = [*self.starts, *((p.values, p.columns) for p in self.points)][-MOST_STARTS:]
        self.points = [Point(self.scale.values(self.program, c), c, proven) for c, proven in points]
        self.solves, self.seconds, self.largest_step = 0, 0.0, 0.0

    # ---- solves -------------------------------------------------------------------------------

    def solve(self, weights: Pair, limits: Pair) -> Floats | None:
        """Return an optimum of a weighted sum within limits; None where there is proven to be no solution.

        Raises
        ------
        Unproven
            The solver stopped, failed, or contradicted what is known. Its incumbent is kept as a point.
        """
        if self.ahead is not None and self.ahead[:2] == (weights, limits):
            return self.ahead[2]
        start = self._best_start(weights, limits)
        answer = self._minimize(weights, limits, start)
        if self._contradicts(answer, weights, start):  # the limits may just exclude the start by rounding
            answer = self._minimize(weights, tuple(u + abs(u) * TIGHT for u in limits), None)  # type: ignore[arg-type]
        if answer.outcome == "unbounded":
            raise Unbounded
        if answer.outcome in ("stopped", "failed") or self._contradicts(answer, weights, start):
            if answer.columns is not None:
                self.keep(answer.columns, proven=False)
            if answer.outcome == "stopped":
                timed = "a solve stopped before its proof" if self.run.options.time_limit is None else "time limit"
                raise Unproven(self.run.stop_reason or timed, answer.bound)
            raise Unproven("the solver failed on a sub-problem")
        return answer.columns

    def _minimize(self, weights: Pair, limits: Pair, start: Floats | None) -> Solved:
        left = self.run.remaining
        answer = self.subproblems.minimize(weights, limits, start, left if self.alone else left / 2)
        self.solves, self.seconds = self.solves + 1, self.seconds + answer.seconds
        self.harvest.take(self.subproblems.met)
        return answer

    def _best_start(self, weights: Pair, limits: Pair) -> Floats | None:
        """Return the best known solution within the limits."""
        known = [(p.values, p.columns) for p in self.points] + self.starts + self.harvest.known
        fitting = [(v, columns) for v, columns in known if v[0] <= limits[0] and v[1] <= limits[1]]
        if not fitting:
            return None
        return min(fitting, key=lambda pair: pair[0][0] * weights[0] + pair[0][1] * weights[1])[1]

    def _contradicts(self, answer: Solved, weights: Pair, start: Floats | None) -> bool:
        """Whether an answer calls impossible, or less than optimal, what a known solution shows."""
        if start is None or answer.outcome not in ("optimal", "infeasible"):
            return False
        if answer.columns is None:
            return True
        found, known = self._weighted(answer.columns, weights), self._weighted(start, weights)
        return found > known + TIGHT * max(1.0, abs(known)) * 1e3

    def _weighted(self, columns: Floats, weights: Pair) -> float:
        values = self.scale.values(self.program, columns)
        return values[0] * weights[0] + values[1] * weights[1]

    def keep(self, columns: Floats, *, proven: bool = True) -> Point:
        """Add a solution to the points, and tell of it if it is new."""
        n_before = len(self.points)
        point = self.add(columns, proven)
        if len(self.points) > n_before:
            self.on_point(point)
        return point

    def add(self, columns: Floats, proven: bool) -> Point:
        """Add a solution to the points, unless it is there."""
        values = self.scale.values(self.program, columns)
        for known in self.points:
            if known.values == values and known.proven >= proven:
                return known
        self.points.append(Point(values, columns, proven))
        return self.points[-1]

    # ---- points -------------------------------------------------------------------------------

    def supported(self, weights: Pair) -> Point | None:
        """Return the point of least weighted sum; None where the program has no solution."""
        columns = self.solve(weights, FREE)
        return None if columns is None else self.keep(columns)

    def lexicographic(
        self, which: int, limits: Pair, floor: float | None = None, *, walking: bool = False
    ) -> Point | None:
        """Return the point of least objective `which`, then of the least other one, within limits.

        Parameters
        ----------
        which : {0, 1}
        limits : (float, float)
        floor : float, optional
            A better value of objective `which` goes with no less of the other; by default the least that
            the columns' bounds allow. One solve is enough for whole values, with weights 1 and range + 1
            (augmented), unless the range is so large that the solver's tolerance would count.
        walking : bool
            The point after it is asked for next, so that the second stage may look ahead.

        Returns
        -------
        Point or None
            None where there is proven to be none.
        """
        weights = self._augmented(which, limits[1 - which], floor) if all(self.scale.whole) else None
        columns = self.solve(weights or _unit(which), limits)
        if columns is None or weights is not None:
            return None if columns is None else self.keep(columns)
        best = self.scale.values(self.program, columns)
        for known in self.points:  # a proven point of this value needs no second stage
            if known.proven and abs(known.values[which] - best[which]) <= self._room(which) and known.fits(limits):
                return known
        most = best[which] + self._room(which)
        try:
            self.starts.append((best, columns))
            if walking and floor is not None:
                better: Floats | None = last_of_equals(self, which, limits, columns, floor)
            else:
                better = self.solve(_unit(1 - which), (most, limits[1]) if which == 0 else (limits[0], most))
        except Unproven as unproven:
            self.keep(columns, proven=False)
            raise Unproven(str(unproven), best[which]) from None
        finally:
            self.starts.pop()
        # a stage that only rounding made infeasible leaves the point of the first
        return self.keep(columns if better is None else better)

    def _augmented(self, which: int, limit: float, floor: float | None) -> Pair | None:
        """Return weights of which one solve gives the lexicographic optimum, where arithmetic allows."""
        least, most = self.subproblems.activity(1 - which)
        weight = min(limit, most) - (least if floor is None else floor) + 1.0
        rows = self.subproblems.rows
        largest = float(abs(rows[which]).sum()) * weight + float(abs(rows[1 - which]).sum())
        if weight < 1 or not largest * TIGHT <= 0.1:
            return None
        return (weight, 1.0) if which == 0 else (1.0, weight)

    def _room(self, which: int) -> float:
        """Return by how much an optimum may be missed in the second stage: half a step, or rounding."""
        if self.scale.whole[which]:
            return 0.5
        if not (self.program.objectives[which].discrete and self.scale.known):
            return 0.0  # all room would be taken, and the solver's tolerance is room enough
        return STEP * SPAN / 100

    def next_point(self, box: Box, which: int, *, walking: bool = False) -> Point | None:
        """Return the point in a box of least objective `which`; None where it is proven that the box is empty.

        The step is enlarged where the solver's tolerance returns the point that was just left.
        """
        other, steps, whole = 1 - which, self.scale.steps, self.scale.whole
        step = steps[other]
        while box.high(other) - step >= box.low(other) + (1 if whole[other] else 0):
            point = self.below(box, which, box.high(other) - step, walking=walking)
            if point is None or point.values[other] < box.high(other) - step / 2:
                return point
            if whole[other]:
                raise Unproven("the solver returns the point that its limit excludes")
            step *= 10
            self.largest_step = max(self.largest_step, step / SPAN)
            if step > LARGEST_STEP * SPAN:
                raise Unproven("the solver's tolerance hides the next point")
        return None

    def below(self, box: Box, which: int, level: float, *, walking: bool = False) -> Point | None:
        """Return the point in a box of least objective `which` with the other at most at a level, or None."""
        other = 1 - which
        limits = [0.0, 0.0]
        limits[which] = box.high(which) + (0.0 if self.scale.whole[which] else self._room(which))
        limits[other] = level
        corner = (box.west, box.south)[other]
        floor, walking = min(corner, box.low(other)), walking and self.scale.whole[other]
        point = self.lexicographic(which, (limits[0], limits[1]), floor, walking=walking)
        if point is None or point.values[which] > box.high(which) - self.scale.steps[which] * (1 - 1e-6):
            return None
        return point

    def watch(self, point: Point, which: int, level: float) -> None:
        """Notice where points lie on the level that bounds them, time after time: the front is continuous there.

        Raises
        ------
        Crawling
        """
        other = 1 - which
        if not self.watching or any(f.discrete for f in self.program.objectives):
            return
        on_it = point.values[other] > level - self.scale.steps[other]
        self.on_their_bound = self.on_their_bound + 1 if on_it else 0
        if self.on_their_bound >= CRAWL:
            raise Crawling


def _unit(which: int) -> Pair:
    return (1.0, 0.0) if which == 0 else (0.0, 1.0)
