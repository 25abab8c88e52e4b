"""The published JSON Schemas of the file formats; ``python -m atoopt.schemas`` writes them anew.

They follow from the models that read the files, so they cannot say anything else. What a schema cannot
express (every name known, every product once) the reader checks.
"""

from __future__ import annotations

import re
from inspect import cleandoc
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.problem import FAMILIES, family
from atoopt.base.resolve import resolve

DIALECT = "https://json-schema.org/draft/2020-12/schema"


OTHERS = {"study": "atoopt.study.definition:Definition"}
"""Formats that are no instances: their files have no key ``format``."""


def names() -> list[str]:
    """Return the names of the formats that have a schema.

    >>> "stock-composition" in names()
    True
    """
    return [*(kind.partition("/")[2] for kind in FAMILIES), *OTHERS]


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a file format.

    Parameters
    ----------
    name : str
        One of `names`, such as ``stock-composition``.

    Raises
    ------
    InputError
        No such format.

    Examples
    --------
    >>> schema("stock-composition")["properties"]["max_mean_assembly_time"]["description"]
    'T of constraint (2), a time; None for no limit.'
    """
    if name not in names():
        raise InputError(f'is "{name}"', f"choose one of {', '.join(names())}", place="schema")
    model = resolve(OTHERS[name] if name in OTHERS else family(f"atoopt/{name}").instance)
    found = model.model_json_schema()
    parts = found.pop("$defs", {})
    described = {key: _described(part) for key, part in parts.items()}
    whole = _described(found)
    # The reader tells formats and versions apart by these keys, so a file cannot do without them.
    wanted = ["instances"] if name in OTHERS else ["format", "version"]
    whole["required"] = [*wanted, *whole["required"]]
    return {"$schema": DIALECT, **whole, "title": f"atoopt/{name}", "$defs": described}


def _described(part: dict[str, Any]) -> dict[str, Any]:
    """Return an object's schema, its docstring cut to the first line and told key by key."""
    docstring = cleandoc(part.get("description", ""))
    texts = _attributes(docstring)
    properties = {key: _plain(value) for key, value in part["properties"].items()}
    for key, value in properties.items():
        if key in texts:
            value["description"] = texts[key]
    return {**part, "description": docstring.partition("\n")[0], "properties": properties}


def _plain(value: Any) -> Any:
    """Return a schema without the titles that only repeat the keys."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items() if key != "title"}
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


def _attributes(docstring: str) -> dict[str, str]:
    """Return attribute -> text of a numpy-style docstring, for the attributes that have one."""
    _, _, section = docstring.partition("Attributes\n----------\n")
    section = re.split(r"\n\n\w+\n-+\n", section)[0]
    entries = re.findall(r"^(\w+(?:, \w+)*) : .*\n((?:    .*\n?)+)", section, flags=re.MULTILINE)
    return {name: " ".join(text.split()) for several, text in entries for name in several.split(", ")}
