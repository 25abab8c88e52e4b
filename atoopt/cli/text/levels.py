"""Base-stock levels as text: value and service, a row a module, the order types that are served worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from atoopt.cli.text.terminal import table
from atoopt.levels.data.of_stock import order_names
from atoopt.levels.evaluation import Evaluation
from atoopt.levels.exact import item_fill_rates

if TYPE_CHECKING:
    from atoopt.levels.check import Checked

SHOWN, WORST = 30, 5
"""Modules and order types listed at most, unless all are asked for."""


def levels_table(found: Evaluation, *, columns: int | None = None, show_all: bool = False) -> list[str]:
    """Return the lines that describe levels.

    Parameters
    ----------
    found : Evaluation
    columns : int, optional
        The width to keep to; by default, names are never cut.
    show_all : bool
        List every module and every order type.
    """
    return [*_service(found), "", *_modules(found, columns, show_all), "", *_orders(found, columns, show_all)]


def _service(found: Evaluation) -> list[str]:
    """Return the value and the fill rate of all orders."""
    how = f"+- {found.average_half_width:.3%} (95 %, estimated)" if found.estimated else "(exact)"
    window = f" within {found.within:g} periods" if found.within else ""
    return [
        f"value of base stock {found.value:g}, {int(found.levels.sum())} units",
        f"orders filled{window}: {found.average_fill_rate:.3%} {how}",
    ]


def _modules(found: Evaluation, columns: int | None, show_all: bool) -> list[str]:
    system = found.instance.system
    items = item_fill_rates(system, found.levels, found.within)
    order = np.argsort(-system.values * found.levels, kind="stable")
    rows = [
        [_cut(system.modules[i], columns), str(found.levels[i]), f"{system.lead_time_demand[i]:.2f}",
         f"{system.lead_times[i]:g}", f"{system.values[i]:g}", f"{items[i]:.2%}"]
        for i in (order if show_all else order[:SHOWN])
    ]  # fmt: skip
    lines = table(["module", "level", "lead-time demand", "lead time", "value", "there"], rows)
    left = system.n_modules - len(rows)
    return [*lines, f"and {left} more (--all lists them)"] if left else lines


def _orders(found: Evaluation, columns: int | None, show_all: bool) -> list[str]:
    names, order = order_names(found.instance), np.argsort(found.fill_rates, kind="stable")
    rows = [
        [_cut(names[k], columns), f"{found.instance.system.rates[k]:.4g}", f"{found.fill_rates[k]:.2%}"]
        for k in (order if show_all else order[:WORST])
    ]
    return table(["order type, worst first", "orders per period", "filled"], rows)


def _cut(name: str, columns: int | None) -> str:
    width = None if columns is None else max(12, columns - 55)
    return name if width is None or len(name) <= width else name[: width - 3] + "..."


def checked_lines(checked: Checked) -> list[str]:
    """Return the violations, or one line that sums the levels up."""
    from atoopt.base.errors import one_line

    if checked.violations:
        return [one_line(f"violated: {violation}") for violation in checked.violations]
    found = checked.evaluation
    assert found is not None, "without an evaluation there are violations"
    return [
        f"ok: {found.objective_name} {found.cost:.6g}, {found.average_fill_rate:.4%} of the orders filled, no violation"
    ]


def checked_json(checked: Checked) -> dict[str, object]:
    """Return the JSON object of ``atoopt check --json``."""
    found = checked.evaluation
    data: dict[str, object] = {"ok": not checked.violations, "violations": list(checked.violations)}
    if found is not None:
        data |= {"instance": found.instance.name, "objective": found.cost, **found.to_json()}
    return data
