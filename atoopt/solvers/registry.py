"""MILP solvers by name: HiGHS through our adapter, any other through a file and its own (`atoopt.solvers.others`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from atoopt.solvers.arrays.rows import Floats
from atoopt.solvers.arrays.standard_form import StandardForm, load, rows_of, standard_form
from atoopt.solvers.catalogue import check_solver
from atoopt.solvers.highs import HighsModel
from atoopt.solvers.outcome import Answer
from atoopt.solvers.run import Run

__all__ = ["check_options", "check_solver", "solve_by_highs", "solve_model"]

SLIP = 1e-5
"""By how much a solver's solution may break a row, and still be meant: ten times what solvers usually allow."""

LONGEST = 10.0
"""Seconds to find the values of what is not whole."""

Progress = Callable[[float | None, float | None], None]


def solve_model(
    model: Any,
    run: Run,
    *,
    start: bool = False,
    sub_mips: bool = True,
    on_progress: Progress = lambda objective, bound: None,
) -> Answer:
    """Solve a Pyomo model with the run's solver, time, gap and threads; the solution is left in its variables.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear, with one active objective.
    run : Run
        ``options.command`` names an external program that solves it instead of a solver.
    start : bool
        Whether the variables' values are a start.
    sub_mips : bool
        See `HighsModel.solve`; other solvers do not look at it.
    on_progress : callable
        Called with (incumbent, bound) while the solver runs, where it can tell.

    Returns
    -------
    Answer
        Its solution keeps every row as it was given, whatever the solver claims, and its objective is recomputed.

    Raises
    ------
    InputError
        The solver is unknown or not installed, or does not take an option or the model.
    MemoryError
        The solver ran out of memory.
    """
    check_options(run)
    from pyomo.common.errors import InfeasibleConstraintException

    try:
        form = standard_form(model)
    except InfeasibleConstraintException:  # a limit without a variable in it, such as too few modules allowed
        return Answer("infeasible", None, None)
    if is_highs(run) or not form.variables:
        return solve_by_highs(form, run, start=start, sub_mips=sub_mips, on_progress=on_progress)[1]
    return _solve_by_another(form, run, start, on_progress)


def check_options(run: Run) -> None:
    """Raise an `InputError` unless the run's solver can be called here."""
    if run.options.command is None:
        check_solver(run.options.solver)


def is_highs(run: Run) -> bool:
    """Whether our own adapter is asked for."""
    return run.options.solver == "highs" and run.options.command is None


def solve_by_highs(
    form: StandardForm,
    run: Run,
    *,
    start: bool = False,
    sub_mips: bool = True,
    on_progress: Progress = lambda objective, bound: None,
) -> tuple[HighsModel, Answer]:
    """Solve a model in arrays by HiGHS, once more where the answer is doubtful.

    Parameters
    ----------
    form : StandardForm
    run, start, sub_mips, on_progress
        As in `solve_model`.

    Returns
    -------
    HighsModel
        Its `found` is the solution.
    Answer
    """
    compiled, options = HighsModel(form), run.options
    compiled.scale_costs()
    if start:
        compiled.set_start()
    how: dict[str, Any] = {
        "rel_gap": options.rel_gap, "abs_gap": options.abs_gap, "threads": options.threads, "seed": options.seed,
        "sub_mips": sub_mips, "solver_options": dict(options.solver_options),
        "should_stop": lambda: run.stopped, "on_progress": on_progress, "log": run.log,
    }  # fmt: skip
    answer = compiled.solve(time_limit=run.remaining, **how)
    doubtful = compiled.is_doubtful and answer.outcome in ("optimal", "infeasible")
    if doubtful or (answer.outcome == "failed" and not run.stopped):
        answer = compiled.confirm(answer, time_limit=run.remaining, **how)
    return compiled, replace(answer, version=compiled.highs.version())


def _solve_by_another(form: StandardForm, run: Run, start: bool, on_progress: Progress) -> Answer:
    from atoopt.solvers.model_files import readable_names
    from atoopt.solvers.others.asking import ask_solver, concluded

    names = None
    if run.options.command is not None:  # for who looks into the file
        name_of = readable_names()
        names = [name_of(variable) for variable in form.variables]
    values = [variable.value for variable in form.variables] if start else None
    reply = ask_solver(form, run, start=values, on_progress=on_progress, names=names)
    known = {"version": reply.version, "message": reply.message}
    if reply.columns is None or reply.outcome == "failed":
        return Answer(reply.outcome, None, None if reply.outcome == "failed" else reply.bound, **known)
    rows = rows_of(form)
    columns = rows.rounded(reply.columns)
    broken = rows.broken(columns)
    if broken.size:
        exact = _completed(form, columns, reply.columns)
        if exact is None:
            message = f"the solution of {run.options.solves} does not keep the row {form.row_names[broken[0]]}"
            if not _slips(form, reply.columns):
                run.rejected.append(message)
            return Answer("failed", None, None, **known | {"message": message})
        columns = exact
    load(form.variables, columns, form.integer)
    reply = concluded(reply, form, columns, run.options)
    on_progress(reply.objective, reply.bound)
    return Answer(reply.outcome, reply.objective, reply.bound, reply.version, reply.message)


def _completed(form: StandardForm, columns: Floats, given: Floats) -> Floats | None:
    """Return a solution with the same whole numbers that keeps every row as it was given; None where there is none.

    Solvers keep rows within 1e-6 or so, and by that what is not whole slips. What breaks a row by more is a lie.
    """
    fixed = replace(
        form, variables=[],
        lower=np.where(form.integer, columns, form.lower), upper=np.where(form.integer, columns, form.upper),
    )  # fmt: skip
    if form.integer.all() or not _slips(form, given):
        return None
    exact = HighsModel(fixed)
    return exact.found if exact.solve(time_limit=LONGEST).objective is not None else None


def _slips(form: StandardForm, given: Floats) -> bool:
    """Whether a solution breaks rows by no more than solvers allow each other."""
    room = SLIP * np.maximum(1.0, np.abs(np.where(np.isfinite(form.row_lower), form.row_lower, form.row_upper)))
    activity = form.rows @ given
    return bool(((form.row_lower - activity <= room) & (activity - form.row_upper <= room)).all())
