"""What a study compares, as it stands in its TOML file: frozen, and validated with our one-line errors."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from atoopt.base.errors import InputError
from atoopt.base.faults import validated
from atoopt.base.files import read_text
from atoopt.base.frozen import Frozen, Name, NonNegative, Positive

Whole = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=1)]
Value = str | bool | int | float

TOLERANCE = 1e-6
"""By how much a row may be broken, relative: what solvers themselves allow by default."""


class Heading(Frozen):
    """Name and order of a study.

    Attributes
    ----------
    name : str
    order : {"shuffled", "given"}
        Shuffled, a drift of the machine meets all methods alike.
    seed : int
        Of the shuffling.
    """

    name: Name
    order: Literal["shuffled", "given"] = "shuffled"
    seed: Whole = 0


class Limits(Frozen):
    """What a run may use; the same for all methods.

    Attributes
    ----------
    wall_seconds : float
        Handed to the method. One that does not keep it is killed after twice the time and ten seconds.
    cpu_seconds : float or None
        Of the run's own process; None for no limit.
    memory_mb : float or None
        Of the run's processes together, beside what Python and the libraries take before it begins.
    threads : int
        Handed to the method.
    """

    wall_seconds: Positive = 60.0
    cpu_seconds: Positive | None = None
    memory_mb: Positive | None = None
    threads: Count = 1

    @property
    def hard_seconds(self) -> float:
        """After which a run is killed: a loaded machine stretches a limit that a solver looks at now and then."""
        return 2 * self.wall_seconds + 10


class OwnLimits(Frozen):
    """Limits of some instances, in place of the study's.

    Attributes
    ----------
    wall_seconds, cpu_seconds, memory_mb, threads : float or int or None
        As in the study's limits; None for those.
    """

    wall_seconds: Positive | None = None
    cpu_seconds: Positive | None = None
    memory_mb: Positive | None = None
    threads: Count | None = None


class Runs(Frozen):
    """How often each method meets each instance.

    Attributes
    ----------
    seeds : tuple of int
        Handed to the method.
    repeats : int
        Runs with the same seed, for the spread of their times.
    """

    seeds: Annotated[tuple[Whole, ...], Field(min_length=1)] = (0,)
    repeats: Count = 1


class Tolerances(Frozen):
    """How exact an answer must be; the same for all methods.

    Attributes
    ----------
    rel_gap, abs_gap : float
        A method may stop at this gap between solution and bound.
    feasibility : float
        By how much a solution of a model file may break a row, relative to the row's largest term.
    """

    rel_gap: NonNegative = 1e-4
    abs_gap: NonNegative = 0.0
    feasibility: Positive = TOLERANCE


class Instances(Frozen):
    """Some instances: of files, or of a generator.

    Attributes
    ----------
    files : tuple of str
        Paths with wildcards, relative to the study's file: instances (JSON), models (MPS, LP), and Python files that
        define ``create_model()``.
    model : str or None
        A Python file that defines ``build_model(instance)``: the models of these instances are solved in their place.
    generator : str or None
        Such as ``stock.wire_harness``: a function of `atoopt.stock` or `atoopt.policy` that returns an instance.
    parameters : dict
        Of the generator.
    seeds : tuple of int
        Of the generator: an instance each.
    limits : OwnLimits
    """

    files: tuple[Name, ...] = ()
    model: Name | None = None
    generator: Name | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    seeds: tuple[Whole, ...] = ()
    limits: OwnLimits = OwnLimits()

    @model_validator(mode="after")
    def _one_source(self) -> Instances:
        if bool(self.files) == (self.generator is not None):
            raise InputError("has neither files nor a generator, or both", "give one of the two")
        if self.generator is None and (self.parameters or self.seeds):
            raise InputError("has parameters or seeds without a generator", "name the generator, or leave them out")
        return self


class Method(Frozen):
    """A contestant: a method of `solve` or `pareto` with its options, or a program of somebody else.

    Attributes
    ----------
    name : str
    task : {"solve", "pareto"}
    method : str
        As in `atoopt.solve` and `atoopt.pareto`; a model file knows milp alone.
    problem : str or None
        The family that it is for, where the study has several: "stock-composition", "policy", "model"; None for all.
    solver, formulation, candidates, model, objective, choose, jobs, threads, rel_gap, points
        Options of the method; `model` is a path relative to the study's file.
    weights : (float, float) or None
    solver_options : dict
        Passed on to the solver as they are.
    command : tuple of str
        A program and its arguments, in which ``{mps}``, ``{solution}``, ``{seconds}``, ``{threads}`` and ``{seed}``
        are filled in; it writes lines ``NAME VALUE``, before them optionally ``status WORD`` and ``bound NUMBER``.
    """

    name: Name
    task: Literal["solve", "pareto"] = "solve"
    method: Name | None = None
    problem: Name | None = None
    solver: Name | None = None
    formulation: Name | None = None
    candidates: Name | None = None
    model: Name | None = None
    objective: Name | None = None
    weights: tuple[NonNegative, NonNegative] | None = None
    choose: Name | None = None
    jobs: Count | None = None
    threads: Count | None = None
    rel_gap: NonNegative | None = None
    points: Count | None = None
    solver_options: dict[str, Value] = Field(default_factory=dict)
    command: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Method:
        if self.command and (self.method not in (None, "milp") or self.task != "solve" or self.solver is not None):
            raise InputError("has a command and a method", "leave method, solver and task out", place="command")
        if self.points is not None and self.task != "pareto":
            raise InputError("has no meaning in solve", 'leave it out, or write task = "pareto"', place="points")
        return self

    @property
    def options(self) -> dict[str, Any]:
        """The options that were given, but for those that every method takes from the study."""
        named = ("solver", "formulation", "candidates", "model", "objective", "weights", "choose", "jobs")
        given = {name: getattr(self, name) for name in named if getattr(self, name) is not None}
        return given | ({"solver_options": dict(self.solver_options)} if self.solver_options else {})


class Definition(Frozen):
    """A study: what is compared on what, and how.

    Attributes
    ----------
    study : Heading
    limits : Limits
    runs : Runs
    tolerances : Tolerances
    instances : tuple of Instances
    methods : tuple of Method

    Examples
    --------
    >>> from atoopt.study import Definition
    >>> small = Definition.model_validate({"study": {"name": "small"}, "methods": [{"name": "ours"}],
    ...                                    "instances": [{"files": ["instances/stock/frequency-4.json"]}]})
    >>> small.limits.wall_seconds, small.methods[0].task
    (60.0, 'solve')
    """

    study: Heading
    limits: Limits = Limits()
    runs: Runs = Runs()
    tolerances: Tolerances = Tolerances()
    instances: tuple[Instances, ...] = ()
    methods: Annotated[tuple[Method, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Definition:
        twice = _first_twice(method.name for method in self.methods)
        if twice is not None:
            raise InputError(f'"{twice}" names two methods', "give each a name of its own", place="methods")
        return self


def _first_twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def read_definition(path: str | Path) -> Definition:
    """Read a study from its TOML file.

    Raises
    ------
    InputError
        The file cannot be used; the message names the place and the remedy.
    """
    file = str(path)
    text = read_text(path, "TOML file of a study")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"is not TOML ({error})", "correct the syntax there", file=file) from None
    definition = validated(Definition, data, file)
    if not definition.instances:
        raise InputError("is missing", "add [[instances]] with files or a generator", place="instances", file=file)
    return definition
