"""Runs of several methods side by side: a row a problem, a column a method, matched by name and never by position."""

from __future__ import annotations

import numpy as np
import pandas as pd

from atoopt.base.errors import InputError
from atoopt.study.measures.outcomes import measured, solved

PROBLEM = ["problem", "task", "instance", "seed", "repeat"]
"""What makes a problem that every method meets once: each seed of an instance is one of its own."""

INSTANCE = ["problem", "instance"]


def side_by_side(runs: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """Return values of runs as a table: problems x methods, NaN where a method has no run.

    Parameters
    ----------
    runs : DataFrame
    values : Series
        One value a run, with the index of `runs`.

    Raises
    ------
    InputError
        A method has two runs of the same instance, seed and repeat.
    """
    twice = runs.duplicated([*PROBLEM, "method"])
    if twice.any():
        row = runs[twice].iloc[0]
        place = f"{row['instance']}, {row['method']}, seed {row['seed']}, repeat {row['repeat']}"
        raise InputError("has two runs", "give instances and methods names of their own", place=place)
    table = runs[[*PROBLEM, "method"]].assign(value=values)
    return table.pivot(index=PROBLEM, columns="method", values="value")  # noqa: PD010 -- a pivot table would sum up


def seconds_to_solve(runs: pd.DataFrame) -> pd.DataFrame:
    """Return seconds, problems x methods: infinite where the run failed, NaN where there is none.

    Methods of which all runs were skipped are left out: they were not measured.
    """
    runs = measured(runs)
    return side_by_side(runs, runs["seconds"].where(solved(runs), np.inf))


def met_by_all(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the problems that every method has met.

    Raises
    ------
    InputError
        There are none.
    """
    common = table.dropna()
    if common.empty:
        raise InputError("no problem has been run by all methods", "let the study run on")
    return common


def by_instance(table: pd.DataFrame) -> pd.DataFrame:
    """Return the median over seeds and repeats, instances x methods; infinite where half of the runs failed."""
    keys = ["problem", "task", "instance"]
    return table.groupby(level=keys, observed=True).median()
