"""A raw table as columns of codes; what is wrong with its form is said with line and column.

pandas alone would not do: it renames repeated columns, fills short rows and drops long ones, all silently.
So the form is checked first, with the `csv` module, and pandas then reads the cells.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.faults import not_csv
from atoopt.base.files import read_text
from atoopt.base.raw.separators import recognized

Codes = NDArray[np.int64]

NO_ROWS = "has a header and no rows"

OTHERS = re.compile(r'\s*(?:([{\[]\s*["{\[])|<(?:!doctype|html|\?xml))', re.IGNORECASE)
"""How texts begin that are no tables."""

BINARY = {b"PK\x03\x04": ".xlsx", b"\xd0\xcf\x11\xe0": ".xls", b"PAR1": ".parquet"}
"""How files begin that are no texts."""


@dataclass(frozen=True)
class Column:
    """One column: row i holds the text ``values[codes[i]]``, surrounding spaces removed.

    Attributes
    ----------
    name : str
    codes : (n_rows,) array of int
    values : tuple of str
        The distinct cells, in the order of their first row.
    """

    name: str
    codes: Codes
    values: tuple[str, ...]

    def text(self, row: int) -> str:
        """Return the cell of a row."""
        return self.values[int(self.codes[row])]

    def texts(self) -> list[str]:
        """Return the cells of all rows."""
        return [self.values[code] for code in self.codes.tolist()]


@dataclass(frozen=True)
class Table:
    """A table with a header and at least one row, every row as long as the header.

    Attributes
    ----------
    columns : tuple of Column
    n_rows : int
    blank_lines : int
        Lines without any cell, which are passed over.
    line_of : callable
        The line of the file at which a row (counted from 0) ends; it reads the text again, for messages.
    separator : str
        What separates the cells; empty where the table was no text.
    """

    columns: tuple[Column, ...]
    n_rows: int
    blank_lines: int
    line_of: Callable[[int], int]
    separator: str = ""

    def place(self, row: int, column: Column) -> str:
        """Return where a cell stands, for a message."""
        return f'line {self.line_of(row)}, column "{column.name}"'

    def first(self, column: Column, values: Iterable[int]) -> tuple[str, str]:
        """Return the text and the place of the first cell that holds one of these values, given by their codes."""
        row = int(np.flatnonzero(np.isin(column.codes, list(values)))[0])
        return column.text(row), self.place(row, column)


def table_of(frame: pd.DataFrame, numbered: bool = False) -> Table:
    """Return a DataFrame as a table: its cells as texts, blank where there is none.

    Parameters
    ----------
    frame : DataFrame
    numbered : bool
        Its index is the number of each row, for messages; else these are counted from 2, after a header.

    Raises
    ------
    InputError
        It has no rows, a column has no name, or two have the same.
    """
    header = _check_header([str(name).strip() for name in frame.columns], 1, "")
    if not len(frame):
        raise InputError(NO_ROWS, "add a row for each order or part")
    cells = (frame.iloc[:, j] for j in range(len(header)))
    texts = (column.map(_text).astype(object) for column in cells)
    columns = tuple(_column(name, column) for name, column in zip(header, texts, strict=True))
    lines = frame.index.to_list() if numbered else range(2, len(frame) + 2)
    return Table(columns, len(frame), 0, lambda row: int(lines[row]))


def _text(cell: Any) -> str:
    """Return a cell as it would stand in a CSV file: whole numbers without a point, nothing for what is missing."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell)


def read_table(path: str | os.PathLike[str], separator: str | None = None, encoding: str = "utf-8-sig") -> Table:
    """Read a CSV file.

    Parameters
    ----------
    path : path
    separator : str, optional
        One character; by default, the one that the first rows speak for.
    encoding : str

    Returns
    -------
    Table

    Raises
    ------
    InputError
        The file cannot be read, is empty or has only a header, a column has no name or that of another
        one, or a row has too few or too many cells.
    """
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        raise InputError(f"is {separator!r}", 'give one character, such as "," or ";"', place="separator")
    text = _text_of(path, encoding)
    separator = recognized(text) if separator is None else separator
    header, n_rows, blank_lines = _check_form(text, separator)
    line_of = partial(_line_of, text, separator)
    cells: dict[str, Any] = {"sep": separator, "dtype": str, "na_filter": False, "index_col": False}
    if len(header) == 1:  # pandas takes a quoted empty cell for a blank line
        cells_of_it = [row[0] for _, row in _rows(text, separator) if row][1:]
        return Table((_column(header[0], pd.Series(cells_of_it)),), n_rows, blank_lines, line_of, separator)
    frame = pd.read_csv(io.BytesIO(text.encode()), header=0, names=header, **cells)
    if len(frame) != n_rows:
        raise InputError("its rows cannot be told apart", "write text with quotes inside as one quoted cell")
    columns = tuple(_column(name, frame.iloc[:, j]) for j, name in enumerate(header))
    return Table(columns, n_rows, blank_lines, line_of, separator)


def _text_of(path: str | os.PathLike[str], encoding: str) -> str:
    """Return the text of a file, or raise where it is empty or no text of rows."""
    remedy = "name its encoding, such as --encoding cp1252 or utf-16, or save it as UTF-8"
    _refuse_binary(path)
    text = read_text(path, "CSV file", encoding, remedy)
    if not text.strip():
        raise InputError("is empty", "give a table with a header and one line per order or part")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("holds a zero byte", "export it again as text", place=f"line {line}")
    other = OTHERS.match(text)
    if other:
        kind = "JSON" if other[1] else "a page or XML"
        raise InputError(f"looks like {kind}, not like a table", "give a CSV, .xlsx or .parquet file")
    return text


def _refuse_binary(path: str | os.PathLike[str]) -> None:
    """Refuse a workbook, or a Parquet file, that is named as a text."""
    start = b""
    with (
        contextlib.suppress(OSError, ValueError),
        Path(path).open("rb") as stream,
    ):  # reading the text says what is wrong
        start = stream.read(4)
    if start in BINARY:
        raise InputError(f"looks like a {BINARY[start]} file", f"end its name in {BINARY[start]}")


def _check_form(text: str, separator: str) -> tuple[list[str], int, int]:
    """Return the header, the number of rows and of blank lines, or raise at the first fault."""
    rows = _rows(text, separator)
    line, first = next(rows)
    header = _check_header([name.strip() for name in first], line, separator)
    n_rows = blank_lines = 0
    for line, row in rows:
        if not row:
            blank_lines += 1
        elif len(row) != len(header):
            short = len(row) < len(header)
            remedy = "complete the row: the file may be truncated" if short else "quote a cell that holds the separator"
            problem = f"has {len(row)} cells where the header has {len(header)}"
            raise InputError(problem, remedy, place=f"line {line}")
        else:
            n_rows += 1
    if not n_rows:
        raise InputError(NO_ROWS, "add a line for each order or part", place=f"line {line}")
    return header, n_rows, blank_lines


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (last line, cells) of each row; a line of nothing but spaces has no cells, one of empty quotes has one."""
    last = ""

    def lines() -> Iterator[str]:
        nonlocal last
        for last in io.StringIO(text):  # noqa: UP028 -- the line is looked at afterwards
            yield last

    reader = csv.reader(lines(), delimiter=separator, strict=True)
    try:
        for row in reader:
            blank = len(row) == 1 and not last.strip()
            yield reader.line_num, [] if blank else row
    except csv.Error as error:
        problem, remedy = not_csv(str(error), separator)
        raise InputError(problem, remedy, place=f"line {reader.line_num}") from None


def _check_header(names: list[str], line: int, separator: str) -> list[str]:
    """Return the names, or raise where one is empty or stands twice."""
    if not names:
        raise InputError("is blank", "put the header there", place=f"line {line}")
    for j, name in enumerate(names):
        place = f"line {line}, column {j + 1}"
        if not name:
            raise InputError("has no name", "name the column in the header, or remove it", place=place)
        if name in names[:j]:
            problem = f'is named "{name}" like column {names.index(name) + 1}'
            raise InputError(problem, "give each column its own name", place=place)
    other = next((sign for sign in ",;\t|" if sign != separator and sign in names[0]), None)
    if len(names) == 1 and other:
        problem = f"the cells seem separated by {other!r}"
        raise InputError(problem, f"separate them by {separator!r}", place=f"line {line}")
    return names


def _column(name: str, cells: pd.Series[str]) -> Column:
    """Return the codes of a column; cells that differ by surrounding spaces only are one value."""
    codes, found = pd.factorize(cells)
    stripped = [str(value).strip() for value in found]
    values = tuple(dict.fromkeys(stripped))
    if len(values) < len(stripped):
        number = {value: i for i, value in enumerate(values)}
        codes = np.array([number[value] for value in stripped])[codes]
    return Column(name, codes.astype(np.int64, copy=False), values)


def _line_of(text: str, separator: str, row: int) -> int:
    """Return the line at which a row ends, the first row after the header being 0."""
    rows = (line for line, cells in _rows(text, separator) if cells)
    next(rows)
    return next(line for i, line in enumerate(rows) if i == row)
