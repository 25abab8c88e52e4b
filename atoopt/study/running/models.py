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
from atoopt.solvers.arrays.file_model import FileModel, check_columns, read_model
from atoopt.solvers.arrays.standard_form import load, standard_form
from atoopt.solvers.model_code import FUNCTION, made
from atoopt.solvers.model_files import readable_names
from atoopt.solvers.run import Options, Progress, Run, interruptible
from atoopt.solvers.solve_file import FileResult, solve_file
from atoopt.study.running.answers import (
    Advance,
    Answer,
    instance_of,
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
    file : FileModel or None
        Its rows; None where a constraint without variables cannot hold, and for fronts.
    evaluate : callable or None
        Of a model of one of our instances: the evaluation of the solution in its variables.
    complete : bool
        Its bound holds for all that the instance allows.
    """

    model: Any
    file: FileModel | None
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
        return Task(model, None if method["task"] == "pareto" else _rows(model))
    instance = instance_of(subject)
    if subject["model"] is not None:
        model = made(_file(folder, subject["model"]), FUNCTION, instance)
        return Task(model, None if method["task"] == "pareto" else _rows(model))
    known = {name: value for name, value in method["options"].items() if name != "model"}
    if known.get("weights") is not None:
        known["weights"] = tuple(known["weights"])
    problem = problem_of(instance)
    if "model" in method["options"] or not problem.model:
        raise InputError("has no model for a command", "leave the model file out", place="model")
    model, evaluate, complete = resolve(problem.model)(instance, Options(**known))
    return Task(model, _rows(model), evaluate, complete)


def _file(folder: Path, text: str) -> str:
    file = folder / "model.py"
    file.write_text(text, encoding="utf-8")
    return str(file)


def _rows(model: Any) -> FileModel | None:
    """Return the rows of a Pyomo model, with names that a file can have."""
    from pyomo.common.errors import InfeasibleConstraintException
    from pyomo.environ import Objective

    count = sum(1 for _ in model.component_data_objects(Objective, active=True))
    if count != 1:
        raise InputError(f"has {count} active objectives", "leave one active for solve", place="model")
    try:
        form = standard_form(model)
    except InfeasibleConstraintException:
        return None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model") from None
    name_of = readable_names()
    return FileModel(Path("model"), tuple(name_of(variable) for variable in form.variables), form)


def solve_model(task: Task, spec: dict[str, Any], advance: Advance) -> Answer:
    """Solve a model by the job's solver or program."""
    if task.file is None:
        return told("infeasible", "proven", spec, solved=True, message="a row without columns cannot hold")
    run = _run(spec, advance)
    with interruptible(run), timed() as clock:
        found = solve_file(task.file, run)
    known: dict[str, Any] = {
        "sense": 1 if found.minimize else -1, "message": found.message, "bound": found.bound if task.complete else None,
        "solver": run.options.solves, "solver_version": found.version or None, **times_of(clock, 0.0),
    }  # fmt: skip
    if found.outcome == "failed":
        lied = found.objective is not None
        status, kind = ("wrong", "wrong") if lied else ("unknown", "crash")
        return told(status, f"{kind}: {found.message}", spec, claimed=found.objective, **known)
    if found.values is None:
        return _without_solution(found, task.complete, clock.seconds, spec, known)
    fault, objective = _judged(task, found, spec["tolerances"]["feasibility"])
    if fault:
        return told("wrong", f"wrong: {fault}", spec, claimed=found.objective, **known)
    known |= {"objective": objective, "gap": relative_gap(objective, known["bound"])}
    exact = spec["tolerances"] | {"rel_gap": 0.0, "abs_gap": 0.0}
    if found.outcome == "optimal" and within(objective, known["bound"], exact):
        return told("optimal", "proven", spec, solved=True, **known)
    if within(objective, known["bound"], spec["tolerances"]):
        return told("feasible", "gap", spec, solved=True, **known)
    return told("feasible", stopped_for(clock.seconds, spec, found.message), spec, **known)


def _without_solution(
    found: FileResult, complete: bool, seconds: float, spec: dict[str, Any], known: dict[str, Any]
) -> Answer:
    """Return the answer of a run that has none to be judged: a proof that there is none, or nothing."""
    if found.outcome == "infeasible" and complete:
        return told("infeasible", "proven", spec, solved=True, **known | {"bound": None})
    if found.outcome in ("infeasible", "unbounded"):
        return told("unknown", f"gap: {found.outcome}", spec, **known | {"bound": None})
    return told("unknown", stopped_for(seconds, spec, found.message), spec, **known)


def _run(spec: dict[str, Any], advance: Advance) -> Run:
    """Return the run of a job: limits and gaps are the study's."""
    method, limits, tolerances = spec["method"], spec["limits"], spec["tolerances"]
    options = Options(
        solver=method["options"].get("solver", "highs"), command=tuple(method["command"]) or None,
        time_limit=limits["wall_seconds"], threads=limits["threads"], seed=spec["seed"],
        rel_gap=tolerances["rel_gap"], abs_gap=tolerances["abs_gap"],
        solver_options=method["options"].get("solver_options") or (),
    )  # fmt: skip

    def listen(now: Progress, _note: str) -> None:
        advance(now.seconds, now.incumbent, now.bound)

    return Run(options, listen, log=lambda line: print(line, flush=True))


def _judged(task: Task, found: FileResult, tolerance: float) -> tuple[str, float]:
    """Return what is false in a solution, and its objective; of our instances, by their evaluator."""
    assert task.file is not None and found.values is not None
    faults, objective = check_columns(task.file, found.values, tolerance)
    if faults:
        return faults[0], objective
    if task.evaluate is None:
        return "", objective
    form = task.file.form
    columns = np.array([found.values.get(name, 0.0) for name in task.file.names], dtype=np.float64)
    load(form.variables, np.where(form.integer, np.rint(columns), columns), form.integer)
    judged = task.evaluate()
    return "; ".join(judged.violations), judged.cost


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
    file = FileModel(Path("model"), tuple(variable.name for variable in form.variables), form)
    for row, point in zip(some.values, some.points, strict=True):
        for name, number in point.solution.items():
            variables[name].set_value(number, skip_validation=True)
        faults, _ = check_columns(file, {name: point.solution[name] for name in file.names})
        if faults:
            return (f"at the point {row.tolist()}, {faults[0]}",)
        found = np.array([value(objective) for objective in objectives])
        if not np.allclose(found, row, rtol=1e-6, atol=1e-9):
            return (f"point {row.tolist()} has the values {found.tolist()}",)
    return ()
