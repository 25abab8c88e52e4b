"""Models as files for other programs, with names that people can read and every reader accepts."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.writing import whole_file

SUFFIXES = (".mps", ".lp")

LONGEST = 200
"""Characters of a name; readers allow 255, some of which a section of the file may need."""


def check_suffix(file: str | os.PathLike[str]) -> None:
    """Raise an `InputError` unless the file's suffix names a format that can be written."""
    suffix = Path(file).suffix
    if suffix not in SUFFIXES:
        problem = f'the suffix is "{suffix}"' if suffix else "has no suffix"
        raise InputError(problem, f"end the name in {' or '.join(SUFFIXES)}", file=str(file))


def write_model(model: Any, file: str | os.PathLike[str]) -> None:
    """Write a Pyomo model, whole or not at all; the suffix decides the format.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear, with one active objective.
    file : path
        Ends in ``.mps`` or ``.lp``.

    Raises
    ------
    InputError
        Another suffix, or the file cannot be written.
    """
    check_suffix(file)
    name, model.name = model.name, re.sub(r"\W", "_", plain(model.name))
    try:
        with whole_file(file) as temporary:
            options = {"labeler": readable_names()}
            model.write(str(temporary), io_options=options)
    finally:
        model.name = name


def readable_names() -> Callable[[Any], str]:
    """Return a function that names the components of a model, each differently.

    Pyomo's own labels are the same for ``a b`` and ``a_b``, which ends its writers with an error.
    """
    taken: dict[str, int] = {}

    def name_of(component: Any) -> str:
        name = plain(component.getname(fully_qualified=True))
        count = taken.get(name, 0)
        taken[name] = count + 1
        while count and f"{name}~{count + 1}" in taken:
            count += 1
        if not count:
            return name
        unique = f"{name}~{count + 1}"
        taken[unique] = 1
        return unique

    return name_of


def plain(name: str) -> str:
    """Return a name in the letters and signs that LP and MPS files allow.

    >>> plain("hold[Türgriff+v1=2]")
    'hold(Turgriff&v1_2)'
    """
    letters = unicodedata.normalize("NFKD", name).translate(str.maketrans("[]+|", "()&|"))
    ascii_only = "".join(c for c in letters if not unicodedata.combining(c))
    text = re.sub(r"[^A-Za-z0-9_.,()&|~]", "_", ascii_only)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
