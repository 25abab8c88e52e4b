"""Orders of a history: over-dispersion is told, and levels of one year serve the next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.simulation import replay
from tests.levels.systems import instance_of

ORDERS: Any = [([0, 1], 3.0), ([0, 2], 2.0)]
TARGET = {"kind": "average", "fill_rate": 0.9}


def dated(periods: int, busy: float, seed: int) -> dict[str, Any]:
    """Return orders of which the rate per period is drawn anew: gamma with this variance over its mean."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(5 * (rng.gamma(1 / busy, busy, periods) if busy else np.ones(periods)))
    times = np.sort(np.repeat(np.arange(periods), counts) + rng.random(counts.sum()))
    return {"times": times.tolist(), "order_types": (rng.random(times.size) < 0.4).astype(int).tolist()}


def with_history(history: dict[str, Any]) -> LevelsInstance:
    """Return the W system with orders of a history."""
    plain = instance_of([1.0, 1.0, 2.0], ORDERS, target=TARGET)
    return LevelsInstance.model_validate(plain.to_json() | {"history": history})


def test_over_dispersed_orders_are_not_called_poisson() -> None:
    """Poisson orders are, and busy periods are seen."""
    assert "Poisson may hold" in with_history(dated(500, 0.0, 1)).summary()["demand"]
    assert "Poisson does not hold" in with_history(dated(500, 0.5, 1)).summary()["demand"]


def test_levels_of_a_history_serve_what_follows() -> None:
    """Simulated on orders that were held out, the fill rate is within 2 points of the target; Poisson's is not."""
    result = atoopt.solve(with_history(dated(1_500, 0.5, 2)))
    assert result.solution.estimated and result.bound is not None and result.bound <= result.objective
    later = dated(1_500, 0.5, 3)
    orders = list(zip(later["times"], later["order_types"], strict=True))
    system = result.instance.system
    served = replay(system, result.solution.levels, orders, start=10.0, end=1_500.0).average_fill_rate
    assert served == pytest.approx(0.9, abs=0.02)
    poisson = atoopt.solve(instance_of([1.0, 1.0, 2.0], ORDERS, target=TARGET)).solution.levels
    assert replay(system, poisson, orders, start=10.0, end=1_500.0).average_fill_rate < 0.88


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"order_types": [0]}, "history.order_types"),
        ({"times": [3.0, 1.0], "order_types": [0, 1]}, "history.times[1]"),
        ({"times": [0.0, 9.0], "order_types": [0, 7]}, "history.order_types[1]"),
        ({"times": [0.0, 1.0], "order_types": [0, 1]}, "history.times"),
    ],
)
def test_faulty_histories_are_refused(change: dict[str, Any], place: str) -> None:
    """The place is named."""
    with pytest.raises(InputError) as error:
        instance_of([1.0, 1.0, 2.0], ORDERS, target=TARGET).replace(history=dated(9, 0.0, 0) | change)
    assert error.value.place.endswith(place)
