"""The section of statistical tests: by time, and by the quality of solutions or fronts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from atoopt.base.errors import InputError
from atoopt.study.measures.gaps import gaps
from atoopt.study.measures.outcomes import measured
from atoopt.study.measures.side_by_side import by_instance, side_by_side
from atoopt.study.measures.tests import ALPHA, friedman, wilcoxon_holm
from atoopt.study.report.figures.fronts import ranks_figure
from atoopt.study.report.groups import Group, log_seconds_by_instance
from atoopt.study.report.names import number
from atoopt.study.report.parts import Column, Grid, Part, Section

COLUMNS = (
    Column("one", "text"), Column("other", "text"), Column("median difference"), Column("instances"), Column("p"),
    Column("p (Holm)"), Column("significant", "text"),
)  # fmt: skip


def tests_section(group: Group) -> Section:
    """Return Wilcoxon's and Friedman's tests of a group, or why there are none."""
    notes = [
        "Instances are the observations; seeds and repeats are summed up by their median. Wilcoxon's signed-rank test "
        "of each pair with Holm's correction; Friedman's test in Iman and Davenport's form, and Nemenyi's critical "
        f"distance (Demšar 2006); level {ALPHA:g}.",
    ]
    parts: list[Part] = []
    for name, table, words in _tables(group):
        if len(table) and table.shape[1] > 1 and not np.ptp(table.to_numpy(), axis=1).any():
            notes.append(f"No test by {words}: the methods do not differ in it.")
            continue
        try:
            parts.append(_wilcoxon(group, name, table, words))
        except InputError as error:
            notes.append(f"No Wilcoxon test by {words}: {error}.")
        try:
            ranking = friedman(table)
        except InputError as error:
            notes.append(f"No Friedman test by {words}: {error}.")
            continue
        notes.append(
            f"Friedman by {words}, {ranking.n} instances: chi² = {number(ranking.chi2)} (p = {number(ranking.p_chi2)}),"
            f" F = {number(ranking.f)} (p = {number(ranking.p_f)}); mean ranks further apart than "
            f"{number(ranking.distance)} differ."
        )
        parts.append(ranks_figure(group.id(f"ranks-{name}"), ranking, group.look, words))
    return Section(group.id("tests"), "Statistical tests", notes, parts)


def _tables(group: Group) -> list[tuple[str, pd.DataFrame, str]]:
    """Return what is tested: an id, instances x methods, and words."""
    runs = measured(group.runs)
    seconds = log_seconds_by_instance(runs, group.study.limit)
    if group.task == "pareto":
        loss = (1 - group.quality["hypervolume_share"]).reindex(runs.index)
        second = ("quality", by_instance(side_by_side(runs, loss)).dropna(), "hypervolume")
    else:
        gap = gaps(runs)["to_best"].fillna(1.0).round(6)
        second = ("quality", by_instance(side_by_side(runs, gap)).dropna(), "gap to the best known objective")
    return [("seconds", seconds, "time (log of 1 + seconds)"), second]


def _wilcoxon(group: Group, name: str, table: pd.DataFrame, words: str) -> Grid:
    """Return the tests of all pairs as a table."""
    found = wilcoxon_holm(table)
    rows = [
        [row.one, row.other, row.median, row.n, row.p, row.p_holm, "yes" if row.significant else "no"]
        for row in found.itertuples()
    ]
    return Grid(group.id(f"wilcoxon-{name}"), COLUMNS, rows, f"Wilcoxon's test by {words}.", paged=len(rows) > 15)
