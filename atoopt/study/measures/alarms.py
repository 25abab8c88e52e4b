"""What cannot be: wrong answers, proofs that contradict each other, bounds beyond solutions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas as pd

from atoopt.base.errors import one_line
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.study.measures.outcomes import WRONG, kinds, trusted
from atoopt.study.measures.side_by_side import INSTANCE


@dataclass(frozen=True)
class Alarm:
    """One thing that cannot be, of one instance.

    Attributes
    ----------
    kind : str
        ``wrong answer``, ``optima differ``, ``bound beyond a solution``, ``infeasible with a solution``,
        ``complete front lacks points``.
    problem, instance : str
    methods : tuple of str
        The method that is in doubt first.
    runs : tuple of str
        Keys of all runs involved.
    numbers : tuple of (str, float)
        Named values that contradict each other.
    detail : str
        What the checker said, if it did.
    """

    kind: str
    problem: str
    instance: str
    methods: tuple[str, ...]
    runs: tuple[str, ...]
    numbers: tuple[tuple[str, float], ...] = ()
    detail: str = ""

    @property
    def text(self) -> str:
        """The alarm on one line."""
        values = ", ".join(f"{name} {value:.10g}" for name, value in self.numbers)
        runs = f"{len(self.runs)} run{'s' if len(self.runs) > 1 else ''}"
        parts = [f"{self.instance}: {self.kind}: {' and '.join(self.methods)} ({runs})", values, self.detail]
        return one_line("; ".join(part for part in parts if part))


@dataclass(frozen=True)
class Tolerances:
    """What may differ without an alarm.

    Two optima may each be off by the gap that was asked for. A bound holds for every solution, so it may pass one
    by arithmetic alone: as far as a solution may break its rows, and solvers round.
    """

    rel_gap: float = 1e-4
    abs_gap: float = 0.0
    feasibility: float = PROOF_TOLERANCE

    def rounding(self, value: float) -> float:
        """Return what arithmetic may do to a value."""
        return max(self.feasibility, PROOF_TOLERANCE) * max(1.0, abs(value))

    def between_optima(self, value: float) -> float:
        """Return by how much two proven optima may differ."""
        return self.rel_gap * abs(value) + self.abs_gap + self.rounding(value)


def alarms(runs: pd.DataFrame, tolerances: Tolerances | None = None) -> tuple[Alarm, ...]:
    """Return all alarms, wrong answers first; one for each instance, kind and method in doubt.

    Parameters
    ----------
    runs : DataFrame
        Of `StudyData`. Runs found wrong are an alarm themselves, and are not held against others.
    tolerances : Tolerances, optional
    """
    allowed = tolerances or Tolerances()
    numbers = {name: runs[name].astype(float) for name in ("objective", "bound", "sense")}
    ordered = runs.assign(**numbers).sort_values([*INSTANCE, "method", "seed", "repeat"], kind="stable")
    found = list(_wrong(ordered))
    for (problem, instance), some in trusted(ordered).groupby(INSTANCE):
        found += _of_instance(str(problem), str(instance), some, allowed)
    return tuple(found)


def _wrong(runs: pd.DataFrame) -> Iterator[Alarm]:
    """Yield an alarm for each instance and method with answers that do not hold."""
    for (problem, instance, method), some in runs[kinds(runs) == WRONG].groupby([*INSTANCE, "method"]):
        reason = str(some["reason"].iloc[0]).partition(":")[2].strip()
        detail = reason or str(some["message"].fillna("").iloc[0])
        yield Alarm("wrong answer", str(problem), str(instance), (str(method),), tuple(some["key"]), (), detail)


def _of_instance(problem: str, instance: str, runs: pd.DataFrame, allowed: Tolerances) -> Iterator[Alarm]:
    """Yield what contradicts itself among the trusted runs of an instance."""
    with_solution = runs[runs["objective"].notna()]
    if with_solution.empty:
        return
    sense = float(with_solution["sense"].iloc[0])
    best = with_solution.iloc[int((sense * with_solution["objective"]).argmin())]
    value = float(best["objective"])
    denied = runs[runs["status"] == "infeasible"]
    optimal = with_solution[with_solution["status"] == "optimal"]
    off = optimal[sense * (optimal["objective"] - value) > allowed.between_optima(value)]
    rest = runs[~runs.index.isin(off.index)]
    beyond = rest[sense * (rest["bound"] - value) > allowed.rounding(value)]
    for kind, claims, name, column in (
        ("infeasible with a solution", denied, "", ""),
        ("optima differ", off, "claimed optimum", "objective"),
        ("bound beyond a solution", beyond, "bound", "bound"),
    ):
        for method, some in claims.groupby("method"):
            claimed = ((name, sense * float((sense * some[column]).max())),) if column else ()
            yield _against(best, Alarm(kind, problem, instance, (str(method),), tuple(some["key"]), claimed))


def _against(witness: pd.Series, alarm: Alarm) -> Alarm:
    """Return an alarm about a method's runs with the run that contradicts them."""
    methods = tuple(dict.fromkeys([*alarm.methods, str(witness["method"])]))
    runs = tuple(dict.fromkeys([*alarm.runs, str(witness["key"])]))
    proof = "other optimum" if witness["status"] == "optimal" else "solution"
    numbers = (*alarm.numbers, (proof, float(witness["objective"])))
    return replace(alarm, methods=methods, runs=runs, numbers=numbers)
