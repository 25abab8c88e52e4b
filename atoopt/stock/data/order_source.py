"""An order history as it comes: which file, which of its columns and rows, and what a row counts."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.stock.data.order_files import days_of, frame_of
from atoopt.stock.data.order_table import Column, Table, read_table, table_of

BOOKS = (".xlsx", ".xls", ".parquet")
"""Files that are no text."""

SEPARATORS = ",;\t|"
"""Those that are recognized."""


@dataclass(frozen=True)
class Source:
    """What is taken of a table.

    Attributes
    ----------
    columns : tuple of str
        These alone, if any are given.
    drop : tuple of str
        Not these.
    order_column, component_column : str or None
        Of the layout long, where they are not called ``order`` and ``component``.
    demand : str or None
        A column that says how many orders a row stands for.
    date : str or None
        A column of dates, for `since` and `until`.
    since, until : str or None
        Only rows from this date on, and up to that one, both included; such as 2026-01-31.
    none : tuple of str
        Values that mean "not chosen", as a blank cell does.
    separator : str or None
        None recognizes it in the header.
    decimal : {".", ","}
        In the column of the demand.
    encoding : str
    """

    columns: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    order_column: str | None = None
    component_column: str | None = None
    demand: str | None = None
    date: str | None = None
    since: str | None = None
    until: str | None = None
    none: tuple[str, ...] = ()
    separator: str | None = ","
    decimal: str = "."
    encoding: str = "utf-8-sig"

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if self.decimal not in (".", ","):
            raise InputError(f'is "{self.decimal}"', 'write "." or ","', place="decimal")
        if (self.since or self.until) and self.date is None:
            raise InputError("is missing", "name the column of the dates", place="date")
        if self.date is not None and not (self.since or self.until):
            raise InputError("has no range", "give from, to or both; or drop the column", place="date")


def read_source(source: str | os.PathLike[str] | Any, how: Source) -> tuple[Table, NDArray[np.float64] | None]:
    """Return a table as the layouts read it, and what each row counts (None: one).

    Parameters
    ----------
    source : path or DataFrame
        A CSV, ``.xlsx`` or ``.parquet`` file with a header.
    how : Source

    Raises
    ------
    InputError
        The file or a column cannot be used.
    """
    table = _read(source, how)
    rows = np.ones(table.n_rows, dtype=bool)
    if how.date is not None:
        rows = _between(table, _named(table, how.date, "date"), how)
    weights = None
    if how.demand is not None:
        # cells of a workbook or a DataFrame are numbers already, whatever sign a text would have
        decimal = how.decimal if isinstance(source, (str, os.PathLike)) and _is_csv(source) else "."
        weights = _amounts(table, _named(table, how.demand, "demand"), decimal)
        rows &= weights > 0
    if not rows.any():
        raise InputError(
            "leave no row", "give another range, or rows with a demand", place="date" if how.date else "demand"
        )
    kept = [column for column in _chosen(table, how) if column.name not in (how.date, how.demand)]
    if not kept:
        raise InputError("leave no column", "name those that are options", place="columns")
    names = {how.order_column: "order", how.component_column: "component"}
    at = np.flatnonzero(rows)
    columns = tuple(_taken(column, at, names.get(column.name, column.name), how.none) for column in kept)
    line_of = table.line_of
    smaller = Table(columns, int(at.size), table.blank_lines, lambda row: line_of(int(at[row])))
    return smaller, None if weights is None else weights[at]


def _is_csv(source: str | os.PathLike[str]) -> bool:
    return Path(source).suffix.lower() not in BOOKS


def _read(source: str | os.PathLike[str] | Any, how: Source) -> Table:
    if not isinstance(source, (str, os.PathLike)):
        return table_of(source)
    if not _is_csv(source):
        return table_of(frame_of(Path(source)))
    separator = recognized(source, how.encoding) if how.separator is None else how.separator
    return read_table(source, separator, how.encoding)


def recognized(path: str | os.PathLike[str], encoding: str = "utf-8-sig") -> str:
    """Return the separator of a CSV file: the one that its header has most often outside quotes."""
    try:
        with Path(path).open(encoding=encoding, newline="") as stream:
            header = stream.readline()
    except (OSError, UnicodeDecodeError, LookupError):
        return ","  # reading it says what is wrong
    counts = {sign: len(next(csv.reader([header], delimiter=sign), [])) for sign in SEPARATORS}
    return max(counts, key=lambda sign: counts[sign])


def _named(table: Table, name: str, place: str) -> Column:
    """Return a column by its name."""
    for column in table.columns:
        if column.name == name:
            return column
    known = ", ".join(f'"{column.name[:40]}"' for column in table.columns[:8])
    raise InputError(f'no column "{name[:60]}"', f"choose among {known}", place=place)


def _chosen(table: Table, how: Source) -> list[Column]:
    """Return the columns that are asked for, in the order of the table."""
    for place, names in (("columns", how.columns), ("drop", how.drop)):
        for name in names:
            _named(table, name, place)
    for place, given in (("order_column", how.order_column), ("component_column", how.component_column)):
        if given is not None:
            _named(table, given, place)
    wanted = set(how.columns) or {column.name for column in table.columns}
    return [column for column in table.columns if column.name in wanted - set(how.drop)]


def _taken(column: Column, at: NDArray[np.intp], name: str, none: Sequence[str]) -> Column:
    """Return some rows of a column, with values that mean nothing blank."""
    values = [("" if value in none else value) for value in column.values]
    unique = tuple(dict.fromkeys(values))
    place = {value: i for i, value in enumerate(unique)}
    codes = np.array([place[value] for value in values], dtype=np.int64)[column.codes[at]]
    present, first = np.unique(codes, return_index=True)  # a value whose rows are gone is no value
    order = present[np.argsort(first)]
    places = np.full(len(unique), -1, dtype=np.int64)
    places[order] = np.arange(order.size)
    return Column(name, places[codes], tuple(unique[code] for code in order.tolist()))


def _amounts(table: Table, column: Column, decimal: str) -> NDArray[np.float64]:
    """Return what each row counts."""
    numbers = np.array([_number(value, decimal) for value in column.values])
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if wrong.size:
        row = int(np.flatnonzero(np.isin(column.codes, wrong))[0])
        text = column.values[column.codes[row]][:40]
        remedy = "give a number of at least 0" + (', or decimal ","' if "," in text else "")
        raise InputError(f'is "{text}"', remedy, place=table.place(row, column))
    return numbers[column.codes]


def _number(text: str, decimal: str) -> float:
    """Return a number: with decimal commas, points may group three digits, and are decimal signs where they do not."""
    if decimal == "," and ("," in text or re.fullmatch(r"\d{1,3}(\.\d{3})+", text)):
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _between(table: Table, column: Column, how: Source) -> NDArray[np.bool_]:
    """Return which rows lie in the range of dates."""
    days = days_of(column.values)
    wrong = np.flatnonzero(np.isnat(days))
    if wrong.size:
        row = int(np.flatnonzero(np.isin(column.codes, wrong))[0])
        text = column.values[column.codes[row]][:40]
        raise InputError(f'is "{text}", no date', "write it as 2026-01-31", place=table.place(row, column))
    inside = np.ones(len(column.values), dtype=bool)
    for place, given, later in (("from", how.since, True), ("to", how.until, False)):
        if given is None:
            continue
        side = days_of([given])[0]
        if np.isnat(side):
            raise InputError(f'is "{given}", no date', "write it as 2026-01-31", place=place)
        inside &= days >= side if later else days <= side
    return inside[column.codes]
