"""A raw table as it comes: which file, which of its columns and rows, and what a row counts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.raw.numbers import hint, number
from atoopt.base.raw.table import Column, Table, read_table, table_of
from atoopt.base.raw.workbooks import days_of, frame_of

BOOKS = (".xlsx", ".xls", ".parquet")
"""Files that are no text."""

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Source:
    """What is taken of a table.

    Attributes
    ----------
    columns : tuple of str
        These alone, if any are given.
    drop : tuple of str
        Not these.
    rename : mapping of str to str
        Column -> the name that it is read by.
    demand : str or None
        A column that says how many orders a row stands for.
    date : str or None
        A column of dates, for `since` and `until`.
    since, until : str or None
        Only rows from this date on, and up to that one, both included; such as 2026-01-31.
    none : tuple of str
        Values that mean "not chosen", as a blank cell does.
    separator : str or None
        None recognizes it in the first rows.
    decimal : {".", ","}
    encoding : str
    sheet : str or None
        Of a workbook; None is the first.
    """

    columns: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    rename: Mapping[str, str] = field(default_factory=dict)
    demand: str | None = None
    date: str | None = None
    since: str | None = None
    until: str | None = None
    none: tuple[str, ...] = ()
    separator: str | None = None
    decimal: str = "."
    encoding: str = "utf-8-sig"
    sheet: str | None = None

    @classmethod
    def taken_from(cls, keywords: dict[str, Any]) -> Source:
        """Return the source that some of these keywords describe, and take them out."""
        return cls(**{name: keywords.pop(name) for name in cls.__dataclass_fields__ if name in keywords})

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if self.decimal not in (".", ","):
            raise InputError(f'is "{self.decimal}"', 'write "." or ","', place="decimal")
        if (self.since or self.until) and self.date is None:
            raise InputError("is missing", "name the column of the dates", place="date")
        if self.date is not None and not (self.since or self.until):
            raise InputError("has no range", "give from, to or both; or drop the column", place="date")


def file_of(source: Any) -> str:
    """Return the path of a source as text; empty where it is none."""
    return str(source) if isinstance(source, (str, os.PathLike)) else ""


def read_source(source: str | os.PathLike[str] | Any, how: Source) -> tuple[Table, NDArray[np.float64] | None]:
    """Return a table as its readers want it, and what each row counts (None: one).

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
    rows, weights = _counted(table, how)
    kept = [column for column in _chosen(table, how) if column.name not in (how.date, how.demand)]
    if not kept:
        raise InputError("leave no column", "name those that are options", place="columns")
    for column in kept:
        _refuse_controls(table, column)
    names, at = _new_names(kept, how.rename), np.flatnonzero(rows)
    columns = tuple(_taken(column, at, name, how.none) for column, name in zip(kept, names, strict=True))
    line_of = table.line_of
    smaller = Table(columns, int(at.size), table.blank_lines, lambda row: line_of(int(at[row])), table.separator)
    return smaller, None if weights is None else weights[at]


def _counted(table: Table, how: Source) -> tuple[NDArray[np.bool_], NDArray[np.float64] | None]:
    """Return which rows are in the range of dates and have a demand, and what each row counts (None: one)."""
    rows = np.ones(table.n_rows, dtype=bool)
    if how.date is not None:
        rows = _between(table, _named(table, how.date, "date"), how)
    weights = None
    if how.demand is not None:
        weights = _amounts(table, _named(table, how.demand, "demand"), how.decimal)
        rows &= weights > 0
    if not rows.any():
        raise InputError(
            "leave no row", "give another range, or rows with a demand", place="date" if how.date else "demand"
        )
    return rows, weights


def _read(source: str | os.PathLike[str] | Any, how: Source) -> Table:
    if not isinstance(source, (str, os.PathLike)):
        if not hasattr(source, "iloc") and hasattr(source, "to_pandas"):  # another library's table
            source = source.to_pandas()
        if not hasattr(source, "iloc") or not hasattr(source, "columns"):
            raise InputError(f"is {type(source).__name__}", "give a path or a DataFrame", place="table")
        return table_of(source)
    if Path(source).suffix.lower() in BOOKS:
        is_book = Path(source).suffix.lower() != ".parquet"
        return table_of(frame_of(Path(source), how.sheet), numbered=is_book)
    if how.sheet is not None:
        raise InputError("has no meaning for a text", "leave it out", place="sheet")
    return read_table(source, how.separator, how.encoding)


def _refuse_controls(table: Table, column: Column) -> None:
    """Refuse signs that drive a terminal, and halves of characters: they are no part of a name."""
    if CONTROLS.search(column.name):
        raise InputError("holds a control character", "write printable characters", place=f'column "{column.name}"')
    wrong = [code for code, value in enumerate(column.values) if CONTROLS.search(value)]
    if wrong:
        _, place = table.first(column, wrong)
        raise InputError("holds a control character", "write printable characters, or drop the column", place=place)


def _new_names(columns: Sequence[Column], rename: Mapping[str, str]) -> list[str]:
    """Return the names that columns are read by."""
    names = [rename.get(column.name, column.name) for column in columns]
    for i, name in enumerate(names):
        if not name.strip() or name in names[:i]:
            problem = f'makes two columns "{name[:60]}"' if name.strip() else "makes a column without a name"
            raise InputError(problem, "give each column its own name, or drop one", place="rename")
    return names


def _named(table: Table, name: str, place: str) -> Column:
    """Return a column by its name."""
    for column in table.columns:
        if column.name == name:
            return column
    known = ", ".join(f'"{column.name[:40]}"' for column in table.columns[:8])
    raise InputError(f'no column "{name[:60]}"', f"choose among {known}", place=place)


def _chosen(table: Table, how: Source) -> list[Column]:
    """Return the columns that are asked for, by the names of the table or new ones, in the order of the table."""
    for name in how.rename:
        _named(table, name, "rename")
    old = {new: given for given, new in how.rename.items()}
    asked = {}
    for place, names in (("columns", how.columns), ("drop", how.drop)):
        asked[place] = {_named(table, old.get(name, name), place).name for name in names}
    wanted = asked["columns"] or {column.name for column in table.columns}
    return [column for column in table.columns if column.name in wanted - asked["drop"]]


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
    numbers = np.array([number(value, decimal, typed=not table.separator) for value in column.values])
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if wrong.size:
        text, place = table.first(column, wrong)
        raise InputError(f'is "{text[:40]}"', f"give a number of at least 0{hint(text, decimal)}", place=place)
    return numbers[column.codes]


def _between(table: Table, column: Column, how: Source) -> NDArray[np.bool_]:
    """Return which rows lie in the range of dates."""
    days = days_of(column.values)
    wrong = np.flatnonzero(np.isnat(days))
    if wrong.size:
        text, place = table.first(column, wrong)
        raise InputError(f'is "{text[:40]}", no date', "write it as 2026-01-31", place=place)
    inside = np.ones(len(column.values), dtype=bool)
    for place, given, later in (("from", how.since, True), ("to", how.until, False)):
        if given is None:
            continue
        side = days_of([given])[0]
        if np.isnat(side):
            raise InputError(f'is "{given}", no date', "write it as 2026-01-31", place=place)
        inside &= days >= side if later else days <= side
    return inside[column.codes]
