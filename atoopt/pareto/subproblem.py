"""Single-objective problems of a bi-objective one, in one HiGHS object: only costs and two right-hand sides move."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from atoopt.pareto.program import Floats, Program
from atoopt.pareto.tuning import Tuning
from atoopt.solvers.highs import TIGHT, Outcome, finite, listener, outcome_of, run_in_thread, set_threads
from atoopt.solvers.run import Run

SPAN = 1000.0
"""Real objectives are scaled so that their range is this: tolerances of 1e-9 are then 1e-12 of the range."""

STEP = 1e-7
"""Step of a real objective, as a share of its range: the resolution of a front of real values.

Of 3,000 random knapsacks with a bound 1e-8 of the range below an attainable value, HiGHS 1.15 called two wrong
points optimal (its presolve, at tolerance 1e-9); with 1e-7 and 1e-6, none.
"""

QUICK = 0.01
"""Answers that took fewer seconds are confirmed by a second solve: small models are where HiGHS was seen to err."""

OPTIONS = {
    "output_flag": False,
    "log_to_console": False,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-9,
    "mip_feasibility_tolerance": TIGHT,
    "primal_feasibility_tolerance": TIGHT,
    "dual_feasibility_tolerance": 1e-9,
}
"""The same for all solves; the others are chosen by `atoopt.pareto.tuning`."""


@dataclass(frozen=True)
class Scale:
    """The units in which both objectives are seen by solver and search.

    Attributes
    ----------
    units : (float, float)
        A whole objective is counted in its steps, a real one in thousandths of its range.
    whole : (bool, bool)
    known : bool
        The units come from the ranges; not so while these are still to be found.
    """

    units: tuple[float, float]
    whole: tuple[bool, bool]
    known: bool = False

    @classmethod
    def of(cls, program: Program, ranges: tuple[float, float] | None = None) -> Scale:
        """Return the scale; without ranges (of values, without units) the one to find them with."""
        units, whole = [], []
        for k, f in enumerate(program.objectives):
            step = f.step[0] / f.step[1]
            exact = f.multiples is not None and (ranges is None or step >= STEP * ranges[k])
            largest = float(np.abs(f.coefficients).max(initial=0.0)) or 1.0
            span = ranges[k] / SPAN if ranges is not None and ranges[k] > 0 else largest
            whole.append(exact)
            units.append(step if exact else span)
        return cls((units[0], units[1]), (whole[0], whole[1]), ranges is not None)

    @property
    def steps(self) -> tuple[float, float]:
        """By how much the next value is better, in these units."""
        first, second = (1.0 if whole else STEP * SPAN for whole in self.whole)
        return first, second

    def row(self, program: Program, which: int) -> Floats:
        """Return an objective's coefficients in its unit."""
        f = program.objectives[which]
        if self.whole[which] and f.multiples is not None:
            return f.multiples.astype(np.float64)
        return np.asarray(f.coefficients / self.units[which])

    def values(self, program: Program, columns: Floats) -> tuple[float, float]:
        """Return both values in their units; whole ones exactly."""
        first, second = (
            float(f.steps(columns)) if whole else f.of(columns) / unit
            for f, whole, unit in zip(program.objectives, self.whole, self.units, strict=True)
        )
        return first, second


@dataclass(frozen=True)
class Solved:
    """What one solve gave.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
        `stopped` at a limit proves nothing.
    columns : (n_columns,) array or None
        The best solution found, integers rounded.
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
    tuning : Tuning, optional
        What former solves of the program have shown.

    Attributes
    ----------
    met : list of (n_columns,) arrays
        Solutions that the last solve has met on its way.
    """

    def __init__(self, program: Program, scale: Scale, run: Run, tuning: Tuning | None = None) -> None:
        self.program, self.scale, self.run = program, scale, run
        self.rows = [scale.row(program, k) for k in range(2)]
        self.all_columns = np.arange(program.n_columns, dtype=np.int32)
        self.is_mip = bool(program.integer.any())
        self.tuning = tuning or Tuning(program.n_columns)
        self.met: list[Floats] = []
        self.highs = _loaded(program)
        self.first_row = self.highs.getNumRow()
        for row in self.rows:
            index = np.flatnonzero(row).astype(np.int32)
            self.highs.addRow(-math.inf, math.inf, index.size, index, row[index])

    def minimize(
        self, weights: tuple[float, float], limits: tuple[float, float], start: Floats | None, seconds: float
    ) -> Solved:
        """Minimize a weighted sum of both objectives while each is at most its limit, all in the scale's units."""
        began = time.monotonic()
        if not self.program.n_columns:
            return Solved("optimal" if self.program.possible else "infeasible", np.empty(0), None)
        cost = weights[0] * self.rows[0] + weights[1] * self.rows[1]
        self.highs.changeColsCost(cost.size, self.all_columns, cost)
        for k, limit in enumerate(limits):
            self.highs.changeRowBounds(self.first_row + k, -math.inf, limit)
        limited = any(limit < math.inf for limit in limits)
        self.tuning.choose(self.highs, limited=limited)
        self.met = []
        solved = self._run(start, seconds)
        info = self.highs.getInfo()
        self.tuning.tell(info.simplex_iteration_count, info.mip_node_count, limited=limited)
        took = time.monotonic() - began
        quick = self.is_mip and took < QUICK and solved.outcome in ("optimal", "infeasible")
        if quick or solved.outcome == "failed":
            solved = self._confirmed(solved, cost, start, max(0.1, seconds - took))
        elif solved.outcome == "unbounded" and self._is_infeasible(max(0.1, seconds - took)):
            solved = Solved("infeasible")
        return replace(solved, seconds=time.monotonic() - began)

    def _is_infeasible(self, seconds: float) -> bool:
        """Whether there is no solution at all: presolve may leave open whether that or unbounded."""
        self.highs.changeColsCost(self.all_columns.size, self.all_columns, np.zeros(self.all_columns.size))
        return self._run(None, seconds).outcome == "infeasible"

    def activity(self, which: int) -> tuple[float, float]:
        """Return the least and the greatest value of an objective that the columns' bounds allow."""
        row, used = self.rows[which], self.rows[which] != 0
        ends = row[used] * np.stack([self.program.lower[used], self.program.upper[used]])
        return float(ends.min(axis=0).sum()), float(ends.max(axis=0).sum())

    def _run(self, start: Floats | None, seconds: float) -> Solved:
        highs, run = self.highs, self.run
        if start is not None:
            highs.setSolution(start.size, self.all_columns, start)
        set_threads(highs, run.options.threads or 1)
        spent = 0.0 if self.is_mip else highs.getRunTime()  # an LP's clock runs on over all solves
        highs.setOptionValue("time_limit", spent + max(0.0, seconds))
        highs.setOptionValue("output_flag", run.log is not None)
        listen = listener(lambda: run.stopped, lambda objective, bound: None, run.log, 1.0)
        highs.setCallback(collecting(listen, self.met), None)
        kinds = highspy.cb.HighsCallbackType
        wanted = [kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt,
                  kinds.kCallbackMipSolution]  # fmt: skip
        for kind in wanted + ([kinds.kCallbackLogging] if run.log is not None else []):
            highs.startCallback(kind)
        run_in_thread(highs)
        highs.setCallback(None, None)
        return self._answer()

    def _confirmed(self, first: Solved, cost: Floats, start: Floats | None, seconds: float) -> Solved:
        """Solve again without presolve, and return the better answer.

        HiGHS 1.15 gets about one in a thousand small models wrong, with presolve or without it, whatever its
        tolerances; both ways at once far more rarely. Where presolve's answer cannot be translated back (a solve
        error), the second answer counts.
        """
        self.highs.clearSolver()
        self.highs.setOptionValue("presolve", "off")
        second = self._run(start if first.columns is None else first.columns, seconds)
        self.highs.setOptionValue("presolve", "choose")
        if first.outcome == "failed":
            return second
        if second.outcome != "optimal" or second.columns is None:
            return first
        if first.columns is None:
            return second
        better = float(cost @ second.columns) < float(cost @ first.columns)
        return second if better else first

    def _answer(self) -> Solved:
        """Read status, solution and bound."""
        outcome, info = outcome_of(self.highs.getModelStatus()), self.highs.getInfo()
        bound = finite(info.mip_dual_bound) if self.is_mip else None
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Solved("failed" if outcome == "optimal" else outcome, None, bound)
        columns = np.array(self.highs.getSolution().col_value)
        columns[self.program.integer] = np.rint(columns[self.program.integer])
        return Solved(outcome, columns, bound)


def _loaded(program: Program) -> highspy.Highs:
    """Return the program in HiGHS, without costs."""
    highs = highspy.Highs()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.n_columns, program.row_lower.size
    lp.col_cost_ = np.zeros(program.n_columns)
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    factors = _row_factors(program)
    lp.row_lower_, lp.row_upper_ = program.row_lower * factors, program.row_upper * factors
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = program.start, program.index
    lp.a_matrix_.value_ = program.value * factors[program.index]
    types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [types[int(whole)] for whole in program.integer]
    if program.n_columns and highs.passModel(lp) == highspy.HighsStatus.kError:
        raise ValueError("HiGHS refused the model")
    return highs


def _row_factors(program: Program) -> Floats:
    """Return a power of two per row, by which those of large coefficients and continuous columns are divided.

    Tolerances of the solver are absolute. An objective that is a variable of size 1e6, equal to a sum, meets
    1e-9 no more in double precision: HiGHS then ends in a solve error.
    """
    rows, columns = program.index, np.repeat(np.arange(program.n_columns), np.diff(program.start))
    largest = np.ones(program.row_lower.size)
    np.maximum.at(largest, rows, np.abs(program.value))
    mixed = np.zeros(largest.size, dtype=bool)
    mixed[rows[~program.integer[columns]]] = True
    return np.where(mixed, np.exp2(-np.floor(np.log2(largest))), 1.0)


def collecting(listen: Callable[..., None], met: list[Floats]) -> Callable[..., None]:
    """Return a callback that puts solutions into a list, and hands all else on."""

    def collect(kind: Any, message: str, out: Any, answer: Any, data: Any) -> None:
        if kind == highspy.cb.HighsCallbackType.kCallbackMipSolution:
            met.append(np.array(out.mip_solution))
        else:
            listen(kind, message, out, answer, data)

    return collect
