"""What a raw table looks like, where it is read as something else: one line that says so, and the option to give."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from functools import partial

import numpy as np

from atoopt.base.errors import InputError, short
from atoopt.base.raw.table import Column, Table

ORDER_NAMES = frozenset({
    "order", "orders", "sales_order", "id", "no", "nr", "number", "serial", "vin", "invoice", "auftrag", "auftrags",
    "bestellung", "bestell", "commande", "pedido", "ordine",
})  # fmt: skip
CUSTOMER_NAMES = frozenset({"customer", "client", "kunde", "kunden"})
"""One may have several orders of a row each: a number, but not that of order lines."""

COMPONENT_NAMES = frozenset({
    "component", "components", "option", "options", "item", "article", "position", "part", "module", "feature",
    "product", "artikel", "komponente", "teil", "material", "sku", "pos",
})  # fmt: skip
QUANTITY_NAMES = frozenset({
    "quantity", "qty", "pieces", "pcs", "amount", "demand", "volume", "count", "units", "units_sold", "sold", "sales",
    "menge", "anzahl", "stueck", "stück", "stk", "orders",
})  # fmt: skip
"""What columns are often called, in lower case and with "_" for what is no letter or digit."""

PART_NAMES = frozenset({"annual_demand", "orders_per_year", "batch", "pieces_per_pallet"})
PART_TIMES = ("setup_hours_", "run_hours_per_piece_")

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([ T].*)?|\d{1,2}[./]\d{1,2}[./]\d{4}( .*)?")

FEW_COLUMNS = 5
"""Order lines have few: with more, a column that is not called a component is none."""

MANY, SHARE, FEW_ROWS = 20, 0.5, 4
"""A column of more values than this, and than this share of the rows, is no choice; of few rows, its name says it."""


def plain(name: str) -> str:
    """Return a column's name as it is compared: lower case, "_" for what is no letter or digit.

    >>> plain(" Order No. ")
    'order_no'
    """
    return re.sub(r"[\W_]+", "_", name.strip().lower()).strip("_")


def _is_called(column: Column, names: frozenset[str]) -> bool:
    """Whether a column has one of these names, perhaps as "... no." or "... name"."""
    name = plain(column.name)
    return name in names or re.sub(r"_?(no|nr|id|num|number|nummer|name|code)$", "", name) in names


def is_list_of_parts(names: Iterable[str]) -> bool:
    """Whether these are columns of a list of parts."""
    known = [plain(name) for name in names]
    return sum(name in PART_NAMES or name.startswith(PART_TIMES) for name in known) >= 2


def wrong_parts(table: Table) -> InputError | None:
    """Return what is wrong where a table is read as a list of parts and looks like orders."""
    known = {plain(column.name) for column in table.columns}
    if known & PART_NAMES or any(name.startswith(PART_TIMES) for name in known):
        return None
    choices = sum(_is_choice(column, table.n_rows) for column in table.columns)
    numbers = sum(_are_numbers(c) and kind_of_column(c, table.n_rows) is None for c in table.columns)
    if order_lines(table) is None and choices <= numbers:
        return None
    return InputError("looks like orders, not like a list of parts", "leave --problem policy out", place="header")


def wrong_wide(table: Table, weighted: bool) -> InputError | None:
    """Return what is wrong where a table is read as a row an order, a column a family; None where nothing seems so."""
    names = [column.name for column in table.columns]
    if is_list_of_parts(names):
        return InputError("looks like a list of parts", "give --problem policy", place="header")
    lines = order_lines(table)
    if lines is not None:
        chosen = f"--layout long {options_of_lines(table, *lines)}"
        return InputError("looks like order lines, a row an option of an order", f"give {chosen}", place="header")
    if len(names) > 1 and {value for column in table.columns for value in column.values} == {"0", "1"}:
        return InputError(
            "looks like a column an option, every cell 0 or 1", "give --layout binary", place="all columns"
        )
    if len(names) > 1 and table.n_rows > FEW_ROWS and all(column.name in column.values for column in table.columns):
        return InputError("looks like an order, not like a header", "name the columns there", place="line 1")
    return _wrong_columns(table, weighted)


def wrong_long(table: Table) -> InputError | None:
    """Return what is wrong where a table is read as order lines: its columns, or one line an order."""
    columns = {column.name: column for column in table.columns}
    if is_list_of_parts(columns):
        return InputError("looks like a list of parts", "give --problem policy without --layout", place="header")
    if {"order", "component"} <= columns.keys():
        return _wrong_lines(columns["order"], columns["component"], table.n_rows)
    return None


def order_lines(table: Table) -> tuple[str, str] | None:
    """Return the columns of order and component where a table looks like order lines, else None."""
    for order in filter(partial(_numbers_orders, n_rows=table.n_rows), table.columns):
        others = [column for column in table.columns if column is not order]
        named = [column for column in others if _is_called(column, COMPONENT_NAMES) and not _counts_lines(column)]
        unnamed = [column for column in others if not _are_numbers(column)] if len(others) < FEW_COLUMNS else []
        for component in sorted(named or unnamed, key=lambda column: (_are_numbers(column), -len(column.values))):
            if _are_lines(order, component, table.n_rows):
                return order.name, component.name
    return None


def options_of_lines(table: Table, order: str, component: str) -> str:
    """Return the options that read order lines: the two columns, a quantity if there is one, the others left out."""
    options = [f"--order-column {shlex.quote(order)}", f"--component-column {shlex.quote(component)}"]
    counted = False
    for column in table.columns:
        if column.name in (order, component, "quantity"):
            continue
        count = not counted and plain(column.name) in QUANTITY_NAMES and _are_numbers(column)
        counted |= count
        options.append(f"--rename {shlex.quote(column.name + '=quantity')}" if count else _drop(column.name))
    return " ".join(options)


def _drop(name: str) -> str:
    return f"--drop {shlex.quote(short(name))}"


def _numbers_orders(column: Column, n_rows: int) -> bool:
    """Whether a column may be the order of a line: by its name, or by many values whose rows stand together."""
    if not _is_repeated(column, n_rows) or _are_dates(column):
        return False
    together = len(column.values) > MANY and bool(np.all(np.diff(column.codes) >= 0))
    return _is_called(column, ORDER_NAMES) or together


def _counts_lines(column: Column) -> bool:
    """Whether a column is the number of a line in its order: 1, 2, 3."""
    return plain(column.name) in ("pos", "position") and _are_numbers(column)


def _is_choice(column: Column, n_rows: int) -> bool:
    """Whether a column holds few texts, over and over."""
    return len(column.values) <= min(MANY, n_rows // 2) and not _are_numbers(column)


def _is_repeated(column: Column, n_rows: int) -> bool:
    """Whether there are several rows a value, and several values."""
    return 1 < len(column.values) < n_rows


def _are_lines(order: Column, component: Column, n_rows: int) -> bool:
    """Whether an order hardly ever has a component twice, and a component is no date and in several orders."""
    if _are_dates(component) or not _is_repeated(component, n_rows):
        return False
    pairs = set(zip(order.codes.tolist(), component.codes.tolist(), strict=True))
    return len(pairs) > 0.9 * n_rows


def _wrong_lines(order: Column, component: Column, n_rows: int) -> InputError | None:
    if n_rows >= 10 and len(order.values) == n_rows:
        return InputError("has one line an order: looks like a row an order", "give --layout wide", place="all rows")
    if len(component.values) > max(MANY, SHARE * n_rows) or _are_dates(component):
        kind = "dates" if _are_dates(component) else "order numbers"
        problem = f"the components look like {kind}, {len(component.values)} in {n_rows} rows"
        return InputError(problem, "name another column by --component-column", place="header")
    return None


def _wrong_columns(table: Table, weighted: bool) -> InputError | None:
    """Return one error about all columns that are no choices."""
    said: list[str] = []
    options: list[str] = []
    for column in table.columns:
        kind = kind_of_column(column, table.n_rows)
        if kind is None:
            continue
        name = short(column.name)
        said.append(f'column "{name}" looks like {kind}')
        count = kind == "a quantity" and not weighted and not any(option.startswith("--demand") for option in options)
        options.append(f"--demand {shlex.quote(name)}" if count else _drop(name))
        if count and any("," in value for value in column.values):
            options.append("--decimal ,")
    if not said:
        return None
    return InputError(", ".join(said), f"give {' '.join(options)}", place="header")


def kind_of_column(column: Column, n_rows: int) -> str | None:
    """Return what the cells of a column look like where they are no choice, else None."""
    n, name = len([value for value in column.values if value]), plain(column.name)
    if _are_dates(column):
        return "dates"
    numbers = _are_numbers(column)
    if numbers and name in QUANTITY_NAMES:
        return "a quantity"
    if n > max(MANY, SHARE * n_rows) or (n == n_rows >= FEW_ROWS and _is_called(column, ORDER_NAMES | CUSTOMER_NAMES)):
        return "an order number"
    return "a measure" if numbers and n > MANY and any("." in v or "," in v for v in column.values) else None


def _are_dates(column: Column) -> bool:
    return _all_match(column, DATE)


def _are_numbers(column: Column) -> bool:
    return _all_match(column, NUMBER)


def _all_match(column: Column, form: re.Pattern[str]) -> bool:
    cells = [value for value in column.values if value]
    return bool(cells) and all(map(form.fullmatch, cells))
