"""What every policy costs at least where all lead times are equal: a two-stage program (Dogru, Reiman, Wang 2010).

    min over y of  sum_i h_i (y_i - lambda_i L) + E[ min over z <= D, A z <= y of  sum_K c_K (D_K - z_K) ]

with c_K = b_K + the sum of h_i over K, and D the orders of each type in a lead time. Demands are enumerated; what is
cut off at their ends costs nothing here, so that the value stays a bound.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import eye_array, kron
from scipy.stats import poisson

from atoopt.levels.instance import LevelsInstance
from atoopt.levels.system import Floats, System
from atoopt.solvers.run import Run

MOST_SCENARIOS = 20_000
"""Demand vectors enumerated at most."""

MOST_CUTS, CLOSE = 200, 1e-10
"""Cutting planes at most, and how near to the best value the bound ends, relative to it."""

TAIL = 1e-11
"""Of the demand of one order type, what is cut off."""


def lower_bound(instance: LevelsInstance, run: Run) -> float | None:
    """Return the bound; None where lead times differ, order types are too many, or the solver was stopped."""
    system = instance.system
    if np.unique(system.lead_times).size > 1 or not system.lead_times[0]:
        return None
    demands, chances = _demands(system)
    if not len(demands):
        return None
    each = instance.backorder + system.takes @ instance.holding
    value = _least(system, instance.holding, each, demands, chances, run)
    return None if value is None else value - float(instance.holding @ system.lead_time_demand)


def _demands(system: System) -> tuple[Floats, Floats]:
    """Return the vectors of orders in a lead time, shape (d, m), and their probabilities; none where too many."""
    means = system.rates * system.lead_times[0]
    ranges = [np.arange(int(poisson.ppf(TAIL, mu)), int(poisson.isf(TAIL, mu)) + 1) for mu in means]
    if np.prod([float(r.size) for r in ranges]) > MOST_SCENARIOS:
        return np.zeros((0, means.size)), np.zeros(0)
    demands = np.array(list(product(*ranges)), dtype=float)
    return demands, np.prod([poisson.pmf(demands[:, k], mu) for k, mu in enumerate(means)], axis=0)


def _least(system: System, holding: Floats, each: Floats, demands: Floats, chances: Floats, run: Run) -> float | None:
    """Return the least value over y by cutting planes; the best cuts' value is a bound wherever it ends.

    All demand vectors in one program would have costs from 1 to 1e-12, which a solver's tolerance blurs: here each
    vector counts alike, and its value and prices are weighted afterwards.
    """
    top = demands.max(axis=0) @ system.takes
    rows = kron(eye_array(len(demands)), system.takes.T.astype(float), format="csr")
    cuts: list[tuple[Floats, float]] = []
    y, best, bound = np.ceil(demands.mean(axis=0) @ system.takes), np.inf, None
    for _ in range(MOST_CUTS):
        if run.stopped:
            return bound
        value, slope = _recourse(rows, each, demands, chances, y)
        best = min(best, float(holding @ y) + value)
        cuts.append((slope, value - float(slope @ y)))
        matrix = np.array([[*slope, -1.0] for slope, _ in cuts])
        limits = [(0.0, t) for t in top] + [(0.0, None)]
        found = linprog([*holding, 1.0], matrix, [-constant for _, constant in cuts], bounds=limits)
        if not found.success or found.x is None or found.fun is None:
            return bound
        y, bound = found.x[:-1], float(found.fun)
        if bound >= best - CLOSE * max(1.0, abs(best)):
            return min(bound, best)
    return bound


def _recourse(rows: Any, each: Floats, demands: Floats, chances: Floats, y: Floats) -> tuple[float, Floats]:
    """Return the mean cost of orders that stay unfilled, and its slope in y."""
    d, m = demands.shape
    found = linprog(np.tile(-each, d), rows, np.tile(y, d), bounds=[(0.0, most) for most in demands.ravel().tolist()])
    assert found.x is not None, "filling nothing is always possible"
    filled = found.x.reshape(d, m)
    prices = found.ineqlin.marginals.reshape(d, y.size)
    return float(chances @ ((demands - filled) @ each)), np.asarray(chances @ prices)
