"""Fronts against the union of all fronts of their instance: points, hypervolume, what they miss."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from atoopt.pareto.filter import nondominated
from atoopt.pareto.indicators import OUTWARD
from atoopt.study.measures.alarms import Alarm
from atoopt.study.measures.outcomes import kinds, trusted
from atoopt.study.measures.side_by_side import INSTANCE

Floats = NDArray[np.float64]

SAME_FRONT = 1e-4
"""Complete fronts may be so far from each other, as a share of the ranges: points proven within solvers' gaps."""

MOST_PAIRS = 1_000_000
"""Distances that are held at a time."""

COLUMNS = ("points", "complete", "hypervolume", "hypervolume_share", "coverage_error", "seconds")


def front_quality(runs: pd.DataFrame, fronts: pd.DataFrame) -> pd.DataFrame:
    """Return how good the front of each run is, with the index of `runs`, for those of ``pareto`` alone.

    The reference of an instance is the set of points that are not dominated in the union of all its fronts, those
    found wrong apart; the reference point of the hypervolume lies a tenth of each range beyond the worst of them.

    Returns
    -------
    DataFrame
        key, problem, instance, method, seed, repeat, reason (its kind), and: points; complete; hypervolume, in the
        product of the units; hypervolume_share, of the union's; coverage_error: the largest distance of a point of
        the union to the nearest one found, the larger of both differences as a share of the union's ranges (NaN
        where no point was found); seconds.
    """
    pareto = runs[runs["task"] == "pareto"]
    found = pareto[["key", *INSTANCE, "method", "seed", "repeat", "points", "complete", "seconds"]].copy()
    found.insert(7, "reason", kinds(pareto))
    values = _by_key(fronts)
    measured: dict[str, tuple[float, float, float, float]] = {}
    for _, some in trusted(pareto).groupby(INSTANCE):
        keys = some["key"].astype(str).tolist()
        every = [values[key] for key in keys if key in values]
        if not every:
            continue
        union = union_front(every)
        point = reference_point(union)
        whole = _hypervolume(union, point)
        for key in keys:
            mine = values.get(key, np.empty((0, 2)))
            area = _hypervolume(mine, point)
            measured[key] = float(len(mine)), area, area / whole, coverage_error(mine, union)
    nothing = (np.nan,) * 4
    rows = [measured.get(str(key), nothing) for key in found["key"]]
    numbers = pd.DataFrame(rows, index=found.index, columns=["n", *COLUMNS[2:5]], dtype=float)
    found["points"] = numbers["n"].where(numbers["n"].notna(), found["points"].astype(float))
    found = found.join(numbers.drop(columns="n"))
    return found[[*(name for name in found.columns if name not in COLUMNS), *COLUMNS]]


def front_alarms(
    runs: pd.DataFrame, fronts: pd.DataFrame, *, tolerance: float = SAME_FRONT, partial: Collection[str] = ()
) -> tuple[Alarm, ...]:
    """Return an alarm for each instance and method whose front is called complete, and is not the union of all.

    Parameters
    ----------
    tolerance : float
        The coverage error that a complete front may have.
    partial : collection of str
        Methods whose `complete` speaks of a part of the solutions, such as threshold rules.
    """
    quality = front_quality(runs, fronts)
    complete = quality["complete"].fillna(False).astype(bool) & ~quality["method"].isin(list(partial))
    missing = quality["coverage_error"].isna() & quality["hypervolume"].notna()
    off = quality[complete & ((quality["coverage_error"] > tolerance) | missing)]
    return tuple(
        Alarm(
            "complete front lacks points", str(problem), str(instance), (str(method),), tuple(some["key"]),
            (("coverage error", float(some["coverage_error"].max())), ("points", float(some["points"].min()))),
        )
        for (problem, instance, method), some in off.groupby([*INSTANCE, "method"])
    )  # fmt: skip


def union_front(fronts: list[Floats]) -> Floats:
    """Return the non-dominated points of several fronts, sorted by the first value; both are minimized."""
    every = np.concatenate(fronts)
    return every[nondominated(every)]


def reference_point(union: Floats) -> Floats:
    """Return the worst values of a front, moved outward by a tenth of each range (by 1 where that is 0)."""
    span = np.ptp(union, axis=0)
    return union.max(axis=0) + np.where(span > 0, OUTWARD * span, 1.0)


def coverage_error(found: Floats, union: Floats) -> float:
    """Return the largest distance from a point of the union to the nearest one found; NaN without one.

    >>> coverage_error(np.array([[0.0, 10.0]]), np.array([[0.0, 10.0], [2.0, 6.0], [4.0, 0.0]]))
    1.0
    """
    if not len(found):
        return float("nan")
    span = np.ptp(union, axis=0)
    span = np.where(span > 0, span, 1.0)
    parts = np.array_split(union / span, max(1, len(union) * len(found) // MOST_PAIRS))
    return max(float(np.abs(part[:, None] - found / span).max(axis=2).min(axis=1).max()) for part in parts if len(part))


def _hypervolume(points: Floats, reference: Floats) -> float:
    import moocore

    return float(moocore.hypervolume(points, ref=reference)) if len(points) else 0.0


def _by_key(fronts: pd.DataFrame) -> dict[str, Floats]:
    """Return the points of each run."""
    return {str(key): part[["first", "second"]].to_numpy(dtype=float) for key, part in fronts.groupby("key")}
