"""A problem family as one object: all that solving, checking and the command line know of it.

A family is a folder with a file ``problem.py`` that has the object, and one line in `FAMILIES` (or a call of `register`
from elsewhere). Everything in the object that costs an import is a text "module:function", found when it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.resolve import resolve


@dataclass(frozen=True)
class Method:
    """A way to solve an instance, or to generate its front.

    Attributes
    ----------
    run : str
        The function: (instance, run) -> `atoopt.solvers.result.Claim`, or for a front (instance, run, most points or
        None) -> `atoopt.pareto.front.Front`.
    takes : tuple of str
        The options that it takes besides those of every run.
    proves : bool
        Whether it can prove an optimum, or that a front is complete.
    """

    run: str
    takes: tuple[str, ...] = ()
    proves: bool = True


@dataclass(frozen=True)
class Problem:
    """A problem family.

    Attributes
    ----------
    format : str
        The key ``format`` of its files, such as ``atoopt/policy``.
    instance : str
        Its pydantic class of instances, with ``summary()`` and ``save(path)``.
    evaluate : str
        (instance, solution of a claim) -> an evaluation with ``cost``, ``violations`` and ``to_json()``: the judge.
    check : str
        (instance, JSON data of a result) -> `atoopt.base.claims.Checked`.
    objectives : (str, str)
        Those of its fronts: attributes of an evaluation, both minimized.
    methods, fronts : mapping of str to Method
        Of `solve`, and of `pareto`.
    solution_text : str
        (evaluation, columns=, show_all=) -> lines of text.
    checked_text, checked_data : str
        What was checked -> lines of text where all is well; -> data for JSON.
    exporter : str
        (instance, file, formulation or None) -> lines of text; empty for none.
    formulations : tuple of str
        Of the models that can be exported.
    model : str
        (instance, `atoopt.solvers.run.Options`) -> (Pyomo model, function that returns the evaluation of the solution
        in its variables, whether the model covers all that the instance allows); empty for none.
    whole_curve : mapping of str to Any
        What an instance is given instead, where a front is not to end at a limit (``pareto --any-time``).
    limits : tuple of str
        Keys of an instance that are upper limits, None being none: an instance with larger ones allows all that
        another allows, and is otherwise the same problem.
    start : str
        (instance, what a user gives as a start) -> it as methods read it (`Options.start`); empty where none takes it.
    pictures, solution_pictures : mapping of str to str
        Name of a picture -> its function, (instance, ax=None) or (evaluation, ax=None) -> matplotlib Axes.
    picture : str
        (instance, Axes or None) -> matplotlib Axes; empty for none.
    """

    format: str
    instance: str
    evaluate: str = ""
    check: str = ""
    objectives: tuple[str, str] = ("", "")
    methods: Mapping[str, Method] = field(default_factory=dict)
    fronts: Mapping[str, Method] = field(default_factory=dict)
    solution_text: str = ""
    checked_text: str = ""
    checked_data: str = ""
    exporter: str = ""
    formulations: tuple[str, ...] = ()
    model: str = ""
    whole_curve: Mapping[str, Any] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    start: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)
    solution_pictures: Mapping[str, str] = field(default_factory=dict)
    picture: str = ""

    @property
    def name(self) -> str:
        """The format without ``atoopt/``."""
        return self.format.partition("/")[2]


FAMILIES = {
    "atoopt/stock-composition": "atoopt.stock.problem:PROBLEM",
    "atoopt/policy": "atoopt.policy.problem:PROBLEM",
    "atoopt/stock-levels": "atoopt.levels.problem:PROBLEM",
    "atoopt/diversity": "atoopt.diversity.problem:PROBLEM",
    "atoopt/architecture": "atoopt.architecture.problem:PROBLEM",
}
"""Format -> where its `Problem` is."""


def register_installed() -> None:
    """Make the families known that installed packages declare: entry points of the group ``atoopt.families``.

    The name of an entry point is the format, its value "module:name" of the `Problem`.
    """
    from importlib.metadata import entry_points

    for point in entry_points(group="atoopt.families"):
        register(point.name, point.value)


def register(kind: str, target: str) -> None:
    """Make a family known that is not part of the package.

    Parameters
    ----------
    kind : str
        The key ``format`` of its files.
    target : str
        "module:name" of its `Problem`.

    Raises
    ------
    InputError
        Another family has this format, or it is not written ``atoopt/...``, by which commands and schemas know it.
    """
    if not kind.startswith("atoopt/"):
        raise InputError(f"is {kind}", f"choose one such as atoopt/{kind.rpartition('/')[2]}", place="format")
    if FAMILIES.setdefault(kind, target) != target:
        raise InputError(f"is {kind}, which {FAMILIES[kind]} has", "choose another format", place="format")


def family(kind: str) -> Problem:
    """Return the family of a format that is known.

    >>> family("atoopt/policy").objectives
    ('pallets', 'setup_hours')
    """
    found: Problem = resolve(FAMILIES[kind])
    return found


def solved_families() -> list[Problem]:
    """Return the families that have methods."""
    return [problem for problem in map(family, FAMILIES) if problem.methods]


def problem_of(instance: Any) -> Problem:
    """Return the problem family of an instance; an architecture has no methods, and is refused.

    Raises
    ------
    InputError
        Nothing is solved on such an instance.
    """
    kind = getattr(instance, "format", None)
    if not isinstance(kind, str):
        remedy = "give an instance (atoopt.load reads one) or the path of its file"
        raise InputError(f"is {type(instance).__name__}", remedy, place="instance")
    if kind not in FAMILIES or not family(kind).methods:
        known = " or ".join(problem.format for problem in solved_families())
        raise InputError(f"is {kind}", f"give an instance of {known}", place="format")
    return family(kind)
