"""Small problems of two objectives with known fronts, for every method."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pyomo.environ as pyo

from atoopt.pareto.filter import nondominated


def front_of(values: Any, senses: tuple[int, int], share: float = 0.0) -> np.ndarray:
    """Return the non-dominated ones of all values, sorted by the first; senses are 1 (minimize) or -1."""
    values = np.asarray(values, dtype=float).reshape(-1, 2)
    room = tuple((share * np.maximum(np.ptp(values, axis=0), 1e-12)).tolist()) if len(values) else (0.0, 0.0)
    kept = values[nondominated(values * senses, room)]
    return kept[np.argsort(kept[:, 0])]


def binaries(n: int) -> np.ndarray:
    """Return all vectors of n zeros and ones."""
    return np.array(list(product((0, 1), repeat=n)))


def knapsack(gains: Any, weights: Any, room: Any, *, offset: float = 0.0) -> pyo.ConcreteModel:
    """Return max gains[0] . x + offset, min -gains[1] . x, subject to weights[k] . x <= room[k]."""
    model = pyo.ConcreteModel(name="knapsack")
    items = range(len(gains[0]))
    model.x = pyo.Var(items, domain=pyo.Binary)
    model.fits = pyo.ConstraintList()
    for row, most in zip(weights, room, strict=True):
        model.fits.add(sum(w * model.x[i] for i, w in enumerate(row)) <= most)
    first, second = (sum(g * model.x[i] for i, g in enumerate(row)) for row in gains)
    model.first = pyo.Objective(expr=first + offset, sense=pyo.maximize)
    model.second = pyo.Objective(expr=-second, sense=pyo.minimize)
    return model


def knapsack_front(gains: Any, weights: Any, room: Any) -> np.ndarray:
    """Return the front of `knapsack` by brute force."""
    x = binaries(len(gains[0]))
    x = x[(x @ np.array(weights).T <= np.array(room) + 1e-9).all(axis=1)]
    return front_of(x @ np.array(gains).T * (1, -1), (-1, 1), 1e-7)


def opposed(rng: np.random.Generator, n: int) -> list[list[int]]:
    """Return two rows of gains, of which one is large where the other is small: many points."""
    first = rng.integers(10, 100, n)
    return [first.tolist(), (110 - first + rng.integers(0, 10, n)).tolist()]


def hard_knapsack(n: int, seed: int = 4) -> tuple[pyo.ConcreteModel, Any]:
    """Return a knapsack of many points, and its data."""
    rng = np.random.default_rng(seed)
    gains, weights = opposed(rng, n), rng.integers(10, 100, (1, n)).tolist()
    room = [sum(weights[0]) // 2]
    return knapsack(gains, weights, room), (gains, weights, room)


def integer_knapsack() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """Ten items, one row; one objective maximized."""
    model, data = hard_knapsack(10)
    return model, knapsack_front(*data)


def decimal_knapsack() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """Gains with two decimals and a constant: whole in hundredths."""
    rng = np.random.default_rng(5)
    gains, weights = (rng.integers(100, 999, (2, 9)) / 100).tolist(), rng.integers(1, 9, (2, 9)).tolist()
    room = [20, 22]
    model = knapsack(gains, weights, room, offset=-0.5)
    return model, knapsack_front(gains, weights, room) - (0.5, 0)


def real_knapsack() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """Real gains of size 1e5 and 1e-3."""
    rng = np.random.default_rng(3)
    first, weights = rng.uniform(0.2, 1, 9), rng.uniform(0.2, 1, (2, 9))
    gains = np.stack([first * 1e5, (1.2 - first + rng.uniform(0, 0.1, 9)) * 1e-3])
    room = weights.sum(axis=1) / 2
    return knapsack(gains.tolist(), weights.tolist(), room.tolist()), knapsack_front(gains, weights, room)


def assignment() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """Five agents to five tasks, two costs."""
    from itertools import permutations

    rng = np.random.default_rng(1)
    cost = rng.integers(1, 20, (2, 5, 5))
    model = pyo.ConcreteModel(name="assignment")
    model.x = pyo.Var(range(5), range(5), domain=pyo.Binary)
    model.rows = pyo.Constraint(range(5), rule=lambda m, i: sum(m.x[i, j] for j in range(5)) == 1)
    model.cols = pyo.Constraint(range(5), rule=lambda m, j: sum(m.x[i, j] for i in range(5)) == 1)
    cells = [(i, j) for i in range(5) for j in range(5)]
    model.first = pyo.Objective(expr=sum(int(cost[0][c]) * model.x[c] for c in cells))
    model.second = pyo.Objective(expr=sum(int(cost[1][c]) * model.x[c] for c in cells))
    values = [[sum(cost[k, i, p[i]] for i in range(5)) for k in range(2)] for p in permutations(range(5))]
    return model, front_of(values, (1, 1))


def set_covering() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """Ten sets over eight elements: number of sets against cost."""
    rng = np.random.default_rng(2)
    member, cost = rng.random((8, 10)) < 0.35, rng.integers(5, 30, 10)
    member[:, 0] = True
    model = pyo.ConcreteModel(name="covering")
    model.x = pyo.Var(range(10), domain=pyo.Binary)
    model.covered = pyo.ConstraintList()
    for row in member:
        model.covered.add(sum(model.x[int(j)] for j in np.flatnonzero(row)) >= 1)
    model.first = pyo.Objective(expr=sum(model.x[j] for j in range(10)))
    model.second = pyo.Objective(expr=sum(int(cost[j]) * model.x[j] for j in range(10)) + 7)
    x = binaries(10)
    x = x[(x @ member.T >= 1).all(axis=1)]
    return model, front_of(np.stack([x.sum(axis=1), x @ cost + 7], axis=1), (1, 1))


def facility_location() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """Four sites, six customers: opening cost (integers) against distance (continuous shipments)."""
    rng = np.random.default_rng(4)
    opening, distance = rng.integers(10, 40, 4), rng.integers(1, 30, (4, 6))
    model = pyo.ConcreteModel(name="location")
    model.open = pyo.Var(range(4), domain=pyo.Binary)
    model.ship = pyo.Var(range(4), range(6), bounds=(0, 1))
    model.served = pyo.Constraint(range(6), rule=lambda m, j: sum(m.ship[i, j] for i in range(4)) == 1)
    model.linked = pyo.Constraint(range(4), range(6), rule=lambda m, i, j: m.ship[i, j] <= m.open[i])
    # the continuous objective comes first: the engine must bound the other one
    model.second = pyo.Objective(expr=sum(int(opening[i]) * model.open[i] for i in range(4)))
    model.first = pyo.Objective(expr=sum(int(distance[i, j]) * model.ship[i, j] for i in range(4) for j in range(6)))
    sets = binaries(4)[1:]
    values = [[distance[s == 1].min(axis=0).sum(), s @ opening] for s in sets]
    return model, front_of(values, (1, 1))


def linear_program() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """A continuous model: its front is the line through these corners."""
    model = pyo.ConcreteModel(name="line")
    model.x, model.y = pyo.Var(bounds=(0, 10)), pyo.Var(bounds=(0, 10))
    model.a = pyo.Constraint(expr=2 * model.x + model.y >= 8)
    model.b = pyo.Constraint(expr=model.x + 2 * model.y >= 7)
    model.first, model.second = pyo.Objective(expr=model.x), pyo.Objective(expr=model.y + 0.25)
    return model, np.array([[0.0, 8.25], [3.0, 2.25], [7.0, 0.25]])


def single_point() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """One solution is best for both."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [6])
    return model, np.array([[7.0, -9.0]])


def constant_objective() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """One objective is a number."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [4])
    model.del_component("second")
    model.second = pyo.Objective(expr=11.5)
    return model, np.array([[4.0, 11.5]])


def infeasible() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """No solution at all."""
    model = knapsack([[3, 4], [5, 4]], [[2, 3]], [6])
    model.never = pyo.Constraint(expr=model.x[0] + model.x[1] >= 3)
    return model, np.empty((0, 2))


def negative_integers() -> tuple[pyo.ConcreteModel, np.ndarray]:
    """General integers with negative bounds, one of which is an objective by itself."""
    model = pyo.ConcreteModel(name="integers")
    model.x, model.y = pyo.Var(domain=pyo.Integers, bounds=(-4, 5)), pyo.Var(domain=pyo.Integers, bounds=(-3, 6))
    model.row = pyo.Constraint(expr=3 * model.x + 5 * model.y <= 20)
    model.first = pyo.Objective(expr=model.x, sense=pyo.maximize)
    model.second = pyo.Objective(expr=-2 * model.y + 3)
    pairs = [(x, y) for x in range(-4, 6) for y in range(-3, 7) if 3 * x + 5 * y <= 20]
    return model, front_of([(x, 3 - 2 * y) for x, y in pairs], (-1, 1))


PROBLEMS: list[Callable[[], tuple[pyo.ConcreteModel, np.ndarray]]] = [
    integer_knapsack, decimal_knapsack, real_knapsack, assignment, set_covering, facility_location,
    linear_program, single_point, constant_objective, infeasible, negative_integers,
]  # fmt: skip


def supported(values: np.ndarray, senses: tuple[int, int]) -> np.ndarray:
    """Return the points at the corners of a front's lower hull, sorted by the first."""
    points = (values * senses).tolist()
    points.sort()
    hull: list[list[float]] = []
    for p in points:
        while len(hull) > 1 and _turns_right(hull[-2], hull[-1], p):
            hull.pop()
        hull.append(p)
    corners = np.array(hull).reshape(-1, 2) * senses
    return corners[np.argsort(corners[:, 0])]


def _turns_right(a: Any, b: Any, c: Any) -> bool:
    return bool((b[0] - a[0]) * (c[1] - a[1]) <= (b[1] - a[1]) * (c[0] - a[0]))


def senses(model: pyo.ConcreteModel) -> tuple[int, int]:
    """Return 1 or -1 for each objective: minimized or maximized."""
    return tuple(1 if o.is_minimizing() else -1 for o in (model.first, model.second))  # type: ignore[return-value]
