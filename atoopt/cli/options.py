"""Arguments and options that several commands share, and how an error names them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from atoopt.base.errors import InputError

Instance = Annotated[str, typer.Argument(metavar="INSTANCE", help="An instance file (JSON).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")]


def option(name: str) -> str:
    """Return the option of a parameter.

    >>> option("time_limit")
    '--time-limit'
    """
    return {"solver_options": "--solver-option"}.get(name, "--" + name.replace("_", "-"))


def solver_options(given: Iterable[str] | None) -> dict[str, bool | int | float | str]:
    """Return options of a solver, each written NAME=VALUE; a value is a number or a truth value where it looks so.

    >>> solver_options(["limits/nodes=10", "cuts=off", "presolve=true"])
    {'limits/nodes': 10, 'cuts': 'off', 'presolve': True}
    """
    options: dict[str, bool | int | float | str] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        if not (name and sign):
            raise InputError(f'is "{text}"', "write NAME=VALUE", place="--solver-option")
        options[name] = _value(value)
    return options


def _value(text: str) -> bool | int | float | str:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


@contextlib.contextmanager
def named(parameters: Iterable[str], file: str) -> Iterator[None]:
    """Let an error name the option where it names a parameter, and else the file."""
    try:
        yield
    except InputError as error:
        if error.place in parameters:
            raise error.at(option(error.place)) from None
        raise error.in_file(file) from None


def with_changes(instance: Any, given: list[str] | None) -> Any:
    """Return an instance with the changes of ``--set``."""
    if not given:
        return instance
    from atoopt.workbench.changes import changed, parse_change

    try:
        return changed(instance, dict(parse_change(text) for text in given))
    except InputError as error:
        place = "--set" if error.place == "set" else f"--set: {error.place}"
        raise error.at(place) from None
