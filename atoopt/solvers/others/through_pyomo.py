"""Solvers that Pyomo's own interfaces call: no progress while they run, and no incumbent where they are interrupted.

How each spells its options is data. Their bounds are those that the solver's own library gives.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atoopt.solvers.others.ask import Ask, FileAnswer, LicenceTooSmall, ModelFile, finite

if TYPE_CHECKING:
    from atoopt.solvers.outcome import Outcome


@dataclass(frozen=True)
class Spelling:
    """The names of a solver's options; None where it has none of this kind."""

    interface: str
    time_limit: str
    rel_gap: str
    abs_gap: str
    threads: str | None
    seed: str
    tolerance: str


SPELLINGS = {
    "appsi_highs": Spelling(
        "appsi_highs", "time_limit", "mip_rel_gap", "mip_abs_gap", None, "random_seed", "mip_feasibility_tolerance"
    ),
    "cplex": Spelling(
        "cplex_direct", "timelimit", "mip_tolerances_mipgap", "mip_tolerances_absmipgap", "threads", "randomseed",
        "simplex_tolerances_feasibility",
    ),
    "gurobi": Spelling("gurobi_direct", "TimeLimit", "MIPGap", "MIPGapAbs", "Threads", "Seed", "FeasibilityTol"),
    "xpress": Spelling("xpress_direct", "timelimit", "miprelstop", "mipabsstop", "threads", "randomseed", "feastol"),
}  # fmt: skip

TOLERANCE = 1e-9
"""Of rows; by default 1e-6, by which a mean time slips over its limit."""

TOO_SMALL = re.compile(
    r"size[- ]limited|size limits? exceeded|too large for|too many rows and columns|community (licen[sc]e|edition)",
    re.IGNORECASE,
)
"""How solvers say that a licence does not cover a model."""

OUTCOMES: dict[str, Outcome] = {
    "optimal": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "infeasibleOrUnbounded": "unbounded",
    "error": "failed",
}
"""Pyomo's termination conditions; any other is no proof."""


def solve(file: ModelFile, ask: Ask, name: str) -> FileAnswer:
    """Solve a model by a solver that Pyomo has an interface for.

    Parameters
    ----------
    file : ModelFile
    ask : Ask
        ``options`` are the solver's own, as Pyomo's interface spells them.
    name : {"appsi_highs", "cplex", "gurobi", "xpress"}

    Raises
    ------
    LicenceTooSmall
        The solver's licence does not cover a model of this size.
    MemoryError
        It ran out of memory.
    """
    from pyomo.environ import SolverFactory

    model = _as_pyomo(file, ask)
    with _quiet():
        solver = SolverFactory(SPELLINGS[name].interface)
    _set_options(solver, SPELLINGS[name], ask)
    start = {"warmstart": True} if ask.start is not None else {}
    try:
        with _quiet():
            results = solver.solve(model, load_solutions=False, **start)
            outcome = OUTCOMES.get(str(results.solver.termination_condition), "stopped")
            has_values = outcome in ("optimal", "stopped") and len(results.solution) > 0
            if has_values:
                model.solutions.load_from(results)
    except MemoryError:
        raise MemoryError(f"{name} ran out of memory") from None
    except Exception as error:  # each library has its own kinds
        return _fault(name, error, _version(solver))
    bound = finite(results.problem.lower_bound) if outcome in ("optimal", "stopped") else None
    values = None
    if has_values:
        values = {column: model.x[j].value or 0.0 for j, column in enumerate(file.columns)}
    return FileAnswer(outcome, values, bound, _version(solver))


solve_by = {name: functools.partial(solve, name=name) for name in SPELLINGS}
"""Name -> its adapter."""


def _set_options(solver: Any, spelling: Spelling, ask: Ask) -> None:
    solver.options[spelling.rel_gap] = ask.rel_gap
    solver.options[spelling.tolerance] = TOLERANCE
    if ask.time_limit < math.inf:
        solver.options[spelling.time_limit] = ask.time_limit
    if ask.abs_gap is not None:
        solver.options[spelling.abs_gap] = ask.abs_gap
    if spelling.threads and ask.threads:
        solver.options[spelling.threads] = ask.threads
    if ask.seed:
        solver.options[spelling.seed] = ask.seed
    for name, value in ask.options.items():
        solver.options[name] = value


def _as_pyomo(file: ModelFile, ask: Ask) -> Any:
    """Return the file's model, a minimization, as a Pyomo model whose variables are ``x``."""
    from pyomo.core.expr import LinearExpression
    from pyomo.environ import ConcreteModel, Constraint, Integers, Objective, Reals, Var

    form, model = file.form, ConcreteModel()
    whole, low, high = form.integer.tolist(), form.lower.tolist(), form.upper.tolist()
    n = len(whole)

    def bounds(_: Any, j: int) -> tuple[float | None, float | None]:
        return (finite(low[j]), finite(high[j])) if j < n else (1.0, 1.0)

    model.x = Var(
        range(len(file.columns)), domain=lambda _, j: Integers if j < n and whole[j] else Reals, bounds=bounds
    )
    columns = [model.x[j] for j in range(n)]
    model.rows = Constraint(range(form.row_lower.size))
    by_row = form.rows.tocsr()
    for i, (least, most) in enumerate(zip(form.row_lower.tolist(), form.row_upper.tolist(), strict=True)):
        part = slice(by_row.indptr[i], by_row.indptr[i + 1])
        used = [columns[j] for j in by_row.indices[part].tolist()]
        if used and (math.isfinite(least) or math.isfinite(most)):
            body = LinearExpression(linear_coefs=by_row.data[part].tolist(), linear_vars=used)
            model.rows[i] = (least, body) if least == most else (finite(least), body, finite(most))
    costs = (file.sign * form.costs).tolist() + [file.sign * form.offset] * (len(file.columns) - n)
    model.cost = Objective(expr=LinearExpression(linear_coefs=costs, linear_vars=list(model.x.values())))
    for j, name in enumerate(file.columns):
        if ask.start is not None and name in ask.start:
            model.x[j].set_value(ask.start[name], skip_validation=True)
    return model


def _fault(name: str, error: Exception, version: str) -> FileAnswer:
    text = " ".join(str(error).split())
    if TOO_SMALL.search(text):
        problem = f"the licence of {name} is too small for this model ({text[:200]})"
        raise LicenceTooSmall(problem, "install a licence, or use highs", place="solver") from None
    if "out of memory" in text.lower():
        raise MemoryError(f"{name} ran out of memory")
    return FileAnswer("failed", None, None, version, f"{name}: {type(error).__name__}: {text[:200]}")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what Pyomo and the libraries warn of: a limit that was reached, a licence, names to come."""
    logger = logging.getLogger("pyomo")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _version(solver: Any) -> str:
    try:
        return ".".join(map(str, solver.version()))
    except Exception:  # what it gives is for the record only
        return ""
