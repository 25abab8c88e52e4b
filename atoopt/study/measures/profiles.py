"""Performance profiles (Dolan and More 2002) and data profiles (More and Wild 2009)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from atoopt.study.measures.side_by_side import met_by_all, seconds_to_solve

LEAST_SECONDS = 0.01
"""Shorter times count as this: below it, a ratio of two times is noise."""


@dataclass(frozen=True)
class Curves:
    """Step functions from a quantity to the share of problems, one a method.

    Attributes
    ----------
    shares : DataFrame
        Index: where a step may be, ascending, its name says what it measures (``ratio``, ``seconds``, ``gap``);
        a column a method. A share holds from its row up to the next one.
    n_problems : int
        How many problems a share of 1 is.
    left_out : int
        Problems that not every method has met, and that do not count.
    """

    shares: pd.DataFrame
    n_problems: int
    left_out: int = 0

    def at(self, points: Sequence[float]) -> pd.DataFrame:
        """Return the shares at some points, 0 before the first step."""
        place = np.searchsorted(self.shares.index.to_numpy(), np.asarray(points, dtype=float), side="right")
        padded = np.vstack([np.zeros(self.shares.shape[1]), self.shares.to_numpy()])
        return pd.DataFrame(padded[place], index=list(points), columns=self.shares.columns)

    def tidy(self) -> pd.DataFrame:
        """Return the curves as a long table: method, the quantity, share."""
        name = str(self.shares.index.name)
        long = self.shares.reset_index().melt(id_vars=name, var_name="method", value_name="share")
        return long[["method", name, "share"]]


def step_curves(values: pd.DataFrame, name: str, *, start: float, end: float = np.inf, left_out: int = 0) -> Curves:
    """Return, per column, the share of rows with a value of at most x, for every x from `start` to `end`."""
    numbers = values.to_numpy(dtype=float)
    last = end if np.isfinite(end) else max(numbers[np.isfinite(numbers)], default=start)
    steps = numbers[np.isfinite(numbers) & (numbers > start) & (numbers <= last)]
    points = np.unique(np.concatenate([[start], steps, [max(last, start)]]))
    shares = {
        method: np.searchsorted(np.sort(column), points, side="right") / len(values)
        for method, column in zip(values.columns, numbers.T, strict=True)
    }
    return Curves(pd.DataFrame(shares, index=pd.Index(points, name=name)), len(values), left_out)


def performance_ratios(seconds: pd.DataFrame) -> pd.DataFrame:
    """Return each time divided by the best of its row: problems x methods, infinite where the method failed."""
    floored = seconds.clip(lower=LEAST_SECONDS)
    best = floored.min(axis=1)
    return floored.div(best, axis=0).where(np.isfinite(floored), np.inf)


def performance_profile(runs: pd.DataFrame) -> Curves:
    """Return rho_s(tau): the share of problems that method s solves within tau times the best method's time.

    Parameters
    ----------
    runs : DataFrame
        Of `StudyData`. Every seed and repeat of an instance is a problem of its own; a failure is never within
        any ratio; a problem that no method solves counts for all of them.

    Returns
    -------
    Curves
        Over ``ratio``, from 1 to the largest ratio of a solved problem.

    Raises
    ------
    InputError
        No problem has been run by all methods.
    """
    table = seconds_to_solve(runs)
    common = met_by_all(table)
    return step_curves(performance_ratios(common), "ratio", start=1.0, left_out=len(table) - len(common))


def data_profile(runs: pd.DataFrame, limit: float) -> Curves:
    """Return the share of problems solved within t seconds, for t up to the smallest limit.

    Parameters
    ----------
    runs : DataFrame
        Of `StudyData`.
    limit : float
        The smallest wall limit of all runs, in seconds: beyond it, a method that was stopped there would be
        compared with one that ran on.

    Returns
    -------
    Curves
        Over ``seconds``, from 0 to `limit`.

    Raises
    ------
    InputError
        No problem has been run by all methods.
    """
    table = seconds_to_solve(runs)
    common = met_by_all(table)
    return step_curves(common, "seconds", start=0.0, end=limit, left_out=len(table) - len(common))
