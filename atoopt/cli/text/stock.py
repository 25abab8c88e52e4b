"""A stock as text: its modules by size and use, the cost terms, how long the assembly takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from atoopt.base.errors import short
from atoopt.cli.text.terminal import joined, table
from atoopt.stock.evaluation import Evaluation

if TYPE_CHECKING:
    from atoopt.stock.check import Checked
    from atoopt.stock.instance import StockInstance

SHOWN = 20
"""Modules listed at most, unless all are asked for: a screen."""

BAR = 30
"""Characters of the longest bar."""


def stock_table(stock: Evaluation, *, columns: int | None = None, show_all: bool = False) -> list[str]:
    """Return the lines that describe a stock.

    Parameters
    ----------
    stock : Evaluation
    columns : int, optional
        The width to keep to; by default, names are never cut.
    show_all : bool
        List every module, in full.
    """
    width = None if show_all else columns
    sections = [
        _modules(stock, width, show_all),
        _singles(stock, width),
        _costs(stock),
        _times(stock),
    ]
    return [line for section in sections for line in (*section, "")][:-1]


def _modules(stock: Evaluation, columns: int | None, show_all: bool) -> Iterator[str]:
    """Yield the modules of several components, the largest first, within a size the most used."""
    use = stock.usage()
    several = [mask for mask in stock.masks if mask.bit_count() > 1]
    n_single = stock.n_modules - len(several)
    yield f"{stock.n_modules} modules: {len(several)} of several components, {n_single} single components"
    if not several:
        return
    # The most used are worth a line where not all can have one.
    shown = several if show_all else sorted(several, key=lambda mask: -use[mask])[:SHOWN]
    shown = sorted(shown, key=lambda mask: (-mask.bit_count(), -use[mask], mask))
    names = None if columns is None else max(20, columns - 14)
    rows = [
        [str(mask.bit_count()), f"{use[mask]:.1%}", joined(stock.instance.names(mask), " + ", names)] for mask in shown
    ]
    yield from table(["size", "used in", "module"], rows, left=2)
    if len(shown) < len(several):
        yield f"... and {len(several) - len(shown)} more, used less (--all lists them)"


def _singles(stock: Evaluation, columns: int | None) -> Iterator[str]:
    """Yield one line on the single components, the most used first."""
    use = stock.usage()
    singles = sorted((mask for mask in stock.masks if mask.bit_count() == 1), key=lambda mask: (-use[mask], mask))
    names = [stock.instance.names(mask)[0] for mask in singles]
    texts = [
        f"{name if columns is None else short(name, 50)} {use[mask]:.1%}"
        for name, mask in zip(names, singles, strict=True)
    ]
    unused = sum(use[mask] == 0 for mask in singles)
    start = f"single components ({unused} unused): " if unused else "single components: "
    yield start + joined(texts, ", ", None if columns is None else max(20, columns - len(start)))


def _costs(stock: Evaluation) -> list[str]:
    """Return the four cost terms and their sum."""
    total = stock.cost
    rows = [
        [name.replace("_", " "), f"{value:.4f}", f"{value / total:.1%}" if total else ""]
        for name, value in (*stock.costs.items(), ("total", total))
    ]
    return table(["cost term", "cost", "share"], rows)


def _times(stock: Evaluation) -> Iterator[str]:
    """Yield the mean assembly time, and the distribution of the time over the demand."""
    limit = stock.instance.max_mean_assembly_time
    accepted = "" if limit is None else f" (at most {limit:g})"
    within = "" if stock.delivery_share is None else f", {stock.delivery_share:.1%} of the demand in time"
    yield f"mean assembly time {stock.mean_assembly_time:.6g}{accepted}{within}"
    distribution = stock.time_distribution()
    most, total, rows = max(distribution.values()), 0.0, []
    for time, share in distribution.items():
        total += share
        rows.append([f"{time:g}", f"{share:.1%}", f"{total:.1%}", _bar(share / most)])
    yield from table(["assembly time", "demand", "up to it", ""], rows, left=3)


def _bar(fraction: float) -> str:
    return "#" * max(1, round(BAR * fraction))


def checked_lines(checked: Checked) -> list[str]:
    """Return the violations, or one line that sums the stock up."""
    from atoopt.base.errors import one_line

    if checked.violations:
        return [one_line(f"violated: {violation}") for violation in checked.violations]
    found = checked.evaluation
    limit = found.instance.max_mean_assembly_time
    accepted = "" if limit is None else f" (at most {limit:g})"
    return [
        f"ok: {found.n_modules} modules, cost {found.cost:.6g}, "
        f"mean assembly time {found.mean_assembly_time:.6g}{accepted}, no violation"
    ]


def checked_json(checked: Checked) -> dict[str, object]:
    found = checked.evaluation
    return {
        "ok": not checked.violations,
        "violations": list(checked.violations),
        "instance": found.instance.name,
        "cost": found.cost,
        "costs": found.costs,
        "mean_assembly_time": found.mean_assembly_time,
        "delivery_share": found.delivery_share,
        "n_modules": found.n_modules,
    }


def export_lines(instance: StockInstance, file: str, formulation: str | None) -> list[str]:
    """Write the model of an instance to a file, and say how large it is."""
    from atoopt.cli.text.terminal import note
    from atoopt.stock.model.export import export_model

    formulation = "pattern" if formulation is None else formulation
    candidates, model = export_model(instance, file, formulation)
    if not candidates.complete:
        note(f"the model holds only some of the allowed modules: {candidates.description}")
    return [f"{file}: {model.nvariables()} variables, {model.nconstraints()} constraints, {formulation}"]
