"""Exact fill rates and backorders are the reference values, keep their bounds, and agree with scenarios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from atoopt.levels import exact
from atoopt.levels.evaluation import evaluate, evaluate_levels
from atoopt.levels.scenarios import estimate, estimated_backorders
from atoopt.levels.system import System
from tests.levels.systems import TWO, W_SYSTEM, instance_of, random_instance

KNOWN = pytest.mark.parametrize("known", [TWO, W_SYSTEM], ids=["two", "w-system"])


@KNOWN
def test_fill_rates_are_the_reference_values(known: dict[str, Any]) -> None:
    """Now and within half a period, to 1e-9; the average too."""
    instance, levels = instance_of(known["lead"], known["orders"]), np.array(known["stock"])
    assert exact.order_fill_rates(instance.system, levels) == pytest.approx(known["now"], abs=1e-9)
    assert exact.order_fill_rates(instance.system, levels, 0.5) == pytest.approx(known["within"], abs=1e-9)
    assert exact.item_fill_rates(instance.system, levels) == pytest.approx(known["items"], abs=1e-9)
    assert evaluate_levels(instance, levels).average_fill_rate == pytest.approx(known["average"], abs=1e-9)


@KNOWN
def test_backorders_are_the_reference_values(known: dict[str, Any]) -> None:
    """The integral over the window, to 1e-9."""
    instance, levels = instance_of(known["lead"], known["orders"]), np.array(known["stock"])
    assert exact.expected_backorders(instance.system, levels) == pytest.approx(known["backorders"], abs=1e-9)


def test_the_w_system_costs_what_is_published() -> None:
    """The cost formula of first come, first served at its best levels."""
    costs = {"holding": 1.0, "backorder": [10.0, 6.0]}
    found = evaluate(instance_of(W_SYSTEM["lead"], W_SYSTEM["orders"], costs=costs), {"a": 7, "b": 5, "c": 3})
    assert found.cost == pytest.approx(9.47971021901382, abs=1e-7)


@pytest.mark.parametrize("seed", range(40))
def test_bounds_enclose_and_every_level_helps(seed: int) -> None:
    """The item bounds hold, and one more unit of a module lowers no fill rate."""
    system = random_instance(seed, 4).system
    levels = np.random.default_rng(seed).integers(0, 6, system.n_modules)
    rates = exact.order_fill_rates(system, levels)
    lower, upper = exact.fill_rate_bounds(system, levels)
    assert (lower <= rates + 1e-12).all() and (rates <= upper + 1e-12).all()
    for i in range(system.n_modules):
        assert (exact.order_fill_rates(system, levels + (np.arange(system.n_modules) == i)) >= rates - 1e-12).all()


def test_the_order_of_products_does_not_matter() -> None:
    """Order types in reverse have the same fill rates in reverse."""
    system = random_instance(5, 4).system
    turned = System(system.modules, system.lead_times, system.values, system.orders[::-1], system.rates[::-1])
    levels = np.full(system.n_modules, 3)
    one, other = exact.order_fill_rates(system, levels), exact.order_fill_rates(turned, levels)
    assert one == pytest.approx(other[::-1], abs=1e-14)


def test_a_module_within_the_window_is_always_there() -> None:
    """Even without stock: its unit comes in time."""
    system = instance_of([1.0], [([0], 2.0)]).system
    assert exact.order_fill_rates(system, np.array([0]), 1.0).tolist() == [1.0]
    assert exact.order_fill_rates(system, np.array([0]), 0.9).tolist() == [0.0]


@pytest.mark.parametrize("seed", range(8))
def test_scenarios_agree_with_the_exact_values(seed: int) -> None:
    """Within four standard errors: fill rates, their average, and backorders."""
    system = random_instance(100 + seed, 4).system
    levels = np.random.default_rng(seed).integers(1, 6, system.n_modules)
    found = estimate(system, levels, 20_000, seed, 0.25)
    rates = exact.order_fill_rates(system, levels, 0.25)
    assert (abs(found.fill_rates - rates) <= 2.05 * found.fill_half_widths + 1e-3).all()
    assert abs(found.average - system.shares @ rates) <= 2.05 * found.average_half_width + 1e-3
    waiting, halves = estimated_backorders(system, levels, 20_000, seed)
    assert (abs(waiting - exact.expected_backorders(system, levels)) <= 2.05 * halves + 1e-3).all()


def test_large_systems_are_estimated_with_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the array does not fit, the evaluation says so and stays near to the truth."""
    instance = instance_of(TWO["lead"], TWO["orders"])
    monkeypatch.setattr(exact, "MOST_STATES", 10)
    found = evaluate(instance, {"a": 6, "b": 6})
    assert found.estimated and 0 < found.average_half_width < 0.003
    assert abs(found.average_fill_rate - TWO["average"]) < 3 * found.average_half_width
