"""What became of an order history: the instance, the base, what was dropped, in figures and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from atoopt.base.errors import short
from atoopt.base.values import ByValue
from atoopt.stock.instance import StockInstance


@dataclass(frozen=True, eq=False)
class OrderImport(ByValue):
    """An instance and what became of the orders on the way.

    Attributes
    ----------
    instance : StockInstance
    n_orders : int or float
    min_share : float
        The least share of the orders at which an option was kept.
    base : dict of str to str
        Family -> the value that is part of every product and so no component (layout wide).
    dropped : dict of str to int
        Option -> the number of orders that hold it, for the options not kept.
    orders_losing : int
        Orders that hold at least one dropped option.
    base_orders : int
        Orders without any option left: the base product.
    repeated_lines, quantities_above_one, blank_lines : int
        Lines that say nothing new, count as one piece, or are passed over.
    identifiers : tuple of str
        Columns that look like order numbers rather than options (read all the same, by `force`).
    separator : str
        What separated the cells; empty where the table was no text.
    """

    instance: StockInstance
    n_orders: float
    min_share: float
    base: dict[str, str]
    dropped: dict[str, float]
    orders_losing: float
    base_orders: float
    repeated_lines: int
    quantities_above_one: int
    blank_lines: int
    identifiers: tuple[str, ...]
    separator: str = ""

    def __repr__(self) -> str:
        """Return how many orders became which instance, on one line."""
        return f"<{self.n_orders:g} orders: {repr(self.instance)[1:-1]}>"

    def _repr_html_(self) -> str:
        return self.instance._repr_html_() + "".join(f"<p>{escape(note)}</p>" for note in self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """The facts in plain sentences; what is unusual is said only where it occurs."""
        return tuple(_notes(self))


def _notes(found: OrderImport) -> Iterator[str]:
    """Yield the sentences of `OrderImport.notes`."""
    instance, n = found.instance, found.n_orders
    yield f"orders read: {n}, which make {instance.n_products} products of {instance.n_components} components"
    if found.base:
        pairs = [f"{family}={value}" for family, value in found.base.items()]
        yield f"base, part of every product: {_some(pairs)}"
    if instance.max_mean_assembly_time is None:
        yield _without_limit(instance)
    never = [option for option, count in found.dropped.items() if not count]
    if never:
        yield f"options left out because no order holds them: {_some(never)}"
    rare = sorted((-count, option) for option, count in found.dropped.items() if count)
    if rare:
        shown = _some([f"{option} ({-count})" for count, option in rare])
        yield f"options dropped, each in less than {found.min_share:.4g} of the orders: {shown}"
        yield f"orders that lose at least one option: {found.orders_losing} ({found.orders_losing / n:.1%})"
    if found.base_orders:
        share = found.base_orders / n
        yield f"orders without any option left, the base product: {found.base_orders} ({share:.1%})"
    if found.repeated_lines:
        yield f"lines that repeat an option of their order, counted once: {found.repeated_lines}"
    if found.quantities_above_one:
        yield f"lines of a quantity above one, counted as one piece: {found.quantities_above_one}"
    if found.blank_lines:
        yield f"blank lines passed over: {found.blank_lines}"
    for column in found.identifiers:
        yield f'column "{short(column)}" has nearly as many values as orders: it seems an identifier, remove it'


def _some(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(map(short, names[:most]))
    return f"{len(names)}, namely {shown}" + (", ..." if len(names) > most else "")


def _without_limit(instance: StockInstance) -> str:
    """Say what no limit on the assembly means: how long it takes at worst, and what alone then counts against it."""
    sizes = instance.product_sizes
    operations = (sizes - 1).clip(min=0) * instance.time_per_operation
    mean = float(instance.shares @ operations)
    return (
        f"no limit on the mean assembly time: it may be up to {mean:.4g} (single components only), and counts by the "
        f"cost of final assembly ({instance.costs.final_assembly:g}) alone; --max-mean-assembly-time limits it"
    )
