"""The faults of a file's data in words: what pydantic found becomes one `InputError` that names the place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    AnyModel = TypeVar("AnyModel", bound=BaseModel)


def validated(model: type[AnyModel], data: dict[str, Any], file: str = "") -> AnyModel:
    """Build a pydantic model; the first fault becomes an `InputError` that names its place."""
    from pydantic import ValidationError

    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _first_fault(error).in_file(file) from None


def check_number(holds: bool, place: str, value: float, wanted: str) -> None:
    """Raise an `InputError` of the number at this place unless it holds what is wanted."""
    if not holds:
        raise InputError(f"is {value:g}", f"give a number {wanted}", place=place)


def _first_fault(error: ValidationError) -> InputError:
    """Say the first fault of a validation in our words, and count the others."""
    faults = error.errors(include_url=False)
    # A list whose only entry is faulty counts as too short as well.
    faulty = [fault["loc"] for fault in faults]
    faults = [f for f in faults if f["type"] != "too_short" or not any(_inside(at, f["loc"]) for at in faulty)]
    # A misspelled key shows twice, as unknown and as missing: the unknown one tells more.
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    others = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    own = fault.get("ctx", {}).get("error")
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{_on_one_line(p)}" for p in fault["loc"]).lstrip(".")
    if isinstance(own, InputError):
        return InputError(own.problem + others, own.remedy, place=".".join(filter(None, (place, own.place))))
    problem, remedy = _in_words(fault)
    return InputError(problem + others, remedy, place=place)


def _on_one_line(key: str) -> str:
    return key if key.isprintable() else json.dumps(key)


def _inside(inner: tuple[Any, ...], outer: tuple[Any, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _in_words(fault: Any) -> tuple[str, str]:
    """Return problem and remedy for a pydantic fault."""
    kind, context, value = fault["type"], fault.get("ctx", {}), fault.get("input")
    signs = {"greater_than": ("gt", "above"), "greater_than_equal": ("ge", "at least"),
             "less_than": ("lt", "below"), "less_than_equal": ("le", "at most")}  # fmt: skip
    if kind in signs:
        bound, words = signs[kind]
        return f"is {shown(value)}", f"give a number {words} {context[bound]:g}"
    if kind == "literal_error":
        return f"is {shown(value)}", f"write {context['expected']}"
    if kind == "finite_number":
        return f"is {shown(value)}", "give a finite number"
    if kind in FAULTS:
        return FAULTS[kind]
    if kind in WANTED:
        if isinstance(value, int) and not isinstance(value, bool) and WANTED[kind].endswith("number"):
            return f"is too large ({shown(value)})", "give a smaller number"
        text = "" if value is None else f" ({shown(value)})"
        return f"is {kind_of(value)}{text}", f"give {WANTED[kind]}"
    return str(fault["msg"]), "correct this entry"


FAULTS = {
    "missing": ("is missing", "add this key"),
    "extra_forbidden": ("is not a known key", "remove it or correct its spelling"),
    "too_short": ("is empty", "give at least one entry"),
    "string_too_short": ("is empty", "give a text of at least one character"),
    "string_pattern_mismatch": ("holds a control character", "write printable characters"),
    "string_unicode": ("holds half a character (a lone surrogate)", "write whole characters"),
    "invalid_key": ("has a key that holds half a character (a lone surrogate)", "write whole characters"),
}

WANTED = {
    "float_type": "a number", "int_type": "a whole number", "string_type": "a text in quotes",
    "tuple_type": "a list [ ... ]", "list_type": "a list [ ... ]", "bool_type": "true or false",
    "model_type": "an object { ... }", "model_attributes_type": "an object { ... }",
    "dict_type": "an object { ... }", "int_from_float": "a whole number",
}  # fmt: skip


def shown(value: object) -> str:
    """Return a value as JSON, shortened."""
    try:
        text = json.dumps(value, default=str)
    except ValueError:  # an integer of thousands of digits
        text = "a huge number"
    return text if len(text) <= 40 else text[:37] + "..."


def kind_of(value: object) -> str:
    """Name the JSON type of a value."""
    names = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "true or false",
             type(None): "null", int: "a number", float: "a number"}  # fmt: skip
    return names.get(type(value), f"a {type(value).__name__}")


def not_csv(message: str, separator: str) -> tuple[str, str]:
    """Return problem and remedy for what the `csv` module found."""
    import csv

    if "field larger" in message:
        most = f"{csv.field_size_limit():,} characters"
        return f"a cell has more than {most}", "shorten it, or close its quotes if it should have ended before"
    if "expected after" in message:
        problem = "is not CSV (a cell goes on after its quotes)"
        return problem, f"write quotes inside a cell twice, and {separator!r} between cells"
    return f"is not CSV ({message})", "close the quotes, or restore the rest of a truncated file"
