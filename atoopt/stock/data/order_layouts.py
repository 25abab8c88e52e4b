"""The three layouts of an order history, each read into the same form: which order holds which option."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from atoopt.base.errors import InputError, short
from atoopt.base.raw.numbers import number
from atoopt.base.raw.recognition import kind_of_column, options_of_lines, order_lines
from atoopt.base.raw.table import Column, Table

Integers = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Orders:
    """Which order holds which option.

    Attributes
    ----------
    options : tuple of str
        The names of the options, in the order in which they become components.
    chosen : (n_orders, n_options) sparse array
        1 where the order holds the option.
    base : dict of str to str
        Family -> the value that is part of every product (layout wide).
    identifiers : tuple of str
        Columns with nearly as many values as orders: order numbers rather than options.
    repeated_lines, quantities_above_one : int
        Lines of the layout long that name an option again, or more than one piece of it.
    """

    options: tuple[str, ...]
    chosen: csr_array
    base: dict[str, str] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    repeated_lines: int = 0
    quantities_above_one: int = 0


def read_wide(table: Table, base: Sequence[str], use_base: bool, weights: NDArray[np.float64] | None = None) -> Orders:
    """Read one row an order, one column an option family, the cell being the chosen value.

    A blank cell means that nothing of the family is chosen: it is never an option, but may be the most
    common. Of equally common values the smallest text is the base. Options stand in the order of the
    columns, then the most frequent first, then by text. A row counts what its weight says, else one.
    """
    given = _given_base(table, base)
    options: list[str] = []
    rows, positions = [], []
    bases: dict[str, str] = {}
    for column in table.columns:
        counts = np.bincount(column.codes, weights, minlength=len(column.values))
        order = sorted(range(len(column.values)), key=lambda v: (-counts[v], column.values[v]))
        if use_base:
            bases[column.name] = given.get(column.name, column.values[order[0]])
        kept = [v for v in order if column.values[v] and column.values[v] != bases.get(column.name)]
        position = np.full(len(column.values), -1, dtype=np.int32)
        position[kept] = np.arange(len(options), len(options) + len(kept))
        options += [f"{column.name}={column.values[v]}" for v in kept]
        positions.append(position[column.codes])
        rows.append(np.flatnonzero(positions[-1] >= 0).astype(np.int32))
        positions[-1] = positions[-1][rows[-1]]
    chosen = _incidence(np.concatenate(rows), np.concatenate(positions), table.n_rows, len(options))
    kinds = {column.name: kind_of_column(column, table.n_rows) for column in table.columns}
    identifiers = tuple(name for name, kind in kinds.items() if kind == "an order number")
    return Orders(_unique(options), chosen, bases, identifiers)


def read_binary(table: Table) -> Orders:
    """Read one row an order, one column an option, each cell 0 or 1; options in the order of the columns."""
    rows, positions = [], []
    for j, column in enumerate(table.columns):
        wrong = [v for v, value in enumerate(column.values) if value not in ("0", "1")]
        if wrong:
            raise _wrong_cell(table, column, wrong, "write 0 or 1, or choose another --layout")
        if "1" in column.values:
            rows.append(np.flatnonzero(column.codes == column.values.index("1")).astype(np.int32))
            positions.append(np.full(rows[-1].size, j, dtype=np.int32))
    if not rows:
        raise InputError("no cell is 1", "mark the options of each order by 1", place="all columns")
    names = tuple(column.name for column in table.columns)
    chosen = _incidence(np.concatenate(rows), np.concatenate(positions), table.n_rows, len(names))
    return Orders(names, chosen)


def read_long(table: Table, decimal: str = ".") -> Orders:
    """Read one row an option of an order: columns ``order``, ``component``, optionally ``quantity``.

    Quantity 0 means that the option is not there, and more than one piece counts as one, for a component
    occurs at most once in a product. Options stand the most frequent first, then by text.
    """
    columns = {column.name: column for column in table.columns}
    for name in ("order", "component"):
        if name not in columns:
            raise _no_column(table, name)
        _refuse_blank(table, columns[name])
    unknown = [name for name in columns if name not in ("order", "component", "quantity")]
    if unknown:
        remedy = f"give --drop {shlex.quote(short(unknown[0]))}, or --rename it to quantity if it is one"
        raise InputError(f'column "{unknown[0]}" is not known', remedy, place="header")
    orders, components = columns["order"], columns["component"]
    there, above_one = _quantities(table, columns.get("quantity"), decimal)
    counts = np.bincount(components.codes[there], minlength=len(components.values))
    by_frequency = sorted(range(len(components.values)), key=lambda c: (-counts[c], components.values[c]))
    position = np.empty(len(by_frequency), dtype=np.int32)
    position[by_frequency] = np.arange(len(by_frequency))
    chosen = _incidence(orders.codes[there], position[components.codes[there]], len(orders.values), len(by_frequency))
    names = tuple(components.values[c] for c in by_frequency)
    repeated = int(there.sum()) - chosen.nnz
    return Orders(names, chosen, repeated_lines=repeated, quantities_above_one=above_one)


def _no_column(table: Table, name: str) -> InputError:
    """Return the error about a column that is missing: the table may call it otherwise, or be of another layout."""
    found = ", ".join(f'"{column.name[:40]}"' for column in table.columns[:6])
    lines = order_lines(table)
    remedy = f"name it by --{name}-column, or give --layout wide if a row is an order"
    if lines is not None:
        remedy = f"give {options_of_lines(table, *lines)}"
    return InputError(f'no column "{name}" among {found}', remedy, place="header")


def _given_base(table: Table, base: Sequence[str]) -> dict[str, str]:
    """Return family -> value of entries FAMILY=VALUE; a family's own name may hold "=" signs."""
    columns = {column.name: column for column in table.columns}
    given: dict[str, str] = {}
    for entry in base:
        if "=" not in entry:
            raise InputError(f'is "{entry[:60]}"', "write FAMILY=VALUE", place="base")
        cuts = [i for i, sign in enumerate(entry) if sign == "=" and entry[:i].strip() in columns]
        if not cuts:
            family = entry.partition("=")[0]
            raise InputError(f'no family "{family[:60]}"', f"choose among {_some(columns)}", place="base")
        pairs = [(entry[:i].strip(), entry[i + 1 :].strip()) for i in cuts]
        family, value = next((pair for pair in pairs if pair[1] in columns[pair[0]].values), pairs[0])
        if value not in columns[family].values:
            remedy = f"choose among {_some(columns[family].values)}"
            raise InputError(f'"{value[:60]}" is no value of family "{family}"', remedy, place="base")
        if family in given:
            raise InputError(f'family "{family}" stands twice', "give one base value a family", place="base")
        given[family] = value
    return given


def _quantities(table: Table, column: Column | None, decimal: str) -> tuple[NDArray[np.bool_], int]:
    """Return which rows name an option that is there, and how many name more than one piece."""
    if column is None:
        return np.ones(table.n_rows, dtype=bool), 0
    numbers = np.array([number(value, decimal, typed=not table.separator) for value in column.values])
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0))).tolist()
    if wrong:
        raise _wrong_cell(table, column, wrong, "give a number of at least 0")
    return (numbers > 0)[column.codes], int((numbers > 1)[column.codes].sum())


def _refuse_blank(table: Table, column: Column) -> None:
    if "" in column.values:
        remedy = f"name the {column.name}, or remove the line"
        raise _wrong_cell(table, column, [column.values.index("")], remedy)


def _wrong_cell(table: Table, column: Column, values: Sequence[int], remedy: str) -> InputError:
    """Return the error about the first cell that holds one of these values, given by their codes."""
    text, place = table.first(column, values)
    problem = f'is "{text[:40]}"' if text else "is blank"
    return InputError(problem, remedy, place=place)


def _incidence(rows: Integers, columns: Integers, n_rows: int, n_columns: int) -> csr_array:
    """Return the 0/1 array with a 1 at each (row, column), whether it is given once or more often."""
    ones = np.ones(rows.size, dtype=np.int8)
    array = csr_array((ones, (rows, columns)), shape=(n_rows, n_columns))
    array.sum_duplicates()
    array.data[:] = 1
    return array


def _unique(names: list[str]) -> tuple[str, ...]:
    """Return the names, or raise where two options have the same: "a" with "b=c" and "a=b" with "c"."""
    if len(set(names)) < len(names):
        name = next(name for i, name in enumerate(names) if name in names[:i])
        raise InputError(f'two options are named "{name}"', "rename one of the two columns", place="header")
    return tuple(names)


def _some(names: Sequence[str] | dict[str, Column]) -> str:
    shown = [f'"{name[:40]}"' for name in list(names)[:8]]
    return ", ".join([*shown, "..."] if len(names) > 8 else shown)
