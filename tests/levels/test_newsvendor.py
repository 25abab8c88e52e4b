"""Newsvendor and pooling against published numbers: Snyder and Shen (stockpyl), and the HP DeskJet case."""

from __future__ import annotations

import numpy as np
import pytest

from atoopt.base.errors import InputError
from atoopt.levels.newsvendor import (
    normal_base_stock,
    poisson_base_stock,
    pooled_sd,
    postponement_value,
    safety_stock,
)

MONTHLY_SD = {"A": 32.4, "AA": 203.9, "AB": 5624.7, "AQ": 2204.6, "AU": 1168.5, "AY": 103.1}
PUBLISHED = {"A": 87.9, "AA": 553.0, "AB": 15253.7, "AQ": 5978.6, "AU": 3168.8, "AY": 279.7}


@pytest.mark.parametrize(
    ("mean", "sd", "holding", "shortage", "periods", "level", "cost"),
    [
        (50, 8, 0.18, 0.7, 1, 56.60395592743389, 1.9976051931766445),
        (120, 10, 2, 18, 1, 132.815515655446, 35.09966638649737),
        (50, 8, 0.18, 0.7, 5, 264.76689437415484, 4.466781004149577),
    ],
)
def test_normal_newsvendor(
    mean: float, sd: float, holding: float, shortage: float, periods: float, level: float, cost: float
) -> None:
    """Examples 4.3 and 4.4 (lead time 4, review period 1), and stockpyl's first."""
    found = normal_base_stock(mean=mean, sd=sd, holding=holding, shortage=shortage, periods=periods)
    assert (found.level, found.cost) == pytest.approx((level, cost), rel=1e-9)


def test_poisson_newsvendor() -> None:
    """Problem 4.8a."""
    found = poisson_base_stock(mean=18, holding=200, shortage=270)
    assert (found.level, found.cost) == pytest.approx((19, 786.0884409351079), rel=1e-9)


def test_deskjet_printers() -> None:
    """Safety stocks of the six variants as published, and of one generic printer."""
    weekly = np.array(list(MONTHLY_SD.values())) / 2
    each = safety_stock(weekly, z=2.05, lead_time=6, review_period=1)
    assert each == pytest.approx(list(PUBLISHED.values()), abs=0.15)
    assert each.sum() == pytest.approx(25321.5068702141, abs=1e-6)
    assert 2 * pooled_sd(weekly) == pytest.approx(6157.609770032524, abs=1e-8)
    saved = postponement_value(weekly, z=2.05, lead_time=6, review_period=1)
    assert saved == pytest.approx(25321.5068702141 - 16698.791725139872, abs=1e-6)


def test_full_correlation_leaves_nothing_to_pool() -> None:
    """Demands that move together add up."""
    assert postponement_value([3.0, 4.0], z=2.0, lead_time=4.0, correlation=np.ones((2, 2))) == pytest.approx(0.0)


def test_a_cost_of_nothing_is_refused() -> None:
    """Without a cost of stock there is no best one."""
    with pytest.raises(InputError, match="is 0"):
        poisson_base_stock(mean=3, holding=0, shortage=1)
