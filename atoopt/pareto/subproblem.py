"""Single-objective problems of a bi-objective one, in one HiGHS object: only costs and two right-hand sides move."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import highspy
import numpy as np

from atoopt.pareto.loaded import loaded
from atoopt.pareto.program import Floats, Program
from atoopt.pareto.scale import ORDINARY, SPAN, STEP, Scale
from atoopt.solvers.confirm import Work, is_risky
from atoopt.solvers.highs import TIGHT, finite, listener, run_in_thread, set_threads
from atoopt.solvers.outcome import Outcome, outcome_of
from atoopt.solvers.rounding import Relaxed, Sides, Splitting
from atoopt.solvers.run import Run


@dataclass(frozen=True)
class Solved:
    """What one solve gave.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
        `stopped` at a limit proves nothing.
    columns : (n_columns,) array or None
        The best solution found, integers rounded; it keeps every row of the model as given.
    bound : float or None
        No solution has a smaller weighted value; in the units of the scale.
    seconds : float
        In the solver.
    """

    outcome: Outcome
    columns: Floats | None = None
    bound: float | None = None
    seconds: float = 0.0


class Subproblems:
    """All sub-problems of one program.

    Parameters
    ----------
    program : Program
    scale : Scale
    run : Run
        Gives threads, log and interrupt to every solve.
    """

    def __init__(self, program: Program, scale: Scale, run: Run) -> None:
        self.program, self.scale, self.run = program, scale, run
        self.rows = [scale.row(program, k) for k in range(2)]
        self.factors = [scale.factor(program, k) for k in range(2)]
        self.all_columns = np.arange(program.n_columns, dtype=np.int32)
        self.is_mip = bool(program.integer.any())
        self.is_risky = is_risky(program)
        self.candidates: list[Floats] = []  # of both answers to one question, where it was asked twice
        self.divided, self.divisor = False, 1.0  # of rows; of costs
        self._load()

    def _load(self) -> None:
        self.highs = loaded(self.program, divided=self.divided)
        self.first_row = self.highs.getNumRow()
        for row, factor in zip(self.rows, self.factors, strict=True):
            index = np.flatnonzero(row).astype(np.int32)
            self.highs.addRow(-math.inf, math.inf, index.size, index, row[index] * factor)

    def minimize(
        self, weights: tuple[float, float], limits: tuple[float, float], start: Floats | None, seconds: float
    ) -> Solved:
        """Minimize a weighted sum of both objectives while each is at most its limit, all in the scale's units."""
        began = time.monotonic()
        if not self.program.n_columns:
            return Solved("optimal" if self.program.possible else "infeasible", np.empty(0), None)
        ask = _Question(self, weights, limits, began + seconds)
        ask.put()
        solved = self._answered(ask, start)
        if solved.outcome == "failed" and not self.divided:
            self.divided = True  # and so it stays: what failed once fails again
            self._load()
            ask.put()
            solved = self._answered(ask, start)
        return Solved(solved.outcome, solved.columns, solved.bound, time.monotonic() - began)

    def _answered(self, ask: _Question, start: Floats | None) -> Solved:
        """Solve, and make sure of the answer."""
        self.candidates = []
        first = self._proved(ask, start)
        if first.outcome == "unbounded" and self._is_infeasible(ask):
            return Solved("infeasible")
        if first.columns is None:
            return Solved(first.outcome, None, first.bound)
        columns = self.program.rows.rounded(first.columns)
        if first.outcome != "optimal":
            return Solved(first.outcome, columns if ask.kept(columns) else None, first.bound)
        if ask.kept(columns) and ask.close(ask.worth(columns), first.bound):
            return Solved("optimal", columns, first.bound)
        splitting = Splitting(
            self.program.rows, lambda sides, begin: self._within(ask, sides, begin), ask.kept, ask.worth, ask.close
        )
        for candidate in self.candidates:
            splitting.offer(self.program.rows.rounded(candidate))
        exact = splitting.exact(first)
        return Solved(exact.outcome, exact.columns, exact.bound)

    def _within(self, ask: _Question, sides: Sides, start: Floats | None) -> Relaxed:
        """Solve with other bounds of some columns."""
        for column, (low, high) in sides.items():
            self.highs.changeColBounds(column, low, high)
        self.highs.clearSolver()  # the last solution is a start within tolerance only
        try:
            return self._proved(ask, start)
        finally:
            for column in sides:
                self.highs.changeColBounds(column, self.program.lower[column], self.program.upper[column])

    def _proved(self, ask: _Question, start: Floats | None) -> Relaxed:
        """Solve; an answer that cost little, or comes from a model of a kind that HiGHS was seen to err on, twice."""
        first = self._run(start, ask.seconds)
        work = Work.of(self.highs)
        doubtful = self.is_mip and first.outcome in ("optimal", "infeasible") and (self.is_risky or work.is_small)
        return self._confirmed(first, ask, start) if doubtful or first.outcome == "failed" else first

    def _confirmed(self, first: Relaxed, ask: _Question, start: Floats | None) -> Relaxed:
        """Solve again without presolve, and return the better answer.

        HiGHS 1.15 gets about one in a thousand small models wrong, with presolve or without it, whatever its
        tolerances; both ways at once far more rarely. Where presolve's answer cannot be translated back (a solve
        error), the second answer counts.
        """
        self.highs.clearSolver()
        self.highs.setOptionValue("presolve", "off")
        second = self._run(start if first.columns is None else first.columns, ask.seconds)
        self.highs.setOptionValue("presolve", "choose")
        if first.outcome == "failed":
            return second
        if second.outcome != "optimal" or second.columns is None:
            return first
        if first.columns is None:
            return second
        self.candidates += [first.columns, second.columns]
        one, other = float(ask.cost @ first.columns), float(ask.cost @ second.columns)
        return second if other < one - TIGHT * max(1.0, abs(one)) else first

    def _is_infeasible(self, ask: _Question) -> bool:
        """Whether there is no solution at all: presolve may leave open whether that or unbounded."""
        self.highs.changeColsCost(self.all_columns.size, self.all_columns, np.zeros(self.all_columns.size))
        return self._run(None, ask.seconds).outcome == "infeasible"

    def activity(self, which: int) -> tuple[float, float]:
        """Return the least and the greatest value of an objective that the columns' bounds allow."""
        row, used = self.rows[which], self.rows[which] != 0
        ends = row[used] * np.stack([self.program.lower[used], self.program.upper[used]])
        return float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())

    def _run(self, start: Floats | None, seconds: float) -> Relaxed:
        highs, run = self.highs, self.run
        if start is not None:
            highs.setSolution(start.size, self.all_columns, start)
        set_threads(highs, run.options.threads or 1)
        spent = 0.0 if self.is_mip else highs.getRunTime()  # an LP's clock runs on over all solves
        highs.setOptionValue("time_limit", spent + max(0.0, seconds))
        highs.setOptionValue("output_flag", run.log is not None)
        highs.setCallback(listener(lambda: run.stopped, lambda objective, bound: None, run.log, 1.0), None)
        kinds = highspy.cb.HighsCallbackType
        wanted = [kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt]
        for kind in wanted + ([kinds.kCallbackLogging] if run.log is not None else []):
            highs.startCallback(kind)
        run_in_thread(highs)
        highs.setCallback(None, None)
        return self._answer()

    def _answer(self) -> Relaxed:
        """Read status, solution and bound."""
        outcome, info = outcome_of(self.highs.getModelStatus()), self.highs.getInfo()
        bound = finite(info.mip_dual_bound * self.divisor) if self.is_mip else None
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Relaxed("failed" if outcome == "optimal" else outcome, None, bound)
        columns = np.array(self.highs.getSolution().col_value)
        if outcome == "optimal" and bound is None:
            bound = float(info.objective_function_value) * self.divisor
        return Relaxed(outcome, columns, bound)


class _Question:
    """One sub-problem: what is minimized within which limits, until when."""

    def __init__(
        self, problems: Subproblems, weights: tuple[float, float], limits: tuple[float, float], until: float
    ) -> None:
        self.problems, self.weights, self.limits, self.until = problems, weights, limits, until
        self.whole = all(w == 0 or whole for w, whole in zip(weights, problems.scale.whole, strict=True))
        self.cost = weights[0] * problems.rows[0] + weights[1] * problems.rows[1]

    @property
    def seconds(self) -> float:
        """Seconds that are left, at least a tenth."""
        return max(0.1, self.until - time.monotonic())

    def put(self) -> None:
        """Hand costs and limits to the solver."""
        problems = self.problems
        largest = float(np.abs(self.cost).max(initial=0.0))
        divide = self.whole and largest > ORDINARY and min(problems.factors) < 1
        problems.divisor = 2.0 ** math.ceil(math.log2(largest / ORDINARY)) if divide else 1.0
        problems.highs.changeColsCost(self.cost.size, problems.all_columns, self.cost / problems.divisor)
        for k, limit in enumerate(self.limits):
            problems.highs.changeRowBounds(problems.first_row + k, -math.inf, self._limit(k, limit))

    def _limit(self, k: int, limit: float) -> float:
        """Return a limit for the solver; half a step more where a step is small to it."""
        factor = self.problems.factors[k]
        return (math.floor(limit + 1e-6) + 0.5) * factor if factor < 1 and math.isfinite(limit) else limit

    def kept(self, columns: Floats) -> bool:
        """Whether rounded columns keep the rows of the model and the limits of the question."""
        scale, program = self.problems.scale, self.problems.program
        if program.rows.broken(columns).size:
            return False
        sides = zip(scale.values(program, columns), self.limits, scale.whole, strict=True)
        return all(value <= most + (0.5 if whole else _rounding(most)) for value, most, whole in sides)

    def worth(self, columns: Floats) -> float:
        """Return what is minimized."""
        values = self.problems.scale.values(self.problems.program, columns)
        return values[0] * self.weights[0] + values[1] * self.weights[1]

    def close(self, worth: float, bound: float | None) -> bool:
        """Whether a value is no worse than a bound by more than rounding; real values: of a hundredth of a step."""
        if bound is None:
            return True
        if self.whole:
            return worth <= bound + max(0.5, 2e-15 * abs(bound))  # a weighted sum may have more digits than a double
        return worth <= bound + 1e-3 * STEP * SPAN * max(self.weights) + 1e-9 * abs(bound)


def _rounding(limit: float) -> float:
    """Return by what a real value may be beyond its limit: a thousandth of a step."""
    return STEP * max(1.0, 1e-3 * abs(limit)) if math.isfinite(limit) else 0.0
