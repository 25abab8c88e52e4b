"""Arguments and options that several commands share, and how an error names them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from atoopt.base.errors import InputError

Instance = Annotated[str, typer.Argument(metavar="INSTANCE", help="An instance file (JSON).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, and nothing else.")]


def option(name: str) -> str:
    """Return the option of a parameter.

    >>> option("time_limit")
    '--time-limit'
    """
    return "--" + name.replace("_", "-")


@contextlib.contextmanager
def named(parameters: Iterable[str], file: str) -> Iterator[None]:
    """Let an error name the option where it names a parameter, and else the file."""
    try:
        yield
    except InputError as error:
        if error.place in parameters:
            raise error.at(option(error.place)) from None
        raise error.in_file(file) from None
