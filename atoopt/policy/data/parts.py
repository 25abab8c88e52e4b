"""A list of parts, one row a part, becomes an instance.

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

An empty cell is a value that is not given; an empty time is none. Names may have capitals and spaces, as in "Annual
demand"; the files and their form are those of `atoopt.base.raw.source`.
"""

from __future__ import annotations

import math
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError, short
from atoopt.base.files import validated
from atoopt.base.raw.numbers import hint, number
from atoopt.base.raw.recognition import wrong_parts
from atoopt.base.raw.source import Source, file_of, read_source
from atoopt.base.raw.table import Table
from atoopt.policy.instance import PolicyInstance

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("annual_demand", "orders_per_year", "batch", "pieces_per_pallet")
ORDER = ("order_cost", "holding_cost")
GEOMETRY = ("shape", "long_side_mm", "short_side_mm", "thickness_mm", "layers", "layer_height_mm", "turned")
TIMES = ("setup_hours", "run_hours_per_piece")
OTHERS = ("id", "fixed_policy", "same_policy")
REQUIRED = ("id", "annual_demand", "orders_per_year")
KNOWN = (*OTHERS, *NUMBERS, *ORDER, *GEOMETRY)


@dataclass(frozen=True)
class _Row:
    """A row of the table: column -> text, empty cells left out; how to say where it stands, and how to read numbers."""

    place: Callable[[], str]
    cells: dict[str, str]
    number: Callable[[str], float]
    decimal: str

    def at(self, column: str) -> str:
        return f'{self.place()}, column "{column}"'


@dataclass(frozen=True)
class PartsImport:
    """An instance, and what separated the cells of its table (empty where it was no text)."""

    instance: PolicyInstance
    separator: str


def read_parts(table: str | os.PathLike[str] | pd.DataFrame, *, name: str | None = None, **keys: Any) -> PolicyInstance:
    """Read a table with a header and one row a part: a CSV, Excel or Parquet file, or a DataFrame.

    Parameters
    ----------
    table : path or DataFrame
    name : str, optional
        Of the instance; by default the file's.
    **keys
        Fields of `atoopt.base.raw.source.Source`: ``columns``, ``drop``, ``rename``, ``separator``, ``decimal``,
        ``encoding``, ``sheet``, ``none``. Further keys are of the instance, such as ``limits`` and ``pallet``, as
        plain data.

    Raises
    ------
    InputError
        The table cannot be used; the message names line and column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "parts.csv"
    >>> _ = file.write_text("id,annual_demand,orders_per_year,batch,pieces_per_pallet,setup_hours_cutting\\n"
    ...                     "P1,4800,96,400,12,0.2\\n")
    >>> read_parts(file).parts[0].setup_hours
    {'cutting': 0.2}
    """
    return import_parts(table, Source.taken_from(keys), name, **keys).instance


def import_parts(
    table: str | os.PathLike[str] | pd.DataFrame, how: Source, name: str | None = None, **keys: Any
) -> PartsImport:
    """Do what `read_parts` does, and say what separated the cells."""
    file = file_of(table)
    try:
        found, _ = read_source(table, how)
        rows = _rows(found, how)
        data = _data(rows, name if name is not None else Path(file).stem or "parts", keys)
        return PartsImport(_instance(data, rows), found.separator)
    except InputError as error:
        raise error.in_file(file) from None


def _rows(table: Table, how: Source) -> list[_Row]:
    """Return the rows that hold anything; an unknown column is an `InputError`."""
    wrong = wrong_parts(table)
    if wrong is not None:
        raise wrong
    names = [_known_as(column.name) for column in table.columns]
    _check_header(names)
    texts = [column.texts() for column in table.columns]

    def read(text: str) -> float:
        return number(text, how.decimal, typed=not table.separator)

    filled = [{name: text for name, text in zip(names, row, strict=True) if text} for row in zip(*texts, strict=True)]
    rows = [_Row(partial(_line, table, i), cells, read, how.decimal) for i, cells in enumerate(filled)]
    return [row for row in rows if row.cells]


def _line(table: Table, row: int) -> str:
    return f"line {table.line_of(row)}"


def _known_as(name: str) -> str:
    """Return the column that a name means, if capitals and spaces are left aside.

    >>> _known_as("Annual demand"), _known_as("Setup hours Laser"), _known_as("Colour")
    ('annual_demand', 'setup_hours_Laser', 'Colour')
    """
    plain = re.sub(r"[\W_]+", "_", name.strip())
    if plain.lower() in KNOWN:
        return plain.lower()
    for prefix in TIMES:
        if _process(name) is None and plain.lower().startswith(f"{prefix}_"):
            return f"{prefix}_{plain[len(prefix) + 1 :]}"
    return name


def _check_header(header: list[str]) -> None:
    for i, column in enumerate(header):
        place = f"header, column {i + 1}"
        if column in header[:i]:
            raise InputError(f'"{column}" stands twice', "drop one of the two columns", place=place)
        if column not in KNOWN and _process(column) is None:
            times = " or ".join(f"{prefix}_<process>" for prefix in TIMES)
            given = shlex.quote(short(column))
            remedy = f"give --drop {given}, or --rename {given}=NAME, one of {', '.join(KNOWN)}, {times}"
            raise InputError(f'"{short(column)}" is not a known column', remedy, place=place)
    for column in REQUIRED:
        if column not in header:
            raise InputError(
                f'column "{column}" is missing', f"add it, or give --rename COLUMN={column}", place="header"
            )


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
                remedy = "write MTO or MTS, or leave it empty"
                raise InputError(f'is "{policy}"', remedy, place=row.at("fixed_policy"))
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
            raise InputError(f'is "{text}"', "write true or false", place=row.at("turned"))
        return text.lower() == "true"
    amount = _number(row, column, text)
    return int(amount) if column == "layers" and amount.is_integer() else amount


def _number(row: _Row, column: str, text: str) -> float:
    amount = row.number(text)
    if not math.isfinite(amount):
        remedy = f"write a number such as 12.5{hint(text, row.decimal)}"
        raise InputError(f'is "{text[:40]}"', remedy, place=row.at(column))
    return amount


def _instance(data: dict[str, Any], rows: list[_Row]) -> PolicyInstance:
    """Validate; a fault of a part is said by line and column."""
    try:
        return validated(PolicyInstance, data)
    except InputError as error:
        found = re.fullmatch(r"parts\[(\d+)\]\.?(.*)", error.place)
        if found is None:
            raise
        row = rows[int(found[1])]
        kind, _, key = found[2].partition(".")
        # times keep their kind in the column's name; batch costs and geometry have columns of their own
        column = f"{kind}_{key}" if kind in TIMES and key else key or kind
        raise error.at(row.at(column) if column else row.place()) from None
