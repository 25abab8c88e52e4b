"""The records of a study as tables: a row a run, a row an advance, a row a point of a front."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from atoopt.study.data import StudyData
from atoopt.study.plan import Job
from atoopt.study.record import SCALARS, Record
from atoopt.study.store import Store

NAMES = ("key", "instance", "problem", "method", "task", "seed", "repeat", "wall_seconds", "threads")
"""Columns that say what a run is."""

FLOATS = ("objective", "bound", "gap", "claimed", "seconds", "cpu_seconds", "memory_mb", "load")
"""Columns in which what is unknown is NaN."""


def rows_of(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """Return the names of planned runs."""
    return [
        dict(zip(NAMES, (job.key, job.instance, job.problem, job.method, job.spec["method"]["task"], job.seed,
                         job.repeat, job.limits.wall_seconds, job.limits.threads), strict=True))
        for job in jobs
    ]  # fmt: skip


def study_data(rows: Sequence[Mapping[str, Any]], records: Mapping[str, Record], facts: Mapping[str, Any]) -> StudyData:
    """Return the tables of what is done of the planned runs.

    Parameters
    ----------
    rows : sequence of mapping
        The names of each planned run, with its key.
    records : mapping of str to Record
    facts : mapping
        What the store knows of the study.
    """
    done = [row for row in rows if row["key"] in records]
    runs = pd.DataFrame(
        [{**row, **{name: getattr(records[row["key"]], name) for name in SCALARS}} for row in done],
        columns=[*dict.fromkeys([*(rows[0] if rows else ()), *SCALARS])],
    )
    runs = runs.astype(dict.fromkeys(FLOATS, float))
    keys = list(dict.fromkeys(row["key"] for row in done))
    courses = [(key, *point) for key in keys for point in records[key].trajectory]
    points = [(key, *point) for key in keys for point in records[key].front or ()]
    return StudyData(
        runs=runs,
        trajectories=pd.DataFrame(courses, columns=["key", "seconds", "incumbent", "bound"]).astype(
            dict.fromkeys(["seconds", "incumbent", "bound"], float)
        ),
        fronts=pd.DataFrame(points, columns=["key", "first", "second"]),
        logs={key: records[key].log for key in keys},
        info=_info(facts),
    )


def _info(facts: Mapping[str, Any]) -> dict[str, Any]:
    definition = facts.get("definition", {})
    file = facts.get("file")
    return {
        "name": facts.get("name", ""), "definition": definition,
        "limits": definition.get("limits", {}), "tolerances": definition.get("tolerances", {}),
        "seeds": definition.get("runs", {}).get("seeds", []), "repeats": definition.get("runs", {}).get("repeats", 1),
        "order": definition.get("study", {}).get("order", ""), "machine": facts.get("machine", {}),
        "versions": facts.get("versions", {}), "store": facts.get("store", ""),
        "command": f"atoopt study run {file}" if file else "",
    }  # fmt: skip


def data_of_store(path: str | os.PathLike[str]) -> StudyData:
    """Return the tables of a store, by the names under which it was last run."""
    with Store(path) as store:
        rows = [{name: job[name] for name in NAMES} for job in store.jobs()]
        return study_data(rows, store.records(), store.facts() | {"store": str(path)})
