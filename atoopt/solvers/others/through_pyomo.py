"""Solvers that are called through Pyomo's own interfaces: no live progress, and an interrupt ends them without more."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from atoopt.base.errors import InputError
from atoopt.solvers.arrays.gap_domains import is_whole
from atoopt.solvers.arrays.standard_form import StandardForm, standard_form
from atoopt.solvers.highs import Answer, rows_of
from atoopt.solvers.outcome import Outcome
from atoopt.solvers.run import Run


@dataclass(frozen=True)
class Spelling:
    """The names of a solver's options; None where Pyomo's interface cannot pass it on."""

    factory: str
    time_limit: str
    rel_gap: str
    threads: str | None
    seed: str | None
    warm_start: bool = False


SPELLINGS = {
    "appsi_highs": Spelling("appsi_highs", "time_limit", "mip_rel_gap", None, "random_seed", warm_start=True),
    "cplex": Spelling("cplex_direct", "timelimit", "mip_tolerances_mipgap", "threads", "randomseed", warm_start=True),
    "gurobi": Spelling("gurobi_direct", "TimeLimit", "MIPGap", "Threads", "Seed", warm_start=True),
    "xpress": Spelling("xpress_direct", "maxtime", "miprelstop", "threads", "randomseed", warm_start=True),
}

LICENCE = ("size-limited license", "too large for size", "CPLEX Error  1016", "exceeds the limit", "license")
"""What solvers say of a model that their licence does not cover."""


class LicenceTooSmall(InputError):
    """The solver's licence does not cover a model of this size."""


def is_available(name: str) -> bool:
    """Return whether Pyomo finds the solver, and it a licence."""
    from pyomo.environ import SolverFactory

    level = logging.getLogger("pyomo").level
    logging.getLogger("pyomo").setLevel(logging.ERROR)  # it warns of each missing program
    try:
        return bool(SolverFactory(SPELLINGS[name].factory).available(exception_flag=False))
    finally:
        logging.getLogger("pyomo").setLevel(level)


def solve(model: Any, run: Run, *, start: bool) -> Answer:
    """Solve a Pyomo model; the solution is left in its variables.

    Raises
    ------
    LicenceTooSmall
    InputError
        A variable has a domain with gaps.
    """
    from pyomo.environ import Objective, SolverFactory, value

    spelling = SPELLINGS[run.options.solver]
    solver = SolverFactory(spelling.factory)
    options = {
        spelling.time_limit: run.remaining if run.remaining < math.inf else None, spelling.rel_gap: run.options.rel_gap,
        spelling.threads: run.options.threads, spelling.seed: run.options.seed or None,
    }  # fmt: skip
    for name, given in options.items():
        if name is not None and given is not None:
            solver.options[name] = given
    for name, given in (run.options.solver_options or {}).items():
        solver.options[name] = given
    extra = {"warmstart": True} if start and spelling.warm_start else {}
    objective = next(iter(model.component_data_objects(Objective, active=True)))
    form = _without_gaps(model)
    if form is None:
        return Answer("infeasible", None, None)
    try:
        results = solver.solve(model, load_solutions=False, **extra)
    except Exception as error:  # each interface raises its solver's own
        if any(sign.lower() in str(error).lower() for sign in LICENCE):
            problem = f"{run.options.solver} has no licence for a model of {len(form.variables):,} columns ({error})"
            raise LicenceTooSmall(problem, "get a licence, or use highs", place="solver") from None
        raise
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


def solve_form(form: StandardForm, run: Run) -> Answer:
    """Solve a model given as arrays, written as a Pyomo model; the solution is left in its variables."""
    model = model_of(form)
    answer = solve(model, run, start=False)
    if answer.objective is not None:
        for column, variable in zip(form.variables, model.x.values(), strict=True):
            column.set_value(variable.value)
    return answer


def model_of(form: StandardForm) -> Any:
    """Return a model given as arrays as a Pyomo model."""
    import pyomo.environ as pyo

    model = pyo.ConcreteModel()
    sides = [
        [(float(low) if np.isfinite(low) else None, float(high) if np.isfinite(high) else None)
         for low, high in zip(*pair, strict=True)]
        for pair in ((form.lower, form.upper), (form.row_lower, form.row_upper))
    ]  # fmt: skip
    domains = [pyo.Integers if whole else pyo.Reals for whole in form.integer.tolist()]
    model.x = pyo.Var(range(len(domains)), domain=lambda _, j: domains[j], bounds=lambda _, j: sides[0][j])
    model.rows = pyo.ConstraintList()
    matrix = form.rows.tocsr()
    for i, (low, high) in enumerate(sides[1]):
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        terms = zip(matrix.data[part].tolist(), matrix.indices[part].tolist(), strict=True)
        body = pyo.quicksum((value * model.x[j] for value, j in terms))
        if part.start < part.stop and (low, high) != (None, None):
            model.rows.add(body == low if low == high else (low, body, high))
    costs = pyo.quicksum((float(cost) * model.x[j] for j, cost in enumerate(form.costs)))
    sense = pyo.minimize if form.minimize else pyo.maximize
    model.objective = pyo.Objective(expr=costs + form.offset, sense=sense)
    return model


def _without_gaps(model: Any) -> StandardForm | None:
    """Return a model as arrays; None where a constraint without variables cannot hold."""
    from pyomo.common.errors import InfeasibleConstraintException

    try:
        form = standard_form(model)
    except InfeasibleConstraintException:
        return None
    refuse_gaps(form)
    return form


def refuse_gaps(form: StandardForm) -> None:
    """Raise an `InputError` for a variable whose domain is neither whole nor an interval: HiGHS alone takes them."""
    for variable in form.variables:
        if is_whole(variable) is None:
            remedy = "solve with highs, or use integer variables"
            raise InputError(f"has the domain {variable.domain}, which has gaps", remedy, place=variable.name)


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
