"""A program in a HiGHS object: options, and the scaling of rows."""

from __future__ import annotations

import highspy
import numpy as np

from atoopt.base.errors import InputError
from atoopt.pareto.program.compile import Floats, Program
from atoopt.solvers.highs import SMALLEST, TIGHT, TOO_LARGE, refusal

KEPT = 1e-11
"""Rows are scaled so that their smallest coefficient is no smaller: what HiGHS drops is a tenth of it."""

OPTIONS = {
    "output_flag": False,
    "log_to_console": False,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 1e-9,
    "mip_feasibility_tolerance": TIGHT,
    "primal_feasibility_tolerance": TIGHT,
    "dual_feasibility_tolerance": 1e-9,
    "small_matrix_value": SMALLEST,
}
"""The same for all solves; the others are chosen by `atoopt.pareto.search.tuning`."""


def loaded(program: Program, *, divided: bool = False) -> highspy.Highs:
    """Return the program in HiGHS, without costs.

    Parameters
    ----------
    program : Program
    divided : bool
        Divide rows of large coefficients and continuous columns. Tolerances of the solver are absolute: terms of size
        1e6 meet 1e-9 no more in double precision, and HiGHS then ends in a solve error. Divided, such a row may be
        broken by more in the modeler's units; so this is for what fails as it is.

    Raises
    ------
    InputError
        The coefficients of a row differ too much to be kept together.
    """
    highs = highspy.Highs()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.n_columns, program.row_lower.size
    lp.col_cost_ = np.zeros(program.n_columns)
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    factors = row_factors(program, divided=divided)
    lower, upper = program.rows.sides_with_rounding()
    lp.row_lower_, lp.row_upper_ = lower * factors, upper * factors
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = program.start, program.index
    lp.a_matrix_.value_ = program.value * factors[program.index]
    types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [types[int(whole)] for whole in program.integer]
    if program.n_columns and highs.passModel(lp) == highspy.HighsStatus.kError:
        raise refusal(lp.a_matrix_.value_)
    return highs


def row_factors(program: Program, *, divided: bool) -> Floats:
    """Return a power of two per row: small rows are made larger, so that their tolerance is small, too."""
    n_rows = program.row_lower.size
    largest, smallest = np.zeros(n_rows), np.full(n_rows, np.inf)
    sizes = np.abs(program.value)
    np.maximum.at(largest, program.index, sizes)
    np.minimum.at(smallest, program.index[sizes > 0], sizes[sizes > 0])
    smallest = np.minimum(smallest, np.where(largest > 0, largest, 1.0))
    largest = np.where(largest > 0, largest, 1.0)
    _refuse_wide_rows(program, largest, smallest)
    continuous = np.zeros(n_rows, dtype=bool)
    continuous[program.index[~program.integer[np.repeat(np.arange(program.n_columns), np.diff(program.start))]]] = True
    wanted = np.where((largest < 1) | (divided & continuous), 1 / largest, 1.0)
    return np.exp2(np.floor(np.log2(np.maximum(wanted, KEPT / smallest))))


def _refuse_wide_rows(program: Program, largest: Floats, smallest: Floats) -> None:
    wide = np.flatnonzero(largest / smallest > TOO_LARGE / KEPT / 16)
    if wide.size:
        row = int(wide[0])
        problem = f"has coefficients from {smallest[row]:g} to {largest[row]:g}, which no solver keeps together"
        raise InputError(problem, "choose units in which they are nearer", place=program.row_names[row])
