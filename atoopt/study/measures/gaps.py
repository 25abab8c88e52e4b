"""How far objectives and bounds are from the best known, by one formula for all methods."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from atoopt.study.measures.outcomes import measured, trusted
from atoopt.study.measures.profiles import Curves, step_curves
from atoopt.study.measures.reference import best_known, of_runs
from atoopt.study.measures.side_by_side import met_by_all, side_by_side

Floats = NDArray[np.float64]

NEAR = 1e-6
"""An objective within this share of the best known one has found it: solver arithmetic."""


def distance(value: ArrayLike, reference: ArrayLike) -> Floats:
    """Return |value - reference| / max(|value|, |reference|); 0 where both agree, 1 where their signs differ.

    The primal gap of Berthold (2013): within [0, 1]; NaN where one of the two is.

    >>> distance([10.0, 0.0, -1.0], [8.0, 0.0, 1.0]).tolist()
    [0.2, 0.0, 1.0]
    """
    one, other = np.asarray(value, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    larger = np.maximum(np.abs(one), np.abs(other))
    gap = np.abs(one - other) / np.where(larger > 0, larger, 1.0)
    return np.where(one * other < 0, 1.0, gap)


def gaps(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the gaps of each run, with the index of `runs`.

    Returns
    -------
    DataFrame
        to_best: of the objective to the best known one of its instance; bound_to_best: of the bound to it;
        proven: |objective - bound| / |objective|, the gap as the solvers were asked for it. NaN where a number is
        missing, or the run was skipped or found wrong.
    """
    best = of_runs(runs, best_known(runs)["best"])
    holds = runs.index.isin(trusted(runs).index)
    objective, bound = (runs[name].astype(float).where(holds) for name in ("objective", "bound"))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (objective - bound).abs() / objective.abs()
    proven = share.where(objective != bound, 0.0).replace(np.inf, np.nan)
    found = {"to_best": distance(objective, best), "bound_to_best": distance(bound, best), "proven": proven}
    return pd.DataFrame(found, index=runs.index)


def found_best(runs: pd.DataFrame) -> pd.Series:
    """Return, per run, whether its objective is the best known one, within arithmetic."""
    return gaps(runs)["to_best"] <= NEAR


def gap_profile(runs: pd.DataFrame) -> Curves:
    """Return the share of problems whose objective is within a gap x of the best known one, for x from 0 to 1.

    Runs without a solution are within no gap; problems of instances without a known solution do not count.

    Raises
    ------
    InputError
        No problem with a known solution has been run by all methods.
    """
    runs = measured(runs)
    known = of_runs(runs, best_known(runs)["best"]).notna()
    runs = runs[known]
    table = side_by_side(runs, gaps(runs)["to_best"].fillna(np.inf))
    common = met_by_all(table)
    exact = common.where(common > NEAR, 0.0)
    return step_curves(exact, "gap", start=0.0, end=1.0, left_out=len(table) - len(common))
