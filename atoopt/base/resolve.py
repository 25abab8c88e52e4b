"""Objects by the name of their place, so that a table of them costs no import until one is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def resolve(target: str) -> Any:
    """Import ``module:name`` and return the object.

    >>> resolve("math:floor")(2.5)
    2
    """
    module, name = target.split(":")
    return getattr(import_module(module), name)
