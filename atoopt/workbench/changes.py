"""An instance with some of its data changed, named by their keys: ``costs.final_assembly=20``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.faults import validated


def parse_change(text: str) -> tuple[str, Any]:
    """Return key and value of a text.

    >>> parse_change("costs.final_assembly=20"), parse_change("max_modules=null"), parse_change("cost_basis=usage")
    (('costs.final_assembly', 20), ('max_modules', None), ('cost_basis', 'usage'))
    """
    key, sign, value = text.partition("=")
    if not key.strip() or not sign:
        raise InputError(f'is "{text}"', "write KEY=VALUE, such as costs.final_assembly=20", place="set")
    return key.strip(), parse_value(value.strip())


def parse_value(text: str) -> Any:
    """Return a value: JSON where it is, else the text itself."""
    try:
        return json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return text


def changed(instance: Any, changes: Mapping[str, Any]) -> Any:
    """Return a copy of an instance with values changed, validated anew.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    changes : mapping of str to Any
        Key -> value; a dot goes into an object, or to an entry of a list by its number from 0, or its id or name.

    Raises
    ------
    InputError
        There is no such key, or the value is not allowed.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.workbench import changed
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> changed(instance, {"costs.final_assembly": 20, "max_mean_assembly_time": 1.5}).costs.final_assembly
    20.0
    """
    data = instance.to_json()
    for key, value in changes.items():
        _put(data, key, value)
    return validated(type(instance), data)


def _put(data: dict[str, Any], key: str, value: Any) -> None:
    """Change one value in place."""
    inside: Any = data
    *way, last = key.split(".")
    for step in way:
        inside = inside[_at(inside, step, key)]
    inside[_at(inside, last, key, new=inside is not data)] = value


def _at(inside: Any, step: str, key: str, new: bool = False) -> Any:
    """Return where a step of a key leads; an optional key of an inner object may be new."""
    if isinstance(inside, dict):
        if step in inside or new:
            return step
        known = ", ".join(inside)
        raise InputError(f'has no key "{step}"', f"choose among {known}", place=key)
    if isinstance(inside, list):
        names = [entry.get("id") or entry.get("name") if isinstance(entry, dict) else None for entry in inside]
        if step in names:
            return names.index(step)
        if step.isdigit() and int(step) < len(inside):
            return int(step)
        raise InputError(f'has no entry "{step}"', f"give a number from 0 to {len(inside) - 1}, or its id", place=key)
    raise InputError(f'has nothing inside, where "{step}" is looked for', "correct the key", place=key)
