"""The spread over seeds and repeats: median and quartiles, never the best of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from atoopt.study.measures.gaps import gaps
from atoopt.study.measures.means import penalized
from atoopt.study.measures.outcomes import measured, solved, trusted

GROUP = ["problem", "task", "instance", "method"]


def spread(runs: pd.DataFrame, limit: float) -> pd.DataFrame:
    """Return how the runs of each instance and method spread over seeds and repeats.

    Parameters
    ----------
    runs : DataFrame
        Of `StudyData`.
    limit : float
        Seconds that a failure counts as.

    Returns
    -------
    DataFrame
        A row an instance and method: runs, solved; lower quartile, median and upper quartile of the seconds
        (``seconds_q1``, ``seconds_median``, ``seconds_q3``), of the objective, and of the gap to the best known.
        Runs without an objective, and wrong ones, do not count in its quartiles, and have a gap of 1 where a
        solution is known.
    """
    runs = measured(runs)
    best = gaps(runs)["to_best"]
    known = best.notna().groupby([runs["problem"], runs["instance"]]).transform("any")
    holds = runs.index.isin(trusted(runs).index)
    values = runs[GROUP].assign(
        solved=solved(runs), seconds=penalized(runs, limit), objective=runs["objective"].astype(float).where(holds),
        gap=best.where(best.notna() | ~known, 1.0).where(penalized(runs, limit).notna()),
    )  # fmt: skip
    grouped = values.groupby(GROUP)
    found = grouped["solved"].agg(["size", "sum"]).rename(columns={"size": "runs", "sum": "solved"})
    for name in ("seconds", "objective", "gap"):
        for label, share in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
            found[f"{name}_{label}"] = grouped[name].quantile(share)
    return found.replace([np.inf, -np.inf], np.nan).reset_index()
