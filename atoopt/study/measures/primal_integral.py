"""The primal integral (Berthold 2013): how good the incumbent was over the whole time of a run, in one number."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from atoopt.study.measures.gaps import distance
from atoopt.study.measures.outcomes import SKIPPED, WRONG, kinds
from atoopt.study.measures.reference import best_known, of_runs

Floats = NDArray[np.float64]


def primal_integral(seconds: Floats, incumbents: Floats, best: float, limit: float) -> float:
    """Return the integral of the primal gap from 0 to the limit.

    The gap is |incumbent - best| / max(|incumbent|, |best|), and 1 while there is no incumbent, or while its sign
    differs from that of the best.

    Parameters
    ----------
    seconds : (n,) array
        When the incumbent changed, ascending.
    incumbents : (n,) array
        Its objective from then on; NaN for none.
    best : float
        The best known objective.
    limit : float
        Seconds that the run was given; what came later does not count.

    Returns
    -------
    float
        Seconds: 0 for the best solution at once, `limit` for none in time.

    Examples
    --------
    >>> primal_integral(np.array([2.0, 5.0]), np.array([20.0, 10.0]), best=10.0, limit=10.0)
    3.5
    """
    within = seconds < limit
    gap = distance(incumbents[within], best)
    heights = np.concatenate([[1.0], np.where(np.isnan(gap), 1.0, gap)])
    times = np.concatenate([[0.0], np.maximum(seconds[within], 0.0), [limit]])
    return float((heights * np.diff(times)).sum())


def primal_integrals(runs: pd.DataFrame, trajectories: pd.DataFrame, limit: float) -> pd.Series:
    """Return the primal integral of each run, with the index of `runs`.

    The answer that was recomputed counts from the run's end on; a run that told no trajectory has no incumbent
    before. The last incumbent of a run stays to the limit, unless the run ended without an answer: then there is
    none any more. A wrong answer has no incumbent at any time.

    Parameters
    ----------
    runs, trajectories : DataFrame
        Of `StudyData`.
    limit : float
        Seconds that the runs were given.

    Returns
    -------
    Series
        Seconds; NaN for skipped runs and where no solution of the instance is known.
    """
    best, kind = of_runs(runs, best_known(runs)["best"]), kinds(runs)
    told = {str(key): part for key, part in trajectories.groupby("key")}
    found = pd.Series(np.nan, index=runs.index)
    columns = (runs[name].astype(float) for name in ("seconds", "objective"))
    for row, key, end, answer, known in zip(runs.index, runs["key"], *columns, best, strict=True):
        if np.isnan(known) or kind[row] == SKIPPED:
            continue
        if kind[row] == WRONG:
            found[row] = limit
            continue
        seconds, incumbents = incumbents_of(told.get(str(key)))
        last = end if np.isfinite(end) else limit
        times, values = np.append(seconds[seconds < last], last), np.append(incumbents[seconds < last], answer)
        found[row] = primal_integral(times, values, float(known), limit)
    return found


def incumbents_of(trajectory: pd.DataFrame | None) -> tuple[Floats, Floats]:
    """Return when the incumbents of a run came, and their objectives; one that is not told again stays."""
    if trajectory is None:
        return np.empty(0), np.empty(0)
    ordered = trajectory.sort_values("seconds", kind="stable")
    kept = ordered["incumbent"].astype(float).ffill()
    return np.asarray(ordered["seconds"], dtype=np.float64), np.asarray(kept, dtype=np.float64)
