"""Lists of names that refer to others."""

from __future__ import annotations

from collections.abc import Mapping

from atoopt.base.errors import InputError


def check_names(names: tuple[str, ...], known: Mapping[str, int] | None, place: str) -> None:
    """Raise unless every name is known (where a table is given) and stands once."""
    seen = set()
    for i, name in enumerate(names):
        if known is not None and name not in known:
            remedy = "add it to components or correct it"
            raise InputError(f'"{name}" is not a component', remedy, place=f"{place}[{i}]")
        if name in seen:
            raise InputError(f'"{name}" stands twice', "give each component once", place=f"{place}[{i}]")
        seen.add(name)
