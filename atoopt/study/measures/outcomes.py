"""How runs ended: which are solved, which failed, and why."""

from __future__ import annotations

import pandas as pd

SKIPPED, WRONG, HEURISTIC = "skipped", "wrong", "heuristic"
SOLVED = ("proven", "gap")
FAILURES = ("time", "memory", "crash", WRONG, SKIPPED)
"""The kinds of failure that are told apart; what is none of them is ``unknown``."""


def kinds(runs: pd.DataFrame) -> pd.Series:
    """Return the kind of each run's end: its reason up to the colon.

    ``gap`` alone is an end within the gap asked for; with a colon it says why a gap was left, and is ``heuristic``.

    >>> kinds(pd.DataFrame({"reason": ["gap", "crash: signal 11", "gap: none is proven"],
    ...                     "status": ["feasible", "unknown", "feasible"]})).tolist()
    ['gap', 'crash', 'heuristic']
    """
    reason = runs["reason"].fillna("").astype(str)
    kind = reason.str.split(":", n=1).str[0].str.strip()
    kind = kind.where(~reason.str.startswith("gap:"), HEURISTIC)
    return kind.where(runs["status"] != WRONG, WRONG).where(runs["status"] != SKIPPED, SKIPPED)


def solved(runs: pd.DataFrame) -> pd.Series:
    """Return, per run, whether it ended with a proof, or within the gap asked for."""
    return kinds(runs).isin(SOLVED)


def failure_kinds(runs: pd.DataFrame) -> pd.Series:
    """Return the kind of failure of each run, with ``heuristic`` for an end without a proof, and '' for solved ones."""
    kind = kinds(runs)
    return kind.where(kind.isin((*FAILURES, HEURISTIC)), "unknown").where(~kind.isin(SOLVED), "")


def trusted(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs whose numbers hold: neither skipped, nor found wrong by the checker."""
    return runs[~kinds(runs).isin((SKIPPED, WRONG))]


def measured(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of the methods of which at least one run was not skipped."""
    there = runs.loc[kinds(runs) != SKIPPED, "method"].unique()
    return runs[runs["method"].isin(there)]
