"""What was compared, on what and how, as terms and their texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from atoopt.base.errors import one_line
from atoopt.study.data import StudyData
from atoopt.study.report.grids import busy
from atoopt.study.report.groups import definitions, methods_of
from atoopt.study.report.names import UNKNOWN, number, short
from atoopt.study.report.parts import Cell, Matrix

BUSY = 0.9
"""A run on one thread with less CPU than this a second of wall time had to share its core, or waited for its disk."""

LONG_ENOUGH = 1.0
"""Seconds: in shorter runs, start and end decide the ratio of CPU and wall time."""

Fact = tuple[str, str]


def facts(study: StudyData) -> list[Fact]:
    """Return how the study was run: term and text."""
    info, runs = study.info, study.runs
    started = runs["started"].dropna().astype(str)
    load = runs["load"].dropna()
    found = [
        ("Compared", _counts(study)),
        ("Run", f"{started.min()} to {started.max()}" if len(started) else UNKNOWN),
        ("Machine", _listed(info.get("machine"))),
        ("Load at the start of a run", f"{load.min():.2f} to {load.max():.2f}" if len(load) else UNKNOWN),
        ("Limits of a run", _listed(info.get("limits"))),
        ("Tolerances", _listed(info.get("tolerances"))),
        ("Seeds", _short_list(info.get("seeds"))),
        ("Repeats, order", f"{info.get('repeats', UNKNOWN)}, {info.get('order', UNKNOWN)}"),
        ("Versions", _listed(info.get("versions"))),
        ("Store", str(info.get("store", UNKNOWN))),
    ]  # fmt: skip
    return [(term, one_line(text)) for term, text in found]


def _counts(study: StudyData) -> str:
    runs = study.runs
    kinds = runs[["problem", "task"]].drop_duplicates().astype(str).agg(", ".join, axis=1)
    instances = len(runs[["problem", "instance"]].drop_duplicates())
    return (
        f"{runs['method'].nunique()} methods on {instances} instances ({'; '.join(map(short, sorted(kinds)))}), "
        f"{len(runs)} runs"
    )


def _listed(values: Any) -> str:
    """Return a mapping as text, what is not set as a dash."""
    if not isinstance(values, Mapping) or not values:
        return UNKNOWN
    return ", ".join(
        f"{str(name).replace('_', ' ')} {UNKNOWN if value is None else value}" for name, value in values.items()
    )


def _short_list(values: Any) -> str:
    return (
        json.dumps(list(values))
        if isinstance(values, (list, tuple))
        else str(values if values is not None else UNKNOWN)
    )


def methods_matrix(study: StudyData) -> Matrix:
    """Return the methods with their options, and the program that ran."""
    given = {str(method.get("name")): method for method in definitions(study.info)}
    rows = []
    for name in methods_of(study):
        options = {key: value for key, value in given.get(name, {}).items() if key != "name"}
        text = ", ".join(f"{key} = {json.dumps(value, default=str)}" for key, value in options.items())
        rows.append(
            (short(name, 48), [Cell(short(text, 300)), Cell(_programs(study.runs[study.runs["method"] == name]))])
        )
    return Matrix("methods", ["method", "options", "ran with"], rows, "The methods, their options, what ran them.")


def _programs(runs: pd.DataFrame) -> str:
    """Return solvers and versions of the runs of a method."""
    columns = ["solver", "solver_version", "atoopt_version"]
    texts = runs[columns].astype(object).where(runs[columns].notna(), "").astype(str).drop_duplicates()
    shown = [f"{row.solver} {row.solver_version}".strip() + f" (atoopt {row.atoopt_version})" * bool(row.atoopt_version)
             for row in texts.itertuples() if row.solver or row.atoopt_version]  # fmt: skip
    return short("; ".join(dict.fromkeys(text.strip() for text in shown)) or UNKNOWN, 300)


def disturbed(study: StudyData) -> list[str]:
    """Return what is to say about runs that did not have their core for themselves: empty where there are none.

    Only where each run had one thread; with more, the ratio says nothing.
    """
    if study.threads != 1:
        return []
    runs = study.runs
    some = runs[(busy(runs) < BUSY) & (runs["seconds"] >= LONG_ENOUGH)]
    if some.empty:
        return []
    counts = some.groupby("method").size().sort_values(ascending=False)
    by_method = ", ".join(f"{short(method)} {count}" for method, count in counts.items())
    lowest = number(float(busy(some).min()), 2)
    return [
        f"{len(some)} of {len(runs)} runs had less than {BUSY:g} s of CPU a second of wall time on one thread (the "
        f"lowest {lowest}): they shared their core, and their times are too long. By method: {by_method}."
    ]
