"""Gap inequalities, and the rows that stand for them, against all stocks of a few modules."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from atoopt.stock.dense.gaps import GAPS, Gap, separate
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from tests.stock.small import small_instance


def left_side(gap: Gap, moments: np.ndarray) -> float:
    """Return the mean of (c . y - k)(c . y - k - 1) at these moments, with y on their diagonal."""
    c, k = gap.weights.astype(float), gap.k
    return float(c @ moments @ c - (2 * k + 1) * (c @ np.diag(moments)) + k * (k + 1))


def fractional(random: np.random.Generator, n: int) -> np.ndarray:
    """Return moments that keep z <= y and z >= 0, and seldom more than that."""
    held = random.uniform(0.2, 0.8, n)
    moments = np.minimum(held[:, None], held) * np.triu(random.uniform(0.0, 1.0, (n, n)), 1)
    moments += moments.T
    np.fill_diagonal(moments, held)
    return moments


def most_violated(moments: np.ndarray) -> float:
    """Return by how much moments violate the inequality that they violate most, of all c of -1, 0 and 1."""
    n = len(moments)
    every = (np.array(c, dtype=np.int8) for c in product((-1, 0, 1), repeat=n))
    means = ((c, float(c @ np.diag(moments))) for c in every)
    return max(-left_side(Gap(c, int(np.floor(mean))), moments) for c, mean in means)


def test_what_is_found_cuts_off_the_fraction_and_no_stock() -> None:
    """Each inequality is kept by all stocks, met by one at least, and violated by what it was found for."""
    found = sizes = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        n = int(random.integers(3, 8))
        moments = fractional(random, n)
        gaps = separate(moments)
        assert len({(gap.weights.tobytes(), gap.k) for gap in gaps}) == len(gaps)
        for gap in gaps:
            sides = [left_side(gap, np.outer(stock, stock)) for stock in product((0, 1), repeat=n)]
            assert min(sides) == 0, seed
            assert left_side(gap, moments) < -GAPS.least_violation, seed
            found, sizes = found + 1, max(sizes, int(np.abs(gap.weights).sum()))
    assert found > 60
    assert sizes > 4


def test_where_any_is_violated_by_much_one_is_found() -> None:
    """The search is a local one, but it is not to miss all of them."""
    clear = 0
    for seed in range(40):
        moments = fractional(np.random.default_rng(seed), 5)
        if most_violated(moments) > 0.05:
            assert separate(moments), seed
            clear += 1
    assert clear > 20


def test_rows_of_the_relaxation_say_the_same() -> None:
    """A row's activity less its lower limit is the inequality's left side, at any values of y and z."""
    rows = 0
    for seed in range(12):
        relaxation, random = PairRelaxation(small_instance(seed)), np.random.default_rng(seed)
        columns = random.uniform(0, 1, relaxation.cost.size)
        moments = relaxation.moments(columns)
        gaps = separate(moments)
        matrix, low = relaxation.gap_rows(gaps)
        for gap, activity, least in zip(gaps, matrix @ columns, low, strict=True):
            assert activity - least == pytest.approx(left_side(gap, moments), abs=1e-9)
            rows += 1
    assert rows > 15
