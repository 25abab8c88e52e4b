"""Exact order fill rates and expected backorders of base-stock levels under first come, first served (Song 1998).

An order that arrives at t and takes the modules K is filled within w where, for every i in K, at most s_i - 1 units
of i were asked for in the time (L_i - w)+ before t:

    f_K(w) = P(D_i((L_i - w)+) <= s_i - 1 for all i in K)

D is a vector of Poisson counts with common shocks: the orders J that arrive in a slice of time between two of the
shortened lead times hit the modules of J and K that still count there. Waiting times and backorders follow from f:

    E[B_K] = lambda_K times the integral over w of 1 - f_K(w)        (Little's law)
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, pdtr

from atoopt.levels.data.arrivals import sorted_demands
from atoopt.levels.exact_kernel import joint_probability
from atoopt.levels.system import Floats, Levels, System

MOST_STATES = 4_000_000
"""States of one order's array at most: 32 MB."""

MOST_WORK = 2e9
"""Additions for the fill rates of all order types at most: some seconds."""

NOTHING = 1e-20
"""Probabilities of a shock are dropped from where they are below this."""

NODES, PANEL = 24, 6.0
"""Gauss-Legendre nodes of a panel, and the mean number of orders for a module in a panel's time at most."""


def item_fill_rates(system: System, levels: Levels, within: float = 0.0) -> Floats:
    """Return F_i = P(D_i((L_i - w)+) <= s_i - 1), shape (n,): the fill rate of each module on its own.

    A module whose lead time is within the window is always there, whatever its level.
    """
    left = (system.lead_times - within).clip(0)
    if system.arrivals is not None:
        seen = sorted_demands(system, within)
        rates = np.array([np.searchsorted(seen[:, i], level) / len(seen) for i, level in enumerate(levels)])
        return np.where(left > 0, rates, 1.0)
    rates = pdtr(np.maximum(levels, 1) - 1, system.module_rates * left)
    return np.where(left > 0, np.where(levels > 0, rates, 0.0), 1.0)


def fill_rate_bounds(system: System, levels: Levels, within: float = 0.0) -> tuple[Floats, Floats]:
    """Return what bounds each order's fill rate from below and above, two arrays of shape (m,).

    max(product of F_i, 1 - sum of (1 - F_i)) <= f_K <= min F_i: demands of one stream of orders are associated.
    """
    items = item_fill_rates(system, levels, within)
    associated = system.arrivals is None
    lower = [max(associated * math.prod(items[list(K)]), 1 - float((1 - items[list(K)]).sum())) for K in system.orders]
    upper = [min(items[list(K)], default=1.0) for K in system.orders]
    return np.array(lower), np.array(upper)


def fits(system: System, levels: Levels, work: float = MOST_WORK) -> bool:
    """Whether the exact fill rates of these levels take little enough memory and time.

    Parameters
    ----------
    work : float
        Additions at most.

    Examples
    --------
    >>> import numpy as np
    >>> both = System(("a", "b"), np.array([2.0, 3.0]), np.ones(2), ((0,), (0, 1)), np.array([1.0, 0.5]))
    >>> fits(both, np.array([6, 6])), fits(both, np.array([6000, 6000]))
    (True, False)
    """
    return additions(system, levels) <= work


def additions(system: System, levels: Levels) -> float:
    """Return about how many additions the exact fill rates take; infinity where an array is too large."""
    if system.arrivals is not None:
        return math.inf  # nothing is exact about a history
    work = 0.0
    for K in system.orders:
        if len(K) < 2:
            continue
        sizes = np.maximum(levels[list(K)], 1).astype(float)
        states = float(np.prod(sizes))
        if states > MOST_STATES:
            return math.inf
        shocks = min(len(system.orders) * np.unique(system.lead_times[list(K)]).size, 2.0 ** len(K))
        work += states * shocks * float(sizes.min())
    return work


def order_fill_rates(system: System, levels: Levels, within: float = 0.0) -> Floats:
    """Return f_K(w), the share of each order type that is filled within the window, shape (m,).

    Parameters
    ----------
    system : System
    levels : (n,) array of int
        s_i.
    within : float
        w, periods.

    Examples
    --------
    >>> import numpy as np
    >>> both = System(("a", "b"), np.array([2.0, 3.0]), np.ones(2), ((0,), (1,), (0, 1)), np.array([1.0, 0.8, 0.5]))
    >>> order_fill_rates(both, np.array([6, 6])).round(6).tolist()
    [0.916082, 0.800558, 0.750266]
    """
    return np.array([_fill_rate(system, levels, K, within) for K in system.orders])


def expected_backorders(system: System, levels: Levels) -> Floats:
    """Return E[B_K], the mean number of orders of each type that wait, shape (m,)."""
    total = np.zeros(len(system.orders))
    for node, weight in windows(system):
        total += weight * (1 - order_fill_rates(system, levels, node))
    return system.rates * total


def windows(system: System) -> list[tuple[float, float]]:
    """Return nodes and weights of the integral over w, between one lead time and the next, where f is smooth."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    ends = np.unique(np.concatenate(([0.0], system.lead_times)))
    found: list[tuple[float, float]] = []
    for start, end in pairwise(ends):
        panels = max(1, math.ceil((end - start) * float(system.module_rates.max()) / PANEL))
        half = (end - start) / panels / 2
        for middle in start + half * (1 + 2 * np.arange(panels)):
            found += zip((middle + half * nodes).tolist(), (half * weights).tolist(), strict=True)
    return found


def _fill_rate(system: System, levels: Levels, order: tuple[int, ...], within: float) -> float:
    """Return the fill rate of one order type."""
    left = system.lead_times - within
    K = [i for i in order if left[i] > 0]
    if not K:
        return 1.0
    if (levels[K] < 1).any():
        return 0.0
    if len(K) == 1:
        return float(pdtr(levels[K[0]] - 1, system.module_rates[K[0]] * left[K[0]]))
    means = shock_means(system, K, left[K])
    return _joint(levels[K], means)


def shock_means(system: System, order: list[int], left: Floats) -> dict[int, float]:
    """Return the mean of each common shock: a set of positions in the order, as bits -> mu_S.

    Parameters
    ----------
    order : list of int
        The modules K.
    left : (k,) array
        Their lead times less the window, all above 0.
    """
    cuts = np.unique(np.concatenate(([0.0], left)))
    hits = system.takes[:, order]
    bits = 1 << np.arange(len(order))
    means: dict[int, float] = {}
    for start, end in pairwise(cuts):
        masks = (hits & (left >= end)) @ bits
        for mask, rate in zip(masks.tolist(), system.rates.tolist(), strict=True):
            if mask:
                means[mask] = means.get(mask, 0.0) + rate * float(end - start)
    return means


def _joint(levels: Levels, means: dict[int, float]) -> float:
    """Return the probability that every module's demand stays below its level."""
    k, most = levels.size, int(levels.max())
    counts = np.arange(most)
    single = np.array([pdtr(counts, means.get(1 << i, 0.0)) for i in range(k)])
    common = [mask for mask in means if mask & (mask - 1)]
    members = np.array([[bool(mask >> i & 1) for i in range(k)] for mask in common], dtype=np.bool_).reshape(-1, k)
    pmf = np.array([_pmf(counts, means[mask]) for mask in common]).reshape(-1, most)
    lengths = _lengths(pmf)
    return min(1.0, float(joint_probability(levels.astype(np.int64), single, members, pmf, lengths)))


def _pmf(counts: NDArray[np.int64], mean: float) -> Floats:
    """Return the Poisson probabilities of the counts; a mean of 0 does not occur."""
    return np.exp(counts * math.log(mean) - mean - gammaln(counts + 1.0))


def _lengths(pmf: Floats) -> NDArray[np.int64]:
    """Return per shock one more than the last count that has a probability."""
    if not pmf.size:
        return np.zeros(len(pmf), dtype=np.int64)
    there = pmf > NOTHING
    return np.where(there.any(axis=1), pmf.shape[1] - there[:, ::-1].argmax(axis=1), 1).astype(np.int64)
