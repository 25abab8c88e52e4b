"""MILP solvers by name: HiGHS through our adapter, others by a model file, some through Pyomo's own interfaces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.resolve import resolve
from atoopt.solvers.arrays.standard_form import StandardForm, standard_form
from atoopt.solvers.catalogue import COMMAND, check_solver
from atoopt.solvers.highs import Answer, HighsModel
from atoopt.solvers.run import Run

BY_FILE = {
    "scip": "atoopt.solvers.others.scip:solve",
    "cbc": "atoopt.solvers.others.cbc:solve",
    "glpk": "atoopt.solvers.others.glpk:solve",
    "cp-sat": "atoopt.solvers.others.cp_sat:solve",
}
"""Those that are handed a model file."""

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
    start : bool
        Whether the variables' values are a start.
    sub_mips : bool
        See `HighsModel.solve`; other solvers do not look at it.
    on_progress : callable
        Called with (incumbent, bound) while the solver runs, where it can tell.

    Returns
    -------
    Answer

    Raises
    ------
    InputError
        The solver is unknown or not installed.
    """
    from pyomo.common.errors import InfeasibleConstraintException

    from atoopt.solvers.others import through_pyomo

    check_solver(run.options.solver)
    if run.options.solver in through_pyomo.SPELLINGS:
        return through_pyomo.solve(model, run, start=start)
    try:
        form = standard_form(model)
    except InfeasibleConstraintException:  # a limit without a variable in it, such as too few modules allowed
        return Answer("infeasible", None, None)
    return solve_arrays(form, run, start=start, sub_mips=sub_mips, on_progress=on_progress)


def solve_arrays(
    form: StandardForm,
    run: Run,
    *,
    start: bool = False,
    sub_mips: bool = True,
    on_progress: Progress = lambda objective, bound: None,
) -> Answer:
    """Solve a model given as arrays; otherwise as `solve_model`."""
    from atoopt.solvers.others import through_pyomo

    check_solver(run.options.solver)
    if run.options.solver in through_pyomo.SPELLINGS:
        return through_pyomo.solve_form(form, run)
    if run.options.solver != "highs":
        from atoopt.solvers.others.by_file import solve_form

        readable = run.options.solver == COMMAND
        return solve_form(form, run, _by_file(run), on_progress, start=start, readable=readable)
    compiled = HighsModel(form)
    compiled.scale_costs()
    if start:
        compiled.set_start()
    options: dict[str, Any] = {
        "rel_gap": run.options.rel_gap, "abs_gap": run.options.abs_gap, "threads": run.options.threads,
        "sub_mips": sub_mips, "seed": run.options.seed, "solver_options": run.options.solver_options or {},
        "should_stop": lambda: run.stopped, "on_progress": on_progress, "log": run.log,
    }  # fmt: skip
    answer = compiled.solve(time_limit=run.remaining, **options)
    doubtful = compiled.is_doubtful and answer.outcome in ("optimal", "infeasible")
    if doubtful or (answer.outcome == "failed" and not run.stopped):
        answer = compiled.confirm(answer, time_limit=run.remaining, **options)
    return answer


def _by_file(run: Run) -> Any:
    if run.options.solver == COMMAND:
        from atoopt.solvers.others.command import solve

        if not run.command:
            raise InputError("is missing", "give the program and its arguments", place="command")
        return partial(solve, command=run.command, folder=Path(run.command_folder))
    return resolve(BY_FILE[run.options.solver])
