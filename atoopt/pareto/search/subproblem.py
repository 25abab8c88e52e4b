"""Single-objective problems of a bi-objective one, in one HiGHS object: only costs and two right-hand sides move."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.program.scale import Scale
from atoopt.pareto.search.loaded import loaded
from atoopt.pareto.search.question import Question
from atoopt.pareto.search.tuning import Tuning
from atoopt.solvers.arrays.rounding import Relaxed, Sides, Splitting
from atoopt.solvers.confirm import Work, is_risky
from atoopt.solvers.highs_calls import TIGHT, finite, listener, run_in_thread, set_threads
from atoopt.solvers.outcome import Outcome, outcome_of
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
    tuning : Tuning
        What former solves of the program have shown.

    Attributes
    ----------
    met : list of (n_columns,) arrays
        Solutions that the last solve has met on its way.
    """

    def __init__(self, program: Program, scale: Scale, run: Run, tuning: Tuning | None = None) -> None:
        self.program, self.scale, self.run = program, scale, run
        self.rows = scale.row(program, 0), scale.row(program, 1)
        self.factors = scale.factor(program, 0), scale.factor(program, 1)
        self.all_columns = np.arange(program.n_columns, dtype=np.int32)
        self.is_mip = bool(program.integer.any())
        self.is_risky = is_risky(program)
        self.tuning = tuning or Tuning(program.n_columns)
        self.met: list[Floats] = []
        self.candidates: list[Floats] = []  # of both answers to one question, where it was asked twice
        self.divided, self.until = False, math.inf
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
        ask = Question(self.program, self.scale, self.rows, self.factors, weights, limits)
        self.until = began + seconds
        self.met = []
        solved = self._answered(ask, start)
        if solved.outcome == "failed" and not self.divided:
            self.divided = True  # and so it stays: what failed once fails again
            self._load()
            solved = self._answered(ask, start)
        return replace(solved, seconds=time.monotonic() - began)

    def _put(self, ask: Question) -> None:
        """Hand costs and limits to the solver."""
        self.highs.changeColsCost(self.all_columns.size, self.all_columns, ask.cost / ask.divisor)
        for k in range(2):
            self.highs.changeRowBounds(self.first_row + k, -math.inf, ask.side(k))

    def _answered(self, ask: Question, start: Floats | None) -> Solved:
        """Solve, and make sure of the answer."""
        self._put(ask)
        self.candidates = []
        first = self._proved(ask, start)
        if first.outcome == "unbounded" and self._is_infeasible(ask):
            return Solved("infeasible")
        if first.columns is None:
            return Solved(first.outcome, None, first.bound)
        columns = self.program.rows.rounded(first.columns)
        is_answer = ask.is_answered_by(columns)
        if first.outcome != "optimal":
            return Solved(first.outcome, columns if is_answer else None, first.bound)
        if is_answer and ask.is_close(ask.worth(columns), first.bound):
            return Solved("optimal", columns, first.bound)
        return self._split(ask, first)

    def _split(self, ask: Question, first: Relaxed) -> Solved:
        """Return the exact answer where the solver's whole numbers are whole only nearly."""
        rows = self.program.rows
        splitting = Splitting(
            rows, lambda sides, start: self._within(ask, sides, start), ask.is_answered_by, ask.worth, ask.is_close
        )
        for candidate in self.candidates:
            splitting.offer(rows.rounded(candidate))
        exact = splitting.exact(first)
        return Solved(exact.outcome, exact.columns, exact.bound)

    def _within(self, ask: Question, sides: Sides, start: Floats | None) -> Relaxed:
        """Solve with other bounds of some columns."""
        for column, (low, high) in sides.items():
            self.highs.changeColBounds(column, low, high)
        self.highs.clearSolver()  # the last solution is a start within tolerance only
        try:
            return self._proved(ask, start)
        finally:
            for column in sides:
                self.highs.changeColBounds(column, self.program.lower[column], self.program.upper[column])

    def _proved(self, ask: Question, start: Floats | None) -> Relaxed:
        """Solve; an answer that cost little, or comes from a model of a kind that HiGHS was seen to err on, twice."""
        self.tuning.choose(self.highs, limited=ask.is_limited)
        first = self._run(ask, start)
        work = Work.of(self.highs)
        self.tuning.tell(work, limited=ask.is_limited)
        doubtful = self.is_mip and first.outcome in ("optimal", "infeasible") and (self.is_risky or work.is_small)
        return self._confirmed(first, ask, start) if doubtful or first.outcome == "failed" else first

    def _confirmed(self, first: Relaxed, ask: Question, start: Floats | None) -> Relaxed:
        """Solve again without presolve, and return the better answer.

        HiGHS 1.15 gets about one in a thousand small models wrong, with presolve or without it, whatever its
        tolerances; both ways at once far more rarely. Where presolve's answer cannot be translated back (a solve
        error), the second answer counts.
        """
        self.highs.clearSolver()
        self.highs.setOptionValue("presolve", "off")
        second = self._run(ask, start if first.columns is None else first.columns)
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

    def _is_infeasible(self, ask: Question) -> bool:
        """Whether there is no solution at all: presolve may leave open whether that or unbounded."""
        self.highs.changeColsCost(self.all_columns.size, self.all_columns, np.zeros(self.all_columns.size))
        return self._run(ask, None).outcome == "infeasible"

    def activity(self, which: int) -> tuple[float, float]:
        """Return the least and the greatest value of an objective that the columns' bounds allow."""
        row, used = self.rows[which], self.rows[which] != 0
        ends = row[used] * np.stack([self.program.lower[used], self.program.upper[used]])
        return float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())

    def _run(self, ask: Question, start: Floats | None) -> Relaxed:
        highs, run = self.highs, self.run
        if start is not None:
            highs.setSolution(start.size, self.all_columns, start)
        # it looks for a first solution only, and takes up to a quarter of a solve that ends at its root
        highs.setOptionValue("mip_heuristic_run_feasibility_jump", start is None)
        set_threads(highs, run.options.threads or 1)
        spent = 0.0 if self.is_mip else highs.getRunTime()  # an LP's clock runs on over all solves
        highs.setOptionValue("time_limit", spent + max(0.1, self.until - time.monotonic()))
        highs.setOptionValue("output_flag", run.log is not None)
        listen = listener(lambda: run.stopped, lambda objective, bound: None, run.log, 1.0)
        highs.setCallback(_collecting(listen, self.met), None)
        kinds = highspy.cb.HighsCallbackType
        wanted = [kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt,
                  kinds.kCallbackMipSolution]  # fmt: skip
        for kind in wanted + ([kinds.kCallbackLogging] if run.log is not None else []):
            highs.startCallback(kind)
        run_in_thread(highs)
        highs.setCallback(None, None)
        return self._answer(ask)

    def _answer(self, ask: Question) -> Relaxed:
        """Read status, solution and bound."""
        outcome, info = outcome_of(self.highs.getModelStatus()), self.highs.getInfo()
        bound = finite(info.mip_dual_bound * ask.divisor) if self.is_mip else None
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Relaxed("failed" if outcome == "optimal" else outcome, None, bound)
        columns = np.array(self.highs.getSolution().col_value)
        if outcome == "optimal" and bound is None:
            bound = float(info.objective_function_value) * ask.divisor
        return Relaxed(outcome, columns, bound)


def _collecting(listen: Callable[..., None], met: list[Floats]) -> Callable[..., None]:
    """Return a callback that puts solutions into a list, and hands all else on."""

    def collect(kind: Any, message: str, out: Any, answer: Any, data: Any) -> None:
        if kind == highspy.cb.HighsCallbackType.kCallbackMipSolution:
            met.append(np.array(out.mip_solution))
        else:
            listen(kind, message, out, answer, data)

    return collect
