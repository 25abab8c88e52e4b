"""Variants as text: what is given away, and which variant serves how many orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from atoopt.base.errors import one_line, short
from atoopt.cli.text.terminal import table
from atoopt.diversity.evaluation import Evaluation

if TYPE_CHECKING:
    from atoopt.diversity.check import Checked
    from atoopt.diversity.instance import DiversityInstance

SHOWN = 20
"""Variants listed at most, unless all are asked for: a screen."""


def variants_table(found: Evaluation, *, columns: int | None = None, show_all: bool = False) -> list[str]:
    """Return the lines that describe a choice of variants, those that most orders get first.

    Parameters
    ----------
    found : Evaluation
    columns : int, optional
        The width to keep to; by default, names are never cut.
    show_all : bool
        List every variant.
    """
    return [*_totals(found), "", *_variants(found, columns, show_all)]


def _totals(found: Evaluation) -> Iterator[str]:
    yield (
        f"{found.n_variants} variants for {found.instance.n_products} products, {found.give_away:.4f} given away an "
        f"order; {found.exact_share:.1%} of the orders get just what was ordered"
    )


def _variants(found: Evaluation, columns: int | None, show_all: bool) -> Iterator[str]:
    sold, lost = found.use()
    order = np.argsort(-sold, kind="stable")
    shown = order if show_all else order[:SHOWN]
    room = None if columns is None or show_all else max(20, columns - 24)
    names = [found.instance.labels[j] for j in found.positions]
    rows = [[f"{sold[i]:.1%}", f"{lost[i]:.3f}", _cut(names[i], room)] for i in shown.tolist()]
    yield from table(["orders", "given away", "variant"], rows, left=2)
    if len(shown) < len(order):
        yield f"and {len(order) - len(shown)} more (--all lists them)"


def _cut(label: str, room: int | None) -> str:
    text = one_line(label)
    return text if room is None or len(text) <= room else text[: room - 3] + "..."


def checked_lines(checked: Checked) -> list[str]:
    """Return the violations, or one line that sums the variants up."""
    if checked.violations:
        return [one_line(f"violated: {violation}") for violation in checked.violations]
    found = checked.evaluation
    name = short(found.instance.name)
    return [f"ok: {name}, {found.n_variants} variants, {found.give_away:.6g} given away an order, no violation"]


def checked_json(checked: Checked) -> dict[str, object]:
    """Return the JSON object of ``atoopt check --json``."""
    found = checked.evaluation
    return {
        "ok": not checked.violations, "violations": list(checked.violations), "instance": found.instance.name,
        "n_variants": found.n_variants, "give_away": found.give_away,
    }  # fmt: skip


def export_lines(instance: DiversityInstance, file: str, _formulation: str | None) -> list[str]:
    """Write the model of an instance to a file, and say how large it is."""
    from atoopt.diversity.model.export import export_model

    model = export_model(instance, file)
    return [f"{file}: {model.nvariables()} variables, {model.nconstraints()} constraints"]
