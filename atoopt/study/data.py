"""The tables of a study, as measures and report read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from atoopt.base.errors import InputError
from atoopt.study.measures.outcomes import SKIPPED, kinds

RUN_COLUMNS = (
    "key", "instance", "problem", "method", "task", "seed", "repeat", "status", "reason", "objective", "bound", "gap",
    "sense", "seconds", "cpu_seconds", "memory_mb", "overshoot", "load", "solver", "solver_version", "atoopt_version",
    "compile_seconds", "message", "started", "points", "complete",
)  # fmt: skip
TRAJECTORY_COLUMNS = ("key", "seconds", "incumbent", "bound")
FRONT_COLUMNS = ("key", "first", "second")


class NothingMeasured(InputError):
    """A study without a run that could be measured: a page of it would say nothing."""


@dataclass(frozen=True)
class StudyData:
    """What a study has measured so far.

    Attributes
    ----------
    runs : DataFrame
        One row a run, with the columns `RUN_COLUMNS`. Unknown numbers are NaN; `seconds` and `overshoot` in
        seconds of wall time, `memory_mb` the peak in megabytes, `load` the mean number of waiting processes at the
        start, `sense` 1 where the objective is minimized and -1 where it is maximized.
    trajectories : DataFrame
        `TRAJECTORY_COLUMNS`: incumbent and bound over the time of a run, in time order.
    fronts : DataFrame
        `FRONT_COLUMNS`: the points of runs of ``pareto``, both values minimized.
    logs : mapping
        Key of a run -> what its child printed.
    info : mapping
        Name, definition, limits, tolerances, seeds, repeats, order, machine, versions, command, store.
    """

    runs: pd.DataFrame
    trajectories: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(TRAJECTORY_COLUMNS)))
    fronts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(FRONT_COLUMNS)))
    logs: Mapping[str, str] = field(default_factory=dict)
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The study's name."""
        return str(self.info.get("name") or "study")

    @property
    def limit(self) -> float:
        """The wall seconds that a run may take; without a limit, those of the longest run."""
        given = (self.info.get("limits") or {}).get("wall_seconds")
        return float(given) if given else float(self.runs["seconds"].max())

    @property
    def threads(self) -> int | None:
        """The threads that a run may use, None where no number was set."""
        given = (self.info.get("limits") or {}).get("threads")
        return int(given) if given else None

    def tolerance(self, name: str, default: float) -> float:
        """Return a tolerance of the study (``rel_gap``, ``abs_gap``, ``feasibility``), or what holds without it."""
        given = (self.info.get("tolerances") or {}).get(name)
        return default if given is None else float(given)

    def checked(self) -> StudyData:
        """Return the same data, rows numbered from 0, if there is something to report.

        Raises
        ------
        InputError
            A column is missing.
        NothingMeasured
            There are no runs, or all of them were skipped.
        """
        missing = [name for name in RUN_COLUMNS if name not in self.runs.columns]
        if missing:
            raise InputError(f"have no column {missing[0]}", "give the table that a study makes", place="runs")
        if self.runs.empty:
            raise NothingMeasured("has no runs", "run it first: atoopt study run STUDY.toml", place=self.name)
        if (kinds(self.runs) == SKIPPED).all():
            why = str(self.runs["reason"].iloc[0])
            raise NothingMeasured(f"measured nothing: all runs were skipped ({why})", "put that right", place=self.name)
        runs = self.runs.reset_index(drop=True)
        numbers = ["objective", "bound", "seconds", "cpu_seconds", "memory_mb", "overshoot", "load"]
        runs = runs.assign(**{name: pd.to_numeric(runs[name], errors="coerce").astype(float) for name in numbers})
        finite = runs[["objective", "bound"]].replace([np.inf, -np.inf], np.nan)
        return StudyData(runs.assign(**finite), self.trajectories, self.fronts, self.logs, self.info)
