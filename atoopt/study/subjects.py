"""What the methods of a study are run on: instances of the families, model files, and models of Python files.

A subject carries its content, not its path: a run can go to another machine, and its key says what was solved.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.files import load, read_text
from atoopt.base.problem import problem_of
from atoopt.study.definition import Definition, Instances, Limits

MODEL = "model"
"""The problem of a subject that is a model, not an instance of a family."""

SUFFIXES = (".json", ".mps", ".lp", ".mps.gz", ".lp.gz", ".py")


@dataclass(frozen=True)
class Subject:
    """An instance or a model, as it goes to the process that solves it.

    Attributes
    ----------
    name : str
        Different for each subject of a study.
    problem : str
        The name of its family, or `MODEL`.
    kind : {"instance", "mps", "lp", "python"}
        How `text` is read: JSON, a model file, or a Python file that defines ``create_model()``.
    text : str
    model : str or None
        The text of a Python file whose ``build_model(instance)`` is solved in the instance's place.
    limits : Limits
    """

    name: str
    problem: str
    kind: str
    text: str
    model: str | None
    limits: Limits

    @property
    def content(self) -> str:
        """A hash of all but names and limits."""
        text = self.text
        if self.kind == "instance":
            data = json.loads(text)
            data.pop("name", None)
            text = json.dumps(data, sort_keys=True)
        return digest([self.kind, text, self.model])


def digest(data: Any) -> str:
    """Return a hash of JSON data.

    >>> digest({"a": 1}) == digest({"a": 1}), len(digest([]))
    (True, 32)
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def subjects_of(definition: Definition, folder: Path, given: Iterable[Any] = ()) -> tuple[Subject, ...]:
    """Return the subjects of a study, each with a name of its own.

    Parameters
    ----------
    definition : Definition
    folder : Path
        Where its paths start.
    given : iterable
        Instances of the families, beside those that it names.

    Raises
    ------
    InputError
        A file cannot be used, or a generator does not take what it is given.
    """
    listed = [_of_instance(instance, None, definition.limits) for instance in given]
    for at, entry in enumerate(definition.instances):
        try:
            listed += _of_entry(entry, folder, _limits(definition.limits, entry))
        except InputError as error:
            place = f"instances[{at}]{'.' if error.place else ''}{error.place}"
            raise error if error.file else error.at(place) from None
    return _named(listed)


def _named(listed: Iterable[Subject]) -> tuple[Subject, ...]:
    """Return subjects with different names; one that is there twice, since two patterns name its file, once."""
    found: dict[str, Subject] = {}
    taken: set[str] = set()
    for subject in listed:
        content = digest([subject.content, subject.limits.model_dump()])
        if content not in found:
            found[content] = replace(subject, name=_free(subject.name, taken))
            taken.add(found[content].name)
    return tuple(found.values())


def _limits(limits: Limits, entry: Instances) -> Limits:
    own = {name: value for name, value in entry.limits.model_dump().items() if value is not None}
    return limits.model_copy(update=own)


def _free(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"


def _of_entry(entry: Instances, folder: Path, limits: Limits) -> Iterator[Subject]:
    model = None if entry.model is None else _python(folder / entry.model, "build_model")
    if entry.generator is not None:
        for seed in entry.seeds or (None,):
            subject = _of_instance(_generated(entry, seed), model, limits)
            yield subject if seed is None else replace(subject, name=f"{subject.name}, seed {seed}")
        return
    for pattern in entry.files:
        for file in _matching(folder, pattern):
            yield _of_file(file, model, limits)


def _matching(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a pattern, in the order of their names."""
    if not any(sign in pattern for sign in "*?["):
        return [folder / pattern]
    start, rest = (Path("/"), pattern.lstrip("/")) if pattern.startswith("/") else (folder, pattern)
    try:
        found = sorted(path for path in start.glob(rest) if path.is_file())
    except (ValueError, NotImplementedError) as error:
        raise InputError(
            f'is no pattern of files ({error}): "{pattern}"', "write one such as *.json", place="files"
        ) from None
    if not found:
        raise InputError(f'no file matches "{pattern}"', "correct it; it starts at the study's folder", place="files")
    return found


def _of_file(file: Path, model: str | None, limits: Limits) -> Subject:
    kind = next((suffix for suffix in sorted(SUFFIXES, key=len, reverse=True) if file.name.endswith(suffix)), None)
    if kind is None:
        remedy = f"give a file that ends in {', '.join(SUFFIXES)}"
        raise InputError("is neither an instance nor a model", remedy, file=str(file))
    if kind == ".json":
        return _of_instance(load(file), model, limits, str(file))
    if model is not None:
        raise InputError("is no instance", "build_model(instance) needs instances (JSON)", file=str(file))
    if kind == ".py":
        return Subject(file.stem, MODEL, "python", _python(file, "create_model"), None, limits)
    text = _unpacked(file) if kind.endswith(".gz") else read_text(file, "model file")
    name = file.name.removesuffix(kind)
    return Subject(name, MODEL, kind.split(".")[1], text, None, limits)


def _unpacked(file: Path) -> str:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            return stream.read()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read ({reason})", "give a model file packed by gzip", file=str(file)) from None


def _of_instance(instance: Any, model: str | None, limits: Limits, file: str = "") -> Subject:
    try:
        problem = problem_of(instance).name
    except InputError as error:
        raise error.in_file(file) if file else error from None
    text = instance.model_dump_json(exclude_none=False)
    return Subject(instance.name, MODEL if model is not None else problem, "instance", text, model, limits)


def _python(file: Path, function: str) -> str:
    """Return the text of a Python file that defines a function; it is not run here."""
    text = read_text(file, f"Python file that defines {function}")
    try:
        tree = ast.parse(text, str(file))
    except (SyntaxError, ValueError) as error:
        place = f"line {getattr(error, 'lineno', None) or 1}"
        raise InputError(f"is not Python ({error.args[0]})", "correct it", place=place, file=str(file)) from None
    if not any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body):
        arguments = "instance" if function == "build_model" else ""
        raise InputError(f"does not define {function}", f"define {function}({arguments})", file=str(file))
    return text


def _generated(entry: Instances, seed: int | None) -> Any:
    """Call a generator; what it does not take is an error that names it."""
    name = entry.generator or ""
    function = _generator(name)
    parameters = {key: _costs(value) if key == "costs" else value for key, value in entry.parameters.items()}
    if seed is not None:
        parameters["seed"] = seed
    known = list(inspect.signature(function).parameters)
    for key in parameters:
        if key not in known:
            place = "seeds" if key == "seed" and "seed" not in entry.parameters else f"parameters.{key}"
            raise InputError(f"is not taken by {name}", f"it takes {', '.join(known)}", place=place)
    try:
        return function(**parameters)
    except InputError as error:
        raise error.at(f"parameters.{error.place}") from None
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} does not take them ({error})", "correct them", place="parameters") from None


def _costs(value: Any) -> Any:
    from atoopt.base.faults import validated
    from atoopt.stock import Costs

    return validated(Costs, value) if isinstance(value, dict) else value


def _generator(name: str) -> Callable[..., Any]:
    """Return a generator by its name: only functions of the families that return instances."""
    from atoopt.policy.data import generate as of_policy
    from atoopt.stock.data import generate as of_stock

    known = {
        f"{family}.{key}": function
        for family, module in (("stock", of_stock), ("policy", of_policy))
        for key, function in vars(module).items()
        if inspect.isfunction(function)
        and not key.startswith("_")
        and str(function.__annotations__.get("return")).endswith("Instance")
    }
    if name not in known:
        raise InputError(f'is "{name}"', f"choose one of {', '.join(sorted(known))}", place="generator")
    return known[name]
