"""Mean times: the shifted geometric mean, with what a failure counts as."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from atoopt.study.measures.outcomes import SKIPPED, kinds, solved

SHIFT = 10.0
"""Seconds added before the mean is taken, so that times near 0 do not decide it (Achterberg 2007)."""


def shifted_geometric_mean(values: ArrayLike, shift: float = SHIFT) -> float:
    """Return exp(mean(log(value + shift))) - shift; NaN of nothing.

    Parameters
    ----------
    values : array_like
        Finite and not negative: failures have been given a number (`penalized`).
    shift : float
        In the values' unit.

    Raises
    ------
    ValueError
        A value is not finite, or negative.

    Examples
    --------
    >>> round(shifted_geometric_mean([1.0, 4.0, 60.0], shift=10), 4)
    12.0905
    """
    numbers = np.asarray(values, dtype=float)
    if not numbers.size:
        return float("nan")
    if not np.isfinite(numbers).all() or (numbers < 0).any():
        raise ValueError("values must be finite and not negative; give failures a penalty first")
    return float(np.exp(np.log(numbers + shift).mean()) - shift)


def penalized(runs: pd.DataFrame, limit: float, factor: float = 1.0) -> pd.Series:
    """Return the seconds of each run, `factor` times the limit for a failure, and NaN for a skipped run.

    A run that was solved after its limit counts as the penalty at most: a failure is never the better result.
    """
    penalty = factor * limit
    seconds = runs["seconds"].astype(float).where(solved(runs), penalty).clip(upper=penalty)
    return seconds.where(kinds(runs) != SKIPPED)
