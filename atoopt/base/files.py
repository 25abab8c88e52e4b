"""Reading files: every fault of a file becomes one `InputError`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NoReturn

from atoopt.base.errors import InputError
from atoopt.base.faults import kind_of, shown, validated
from atoopt.base.problem import FAMILIES, family
from atoopt.base.resolve import resolve
from atoopt.base.writing import check_writable, json_text, whole_file, write_text

__all__ = [
    "check_writable", "json_text", "load", "read_json", "read_text",
    "resolve", "validated", "whole_file", "write_text",
]  # fmt: skip


def load(path: str | os.PathLike[str]) -> Any:
    """Read an instance; its key ``format`` decides the problem.

    Parameters
    ----------
    path : path
        A JSON file in one of the formats of the README.

    Returns
    -------
    StockInstance, PolicyInstance or ArchitectureInstance
        A frozen, validated instance.

    Raises
    ------
    InputError
        The file cannot be used; the message names the place and the remedy.

    Examples
    --------
    >>> import atoopt
    >>> atoopt.load("instances/stock/uniform-5.json").n_components
    5
    """
    data = read_json(path)
    if "format" not in data:
        remedy = f'add "format": one of {_listed(FAMILIES)}'
        raise InputError("is missing", remedy, place="format", file=str(path))
    kind = data["format"]
    if not isinstance(kind, str) or kind not in FAMILIES:
        remedy = f"write one of {_listed(FAMILIES)}"
        raise InputError(f"is {shown(kind)}, not a known format", remedy, place="format", file=str(path))
    _check_version(data, str(path))
    model = resolve(family(kind).instance)
    if hasattr(model, "with_parts"):  # files named in this one
        data = model.with_parts(data, str(path))
    return validated(model, data, str(path))


def _check_version(data: dict[str, Any], file: str) -> None:
    """Every format has one version so far; a file without one could not be read once there are two."""
    if "version" not in data:
        raise InputError("is missing", 'add "version": 1', place="version", file=file)
    version = data["version"]
    if isinstance(version, bool) or version != 1:
        newer = isinstance(version, int) and version > 1
        remedy = "write 1, or use a newer atoopt" if newer else "write 1"
        raise InputError(f"is {shown(version)}", remedy, place="version", file=file)


def read_text(
    path: str | os.PathLike[str], what: str = "file", encoding: str = "utf-8-sig", recode: str = "save it as UTF-8"
) -> str:
    """Return the text of a file (UTF-8, a byte-order mark is skipped), or raise an `InputError`."""
    file = str(path)
    try:
        return Path(path).read_text(encoding=encoding)
    except FileNotFoundError:
        raise InputError("does not exist", f"give the path of an existing {what}", file=file) from None
    except IsADirectoryError:
        raise InputError("is a directory", f"give the path of a {what}", file=file) from None
    except PermissionError:
        raise InputError("may not be read", "grant read permission or give another file", file=file) from None
    except UnicodeDecodeError as error:
        known = "UTF-8" if encoding == "utf-8-sig" else encoding
        place = f"byte {error.start + 1}"
        raise InputError(f"is not {known} text", recode, place=place, file=file) from None
    except UnicodeError as error:  # UTF-16 without its mark
        raise InputError(f"is not {encoding} text ({error})", recode, file=file) from None
    except LookupError:
        raise InputError(f'is "{encoding}", no encoding', "write one such as cp1252", place="encoding") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read ({reason})", f"give the path of a {what}", file=file) from None


def read_json(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the JSON object in a file; NaN, infinity and repeated keys are errors."""
    file = str(path)
    text = read_text(path, "JSON file")
    if not text.strip():
        raise InputError("is empty", "write one JSON object into it", file=file)
    try:
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique_keys)
    except InputError as error:
        raise error.in_file(file) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            problem, remedy = "the JSON text ends too early", "restore the rest, which seems cut off"
        else:
            problem, remedy = f"is not JSON ({error.msg})", "correct the syntax there"
        raise InputError(problem, remedy, place=place, file=file) from None
    except RecursionError:
        raise InputError(
            "is nested too deeply", "write an object as in the README", place="top level", file=file
        ) from None
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(f"holds a number that cannot be read ({error})", "shorten it", file=file) from None
    if not isinstance(data, dict):
        raise InputError(f"holds {kind_of(data)}", "write one JSON object { ... }", place="top level", file=file)
    return data


def _no_constant(name: str) -> NoReturn:
    raise InputError(f"holds {name}, which is no JSON number", "give a finite number, or null where none is known")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that gives a key twice: the first value would be lost silently."""
    unique = dict(pairs)
    if len(unique) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in unique if keys.count(key) > 1)
        raise InputError("stands twice in one object", "keep one of the two", place=f"key {json.dumps(twice)}")
    return unique


def _listed(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)
