"""Solve a job in the process that was started for it, and judge the answer by what knows nothing of the method."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.files import resolve
from atoopt.base.problem import problem_of
from atoopt.solvers.result import FalseClaim
from atoopt.study.running.answers import Advance, Answer, instance_of, told
from atoopt.study.running.instances import front_of_instance, solve_instance


def load(spec: dict[str, Any], folder: Path, import_pyomo: Callable[[], None]) -> Any:
    """Read what a job is about, and import what solves it, before its clock runs.

    Parameters
    ----------
    spec : dict
        Of a `atoopt.study.plan.Job`.
    folder : Path
        Where files can be put that the method needs.
    import_pyomo : callable
        Called before Pyomo is needed: its import is no part of a run.

    Raises
    ------
    InputError
        It cannot be read or built.
    """
    options = spec["method"]["options"]
    if "model" in options:
        file = folder / "variant.py"
        file.write_text(options["model"], encoding="utf-8")
        options["model"] = str(file)
    if not _is_own(spec):
        import_pyomo()
        from atoopt.study.running.models import load_model

        return load_model(spec, folder)
    instance = instance_of(spec["subject"])
    problem = problem_of(instance)
    ways = problem.fronts if spec["method"]["task"] == "pareto" else problem.methods
    way = ways[spec["method"]["method"]]
    if way.proves:  # by models, most of them
        import_pyomo()
        import atoopt.solvers.registry  # noqa: F401
    resolve(way.run)
    return instance


def _is_own(spec: dict[str, Any]) -> bool:
    """Whether a method of a family is to solve its instance as it is."""
    subject = spec["subject"]
    return subject["kind"] == "instance" and subject["model"] is None and not spec["method"]["command"]


def solve(task: Any, spec: dict[str, Any], advance: Advance) -> Answer:
    """Solve what `load` has read; return the answer as JSON data, judged.

    Parameters
    ----------
    task : object
    spec : dict
    advance : callable
        Called with seconds, incumbent and bound as the method goes on.
    """
    from atoopt.study.running.models import front_of_model, solve_model

    by_task = {
        ("solve", True): solve_instance, ("pareto", True): front_of_instance,
        ("solve", False): solve_model, ("pareto", False): front_of_model,
    }  # fmt: skip
    try:
        return by_task[spec["method"]["task"], _is_own(spec)](task, spec, advance)
    except InputError as error:
        return told("skipped", f"skipped: {error}", spec)
    except FalseClaim as error:
        return told("wrong", f"wrong: {error}", spec)
