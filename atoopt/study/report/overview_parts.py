"""The overview and the pairwise wins as small tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from atoopt.study.measures.overview import overview
from atoopt.study.measures.pairwise import pairwise
from atoopt.study.report.groups import Group
from atoopt.study.report.names import number, short
from atoopt.study.report.parts import Cell, Matrix

MEANS = {
    "mean_seconds": "mean seconds", "mean_gap": "mean gap to best (%)", "mean_integral": "mean primal integral (s)",
    "mean_hypervolume": "mean hypervolume (%)", "mean_coverage_error": "mean coverage error (%)",
}  # fmt: skip
SHARES = ("mean_gap", "mean_hypervolume", "mean_coverage_error")
NAME = 48
"""Letters of a name in a table that is shown as it is."""


def overview_table(group: Group) -> pd.DataFrame:
    """Return the overview of a group, without the columns that say nothing of it."""
    table = overview(group.runs, group.integrals, group.study.limit)
    table = table.loc[[method for method in group.look.methods if method in table.index]]
    silent = [name for name in ("heuristic", "unknown") if not table[name].any()]
    if group.task == "pareto":
        silent += ["best", "mean_gap", "mean_integral"]
        quality = group.quality.groupby("method")
        table["mean_hypervolume"] = quality["hypervolume_share"].mean().reindex(table.index)
        table["mean_coverage_error"] = quality["coverage_error"].mean().reindex(table.index)
    return table.drop(columns=silent)


def overview_texts(group: Group) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Return the overview as texts: its head, and name and cells of each method."""
    table = overview_table(group)
    rows = []
    for method, row in table.iterrows():
        cells = []
        for name, value in row.items():
            scale = 100 if str(name) in SHARES else 1
            cells.append(number(scale * float(value)) if name in MEANS else str(int(value)))
        rows.append((str(method), cells))
    return ["method", *(MEANS.get(str(name), str(name)) for name in table.columns)], rows


def overview_matrix(group: Group) -> Matrix:
    """Return the overview as a table of the page."""
    head, rows = overview_texts(group)
    wrong = head.index("wrong") - 1
    shaded = [
        (short(name, NAME), [Cell(text, -1.0 if i == wrong and text != "0" else 0.0) for i, text in enumerate(texts)])
        for name, texts in rows
    ]
    return Matrix(group.id("overview-table"), head, shaded, "A line a method: counts of runs, and means.")


def wins_part(group: Group, table: pd.DataFrame) -> Matrix:
    """Return wins : ties : losses of the method of the row against that of the column."""
    pairs = {(row.one, row.other): row for row in pairwise(table).itertuples()}
    methods = [method for method in group.look.methods if method in table.columns]
    rows = []
    for one in methods:
        cells = []
        for other in methods:
            if one == other:
                cells.append(Cell(""))
                continue
            pair: Any = pairs[one, other]
            shade = (pair.wins - pair.losses) / max(1, pair.problems)
            cells.append(Cell(f"{pair.wins} : {pair.ties} : {pair.losses}", shade))
        rows.append((short(one, NAME), cells))
    about = "Wins, ties and losses of the method of the row against that of the column."
    return Matrix(group.id("wins-table"), ["", *(short(name, NAME) for name in methods)], rows, about)
