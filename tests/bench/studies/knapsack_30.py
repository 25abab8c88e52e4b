"""A knapsack of thirty items, two gains to maximize and two limits: whole numbers from 10 to 100, by a seed."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo

ITEMS, SEED = 30, 1


def create_model() -> pyo.ConcreteModel:
    """Return the model; a study solves it as it is."""
    rng = np.random.default_rng(SEED)
    gains, weights = rng.integers(10, 101, (2, ITEMS)), rng.integers(10, 101, (2, ITEMS))
    model = pyo.ConcreteModel(name=f"knapsack {ITEMS}")
    model.x = pyo.Var(range(ITEMS), domain=pyo.Binary)
    model.fits = pyo.ConstraintList()
    for row in weights.tolist():
        model.fits.add(sum(w * model.x[i] for i, w in enumerate(row)) <= sum(row) // 2)
    first, second = (sum(g * model.x[i] for i, g in enumerate(row)) for row in gains.tolist())
    model.first = pyo.Objective(expr=first, sense=pyo.maximize)
    model.second = pyo.Objective(expr=second, sense=pyo.maximize)
    return model
