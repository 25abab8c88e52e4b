"""Families of bi-objective models for `tests.bench.pareto`, each with objectives ``first`` and ``second``.

`first` may take real values; the values of `second` are multiples of a step. All data come from a seed, but for the
package's own models, which are of named instances.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo

import atoopt

PUBLISHED = Path("../shared/data/knapsack_2kp50.json")


def published() -> dict[str, Any]:
    """Return the data of the published knapsack of 50 items."""
    return dict(json.loads(PUBLISHED.read_text()))


def generated(n: int, seed: int) -> dict[str, Any]:
    """Return a knapsack of two gains and two limits, whole numbers from 10 to 100."""
    rng = np.random.default_rng(seed)
    gains, weights = rng.integers(10, 101, (2, n)), rng.integers(10, 101, (2, n))
    return {"name": f"{n} items, seed {seed}", "c": gains.tolist(), "a": weights.tolist(),
            "b": (weights.sum(axis=1) // 2).tolist()}  # fmt: skip


def knapsack(data: dict[str, Any]) -> pyo.ConcreteModel:
    """Return the model of a knapsack's data: both gains are maximized."""
    model = pyo.ConcreteModel(name=data["name"])
    items = range(len(data["c"][0]))
    model.x = pyo.Var(items, domain=pyo.Binary)
    model.fits = pyo.ConstraintList()
    for row, room in zip(data["a"], data["b"], strict=True):
        model.fits.add(sum(w * model.x[i] for i, w in enumerate(row)) <= room)
    first, second = (sum(g * model.x[i] for i, g in enumerate(row)) for row in data["c"])
    model.first = pyo.Objective(expr=first, sense=pyo.maximize)
    model.second = pyo.Objective(expr=second, sense=pyo.maximize)
    return model


def assignment(n: int, seed: int) -> pyo.ConcreteModel:
    """Agents to as many tasks, two costs from 1 to 20."""
    cost = np.random.default_rng(seed).integers(1, 21, (2, n, n))
    model = pyo.ConcreteModel(name=f"assignment {n}")
    model.x = pyo.Var(range(n), range(n), domain=pyo.Binary)
    model.agents = pyo.Constraint(range(n), rule=lambda m, i: sum(m.x[i, j] for j in range(n)) == 1)
    model.tasks = pyo.Constraint(range(n), rule=lambda m, j: sum(m.x[i, j] for i in range(n)) == 1)
    _two_costs(model, [(i, j) for i in range(n) for j in range(n)], cost)
    return model


def covering(n: int, seed: int) -> pyo.ConcreteModel:
    """Sets over half as many elements, each in a tenth of the sets; two costs from 1 to 100."""
    rng = np.random.default_rng(seed)
    n_rows = n // 2
    member, cost = rng.random((n_rows, n)) < max(0.1, 4 / n), rng.integers(1, 101, (2, n))
    member[np.arange(n_rows), rng.integers(0, n, n_rows)] = True
    model = pyo.ConcreteModel(name=f"covering {n}")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.covered = pyo.Constraint(
        range(n_rows), rule=lambda m, i: sum(m.x[int(j)] for j in np.flatnonzero(member[i])) >= 1
    )
    _two_costs(model, list(range(n)), cost)
    return model


def location(n: int, seed: int) -> pyo.ConcreteModel:
    """Sites and twice as many customers, each served by one or several: distance against the cost of opening."""
    rng = np.random.default_rng(seed)
    sites, customers = range(n), range(2 * n)
    place, home, cost = rng.random((n, 2)), rng.random((2 * n, 2)), rng.integers(50, 151, n)
    distance = np.rint(100 * np.linalg.norm(place[:, None] - home[None], axis=2))
    model = pyo.ConcreteModel(name=f"location {n}")
    model.open, model.ship = pyo.Var(sites, domain=pyo.Binary), pyo.Var(sites, customers, bounds=(0, 1))
    model.served = pyo.Constraint(customers, rule=lambda m, j: sum(m.ship[i, j] for i in sites) == 1)
    model.linked = pyo.Constraint(sites, customers, rule=lambda m, i, j: m.ship[i, j] <= m.open[i])
    model.first = pyo.Objective(expr=sum(float(distance[i, j]) * model.ship[i, j] for i in sites for j in customers))
    model.second = pyo.Objective(expr=sum(int(cost[i]) * model.open[i] for i in sites))
    return model


def stock(name: str) -> pyo.ConcreteModel:
    """The *pattern* model of a named instance: mean assembly time against cost."""
    from atoopt.stock.model.formulation import build

    model = build(atoopt.load(f"instances/stock/{name}.json"))
    model.first = pyo.Objective(expr=model.mean_assembly_time)
    model.second = pyo.Objective(expr=model.cost.expr)
    return model


def policy(name: str) -> pyo.ConcreteModel:
    """The model of a named policy instance: set-up hours against pallets."""
    from atoopt.policy.model.formulation import build

    model = build(atoopt.load(f"instances/policy/{name}.json"))
    model.first = pyo.Objective(expr=model.setup_hours.expr)
    model.second = pyo.Objective(expr=model.pallets.expr)
    return model


def _two_costs(model: pyo.ConcreteModel, cells: list[Any], cost: Any) -> None:
    model.first, model.second = (
        pyo.Objective(expr=sum(int(row[cell]) * model.x[cell] for cell in cells)) for row in cost
    )


GENERATED: dict[str, Callable[[int, int], pyo.ConcreteModel]] = {
    "knapsack": lambda n, seed: knapsack(generated(n, seed)),
    "assignment": assignment,
    "covering": covering,
    "location": location,
}

NAMED: dict[str, Callable[[str], pyo.ConcreteModel]] = {"stock": stock, "policy": policy}


def model_of(family: str, seed: int) -> pyo.ConcreteModel:
    """Return the model of a name such as ``2kp50``, ``knapsack:250``, ``assignment:15`` or ``stock:sparse-8``."""
    if family == "2kp50":
        return knapsack(published())
    kind, _, which = family.partition(":")
    if kind in NAMED:
        return NAMED[kind](which)
    return GENERATED[kind](int(which), seed)
