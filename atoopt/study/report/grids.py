"""The tables of a page that can be sorted and filtered: all runs, the spread over seeds, the fronts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from atoopt.base.errors import one_line
from atoopt.study.data import StudyData
from atoopt.study.measures.gaps import gaps
from atoopt.study.measures.spread import spread
from atoopt.study.report.groups import Group
from atoopt.study.report.names import short
from atoopt.study.report.parts import Column, Grid

MESSAGE = 160
"""Letters of a message that the table shows; the log has all of it."""

RUNS = {
    "problem": Column("problem", "text", True), "task": Column("task", "text", True),
    "instance": Column("instance", "text", True), "method": Column("method", "text", True),
    "seed": Column("seed"), "repeat": Column("repeat"),
    "status": Column("status", "text", True), "reason": Column("reason", "text", True),
    "log": Column("log", "log"),
    "objective": Column("objective"), "bound": Column("bound"), "to_best": Column("gap to best", "percent"),
    "proven": Column("proven gap", "percent"), "points": Column("points"), "seconds": Column("seconds"),
    "cpu_seconds": Column("CPU seconds"), "busy": Column("CPU / wall"), "memory_mb": Column("memory (MB)"),
    "overshoot": Column("overshoot (s)"), "load": Column("load"), "compile_seconds": Column("compile (s)"),
    "program": Column("solver", "text"), "started": Column("started", "text"), "message": Column("message", "text"),
}  # fmt: skip


def runs_grid(study: StudyData, logs: Mapping[str, int], rows: int) -> Grid:
    """Return the table of all runs, at most so many rows; `logs` has the number of each run's log in the page."""
    runs = study.runs.iloc[:rows]
    named = {"solver": "", "solver_version": "", "message": "", "started": ""}
    texts = runs[list(named)].astype(object).where(runs[list(named)].notna(), "").astype(str)
    found = gaps(study.runs).loc[runs.index]
    frame = runs.assign(
        to_best=found["to_best"], proven=found["proven"], busy=busy(runs), started=texts["started"],
        program=(texts["solver"] + " " + texts["solver_version"]).str.strip(),
        message=[short(text, MESSAGE) for text in texts["message"]],
        log=pd.array([logs.get(str(key)) for key in runs["key"]], dtype="Int64"),
        **{name: [one_line(str(value)) for value in runs[name]] for name in ("problem", "task", "instance", "method")},
    )  # fmt: skip
    shown = [name for name in RUNS if name == "log" or _says_something(frame[name], name)]
    values = frame[shown].astype(object)
    content = values.where(values.notna(), None).to_numpy().tolist()
    return Grid(
        "runs-table", [RUNS[name] for name in shown], content, "A row a run, each measured in a process of its own."
    )


def _says_something(column: pd.Series, name: str) -> bool:
    """Whether a column is worth its place: texts that differ, numbers that are known."""
    if name in ("problem", "task"):
        return len(set(column)) > 1
    if RUNS[name].kind == "text":
        return name in ("instance", "method", "status", "reason") or bool((column != "").any())
    return bool((column.fillna(0) != 0).any()) or name in ("seed", "seconds")


def busy(runs: pd.DataFrame) -> pd.Series:
    """Return CPU seconds divided by wall seconds: under 0.9, a run on one thread had to share its core."""
    wall = runs["seconds"].astype(float)
    return (runs["cpu_seconds"].astype(float) / wall.where(wall > 0)).replace([np.inf, -np.inf], np.nan)


def spread_grid(group: Group) -> Grid:
    """Return median and quartiles of each instance and method."""
    found = spread(group.runs, group.study.limit)
    columns = [
        Column("instance", "text", True), Column("method", "text", True), Column("runs"), Column("solved"),
        Column("seconds, median"), Column("lower quartile"), Column("upper quartile"),
        Column("objective, median"), Column("lower quartile"), Column("upper quartile"),
        Column("gap to best, median", "percent"),
    ]  # fmt: skip
    names = ["runs", "solved"]
    names += [f"{name}_{part}" for name in ("seconds", "objective") for part in ("median", "q1", "q3")]
    rows = _rows(found, [*names, "gap_median"], ["instance", "method"])
    return Grid(group.id("spread-table"), columns, rows, "Median and quartiles over seeds and repeats.")


def quality_grid(group: Group) -> Grid:
    """Return the quality of each front."""
    found = group.quality
    found = found.assign(whole=found["complete"].map(lambda value: "yes" if value is True or value == 1 else "no"))
    columns = [
        Column("instance", "text", True), Column("method", "text", True), Column("ended", "text", True),
        Column("complete", "text", True), Column("seed"), Column("repeat"), Column("points"), Column("hypervolume"),
        Column("share of the union's", "percent"), Column("coverage error", "percent"), Column("seconds"),
    ]  # fmt: skip
    numbers = ["seed", "repeat", "points", "hypervolume", "hypervolume_share", "coverage_error", "seconds"]
    rows = _rows(found, numbers, ["instance", "method", "reason", "whole"])
    return Grid(group.id("fronts-table"), columns, rows, "The quality of each front.")


def _rows(frame: pd.DataFrame, numbers: list[str], texts: list[str]) -> list[list[Any]]:
    """Return rows of a table: texts on one line, then numbers."""
    words = [[one_line(str(value)) for value in row] for row in frame[texts].to_numpy().tolist()]
    values = frame[numbers].astype(object).to_numpy().tolist()
    return [[*left, *right] for left, right in zip(words, values, strict=True)]
