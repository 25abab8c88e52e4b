"""A list of parts as CSV, one row a part, becomes an instance.

=====================================================  ==========================================================
column                                                 meaning
=====================================================  ==========================================================
``id``                                                 name of the part, unique
``annual_demand``, ``orders_per_year``                 D_i pieces, O_i orders
``batch``                                              B_i pieces; or ``order_cost`` and ``holding_cost`` (Harris)
``pieces_per_pallet``                                  EPQ_i; or ``shape`` (U, L, I), ``long_side_mm``,
                                                       ``short_side_mm``, ``thickness_mm`` and ``layers`` (or
                                                       ``layer_height_mm``; ``turned`` true or false)
``setup_hours_<process>``                              Ts_ij, hours an event, one column a process
``run_hours_per_piece_<process>``                      Tp_ij, hours a piece, one column a process
``fixed_policy``                                       MTO or MTS, where the policy is given
``same_policy``                                        parts with the same text here go together
=====================================================  ==========================================================

An empty cell is a value that is not given; an empty time is none.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.faults import not_csv
from atoopt.base.files import read_text, validated
from atoopt.policy.instance import PolicyInstance

NUMBERS = ("annual_demand", "orders_per_year", "batch", "pieces_per_pallet")
ORDER = ("order_cost", "holding_cost")
GEOMETRY = ("shape", "long_side_mm", "short_side_mm", "thickness_mm", "layers", "layer_height_mm", "turned")
TIMES = ("setup_hours", "run_hours_per_piece")
OTHERS = ("id", "fixed_policy", "same_policy")
REQUIRED = ("id", "annual_demand", "orders_per_year")


@dataclass(frozen=True)
class _Row:
    """A line of the file: column -> text, surrounding spaces removed, empty cells left out."""

    line: int
    cells: dict[str, str]


def read_parts(
    path: str | os.PathLike[str], *, separator: str = ",", name: str | None = None, **keys: Any
) -> PolicyInstance:
    """Read a CSV file with a header and one row a part.

    Parameters
    ----------
    path : path
    separator : str
        One character.
    name : str, optional
        Of the instance; by default the file's.
    **keys
        Further keys of the instance, such as ``limits`` and ``pallet``, as plain data.

    Raises
    ------
    InputError
        The file cannot be used; the message names line and column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "parts.csv"
    >>> _ = file.write_text("id,annual_demand,orders_per_year,batch,pieces_per_pallet,setup_hours_cutting\\n"
    ...                     "P1,4800,96,400,12,0.2\\n")
    >>> read_parts(file).parts[0].setup_hours
    {'cutting': 0.2}
    """
    file = str(path)
    try:
        rows = _rows(read_text(path, "CSV file"), separator)
        data = _data(rows, name or Path(file).stem, keys)
        return _instance(data, rows)
    except InputError as error:
        raise error.in_file(file) from None


def _rows(text: str, separator: str) -> list[_Row]:
    """Return the rows; a fault of the file's form is an `InputError`."""
    if len(separator) != 1 or separator in '"\r\n':
        raise InputError(f'is "{separator}"', "give one character", place="separator")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        place = f"line {reader.line_num}"
        problem, remedy = not_csv(str(error), separator)
        raise InputError(problem, remedy, place=place) from None
    lines = [(number, row) for number, row in lines if any(row)]
    if not lines:
        raise InputError("is empty", "write a header and one row a part")
    (_, header), *rows = lines
    _check_header(header, separator)
    if not rows:
        raise InputError("has a header but no row", "write one row a part")
    for number, row in rows:
        if len(row) != len(header):
            problem = f"has {len(row)} cells, the header has {len(header)}"
            raise InputError(problem, "add or remove cells", place=f"line {number}")
    return [_Row(n, {c: text for c, text in zip(header, row, strict=True) if text}) for n, row in rows]


def _check_header(header: list[str], separator: str) -> None:
    for i, column in enumerate(header):
        place = f"header, column {i + 1}"
        if not column:
            raise InputError("has no name", "name the column or remove it", place=place)
        if column in header[:i]:
            raise InputError(f'"{column}" stands twice', "keep one of the two columns", place=place)
        known = column in (*NUMBERS, *ORDER, *GEOMETRY, *OTHERS) or _process(column) is not None
        if not known:
            times = " or ".join(f"{prefix}_<process>" for prefix in TIMES)
            remedy = f"use one of {', '.join((*OTHERS, *NUMBERS, *ORDER, *GEOMETRY))}, {times}"
            if len(header) == 1 and any(sign in column for sign in ";\t"):
                remedy = f'say what separates the cells (now "{separator}") by --separator'
            raise InputError(f'"{column}" is not a known column', remedy, place=place)
    for column in REQUIRED:
        if column not in header:
            raise InputError(f'column "{column}" is missing', "add it", place="header")


def _process(column: str) -> tuple[str, str] | None:
    """Return the kind of time and the process of a column such as setup_hours_cutting.

    >>> _process("run_hours_per_piece_laser cutting")
    ('run_hours_per_piece', 'laser cutting')
    """
    for prefix in TIMES:
        if column.startswith(f"{prefix}_") and len(column) > len(prefix) + 1:
            return prefix, column[len(prefix) + 1 :]
    return None


def _data(rows: list[_Row], name: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Return the rows as the data of an instance."""
    groups: dict[str, list[str]] = {}
    fixed: dict[str, str] = {}
    for row in rows:
        part = row.cells.get("id", "")
        if "same_policy" in row.cells:
            groups.setdefault(row.cells["same_policy"], []).append(part)
        if "fixed_policy" in row.cells:
            policy = row.cells["fixed_policy"]
            if policy not in ("MTO", "MTS"):
                place = f'line {row.line}, column "fixed_policy"'
                raise InputError(f'is "{policy}"', "write MTO or MTS, or leave it empty", place=place)
            fixed[part] = policy
    return {
        "format": "atoopt/policy", "version": 1, "name": name, "parts": [_part(row) for row in rows],
        "fixed_policy": fixed, "same_policy": [group for group in groups.values() if len(group) > 1], **keys,
    }  # fmt: skip


def _part(row: _Row) -> dict[str, Any]:
    """Return one row as the data of a part."""
    part: dict[str, Any] = {prefix: {} for prefix in TIMES}
    for column, text in row.cells.items():
        time = _process(column)
        if column in ("same_policy", "fixed_policy"):
            continue
        if time is not None:
            part[time[0]][time[1]] = _number(row, column, text)
        elif column in ORDER:
            part.setdefault("economic_order", {})[column] = _number(row, column, text)
        elif column in GEOMETRY:
            part.setdefault("geometry", {})[column] = _geometry(row, column, text)
        else:
            part[column] = text if column == "id" else _number(row, column, text)
    return part


def _geometry(row: _Row, column: str, text: str) -> Any:
    if column == "shape":
        return text
    if column == "turned":
        if text.lower() not in ("true", "false"):
            raise InputError(f'is "{text}"', "write true or false", place=f'line {row.line}, column "turned"')
        return text.lower() == "true"
    number = _number(row, column, text)
    return int(number) if column == "layers" and number.is_integer() else number


def _number(row: _Row, column: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:
        remedy = "write a number such as 12.5, with a point"
        raise InputError(f'is "{text[:40]}"', remedy, place=f'line {row.line}, column "{column}"')
    return number


def _instance(data: dict[str, Any], rows: list[_Row]) -> PolicyInstance:
    """Validate; a fault of a part is said by line and column."""
    try:
        return validated(PolicyInstance, data)
    except InputError as error:
        found = re.fullmatch(r"parts\[(\d+)\]\.?(.*)", error.place)
        if found is None:
            raise
        line = rows[int(found[1])].line
        kind, _, key = found[2].partition(".")
        # times keep their kind in the column's name; batch costs and geometry have columns of their own
        column = f"{kind}_{key}" if kind in TIMES and key else key or kind
        raise error.at(f'line {line}, column "{column}"' if column else f"line {line}") from None
