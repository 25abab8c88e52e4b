"""Two studies run by run: what became faster or slower, what is solved now and what no longer is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from atoopt.base.errors import InputError
from atoopt.study.data import StudyData
from atoopt.study.measures.alarms import Alarm, Tolerances, alarms
from atoopt.study.measures.means import SHIFT, penalized, shifted_geometric_mean
from atoopt.study.measures.outcomes import SKIPPED, kinds, solved
from atoopt.study.measures.pairwise import SAME
from atoopt.study.measures.side_by_side import PROBLEM

JOINED = [*PROBLEM, "method"]

CHANGE = 0.1
"""Times that differ by no more than this share are called the same."""


@dataclass(frozen=True)
class StudyComparison:
    """What changed from an old study to a new one.

    Attributes
    ----------
    rows : DataFrame
        A row a pair of runs, joined on problem, task, instance, seed, repeat and method: status, reason, objective,
        seconds and solver version of both (``_old``, ``_new``), ratio (new seconds by old ones, both solved), and
        change: ``newly solved``, ``newly failed``, ``faster``, ``slower``, ``same``, ``both failed``, ``skipped``.
    summary : DataFrame
        A row a method: how many runs of each change, and the shifted geometric means of both, failures at the
        smaller limit.
    alarms : tuple of Alarm
        Contradictions between a run of the old and one of the new study; methods are called ``(old)`` and ``(new)``.
    only_old, only_new : int
        Runs without a partner.
    """

    rows: pd.DataFrame
    summary: pd.DataFrame
    alarms: tuple[Alarm, ...]
    only_old: int
    only_new: int


CHANGES = ("newly solved", "newly failed", "faster", "slower", "same", "both failed", SKIPPED)


def compare(old: StudyData, new: StudyData, tolerances: Tolerances | None = None) -> StudyComparison:
    """Return what changed between two studies.

    Raises
    ------
    InputError
        One of them has nothing measured, or they have no run in common.
    """
    old, new = old.checked(), new.checked()
    limit = min(old.limit, new.limit)
    parts = []
    for study in (old, new):
        runs = study.runs[[*JOINED, "key", "status", "reason", "objective", "seconds", "solver_version"]]
        extra = {"solved": solved(study.runs), "kind": kinds(study.runs), "counted": penalized(study.runs, limit)}
        parts.append(runs.assign(**extra))
    rows = parts[0].merge(parts[1], on=JOINED, suffixes=("_old", "_new"), validate="one_to_one")
    if rows.empty:
        raise InputError("has no run in common with the other", "compare studies of the same names", place=old.name)
    both = rows["solved_old"] & rows["solved_new"]
    ratio = rows["seconds_new"].clip(lower=1e-9) / rows["seconds_old"].clip(lower=1e-9)
    rows = rows.assign(ratio=ratio.where(both)).assign(change=_changes)
    found = (*alarms(_together(old, new), tolerances),)
    between = tuple(alarm for alarm in found if len({key.partition(":")[0] for key in alarm.runs}) == 2)
    plain = tuple(replace(alarm, runs=tuple(key.partition(":")[2] for key in alarm.runs)) for alarm in between)
    shown = rows.drop(columns=["key_old", "key_new", "kind_old", "kind_new", "counted_old", "counted_new"])
    shown = shown.sort_values(JOINED, ignore_index=True)
    return StudyComparison(shown, _summary(rows), plain, len(old.runs) - len(rows), len(new.runs) - len(rows))


def _changes(rows: pd.DataFrame) -> pd.Series:
    """Return the change of each pair in words."""
    was, now = rows["solved_old"], rows["solved_new"]
    apart = (rows["seconds_new"] - rows["seconds_old"]).abs() > SAME
    conditions = [
        (rows["kind_old"] == SKIPPED) | (rows["kind_new"] == SKIPPED), ~was & now, was & ~now, ~was & ~now,
        apart & (rows["ratio"] < 1 / (1 + CHANGE)), apart & (rows["ratio"] > 1 + CHANGE),
    ]  # fmt: skip
    words = [SKIPPED, "newly solved", "newly failed", "both failed", "faster", "slower"]
    return pd.Series(np.select(conditions, words, default="same"), index=rows.index)


def _summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return counts of changes and mean times by method, over the runs that neither study skipped."""
    counts = pd.crosstab(rows["method"], rows["change"]).reindex(columns=list(CHANGES), fill_value=0)
    tried = rows[rows["change"] != SKIPPED].groupby("method")
    for name in ("old", "new"):
        counts[f"mean_seconds_{name}"] = tried[f"counted_{name}"].apply(
            lambda some: shifted_geometric_mean(some, SHIFT)
        )
    return counts


def _together(old: StudyData, new: StudyData) -> pd.DataFrame:
    """Return the runs of both, told apart by key and by the name of the method; wrong answers are each study's own."""
    parts = [
        study.runs.assign(key=f"{name}:" + study.runs["key"].astype(str), method=study.runs["method"] + f" ({name})")
        for name, study in (("old", old), ("new", new))
    ]
    runs = pd.concat(parts, ignore_index=True)
    return runs[runs["task"] != "pareto"]
