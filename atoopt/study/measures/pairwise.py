"""Two methods at a time: how often one is ahead of the other (Gould and Scott 2016 on why profiles are not enough)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd

TOLERANCE = 0.05
"""Times within this share of each other are a tie: that much differs from one run to the next."""

SAME = 0.05
"""Seconds: times this near are a tie whatever their ratio."""


def pairwise(table: pd.DataFrame, *, tolerance: float = TOLERANCE, same: float = SAME) -> pd.DataFrame:
    """Return wins, losses and ties of every method against every other.

    Parameters
    ----------
    table : DataFrame
        Problems x methods, the smaller the better: infinite for a failure, NaN where there is no run.
    tolerance : float
        Values within this share of the larger one tie.
    same : float
        Values that differ by no more than this tie, too.

    Returns
    -------
    DataFrame
        A row an ordered pair: one, other, wins (of one), losses, ties, neither (both failed), problems (that both
        have met).
    """
    rows = [_pair(table, one, other, tolerance, same) for one, other in permutations(table.columns, 2)]
    return pd.DataFrame(rows, columns=["one", "other", "wins", "losses", "ties", "neither", "problems"])


def _pair(table: pd.DataFrame, one: str, other: str, tolerance: float, same: float) -> tuple[Any, ...]:
    """Return the row of one pair."""
    a, b = table[[one, other]].dropna().to_numpy(dtype=float).T
    neither = np.isinf(a) & np.isinf(b)
    apart = np.zeros(len(a))
    np.subtract(a, b, out=apart, where=~neither)
    larger = np.maximum(np.abs(np.where(np.isinf(a), 0, a)), np.abs(np.where(np.isinf(b), 0, b)))
    tie = ~neither & (np.abs(apart) <= np.maximum(same, tolerance * larger))
    win, loss = (~tie & (apart < 0)), (~tie & (apart > 0))
    return one, other, int(win.sum()), int(loss.sum()), int(tie.sum()), int(neither.sum()), len(a)


def wins_matrix(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the wins as a matrix: of the method of the row over that of the column, NaN on the diagonal."""
    return pairs.set_index(["one", "other"])["wins"].astype(float).unstack()  # noqa: PD010 -- each pair once
