"""Least value of base stock for a fill rate: the reference optima, and bound <= optimum <= value everywhere."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.levels import exact
from atoopt.levels.evaluation import evaluate_levels
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.model.formulation import build, levels_of
from atoopt.levels.search.enumeration import reaches
from atoopt.levels.search.greedy import search
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Run
from tests.levels.systems import TWO, W_SYSTEM, instance_of, random_instance

# system, values, kind, target, optimum and its levels, value of the safe model, value of the relaxed one
REFERENCE: list[Any] = [
    (TWO, [3, 2], "each", 0.9, 36, [6, 9], 37, 34),
    (TWO, [3, 2], "average", 0.9, 34, [6, 8], None, None),
    (TWO, [3, 2], "each", 0.95, 39, [7, 9], 41, 37),
    (TWO, [3, 2], "average", 0.95, 37, [7, 8], None, None),
    (TWO, [3, 2], "each", 0.99, 49, [9, 11], 49, 47),
    (TWO, [3, 2], "average", 0.99, 46, [8, 11], None, None),
    (W_SYSTEM, [5, 2, 3], "each", 0.9, 74, [9, 7, 5], 79, 72),
    (W_SYSTEM, [5, 2, 3], "average", 0.9, 74, [9, 7, 5], None, None),
    (W_SYSTEM, [5, 2, 3], "each", 0.95, 84, [10, 8, 6], 84, 82),
    (W_SYSTEM, [5, 2, 3], "average", 0.95, 81, [10, 8, 5], None, None),
    (W_SYSTEM, [5, 2, 3], "each", 0.99, 99, [12, 9, 7], 99, 99),
    (W_SYSTEM, [5, 2, 3], "average", 0.99, 99, [12, 9, 7], None, None),
]


def model_value(instance: LevelsInstance, formulation: Any) -> tuple[float, Any]:
    """Return the optimum of a model and its levels."""
    model = build(instance, formulation)
    found = solve_model(model, Run()).objective
    assert found is not None
    return found, levels_of(model)


@pytest.mark.parametrize(("known", "value", "kind", "rate", "optimum", "levels", "safe", "relaxed"), REFERENCE)
def test_reference_targets(
    known: Any, value: Any, kind: str, rate: float, optimum: float, levels: Any, safe: Any, relaxed: Any
) -> None:
    """The optimum is found and proven; both models have their reference values."""
    instance = instance_of(known["lead"], known["orders"], value, target={"kind": kind, "fill_rate": rate})
    result = atoopt.solve(instance)
    assert (result.status, result.objective, result.solution.levels.tolist()) == ("optimal", optimum, levels)
    assert atoopt.solve(instance, "enumeration").objective == optimum
    if safe is not None:
        assert (model_value(instance, "safe")[0], model_value(instance, "relaxed")[0]) == (safe, relaxed)


@pytest.mark.parametrize("seed", range(60))
def test_bound_optimum_value(seed: int) -> None:
    """On random systems, by brute force: relaxed model <= optimum <= safe model, whose levels reach the target."""
    kind = "each" if seed % 2 else "average"
    instance = random_instance(300 + seed, 2, target={"kind": kind, "fill_rate": 0.85})
    safe, levels = model_value(instance, "safe")
    assert reaches(instance, exact.order_fill_rates(instance.system, levels))
    relaxed, _ = model_value(instance, "relaxed")
    values = instance.system.values
    grid = product(*(range(int((safe + 1e-9) // v) + 1) for v in values))
    cheaper = sorted((float(values @ s), s) for s in grid if values @ np.array(s) <= safe + 1e-9)
    optimum = next(v for v, s in cheaper if reaches(instance, exact.order_fill_rates(instance.system, np.array(s))))
    assert relaxed <= optimum + 1e-9 <= safe + 2e-9
    assert atoopt.solve(instance, "enumeration").objective == pytest.approx(optimum)


@pytest.mark.parametrize("kind", ["each", "average"])
def test_greedy_levels_hold_on_other_scenarios(kind: str) -> None:
    """The search starts from nothing, and what it returns reaches the target exactly, not only on its scenarios."""
    instance = random_instance(8, 4, target={"kind": kind, "fill_rate": 0.9})
    found = search(instance, np.zeros(instance.system.n_modules, dtype=np.int64), 3)
    assert found is not None
    assert reaches(instance, exact.order_fill_rates(instance.system, found[0]))
    assert evaluate_levels(instance, found[0]).feasible


def test_the_window_spares_stock() -> None:
    """Customers who wait need less stock; what comes within the window needs none."""
    instance = instance_of([2.0, 0.5], [([0, 1], 2.0)], target={"kind": "each", "fill_rate": 0.95})
    patient = instance.replace(window=0.5)
    now, later = atoopt.solve(instance), atoopt.solve(patient)
    assert later.objective < now.objective and later.solution.levels[1] == 0
    assert later.status == now.status == "optimal"
