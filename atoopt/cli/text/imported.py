"""What an import made of its table, as text: options with their take rates, the base, the best-selling products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import short
from atoopt.cli.text.terminal import joined, table

if TYPE_CHECKING:
    from atoopt.stock.data.order_import import OrderImport

SHOWN, BEST = 20, 5
"""Options and products listed at most, unless all are asked for."""

SIGNS = {"\t": "a tab", " ": "a space"}


def separator_note(separator: str, recognized: bool) -> list[str]:
    """Return a sentence on the separator that was recognized, if one was.

    >>> separator_note(";", True), separator_note("", True)
    (['cells are separated by ";" (recognized; --separator says another)'], [])
    """
    if not separator or not recognized:
        return []
    sign = SIGNS.get(separator, f'"{separator}"')
    return [f"cells are separated by {sign} (recognized; --separator says another)"]


def imported_lines(found: OrderImport, *, columns: int | None = None, show_all: bool = False) -> list[str]:
    """Return the lines of the closing table of ``atoopt import``.

    Parameters
    ----------
    found : OrderImport
    columns : int, optional
        The width to keep to.
    show_all : bool
        All options and the whole base.
    """
    sections = [
        str(found.instance).splitlines(), _options(found, show_all), _base(found, show_all), _best(found, columns)
    ]  # fmt: skip
    return [line for section in map(list, sections) if section for line in (*section, "")][:-1]


def imported_json(found: OrderImport) -> dict[str, Any]:
    """Return the same as plain data, with names in full."""
    instance = found.instance
    return {
        "orders": found.n_orders,
        "take_rates": take_rates(found),
        "dropped": found.dropped,
        "base": found.base,
        "best_selling": [
            {"components": list(product.components), "orders": product.demand, "share": float(share)}
            for product, share in list(zip(instance.products, instance.shares, strict=True))[:BEST]
        ],
    }


def take_rates(found: OrderImport) -> dict[str, float]:
    """Return option -> the share of the orders that hold it, the kept ones, the most frequent first."""
    rates = dict.fromkeys(found.instance.components, 0.0)
    for product, share in zip(found.instance.products, found.instance.shares.tolist(), strict=True):
        for name in product.components:
            rates[name] += share
    return dict(sorted(rates.items(), key=lambda item: (-item[1], item[0])))


def _options(found: OrderImport, show_all: bool) -> Iterator[str]:
    """Yield the options with take rate, then those that were dropped."""
    rates = take_rates(found)
    dropped = sorted(found.dropped.items(), key=lambda item: (-item[1], item[0]))
    rows = [[short(name), f"{rate:.1%}", ""] for name, rate in rates.items()]
    lost = [[short(name), f"{count / found.n_orders:.1%}", "dropped"] for name, count in dropped]
    shown = (rows + lost) if show_all else rows[:SHOWN] + lost[: SHOWN // 4]
    yield from table(["option", "orders with it", ""], shown, left=0)
    more = len(rows) + len(lost) - len(shown)
    if more:
        yield f"... and {more} more (--all lists them)"


def _base(found: OrderImport, show_all: bool) -> Iterator[str]:
    """Yield the values that are part of every product."""
    pairs = [[short(family), short(value) or "(none)"] for family, value in found.base.items()]
    if not pairs:
        return
    shown = pairs if show_all else pairs[:SHOWN]
    yield f"{'base, in every product':<24}value"
    yield from (f"{family:<24}{value}" for family, value in shown)
    if len(shown) < len(pairs):
        yield f"... and {len(pairs) - len(shown)} more (--all lists them)"


def _best(found: OrderImport, columns: int | None) -> Iterator[str]:
    """Yield the products that sell best."""
    instance = found.instance
    width = None if columns is None else max(20, columns - 18)
    rows = [
        [f"{share:.1%}", f"{product.demand:g}", joined([*map(short, product.components)], " + ", width) or "(base)"]
        for product, share in list(zip(instance.products, instance.shares.tolist(), strict=True))[:BEST]
    ]
    yield from table(["share", "orders", "best-selling product"], rows, left=2)
