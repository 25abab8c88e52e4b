"""Is the difference more than chance? Wilcoxon with Holm's correction; Friedman with Nemenyi's distance (Demsar 2006).

Instances are the independent observations; seeds and repeats of one are summed up by their median first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from atoopt.base.errors import InputError

ALPHA = 0.05
LEAST_BLOCKS = 10
"""Instances below which Friedman's statistic is far from its limiting distribution (Demsar 2006, 3.2.2)."""


def least_pairs(n_tests: int, alpha: float = ALPHA) -> int:
    """Return how many instances Wilcoxon's test needs before any outcome can be significant after Holm.

    The smallest two-sided p of n instances is 2 / 2^n, and Holm asks the first of m tests for alpha / m.

    >>> least_pairs(1), least_pairs(6)
    (6, 8)
    """
    return math.ceil(math.log2(2 * n_tests / alpha))


def wilcoxon_holm(table: pd.DataFrame, alpha: float = ALPHA) -> pd.DataFrame:
    """Return Wilcoxon's signed-rank test of every two methods, with Holm's correction.

    Parameters
    ----------
    table : DataFrame
        Instances x methods, finite: failures have been given a penalty. The logarithm of a time is better than
        the time, which the longest instances would decide alone.
    alpha : float
        The level of all tests together.

    Returns
    -------
    DataFrame
        A row a pair: one, other, median (of one minus other), n, p, p_holm, significant.

    Raises
    ------
    InputError
        There are too few instances, or methods.
    """
    from scipy.stats import wilcoxon

    _check(table, 2, least_pairs(max(1, math.comb(table.shape[1], 2)), alpha))
    rows = []
    for one, other in combinations(table.columns, 2):
        apart = (table[one] - table[other]).to_numpy(dtype=float)
        # half of the zeros counts for each side: leaving them out would make "mostly equal" look certain
        p = float(wilcoxon(apart, zero_method="zsplit").pvalue) if apart.any() else 1.0
        rows.append((one, other, float(np.median(apart)), len(apart), min(1.0, p)))
    found = pd.DataFrame(rows, columns=["one", "other", "median", "n", "p"])
    return found.assign(p_holm=holm(found["p"].to_numpy())).assign(significant=lambda some: some["p_holm"] < alpha)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return p-values corrected by Holm's step-down method: significant where still below alpha.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p_values[order] * factors))
    return corrected


@dataclass(frozen=True)
class Ranking:
    """Friedman's test, and which ranks differ by Nemenyi's.

    Attributes
    ----------
    ranks : Series
        Mean rank of each method, the best first (1 is best).
    n : int
        Instances.
    chi2, p_chi2 : float
        Friedman's statistic, corrected for ties.
    f, p_f : float
        Iman and Davenport's, which is less conservative.
    distance : float
        Nemenyi's critical distance: mean ranks further apart differ at `alpha`.
    alpha : float
    """

    ranks: pd.Series
    n: int
    chi2: float
    p_chi2: float
    f: float
    p_f: float
    distance: float
    alpha: float

    def cliques(self) -> list[tuple[str, ...]]:
        """Return the largest groups of methods whose mean ranks do not differ, as the bars of Demsar's diagram."""
        names, ranks = list(self.ranks.index), self.ranks.to_numpy()
        groups: list[tuple[str, ...]] = []
        reached = 0
        for i in range(len(names)):
            end = int(np.searchsorted(ranks, ranks[i] + self.distance, side="right"))
            if end > reached and end - i > 1:
                groups.append(tuple(names[i:end]))
            reached = max(reached, end)
        return groups


def friedman(table: pd.DataFrame, alpha: float = ALPHA) -> Ranking:
    """Return Friedman's test over the ranks of at least three methods on each instance.

    Parameters
    ----------
    table : DataFrame
        Instances x methods, the smaller the better; infinite values are the last, and equal to each other.

    Raises
    ------
    InputError
        There are fewer than three methods, or fewer than `LEAST_BLOCKS` instances.
    """
    from scipy.stats import chi2 as chi2_law
    from scipy.stats import f as f_law
    from scipy.stats import rankdata

    _check(table, 3, LEAST_BLOCKS)
    n, k = table.shape
    ranks = rankdata(table.to_numpy(dtype=float), axis=1)
    ties = sum(float((counts**3 - counts).sum()) for counts in (np.unique(row, return_counts=True)[1] for row in ranks))
    share = 1 - ties / (n * k * (k * k - 1))
    means = ranks.mean(axis=0)
    chi2 = friedman_statistic(means, n) / share if share > 0 else 0.0
    f = iman_davenport(chi2, n, k)
    ordered = pd.Series(means, index=[str(name) for name in table.columns]).sort_values(kind="stable")
    p_f = float(f_law.sf(f, k - 1, (k - 1) * (n - 1)))
    return Ranking(ordered, n, chi2, float(chi2_law.sf(chi2, k - 1)), f, p_f, nemenyi_distance(k, n, alpha), alpha)


def friedman_statistic(mean_ranks: np.ndarray, n: int) -> float:
    """Return 12 n / (k (k + 1)) (sum of R_j^2 - k (k + 1)^2 / 4) for k mean ranks over n instances without ties."""
    k = len(mean_ranks)
    return float(12 * n / (k * (k + 1)) * ((np.asarray(mean_ranks) ** 2).sum() - k * (k + 1) ** 2 / 4))


def iman_davenport(chi2: float, n: int, k: int) -> float:
    """Return (n - 1) chi2 / (n (k - 1) - chi2), infinite where all instances agree."""
    rest = n * (k - 1) - chi2
    return (n - 1) * chi2 / rest if rest > 1e-12 * n * k else float("inf")


def nemenyi_distance(k: int, n: int, alpha: float = ALPHA) -> float:
    """Return q sqrt(k (k + 1) / (6 n)), q the studentized range of infinite freedom divided by the square root of 2.

    >>> round(nemenyi_distance(4, 14), 2)
    1.25
    """
    return nemenyi_q(k, alpha) * math.sqrt(k * (k + 1) / (6 * n))


def nemenyi_q(k: int, alpha: float = ALPHA) -> float:
    """Return the critical value of Nemenyi's test for k methods.

    >>> round(nemenyi_q(5), 3)
    2.728
    """
    from scipy.stats import studentized_range

    return float(studentized_range.isf(alpha, k, np.inf)) / math.sqrt(2)


def _check(table: pd.DataFrame, methods: int, instances: int) -> None:
    """Raise an `InputError` where there is too little to test."""
    n, k = table.shape
    if k < methods:
        raise InputError(f"{k} method{'s are' if k != 1 else ' is'} too few", f"the test needs {methods}")
    if n < instances:
        raise InputError(f"{n} instance{'s are' if n != 1 else ' is'} too few", f"the test needs {instances}")
