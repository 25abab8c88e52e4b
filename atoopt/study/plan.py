"""What is to run: each method on each instance, with each seed, as often as asked for; each with a key.

The key is a hash of what determines the run, and of nothing else: no name, no order, no path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.files import read_text
from atoopt.base.problem import FAMILIES, family
from atoopt.base.problem import Method as Way
from atoopt.methods import options_of
from atoopt.solvers.catalogue import SOLVERS
from atoopt.study.definition import Definition, Limits, Method
from atoopt.study.subjects import MODEL, Subject, digest
from atoopt.study.versions import solver_version

MODEL_METHODS = {"milp": Way("", ("solver", "solver_options"))}
"""A model file knows one method."""

MODEL_FRONTS = {name: Way("") for name in ("epsilon-constraint", "balanced-box", "dichotomy")}


@dataclass(frozen=True)
class Job:
    """One run, with all that the process needs that does it.

    Attributes
    ----------
    key : str
        Of what determines it.
    instance, problem, method : str
        Names, of which the key does not depend.
    seed, repeat : int
    spec : dict
        JSON data: ``subject``, ``method``, ``limits``, ``tolerances``, ``folder``.
    """

    key: str
    instance: str
    problem: str
    method: str
    seed: int
    repeat: int
    spec: dict[str, Any]

    @property
    def limits(self) -> Limits:
        """What it may use."""
        return Limits(**self.spec["limits"])


def plan(definition: Definition, subjects: Iterable[Subject], folder: Path) -> tuple[Job, ...]:
    """Return the jobs of a study, in the order in which they are to run.

    Parameters
    ----------
    definition : Definition
    subjects : iterable of Subject
        What its methods are run on.
    folder : Path
        Where its paths start.

    Raises
    ------
    InputError
        A file cannot be used, or a method does not fit an instance or an option.
    """
    contestants = [(method, _files(method, folder)) for method in definition.methods]
    jobs = [
        job
        for subject in subjects
        for at, (method, files) in enumerate(contestants)
        if method.problem in (None, subject.problem)
        for job in _jobs(definition, subject, method, files, at, folder)
    ]
    unused = {method.name for method in definition.methods} - {job.method for job in jobs}
    if unused:
        raise InputError(f'"{min(unused)}" meets no instance', "correct its problem, or leave it out", place="methods")
    if definition.study.order == "shuffled":
        jobs.sort(key=lambda job: digest([definition.study.seed, job.key]))
    return tuple(jobs)


def _jobs(
    definition: Definition, subject: Subject, method: Method, files: dict[str, str], at: int, folder: Path
) -> Iterator[Job]:
    """Yield the runs of one method on one subject."""
    try:
        way = _way(method, subject)
    except InputError as error:
        place = f"methods[{at}]{'.' if error.place else ''}{error.place}"
        raise InputError(f"{error.problem} (instance {subject.name})", error.remedy, place=place) from None
    tolerances = definition.tolerances.model_dump()
    if method.rel_gap is not None:
        tolerances["rel_gap"] = method.rel_gap
    limits = subject.limits.model_dump() | ({} if method.threads is None else {"threads": method.threads})
    options = method.options
    if method.model is not None:
        options["model"] = files[method.model]
    solves: dict[str, Any] = {
        "task": method.task, "method": way, "points": method.points, "options": options,
        "command": list(method.command), "files": {name: digest(text) for name, text in files.items()},
    }  # fmt: skip
    versions = [atoopt.__version__, solver_version(method.solver or "highs")]
    for seed in definition.runs.seeds:
        for repeat in range(definition.runs.repeats):
            key = digest([subject.content, solves, limits, tolerances, seed, repeat, versions])
            data = {"name": subject.name, "kind": subject.kind, "text": subject.text, "model": subject.model}
            spec = {"subject": data, "method": solves, "limits": limits, "tolerances": tolerances, "seed": seed,
                    "folder": str(folder)}  # fmt: skip
            yield Job(key, subject.name, subject.problem, method.name, seed, repeat, spec)


def _files(method: Method, folder: Path) -> dict[str, str]:
    """Return the content of the files that a method names: they determine its runs."""
    found = {}
    if method.model is not None:
        found[method.model] = read_text(folder / method.model, "model file")
    for argument in method.command:
        try:
            if (folder / argument).is_file():
                found[argument] = (folder / argument).read_bytes().decode("utf-8", "surrogateescape")
        except (OSError, ValueError):  # no name of a file
            continue
    return found


def _way(method: Method, subject: Subject) -> str:
    """Return the name of the method, checked: the family has it, and it takes the options."""
    ways = _ways(subject.problem, method.task)
    default = next(iter(ways), "") if subject.problem == MODEL else "auto"
    name = method.method or ("milp" if method.command else default)
    if name not in ways:
        remedy = f"choose one of {', '.join(ways)}" if ways else "it has no front"
        raise InputError(f'is "{name}", which {subject.problem} does not have', remedy, place="method")
    given = {key: value for key, value in method.options.items() if key != "solver"}
    options_of(given, name, ways)
    if method.solver not in (None, "highs") and "solver" not in ways[name].takes:
        others = " or ".join(other for other, way in ways.items() if "solver" in way.takes)
        remedy = f"leave it out, or use {others}" if others else "leave it out"
        raise InputError(f"is not used by the method {name}", remedy, place="solver")
    if method.solver is not None and method.solver not in SOLVERS:
        raise InputError(f'is "{method.solver}"', f"choose one of {', '.join(SOLVERS)}", place="solver")
    return name


def _ways(problem: str, task: str) -> dict[str, Way]:
    if problem == MODEL:
        return MODEL_METHODS if task == "solve" else MODEL_FRONTS
    found = next(f for f in map(family, FAMILIES) if f.name == problem)
    return dict(found.methods if task == "solve" else found.fronts)
