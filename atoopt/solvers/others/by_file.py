"""A model handed to a solver as a file, and its answer judged: by the rows of the model, not by the solver's word."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from atoopt.solvers.arrays.rows import Floats
from atoopt.solvers.arrays.standard_form import StandardForm, load
from atoopt.solvers.highs import Answer, HighsModel, rows_of
from atoopt.solvers.others.ask import Ask, FileAnswer
from atoopt.solvers.others.mps import column_names, write_mps
from atoopt.solvers.others.through_pyomo import refuse_gaps
from atoopt.solvers.run import Run

ROUGHLY = 1e-6
"""A solution that breaks no row by more than this, as solvers allow by default, may be mended."""

Solve = Callable[[Ask], FileAnswer]
Told = Callable[[float | None, float | None], None]


def solve_form(form: StandardForm, run: Run, solve: Solve, on_progress: Told, *, start: bool, readable: bool) -> Answer:
    """Solve a model by a solver that reads a file; the solution is left in its variables.

    Parameters
    ----------
    form : StandardForm
    run : Run
        What the solver told and the rows refute goes to ``run.rejected``.
    solve : callable
        The solver's.
    on_progress : callable
        Told (incumbent, bound), of the model's own objective.
    start : bool
        Whether the variables' values are a start.
    readable : bool
        Whether the file has the model's names.
    """
    refuse_gaps(form)
    sign = 1.0 if form.minimize else -1.0

    def own(value: float | None) -> float | None:
        return None if value is None else sign * value + form.offset

    names = column_names(form, readable)
    with tempfile.TemporaryDirectory(prefix="atoopt-model-") as folder:
        file = Path(folder, "model.mps")
        write_mps(form, file, names)
        answer = solve(
            Ask(
                file, time_limit=run.remaining, rel_gap=run.options.rel_gap, abs_gap=run.options.abs_gap,
                threads=run.options.threads or 1, seed=run.options.seed, start=_start(form, names) if start else {},
                solver_options=run.options.solver_options or {}, should_stop=lambda: run.interrupted.is_set(),
                on_progress=lambda incumbent, bound: on_progress(own(incumbent), own(bound)), log=run.log,
            )
        )  # fmt: skip
    bound = own(answer.bound)
    if answer.values is None:
        return Answer(answer.outcome, None, bound, answer.message)
    columns = np.array([answer.values.get(name, 0.0) for name in names], dtype=np.float64)
    return _judged(form, run, columns, answer.outcome, bound)


def _start(form: StandardForm, names: list[str]) -> dict[str, float]:
    known = zip(names, form.variables, strict=True)
    return {name: float(variable.value) for name, variable in known if variable.value is not None}


def _judged(form: StandardForm, run: Run, columns: Floats, outcome: str, bound: float | None) -> Answer:
    """Return what holds of a solver's solution: as it is, mended, or refused with the row that it breaks."""
    kept = mended(form, run, columns)
    if kept is None:
        run.rejected.append(f"the solution of {run.options.solver} breaks {first_broken(form, columns)}")
        return Answer("failed", None, None, run.rejected[-1])
    load(form.variables, kept, form.integer)
    worth = math.fsum(form.costs * kept) + form.offset
    if outcome == "optimal" and bound is None:
        slack = abs(worth) * run.options.rel_gap
        bound = worth - slack if form.minimize else worth + slack
    return Answer("optimal" if outcome == "optimal" else "stopped", worth, bound)


def mended(form: StandardForm, run: Run, columns: Floats) -> Floats | None:
    """Return a solution that keeps every row exactly: the one given, or the best with its whole numbers.

    None where the one given is off by more than rounding.
    """
    rows = rows_of(form)
    near = rows.rounded(columns)
    if not rows.broken(near).size and np.allclose(near, columns, rtol=ROUGHLY, atol=ROUGHLY):
        return near
    if first_broken(form, columns):
        return None
    fixed = HighsModel(form)
    fixed.fix(near)
    answer = fixed.solve(time_limit=max(1.0, run.remaining), threads=1)
    return fixed.values() if answer.objective is not None else None


def first_broken(form: StandardForm, columns: Floats, tolerance: float = ROUGHLY) -> str:
    """Name the first row, bound or whole number that columns break by more than a tolerance; empty for none.

    Parameters
    ----------
    form : StandardForm
    columns : (n_columns,) array
    tolerance : float
        Of a row relative to its largest term or side, and at least of this size.
    """
    if not np.isfinite(columns).all():
        return f"a number: {form.variables[int(np.argmin(np.isfinite(columns)))].name} is none"
    scale = tolerance * np.maximum(1.0, np.abs(columns))
    for what, off in (
        ("the bounds of", np.maximum(form.lower - columns, columns - form.upper)),
        ("the whole numbers of", np.where(form.integer, np.abs(columns - np.rint(columns)), 0.0)),
    ):
        if (worst := np.flatnonzero(off > scale)).size:
            at = int(worst[0])
            return f"{what} {form.variables[at].name}, which is {columns[at]:.9g}"
    matrix = form.rows.tocsr()
    activity = matrix @ columns
    largest = (
        abs(matrix).multiply(np.abs(columns)).max(axis=1).toarray().ravel() if matrix.nnz else np.zeros(activity.size)
    )
    sides = np.where(np.isfinite(form.row_lower), np.abs(form.row_lower), 0.0)
    sides = np.maximum(sides, np.where(np.isfinite(form.row_upper), np.abs(form.row_upper), 0.0))
    over = np.maximum(form.row_lower - activity, activity - form.row_upper)
    worst = np.flatnonzero(over > tolerance * np.maximum(1.0, np.maximum(largest, sides)))
    return f"the row {form.row_names[int(worst[0])]} by {over[worst[0]]:.3g}" if worst.size else ""
