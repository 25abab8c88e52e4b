"""The event simulation knows no formula, and finds the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from atoopt.levels import exact
from atoopt.levels.simulation import replay, simulate
from tests.levels.systems import instance_of, random_instance


@pytest.mark.parametrize("seed", range(20))
def test_simulation_agrees_with_the_exact_values(seed: int) -> None:
    """Within four standard errors on random systems: fill rates within a window, and backorders."""
    system = random_instance(200 + seed, 4).system
    levels = np.random.default_rng(seed).integers(1, 6, system.n_modules)
    found = simulate(system, levels, periods=6_000, seed=seed, within=0.25)
    rates = exact.order_fill_rates(system, levels, 0.25)
    # where misses are rare, a run may see none: no error is smaller than that of independent orders
    least = np.sqrt(rates * (1 - rates) / (6_000 * system.rates))
    assert (abs(found.fill_rates - rates) <= 4 * np.maximum(found.fill_errors, least)).all()
    assert (
        abs(found.backorders - exact.expected_backorders(system, levels)) <= 4 * found.backorder_errors + 2e-4
    ).all()


def test_given_orders_are_served_first_come_first_served() -> None:
    """By hand: one unit of each, lead time 1; the second order waits for the unit that the first one sent for."""
    system = instance_of([1.0, 1.0], [([0, 1], 1.0), ([1], 1.0)]).system
    found = replay(system, np.array([1, 1]), [(0.0, 0), (0.25, 1), (0.5, 0), (3.0, 1)], start=0.0, end=4.0)
    # the third order waits for a to 1.0, and for b to 1.25, which the second order sent for
    assert found.fill_rates.tolist() == [0.5, 0.5]
    assert (found.backorders * 4).tolist() == pytest.approx([0.75, 0.75])
    assert found.orders == 4 and found.average_fill_rate == 0.5
