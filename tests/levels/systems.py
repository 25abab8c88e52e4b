"""Systems of the tests: two with published-by-computation values, and random ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from atoopt.levels.instance import LevelsInstance

TWO: dict[str, Any] = {
    "lead": [2.0, 3.0], "stock": [6, 6], "orders": [([0], 1.0), ([1], 0.8), ([0, 1], 0.5)],
    "now": [0.9160820579686966, 0.8005578967455032, 0.750266346771393],
    "within": [0.9726346459366985, 0.8888132017629107, 0.8700220349305765],
    "backorders": [0.03380174282724203, 0.10752148507951514, 0.0782760411702831],
    "items": [0.9160820579686966, 0.8005578967455032], "average": 0.8398528472829546,
}  # fmt: skip

W_SYSTEM: dict[str, Any] = {
    "lead": [1.0, 1.0, 1.0], "stock": [8, 5, 4], "orders": [([0, 1], 3.0), ([0, 2], 2.0)],
    "now": [0.7750163108388557, 0.7903932684546258], "within": [0.9798917069110513, 0.9786502272924171],
    "backorders": [0.15807199994507645, 0.10045048667530138],
    "items": [0.8666283259299925, 0.8152632445237722, 0.857123460498547], "average": 0.7811670938851637,
}  # fmt: skip

AVERAGE = {"target": {"kind": "average", "fill_rate": 0.9}}


def instance_of(lead: Any, orders: Any, value: Any = None, **aim: Any) -> LevelsInstance:
    """Return a bare system as an instance; modules are named by their letters."""
    names = [chr(ord("a") + i) for i in range(len(lead))]
    values = [1.0] * len(lead) if value is None else value
    modules = [{"name": n, "lead_time": t, "value": v} for n, t, v in zip(names, lead, values, strict=True)]
    types = [{"modules": [names[i] for i in order], "rate": rate} for order, rate in orders]
    data = {"format": "atoopt/stock-levels", "version": 1, "name": "bare", "modules": modules, "orders": types}
    return LevelsInstance.model_validate(data | (aim or AVERAGE))


def random_instance(seed: int, most_modules: int = 3, **aim: Any) -> LevelsInstance:
    """Return a small system drawn from a seed."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, most_modules + 1))
    lead = rng.choice([0.5, 1.0, 2.0], n).tolist()
    sets = {tuple(np.flatnonzero(rng.random(n) < 0.6).tolist()) for _ in range(4)} - {()}
    orders = [(list(order), float(rng.uniform(0.2, 1.5))) for order in sorted(sets or {(0,)})]
    return instance_of(lead, orders, rng.integers(1, 6, n).astype(float).tolist(), **aim)
