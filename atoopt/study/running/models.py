"""Models in a study: of files, of Python, and those of our instances for a program that we do not know.

All solvers get the same rows; a solution is judged by substitution into them, within the study's tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.base.errors import InputError
from atoopt.base.files import resolve
from atoopt.base.gap import relative_gap
from atoopt.base.problem import problem_of
from atoopt.solvers.arrays.file_model import read_model
from atoopt.solvers.arrays.standard_form import StandardForm, standard_form
from atoopt.solvers.catalogue import COMMAND
from atoopt.solvers.model_code import FUNCTION, made
from atoopt.solvers.others.by_file import first_broken
from atoopt.solvers.registry import solve_arrays
from atoopt.solvers.registry import solve_model as solve_pyomo
from atoopt.solvers.run import Options, Progress, Run, interruptible
from atoopt.study.running.answers import (
    Advance,
    Answer,
    instance_of,
    is_solved,
    of_front,
    some_of,
    stopped_for,
    timed,
    times_of,
    told,
    within,
)

PYTHON = "create_model"


@dataclass(frozen=True)
class Task:
    """A model that is to be solved.

    Attributes
    ----------
    model : pyomo.environ.ConcreteModel or None
        None for one of an MPS or LP file.
    form : StandardForm or None
        None where a constraint without variables cannot hold.
    evaluate : callable or None
        Of a model of one of our instances: the evaluation of the solution in its variables.
    complete : bool
        Its bound holds for all that the instance allows.
    """

    model: Any
    form: StandardForm | None
    evaluate: Callable[[], Any] | None = None
    complete: bool = True


def load_model(spec: dict[str, Any], folder: Path) -> Task:
    """Read or build the model of a job.

    Raises
    ------
    InputError
        It cannot be read or built.
    """
    subject, method = spec["subject"], spec["method"]
    if subject["kind"] in ("mps", "lp"):
        file = folder / f"given.{subject['kind']}"
        file.write_text(subject["text"], encoding="utf-8")
        return Task(None, read_model(file))
    if subject["kind"] == "python":
        model = made(_file(folder, subject["text"]), PYTHON)
        return Task(model, None if method["task"] == "pareto" else _form(model))
    instance = instance_of(subject)
    if subject["model"] is not None:
        model = made(_file(folder, subject["model"]), FUNCTION, instance)
        return Task(model, None if method["task"] == "pareto" else _form(model))
    known = {name: value for name, value in method["options"].items() if name != "model"}
    if known.get("weights") is not None:
        known["weights"] = tuple(known["weights"])
    problem = problem_of(instance)
    if "model" in method["options"] or not problem.model:
        raise InputError("has no model for a command", "leave the model file out", place="model")
    model, evaluate, complete = resolve(problem.model)(instance, Options(**known))
    return Task(model, _form(model), evaluate, complete)


def _file(folder: Path, text: str) -> str:
    file = folder / "model.py"
    file.write_text(text, encoding="utf-8")
    return str(file)


def _form(model: Any) -> StandardForm | None:
    from pyomo.common.errors import InfeasibleConstraintException
    from pyomo.environ import Objective

    count = sum(1 for _ in model.component_data_objects(Objective, active=True))
    if count != 1:
        raise InputError(f"has {count} active objectives", "leave one active for solve", place="model")
    try:
        return standard_form(model)
    except InfeasibleConstraintException:
        return None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model") from None


def solve_model(task: Task, spec: dict[str, Any], advance: Advance) -> Answer:
    """Solve a model by the job's solver or program."""
    method, tolerances = spec["method"], spec["tolerances"]
    name = COMMAND if method["command"] else method["options"].get("solver", "highs")
    sense = 1 if task.form is None or task.form.minimize else -1
    if task.form is None:
        return told("infeasible", "proven", spec, solved=True, solver=name, message="a row without columns cannot hold")
    run = _run(spec, name, advance)
    with interruptible(run), timed() as clock:
        answer = _answer(task, run)
    known: dict[str, Any] = {"sense": sense, "solver": None if name == COMMAND else name, "message": answer.message}
    known |= times_of(clock, 0.0)
    bound = answer.bound if task.complete else None
    if run.rejected:
        return told("wrong", f"wrong: {run.rejected[0]}", spec, bound=bound, **known)
    if answer.objective is None:
        if answer.outcome in ("infeasible", "unbounded"):
            status = "infeasible" if answer.outcome == "infeasible" and task.complete else "unknown"
            reason = "proven" if status == "infeasible" else f"gap: {answer.outcome}"
            return told(status, reason, spec, solved=status == "infeasible", bound=None, **known)
        crashed = answer.outcome == "failed"
        reason = f"crash: {answer.message}" if crashed else stopped_for(clock.seconds, spec, answer.message)
        return told("unknown", reason, spec, bound=bound, **known)
    objective, fault = _judged(task, answer.objective, tolerances["feasibility"])
    if fault:
        return told("wrong", f"wrong: {fault}", spec, bound=bound, claimed=answer.objective, **known)
    if bound is not None and sense * (bound - objective) > tolerances["feasibility"] * max(1.0, abs(objective)):
        fault = f"the bound {bound:.9g} is beyond the solution {objective:.9g}"
        return told("wrong", f"wrong: {fault}", spec, bound=bound, claimed=answer.objective, **known)
    known |= {"objective": objective, "bound": bound, "gap": relative_gap(objective, bound)}
    if answer.outcome == "optimal" and bound is not None and within(objective, bound, tolerances | {"rel_gap": 0.0}):
        return told("optimal", "proven", spec, solved=True, **known)
    if within(objective, bound, tolerances):
        return told("feasible", "gap", spec, solved=is_solved("feasible", "gap"), **known)
    return told("feasible", stopped_for(clock.seconds, spec, answer.message), spec, **known)


def _run(spec: dict[str, Any], solver: str, advance: Advance) -> Run:
    """Return the run of a job: limits and gaps are the study's."""
    method, limits, tolerances = spec["method"], spec["limits"], spec["tolerances"]
    options = Options(
        solver=solver, time_limit=limits["wall_seconds"], threads=limits["threads"], seed=spec["seed"],
        rel_gap=tolerances["rel_gap"], abs_gap=tolerances["abs_gap"],
        solver_options=method["options"].get("solver_options"),
    )  # fmt: skip

    def listen(now: Progress, _note: str) -> None:
        advance(now.seconds, now.incumbent, now.bound)

    run = Run(options, listen, log=lambda line: print(line, flush=True))
    run.command, run.command_folder = tuple(method["command"]), spec["folder"]
    return run


def _answer(task: Task, run: Run) -> Any:
    """Solve; the progress is the model's own, in its own sense."""

    def tell(incumbent: float | None, bound: float | None) -> None:
        if run.listener is not None:
            run.listener(Progress(run.seconds, incumbent, bound), "")

    assert task.form is not None
    if task.model is not None and run.options.solver != COMMAND:
        return solve_pyomo(task.model, run, on_progress=tell)
    return solve_arrays(task.form, run, on_progress=tell)


def _judged(task: Task, claimed: float, tolerance: float) -> tuple[float, str]:
    """Return the objective of the solution in the variables, and what is false in it."""
    form = task.form
    assert form is not None
    columns = np.array([0.0 if v.value is None else v.value for v in form.variables], dtype=np.float64)
    fault = first_broken(form, columns, tolerance)
    if fault:
        return claimed, f"the solution breaks {fault}"
    objective = float(form.costs @ columns) + form.offset
    if task.evaluate is None:
        return objective, ""
    found = task.evaluate()
    return found.cost, "; ".join(found.violations)


def front_of_model(task: Task, spec: dict[str, Any], advance: Advance) -> Answer:
    """Generate the front of a model with two active objectives."""
    from pyomo.environ import Objective

    from atoopt.pareto import pareto_front

    del advance  # the engine tells of no incumbent
    if task.model is None:
        raise InputError("has one objective", "solve it, or give a Python file with two objectives", place="task")
    objectives = list(task.model.component_data_objects(Objective, active=True))
    method, limits = spec["method"], spec["limits"]
    with timed() as clock:
        front = pareto_front(
            task.model, tuple(objectives), method=method["method"], points=method["points"],
            time_limit=limits["wall_seconds"], threads=limits["threads"], jobs=method["options"].get("jobs", 1),
        )  # fmt: skip
    return of_front(front, clock, spec, _front_faults(task.model, objectives, front))


def _front_faults(model: Any, objectives: list[Any], front: Any) -> tuple[str, ...]:
    """Return what is false in a front: values of solutions that are others, or that break a row."""
    from pyomo.environ import value

    from atoopt.pareto.program.variables import all_variables

    variables = {variable.name: variable for variable in all_variables(model, tuple(objectives))}
    for objective in objectives[1:]:
        objective.deactivate()
    form = standard_form(model)
    some = some_of(front)
    for row, point in zip(some.values, some.points, strict=True):
        for name, number in point.solution.items():
            variables[name].set_value(number, skip_validation=True)
        columns = np.array([v.value for v in form.variables], dtype=np.float64)
        fault = first_broken(form, columns)
        if fault:
            return (f"the solution of point {row.tolist()} breaks {fault}",)
        found = np.array([value(objective) for objective in objectives])
        if not np.allclose(found, row, rtol=1e-6, atol=1e-9):
            return (f"point {row.tolist()} has the values {found.tolist()}",)
    return ()
