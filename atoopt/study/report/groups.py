"""What can be compared with each other: the runs of one problem and one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from atoopt.study.data import StudyData
from atoopt.study.measures.alarms import Alarm, Tolerances, alarms
from atoopt.study.measures.fronts import front_alarms, front_quality
from atoopt.study.measures.means import penalized
from atoopt.study.measures.outcomes import measured
from atoopt.study.measures.primal_integral import primal_integrals
from atoopt.study.measures.side_by_side import by_instance, side_by_side
from atoopt.study.report.figures.look import Look
from atoopt.study.report.names import short

RULES = ("threshold",)
"""Methods of ``pareto`` that search a part of all solutions: their `complete` speaks of that part."""


@dataclass(frozen=True)
class Group:
    """The runs of one problem and one task, with what all of its sections need; no title where there is one group."""

    number: int
    title: str
    task: str
    runs: pd.DataFrame
    study: StudyData
    look: Look

    @cached_property
    def quality(self) -> pd.DataFrame:
        """The quality of the group's fronts."""
        return front_quality(self.runs, self.study.fronts)

    @cached_property
    def integrals(self) -> pd.Series:
        """The primal integral of each run."""
        return primal_integrals(self.runs, self.study.trajectories, self.study.limit)

    def id(self, name: str) -> str:
        """Return the id of a section or part of this group."""
        return f"{name}-{self.number}"


def groups(study: StudyData) -> list[Group]:
    """Return the groups of a study, whose runs were checked."""
    parts = list(study.runs.groupby(["problem", "task"], sort=True))
    look = Look(methods_of(study))
    titles = [f"{short(problem)}, {task}" if len(parts) > 1 else "" for (problem, task), _ in parts]
    return [
        Group(i, title, str(task), part, study, look)
        for i, (title, ((_, task), part)) in enumerate(zip(titles, parts, strict=True))
    ]


def methods_of(study: StudyData) -> tuple[str, ...]:
    """Return the names of all methods, in the order of the study's file, others after them."""
    given = [str(method["name"]) for method in definitions(study.info) if "name" in method]
    there = set(map(str, study.runs["method"]))
    return tuple(dict.fromkeys([*(name for name in given if name in there), *sorted(there)]))


def definitions(info: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the methods of a study as its file gives them."""
    methods = (info.get("definition") or {}).get("methods") or []
    return [method for method in methods if isinstance(method, Mapping)]


def study_alarms(study: StudyData) -> tuple[Alarm, ...]:
    """Return all alarms of a study, with its own tolerances: of solutions, bounds and fronts."""
    allowed = tolerances_of(study)
    solve = study.runs[study.runs["task"] != "pareto"]
    pareto = study.runs[study.runs["task"] == "pareto"]
    partial = {str(method.get("name")) for method in definitions(study.info) if method.get("method") in RULES}
    wrong = tuple(alarm for alarm in alarms(pareto, allowed) if alarm.kind == "wrong answer")
    return (*alarms(solve, allowed), *wrong, *front_alarms(study.runs, study.fronts, partial=partial))


def tolerances_of(study: StudyData) -> Tolerances:
    """Return what may differ in a study without an alarm."""
    return Tolerances(
        study.tolerance("rel_gap", Tolerances.rel_gap),
        study.tolerance("abs_gap", Tolerances.abs_gap),
        study.tolerance("feasibility", Tolerances.feasibility),
    )


def log_seconds_by_instance(runs: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return, instances x methods, the median of the logarithm of 1 + seconds, failures at the limit, for tests."""
    runs = measured(runs)
    return by_instance(side_by_side(runs, np.log1p(penalized(runs, limit)))).dropna()
