"""One line a method: what it solved, how it failed, how long it took."""

from __future__ import annotations

import numpy as np
import pandas as pd

from atoopt.study.measures.gaps import found_best, gaps
from atoopt.study.measures.means import SHIFT, penalized, shifted_geometric_mean
from atoopt.study.measures.outcomes import FAILURES, HEURISTIC, SKIPPED, failure_kinds, kinds, solved

COUNTS = ("runs", "solved", "best", HEURISTIC, *FAILURES, "unknown")


def overview(
    runs: pd.DataFrame, integrals: pd.Series, limit: float, *, shift: float = SHIFT, factor: float = 1.0
) -> pd.DataFrame:
    """Return the overview of the methods.

    Parameters
    ----------
    runs : DataFrame
        Of `StudyData`.
    integrals : Series
        The primal integral of each run (`atoopt.study.measures.primal_integral.primal_integrals`).
    limit : float
        The wall limit in seconds.
    shift : float
        Of the shifted geometric mean, in seconds.
    factor : float
        A failure counts as so many limits.

    Returns
    -------
    DataFrame
        A row a method. Counts: runs, solved, best (the best known objective was found), and the others by how they
        ended: heuristic (ended without a proof), time, memory, crash, wrong, skipped, unknown. mean_seconds:
        shifted geometric mean over all runs that were not skipped, failures at `factor` times the limit;
        mean_gap: of the objective to the best known, 1 where there is none; mean_integral: mean primal integral
        in seconds. What was never measured is NaN.
    """
    tried = kinds(runs) != SKIPPED
    best = gaps(runs)["to_best"]
    known = best.notna().groupby([runs["problem"], runs["instance"]]).transform("any")
    frame = runs[["method"]].assign(
        runs=1, solved=solved(runs), best=found_best(runs), seconds=penalized(runs, limit, factor),
        gap=best.where(best.notna() | ~known, 1.0).where(tried), integral=integrals,
    )  # fmt: skip
    ends = failure_kinds(runs)
    for kind in COUNTS[3:]:
        frame[kind] = ends == kind
    grouped = frame.groupby("method", sort=True)
    found = grouped[list(COUNTS)].sum().astype(int)
    found["mean_seconds"] = grouped["seconds"].apply(lambda some: shifted_geometric_mean(some.dropna(), shift))
    found["mean_gap"] = grouped["gap"].mean()
    found["mean_integral"] = grouped["integral"].mean()
    return found.replace([np.inf, -np.inf], np.nan)
