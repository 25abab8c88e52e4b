"""Fronts of two objectives: of an instance, ``atoopt.pareto(instance)``; of a model, ``pareto_front(model, ...)``."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from atoopt.pareto.front import Front
    from atoopt.pareto.search.found import Settings
    from atoopt.solvers.run import Run

__all__ = ["Front", "pareto_front"]


METHODS = ("epsilon-constraint", "dichotomy", "balanced-box")
BACKENDS = ("loky", "dask")

LEAST_POINTS = 3
"""One point that stands for a front is chosen among so many: its ends and one between."""


def pareto_front(
    model: Any,
    objectives: tuple[Any, Any],
    method: str = "epsilon-constraint",
    solver: str = "highs",
    time_limit: float | None = None,
    points: int | None = None,
    jobs: int = 1,
    start: Any = None,
    progress: bool = True,
    output: str | os.PathLike[str] | None = None,
    backend: str = "loky",
    *,
    threads: int | None = None,
) -> Front:
    """Return the front of any linear Pyomo model with two objectives.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear, continuous or integer or both; left as it was found.
    objectives : (Objective, Objective)
        Each in its own sense; which of the model's objectives is active does not matter.
    method : {"epsilon-constraint", "dichotomy", "balanced-box"}
        Point by point; supported points only; or the largest unexplored part next, so that the points cover the
        whole front whenever the run is cut short.
    solver : {"highs"}
    time_limit : float, optional
        Seconds for the whole front.
    points : int, optional
        At most so many points, spread evenly, with a stated coverage error; by default all.
    jobs : int
        Child processes that search at the same time.
    start : Front, or sequence of dict, optional
        Known solutions (variable name -> value): solves may start from them. What is not feasible is not used.
    progress : bool
        Show a line of progress, where standard error is a terminal.
    output : path, optional
        Write the front here at the end, as JSON, and its points as they are found to a journal beside it
        (``.journal``): the same call goes on from there after an interrupt. A journal of a front that became
        complete is removed.
    backend : {"loky", "dask"}
        Child processes of joblib, or the workers of a dask cluster: of the current `distributed.Client` if there is
        one, else of a local cluster made for this call.
    threads : int, optional
        Of each solve; 1 by default, for most solves are small.

    Returns
    -------
    Front
        A point's solution is a dict: variable name -> value, of every variable of model and objectives. Empty where
        the model is infeasible. The front of a linear program is a line: its points are the line's corners, and
        `complete` says that they all are here; with `points`, points along it. What is not `complete` says why, and
        holds the boxes that may hide others; some of its points may be dominated by points yet unknown (their number
        is in ``details``).

    Raises
    ------
    InputError
        An option has no meaning, an objective is unbounded or not linear, or the journal is another model's.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> model = pyo.ConcreteModel()
    >>> model.x = pyo.Var(range(3), domain=pyo.Binary)
    >>> model.cost = pyo.Objective(expr=2 * model.x[0] + 3 * model.x[1] + 4 * model.x[2])
    >>> model.gain = pyo.Objective(expr=5 * model.x[0] + 4 * model.x[1] + 6 * model.x[2], sense=pyo.maximize)
    >>> front = pareto_front(model, (model.cost, model.gain))
    >>> front.values.tolist(), front.complete
    ([[0.0, 0.0], [2.0, 5.0], [4.0, 6.0], [5.0, 9.0], [6.0, 11.0], [9.0, 15.0]], True)
    """
    from atoopt.pareto.running.progress import progress_line
    from atoopt.pareto.search.found import Settings
    from atoopt.solvers.run import Options, Run, interruptible
    from atoopt.solvers.running.processes import jobs_here

    _check(method, solver, backend, points, objectives)
    journal = _journal(output)
    options = Options(time_limit=time_limit, threads=threads, jobs=jobs)
    run = Run(replace(options, jobs=jobs_here(jobs)) if backend == "loky" else options)
    settings = Settings(points, method=method, journal=journal, starts=_starts(start), backend=backend)
    with interruptible(run), progress_line(run, progress):
        front = _front(model, objectives, run, settings)
        if output is not None:  # a termination signal ends the program after this block
            front.save(str(output))
            if front.complete and journal is not None:
                journal.unlink(missing_ok=True)
    return front


def _check(method: str, solver: str, backend: str, points: int | None, objectives: Any) -> None:
    """Refuse options without a meaning."""
    named = {"method": (method, METHODS), "solver": (solver, ("highs",)), "backend": (backend, BACKENDS)}
    for place, (value, known) in named.items():
        if value not in known:
            raise InputError(f'is "{value}"', f"write {' or '.join(known)}", place=place)
    if points is not None and (isinstance(points, bool) or not isinstance(points, int) or points < 1):
        raise InputError(f"is {points}", "give a whole number of at least 1", place="points")
    if len(objectives) != 2 or not all(_is_objective(objective) for objective in objectives):
        remedy = "give two Objectives of a concrete model: (model.cost, model.time) or (model.goal[1], model.goal[2])"
        raise InputError("are not two Pyomo Objectives", remedy, place="objectives")


def _is_objective(given: Any) -> bool:
    """Whether one objective with an expression was given, not a container of several nor one of an abstract model."""
    from pyomo.core.base.objective import ObjectiveData

    return isinstance(given, ObjectiveData) and given.parent_component().is_constructed()


def _journal(output: str | os.PathLike[str] | None) -> Path | None:
    if output is None:
        return None
    from atoopt.base.files import check_writable

    check_writable(output)
    return Path(f"{os.fspath(output)}.journal")


def _starts(start: Any) -> tuple[dict[str, float], ...]:
    """Return known solutions as dicts."""
    if start is None:
        return ()
    if hasattr(start, "points"):
        return tuple(point.solution for point in start.points if isinstance(point.solution, dict))
    if any(not isinstance(solution, dict) for solution in start):
        raise InputError("holds what is no dict", "give a Front, or dicts: variable name -> value", place="start")
    return tuple(start)


def _front(model: Any, objectives: tuple[Any, Any], run: Run, settings: Settings) -> Front:
    from atoopt.pareto.front import Front
    from atoopt.pareto.methods.engine import front_of
    from atoopt.pareto.program.variables import all_variables

    variables = {variable.name: variable for variable in all_variables(model, objectives)}
    points = settings.n_points
    settings = replace(settings, n_points=None if points is None else max(points, LEAST_POINTS))
    try:
        found = front_of(model, objectives, run, settings)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model") from None
    solutions = [_solution(variables, found.assignment(i)) for i in range(len(found.values))]
    front = Front(
        (objectives[0].name, objectives[1].name), found.values, found.complete, found.stop_reason,
        lambda i: solutions[i], instance=model.name, method=settings.method, seconds=run.seconds, **found.facts,
    )  # fmt: skip
    return front if points is None or points >= len(front) else front.represented(points)


def _solution(variables: dict[str, Any], values: dict[int, float]) -> dict[str, float]:
    """Return the value of every variable by its name; the model keeps its own."""
    from atoopt.pareto.program.variables import value_of

    return {name: values[id(v)] if id(v) in values else value_of(v) for name, v in variables.items()}


def __getattr__(name: str) -> Any:
    """Import `Front` on first use."""
    if name == "Front":
        from atoopt.pareto.front import Front

        return Front
    raise AttributeError(f"module 'atoopt.pareto' has no attribute {name!r}")
