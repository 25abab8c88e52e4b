"""MILP solvers by name: HiGHS through our adapter, any other through Pyomo's own interface.

Capabilities are data: how each solver spells its time limit, gap and threads, and whether Pyomo hands it a start.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from atoopt.base.errors import InputError
from atoopt.solvers.gap_domains import is_whole
from atoopt.solvers.highs import Answer, HighsModel, rows_of
from atoopt.solvers.outcome import Outcome
from atoopt.solvers.run import Run
from atoopt.solvers.standard_form import StandardForm, standard_form


@dataclass(frozen=True)
class Spelling:
    """The names of a solver's options; None where Pyomo's interface cannot pass it on."""

    time_limit: str | None
    rel_gap: str | None
    threads: str | None
    warm_start: bool = False


OTHERS = {
    "appsi_highs": Spelling("time_limit", "mip_rel_gap", None, warm_start=True),
    "cbc": Spelling("sec", "ratio", "threads", warm_start=True),
    "cplex": Spelling("timelimit", "mip_tolerances_mipgap", "threads", warm_start=True),
    "glpk": Spelling("tmlim", "mipgap", None),
    "gurobi": Spelling("TimeLimit", "MIPGap", "Threads", warm_start=True),
    "scip": Spelling("limits/time", "limits/gap", None),
}

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
    check_solver(run.options.solver)
    if run.options.solver != "highs":
        return _solve_by_pyomo(model, run, start=start)
    from pyomo.common.errors import InfeasibleConstraintException

    try:
        compiled = HighsModel(model)
    except InfeasibleConstraintException:  # a limit without a variable in it, such as too few modules allowed
        return Answer("infeasible", None, None)
    compiled.scale_costs()
    if start:
        compiled.set_start()
    options: dict[str, Any] = {
        "rel_gap": run.options.rel_gap, "threads": run.options.threads, "sub_mips": sub_mips,
        "should_stop": lambda: run.stopped, "on_progress": on_progress, "log": run.log,
    }  # fmt: skip
    answer = compiled.solve(time_limit=run.remaining, **options)
    doubtful = compiled.is_doubtful and answer.outcome in ("optimal", "infeasible")
    if doubtful or (answer.outcome == "failed" and not run.stopped):
        answer = compiled.confirm(answer, time_limit=run.remaining, **options)
    return answer


def check_solver(name: str) -> None:
    """Raise an `InputError` unless a solver of this name can be called here."""
    if name == "highs":
        return
    known = ", ".join(["highs", *OTHERS])
    if name not in OTHERS:
        raise InputError(f'is "{name}"', f"choose one of {known}", place="solver")
    from pyomo.environ import SolverFactory

    if not _available(SolverFactory(name)):
        raise InputError(f'"{name}" is not installed here', "install it, or use highs", place="solver")


def _available(solver: Any) -> bool:
    level = logging.getLogger("pyomo").level
    logging.getLogger("pyomo").setLevel(logging.ERROR)  # it warns of each missing program
    try:
        return bool(solver.available(exception_flag=False))
    finally:
        logging.getLogger("pyomo").setLevel(level)


def _solve_by_pyomo(model: Any, run: Run, *, start: bool) -> Answer:
    """Solve through Pyomo's interface: no live progress, and an interrupt ends it without an incumbent."""
    from pyomo.environ import Objective, SolverFactory, value

    name = run.options.solver
    spelling, solver = OTHERS[name], SolverFactory(name)
    if spelling.time_limit and run.remaining < math.inf:
        # some programs (glpk) read whole seconds only
        solver.options[spelling.time_limit] = math.ceil(run.remaining) if name == "glpk" else run.remaining
    if spelling.rel_gap:
        solver.options[spelling.rel_gap] = run.options.rel_gap
    if spelling.threads and run.options.threads:
        solver.options[spelling.threads] = run.options.threads
    extra = {"warmstart": True} if start and spelling.warm_start else {}
    objective = next(iter(model.component_data_objects(Objective, active=True)))
    form = _without_gaps(model)
    if form is None:
        return Answer("infeasible", None, None)
    results = solver.solve(model, load_solutions=False, **extra)
    outcome = _outcome(str(results.solver.termination_condition))
    known = results.problem.lower_bound if objective.is_minimizing() else results.problem.upper_bound
    bound = float(known) if isinstance(known, (int, float)) and math.isfinite(known) else None
    if not len(results.solution):
        return Answer(outcome, None, bound)
    model.solutions.load_from(results)
    if not _is_kept(form):
        return Answer("failed", None, None)
    found = float(value(objective))
    if bound is None and outcome == "optimal":
        slack = abs(found) * run.options.rel_gap
        bound = found - slack if objective.is_minimizing() else found + slack
    return Answer(outcome, found, bound)


def _without_gaps(model: Any) -> StandardForm | None:
    """Return a model as arrays; None where a constraint without variables cannot hold."""
    from pyomo.common.errors import InfeasibleConstraintException

    try:
        form = standard_form(model)
    except InfeasibleConstraintException:
        return None
    for variable in form.variables:
        if is_whole(variable) is None:
            remedy = "solve with highs, or use integer variables"
            raise InputError(f"has the domain {variable.domain}, which has gaps", remedy, place=variable.name)
    return form


def _is_kept(form: StandardForm) -> bool:
    """Whether the variables' values keep every row of the model, in its own units."""
    columns = np.array([0.0 if variable.value is None else variable.value for variable in form.variables], dtype=float)
    rows = rows_of(form)
    return not rows.broken(rows.rounded(columns)).size


def _outcome(condition: str) -> Outcome:
    """Translate Pyomo's termination condition; what is not a proof is `stopped`."""
    proofs: dict[str, Outcome] = {
        "optimal": "optimal",
        "infeasible": "infeasible",
        "unbounded": "unbounded",
        "infeasibleOrUnbounded": "unbounded",
        "error": "failed",
    }
    return proofs.get(condition, "stopped")
