"""A program in a HiGHS object: options, and the scaling of rows."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_array

from atoopt.base.errors import InputError
from atoopt.pareto.program.compile import Floats, Program
from atoopt.solvers.highs_calls import SMALLEST, TIGHT, TOO_LARGE, as_lp, new_highs, refusal

KEPT = 1e-11
"""Rows are scaled so that their smallest coefficient is no smaller: what HiGHS drops is a tenth of it."""

OPTIONS = {
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
    highs = new_highs(OPTIONS)
    factors = row_factors(program, divided=divided)
    lower, upper = program.rows.sides_with_rounding()
    shape = (program.row_lower.size, program.n_columns)
    matrix = csc_array((program.value * factors[program.index], program.index, program.start), shape=shape)
    lp = as_lp(
        np.zeros(program.n_columns), (program.lower, program.upper), (lower * factors, upper * factors), matrix,
        integer=program.integer,
    )  # fmt: skip
    if program.n_columns and highs.passModel(lp) == highspy.HighsStatus.kError:
        raise refusal(matrix.data)
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
