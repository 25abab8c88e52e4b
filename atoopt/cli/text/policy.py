"""A policy as text: totals against all parts to stock, hours per process, thresholds, the parts that move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from atoopt.base.errors import short
from atoopt.cli.text.terminal import joined, table
from atoopt.policy.evaluation import Evaluation, evaluate_mask

if TYPE_CHECKING:
    from atoopt.policy.check import Checked
    from atoopt.policy.instance import PolicyInstance

SHOWN = 20
"""Parts listed at most, unless all are asked for: a screen."""


def policy_table(found: Evaluation, *, columns: int | None = None, show_all: bool = False) -> list[str]:
    """Return the lines that describe a policy.

    Parameters
    ----------
    found : Evaluation
    columns : int, optional
        The width to keep to; by default, names are never cut.
    show_all : bool
        List every part that is made to order.
    """
    sections = [_totals(found), _hours(found), _rule(found), _moved(found, None if show_all else columns, show_all)]
    return [line for section in map(list, sections) if section for line in (*section, "")][:-1]


def _totals(found: Evaluation) -> list[str]:
    """Return pallets and set-up hours beside those of the two extreme policies."""
    n = found.instance.n_parts
    extremes = (evaluate_mask(found.instance, np.full(n, to_order)) for to_order in (False, True))
    rows = [
        [label, str(int(e.mto.sum())), f"{e.pallets:.2f}", f"{e.setup_hours:.2f}"]
        for label, e in zip(("this policy", "all to stock", "all to order"), (found, *extremes), strict=True)
    ]
    stock = float(rows[1][2]), float(rows[1][3])
    changes = [f"{now / before - 1:+.1%}" if before else "" for now, before in zip(_values(found), stock, strict=True)]
    rows.append(["change from stock", "", *changes])
    return table(["", "parts to order", "pallets", "set-up h/year"], rows, left=0)


def _values(found: Evaluation) -> tuple[float, float]:
    return found.pallets, found.setup_hours


def _hours(found: Evaluation) -> list[str]:
    """Return set-up plus run hours per process, beside the limit."""
    limits = {j: f"{hours:.1f}" for j, hours in found.instance.process_limits.items()}
    rows = [[short(j), f"{hours:.1f}", limits.get(j, "")] for j, hours in found.process_hours.items()]
    return table(["process", "h/year", "limit"], rows, left=0) if rows else []


def _rule(found: Evaluation) -> Iterator[str]:
    if found.thresholds is not None:
        a, epq = found.thresholds.agility, found.thresholds.pieces_per_pallet
        yield f"made to order: agility at least {a:.6g} pieces/h² and at most {epq:g} pieces per pallet"


def _moved(found: Evaluation, columns: int | None, show_all: bool) -> Iterator[str]:
    """Yield the parts made to order: those that save most pallets, or all."""
    instance, index = found.instance, np.flatnonzero(found.mto)
    if not index.size:
        yield "every part is made to stock"
        return
    order = index[np.argsort(-instance.mts_pallets[index], kind="stable")]
    shown = order if show_all else order[:SHOWN]
    more = instance.mto_setup_hours - instance.mts_setup_hours
    rows = [
        [short(instance.ids[i]), f"{instance.mts_pallets[i]:.3f}", f"{more[i]:+.3f}", f"{instance.agility[i]:.4g}",
         f"{instance.pieces_per_pallet[i]:g}"]
        for i in shown.tolist()
    ]  # fmt: skip
    yield from table(["made to order", "pallets saved", "set-up h added", "agility", "EPQ"], rows, left=0)
    if len(shown) < len(order):
        rest = [instance.ids[i] for i in order[len(shown) :].tolist()]
        width = None if columns is None else columns - 36
        yield f"and {len(rest)} more (--all lists them): " + joined(rest, " ", width)


def checked_lines(checked: Checked) -> list[str]:
    """Return the violations, or one line that sums the policy up."""
    from atoopt.base.errors import one_line

    if checked.violations:
        return [one_line(f"violated: {violation}") for violation in checked.violations]
    found = checked.evaluation
    assert found is not None, "without an evaluation there are violations"
    return [
        f"ok: {int(found.mto.sum())} of {found.mto.size} parts made to order, {found.pallets:.6g} pallets, "
        f"{found.setup_hours:.6g} set-up h/year, no violation"
    ]


def checked_json(checked: Checked) -> dict[str, object]:
    """Return the JSON object of ``atoopt check --json``."""
    found = checked.evaluation
    data: dict[str, object] = {"ok": not checked.violations, "violations": list(checked.violations)}
    if found is not None:
        data |= {
            "instance": found.instance.name, "pallets": found.pallets, "setup_hours": found.setup_hours,
            "process_hours": found.process_hours,
        }  # fmt: skip
    return data


def export_lines(instance: PolicyInstance, file: str, _formulation: str | None) -> list[str]:
    """Write the model of an instance to a file, and say how large it is."""
    from atoopt.policy.model.export import export_model

    model = export_model(instance, file)
    return [f"{file}: {model.nvariables()} variables, {model.nconstraints()} constraints"]
