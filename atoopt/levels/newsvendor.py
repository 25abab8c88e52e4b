"""Base stock of a single item, and safety stocks by the normal approximation, pooled or not.

The newsvendor: demand D falls on y units; what is left costs h each, what is missing b each. The best y is the
b / (b + h) point of the demand. Over a lead time the demand of lead time and review period takes the place of D.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, poisson

from atoopt.base.faults import check_number
from atoopt.levels.system import Floats


@dataclass(frozen=True)
class BaseStock:
    """A base-stock level and its mean holding and shortage costs per period.

    Attributes
    ----------
    level : float
        y, units.
    cost : float
        h E[(y - D)+] + b E[(D - y)+].
    """

    level: float
    cost: float


def normal_base_stock(*, mean: float, sd: float, holding: float, shortage: float, periods: float = 1.0) -> BaseStock:
    """Return the best base stock for independent normal demands.

    Parameters
    ----------
    mean, sd : float
        Of the demand of one period.
    holding, shortage : float
        h and b, per unit and period.
    periods : float
        That the stock must last: lead time plus review period.

    Raises
    ------
    InputError
        A number is not above 0.

    Examples
    --------
    >>> found = normal_base_stock(mean=50, sd=8, holding=0.18, shortage=0.7)
    >>> round(found.level, 6), round(found.cost, 6)
    (56.603956, 1.997605)
    """
    for place, value in (("sd", sd), ("holding", holding), ("shortage", shortage), ("periods", periods)):
        check_number(value > 0, place, value, "above 0")
    z, spread = norm.ppf(shortage / (shortage + holding)), sd * np.sqrt(periods)
    return BaseStock(float(mean * periods + z * spread), float((holding + shortage) * norm.pdf(z) * spread))


def poisson_base_stock(*, mean: float, holding: float, shortage: float) -> BaseStock:
    """Return the best base stock for a Poisson demand: the least y with P(D <= y) >= b / (b + h).

    Raises
    ------
    InputError
        A number is not above 0.

    Examples
    --------
    >>> poisson_base_stock(mean=18, holding=200, shortage=270).level
    19.0
    """
    for place, value in (("mean", mean), ("holding", holding), ("shortage", shortage)):
        check_number(value > 0, place, value, "above 0")
    y = float(poisson.ppf(shortage / (shortage + holding), mean))
    left = y * poisson.cdf(y, mean) - mean * poisson.cdf(y - 1, mean)
    return BaseStock(y, float(holding * left + shortage * (left - y + mean)))


def safety_stock(sd: ArrayLike, *, z: float, lead_time: float, review_period: float = 0.0) -> Floats:
    """Return z sigma sqrt(L + review period), an array like `sd`.

    Parameters
    ----------
    sd : array_like
        Standard deviation of the demand of one period, of each item.
    z : float
        Point of the normal distribution that belongs to the service.
    lead_time, review_period : float
        Periods.

    Examples
    --------
    >>> safety_stock([10.0, 20.0], z=2.0, lead_time=3.0, review_period=1.0).tolist()
    [40.0, 80.0]
    """
    check_number(lead_time + review_period >= 0, "lead_time", lead_time, "at least 0")
    return z * np.asarray(sd, dtype=float) * np.sqrt(lead_time + review_period)


def pooled_sd(sd: ArrayLike, correlation: ArrayLike | None = None) -> float:
    """Return the standard deviation of the sum: sqrt(sum sigma_k^2 + 2 sum rho_kl sigma_k sigma_l).

    Parameters
    ----------
    sd : (m,) array_like
    correlation : (m, m) array_like, optional
        rho; independent where it is left out.

    Examples
    --------
    >>> pooled_sd([3.0, 4.0]), pooled_sd([3.0, 4.0], [[1, 1], [1, 1]])
    (5.0, 7.0)
    """
    sigma = np.asarray(sd, dtype=float)
    rho = np.eye(sigma.size) if correlation is None else np.asarray(correlation, dtype=float)
    return float(np.sqrt(max(0.0, sigma @ rho @ sigma)))


def postponement_value(
    sd: ArrayLike, *, z: float, lead_time: float, review_period: float = 0.0, correlation: ArrayLike | None = None
) -> float:
    """Return the safety stock of all products less that of one common module, units.

    Examples
    --------
    >>> postponement_value([3.0, 4.0], z=1.0, lead_time=1.0)
    2.0
    """
    apart = safety_stock(sd, z=z, lead_time=lead_time, review_period=review_period).sum()
    pooled = safety_stock(pooled_sd(sd, correlation), z=z, lead_time=lead_time, review_period=review_period)
    return float(apart - pooled)
