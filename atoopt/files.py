"""Reading and writing: every fault of a file becomes one `InputError`, and no output is half-written."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from atoopt.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    AnyModel = TypeVar("AnyModel", bound=BaseModel)

FORMATS = {"atoopt/stock-composition": "atoopt.stock.instance:StockInstance"}


def load(path: str | os.PathLike[str]) -> Any:
    """Read an instance; its key ``format`` decides the problem.

    Parameters
    ----------
    path : path
        A JSON file in one of the formats of the README.

    Returns
    -------
    StockInstance
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
        raise InputError("is missing", f'add "format": one of {_listed(FORMATS)}', place="format", file=str(path))
    kind = data["format"]
    if not isinstance(kind, str) or kind not in FORMATS:
        remedy = f"write one of {_listed(FORMATS)}"
        raise InputError(f"is {json.dumps(kind)[:60]}, not a known format", remedy, place="format", file=str(path))
    return validated(resolve(FORMATS[kind]), data, str(path))


def resolve(target: str) -> Any:
    """Import ``module:name`` and return the object; so that a registry costs no import until it is used."""
    from importlib import import_module

    module, name = target.split(":")
    return getattr(import_module(module), name)


def read_text(path: str | os.PathLike[str], what: str = "file") -> str:
    """Return the text of a UTF-8 file (a byte-order mark is skipped), or raise an `InputError`."""
    file = str(path)
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("does not exist", f"give the path of an existing {what}", file=file) from None
    except IsADirectoryError:
        raise InputError("is a directory", f"give the path of a {what}", file=file) from None
    except PermissionError:
        raise InputError("may not be read", "grant read permission or give another file", file=file) from None
    except UnicodeDecodeError as error:
        raise InputError(
            "is not UTF-8 text", "save it as UTF-8", place=f"byte {error.start + 1}", file=file
        ) from None
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
            problem, remedy = "the JSON text ends too early", "restore the rest of the file: it seems truncated"
        else:
            problem, remedy = f"is not JSON ({error.msg})", "correct the syntax there"
        raise InputError(problem, remedy, place=place, file=file) from None
    except RecursionError:
        raise InputError("is nested too deeply", "write an object as in the README", file=file) from None
    except ValueError as error:  # an integer of thousands of digits
        raise InputError(f"holds a number that cannot be read ({error})", "shorten it", file=file) from None
    if not isinstance(data, dict):
        raise InputError(f"holds {_kind(data)}", "write one JSON object { ... }", place="top level", file=file)
    return data


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a file whole or not at all: to a temporary neighbor first, then renamed."""
    target = Path(path)
    with whole_file(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def whole_file(target: Path) -> Any:
    """Give a temporary path beside `target`, renamed to it when the block ends well, removed when not.

    The temporary name keeps the suffix, by which some writers choose the format.
    """
    file = str(target)
    if target.is_dir():
        raise InputError("is a directory", "give the path of a file to write", file=file)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    except FileNotFoundError:
        raise InputError("its folder does not exist", f"make the folder {target.parent}", file=file) from None
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", "write elsewhere", file=file) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", "free some space or write elsewhere", file=file) from None
    finally:
        temporary.unlink(missing_ok=True)


def validated(model: type[AnyModel], data: dict[str, Any], file: str = "") -> AnyModel:
    """Build a pydantic model; the first fault becomes an `InputError` that names its place."""
    from pydantic import ValidationError

    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _first_fault(error).in_file(file) from None


def _first_fault(error: ValidationError) -> InputError:
    """Say the first fault of a validation in our words, and count the others."""
    faults = error.errors(include_url=False)
    # A misspelled key shows twice, as unknown and as missing: the unknown one tells more.
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    others = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    own = fault.get("ctx", {}).get("error")
    if isinstance(own, InputError):
        return InputError(own.problem + others, own.remedy, place=own.place)
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in fault["loc"]).lstrip(".")
    problem, remedy = _in_words(fault)
    return InputError(problem + others, remedy, place=place)


def _in_words(fault: Any) -> tuple[str, str]:
    """Return problem and remedy for a pydantic fault."""
    kind, context, value = fault["type"], fault.get("ctx", {}), fault.get("input")
    shown = json.dumps(value, default=str)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    bounds = {"greater_than": "gt", "greater_than_equal": "ge", "less_than": "lt", "less_than_equal": "le"}
    signs = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
    if kind == "missing":
        return "is missing", "add this key"
    if kind == "extra_forbidden":
        return "is not a known key", "remove it or correct its spelling"
    if kind in bounds:
        bound = bounds[kind]
        return f"is {shown}", f"give a number {signs[bound]} {context[bound]:g}"
    if kind == "literal_error":
        return f"is {shown}", f"write {context['expected']}"
    if kind in ("too_short", "string_too_short"):
        return "is empty", "give at least one entry"
    wanted = {
        "float_type": "a number", "int_type": "a whole number", "string_type": "a text in quotes",
        "tuple_type": "a list [ ... ]", "list_type": "a list [ ... ]", "bool_type": "true or false",
        "model_type": "an object { ... }", "model_attributes_type": "an object { ... }", "dict_type": "an object { ... }",
        "finite_number": "a finite number", "int_from_float": "a whole number",
    }.get(kind)  # fmt: skip
    if wanted:
        return f"is {_kind(value)} ({shown})", f"give {wanted}"
    return str(fault["msg"]), "correct this entry"


def _kind(value: object) -> str:
    """Name the JSON type of a value."""
    names = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "true or false",
             type(None): "null", int: "a number", float: "a number"}  # fmt: skip
    return names.get(type(value), f"a {type(value).__name__}")


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
