"""The plain way to a front, beside the engine in `tests.bench.pareto`: one lexicographic pair of solves a point.

One solve after the other, on one thread and with HiGHS's own options but for a gap of 0; the second solve of a pair
starts from the first. The model stays in one HiGHS object, as the engine's does, so no time goes into passing models.
"""

from __future__ import annotations

import math
import time
from typing import Any

import highspy
import numpy as np

from atoopt.pareto.program.compile import Program
from atoopt.pareto.program.scale import SPAN, Scale

OPTIONS = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-9}

STEP = 1e-7
"""Step of a real objective, as a share of its range: with a smaller one the solver returns the point that was left."""

ROUNDING = 1e-9
"""By how much a real optimum may be missed in the second solve, as a share of its range."""


class PlainLoop:
    """A program in HiGHS, with both objectives as rows to be bounded.

    Attributes
    ----------
    points : list of (float, float)
        In the model's own senses.
    solves : int
    """

    def __init__(self, program: Program) -> None:
        self.program, self.solves = program, 0
        self.points: list[tuple[float, float]] = []
        self.columns = np.arange(program.n_columns, dtype=np.int32)
        self.highs = _loaded(program)
        self.first_row = self.highs.getNumRow()
        self.scale = Scale.of(program)
        self._add_rows()

    def _add_rows(self) -> None:
        for k in range(2):
            row = self.scale.row(self.program, k)
            self.highs.addRow(-math.inf, math.inf, self.columns.size, self.columns, row)

    def minimize(self, which: int, limits: list[float], start: Any, until: float) -> Any:
        """Return the columns of the least value within limits, None where there are none."""
        highs = self.highs
        highs.changeColsCost(self.columns.size, self.columns, self.scale.row(self.program, which))
        for k, limit in enumerate(limits):
            highs.changeRowBounds(self.first_row + k, -math.inf, limit)
        if start is not None:
            highs.setSolution(self.columns.size, self.columns, start)
        highs.setOptionValue("time_limit", max(0.0, until - time.monotonic()))
        highs.run()
        self.solves += 1
        if highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            raise TimeoutError
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        columns = np.array(highs.getSolution().col_value)
        return np.where(self.program.integer, np.rint(columns), columns)

    def pair(self, which: int, limits: list[float], until: float) -> Any:
        """Return the columns of the least `which`, and of the least other one among these."""
        columns = self.minimize(which, limits, None, until)
        if columns is None:
            return None
        value = self.scale.values(self.program, columns)[which]
        room = 0.5 if self.scale.whole[which] else ROUNDING * (SPAN if self.scale.known else max(1.0, abs(value)))
        kept = list(limits)
        kept[which] = value + room
        better = self.minimize(1 - which, kept, columns, until)
        return columns if better is None else better

    def walk(self, seconds: float = math.inf) -> None:
        """Find the points in turn, from the least first value on, in so many seconds at most."""
        until = time.monotonic() + seconds
        try:
            self._walk(until)
        except TimeoutError:
            return

    def _walk(self, until: float) -> None:
        ends = [self.pair(which, [math.inf, math.inf], until) for which in range(2)]
        if ends[0] is None:
            return
        values = np.array([self.program.values(columns) for columns in ends])
        self._rescale(Scale.of(self.program, tuple(np.ptp(values, axis=0).tolist())))
        columns = ends[0]
        while columns is not None:
            first, second = self.program.values(columns)
            mine = self.program.objectives
            self.points.append((mine[0].own(first), mine[1].own(second)))
            step = self.scale.steps[1] if self.scale.whole[1] else STEP * SPAN
            level = self.scale.values(self.program, columns)[1] - step
            columns = self.pair(0, [math.inf, level], until)

    def _rescale(self, scale: Scale) -> None:
        self.scale = scale
        self.highs.deleteRows(2, np.array([self.first_row, self.first_row + 1], dtype=np.int32))
        self._add_rows()


def _loaded(program: Program) -> highspy.Highs:
    """Return the rows and columns in HiGHS, as they are."""
    highs = highspy.Highs()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.n_columns, program.row_lower.size
    lp.col_cost_ = np.zeros(program.n_columns)
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = program.start, program.index, program.value
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[int(whole)] for whole in program.integer]
    highs.passModel(lp)
    return highs
