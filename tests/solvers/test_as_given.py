"""Every answer of the HiGHS adapter keeps the model as it was given, in the modeler's units."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from atoopt.solvers.arrays.rounding import MOST, Relaxed, Splitting
from atoopt.solvers.arrays.rows import Rows
from atoopt.solvers.confirm import Work, is_risky
from atoopt.solvers.highs import HighsModel
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Run


def charges(large: float, sense: int) -> Any:
    """Return sites with fixed charges, a large M and small quantities; least cost 0.7 + 7, sites 2 and 3."""
    sites, price, charge = (1, 2, 3), {1: 3, 2: 5, 3: 2}, {1: 2, 2: 3, 3: 4}
    sign = 1 if sense == pyo.minimize else -1
    model = pyo.ConcreteModel()
    model.x, model.z = pyo.Var(sites, domain=pyo.NonNegativeReals), pyo.Var(sites, domain=pyo.Binary)
    model.d1 = pyo.Constraint(expr=model.x[1] + 2 * model.x[2] >= 0.2)
    model.d2 = pyo.Constraint(expr=model.x[2] + model.x[3] >= 0.2)
    model.k = pyo.Constraint(sites, rule=lambda m, j: m.x[j] <= large * m.z[j])
    total = sum(price[j] * model.x[j] + 0.01 * charge[j] * model.z[j] for j in sites)
    model.cost = pyo.Objective(expr=sign * total + 1, sense=sense)
    return model


@pytest.mark.parametrize("large", [1e6, 1e8, 1e9])
@pytest.mark.parametrize("sense", [pyo.minimize, pyo.maximize])
def test_a_large_m(large: float, sense: int) -> None:
    """z = 1e-9 is 0 when it is rounded, and opens nothing: the optimum is that of the model as given."""
    model = charges(large, sense)
    answer = solve_model(model, Run())
    sign = 1 if sense == pyo.minimize else -1
    assert answer.outcome == "optimal"
    assert answer.objective == pytest.approx(sign * 0.77 + 1)
    assert answer.bound == pytest.approx(answer.objective)
    assert all(model.x[j].value <= large * model.z[j].value + 1e-9 for j in (1, 2, 3))


def test_small_coefficients_count() -> None:
    """1.2e-10 a kilometer is no zero."""
    model = pyo.ConcreteModel()
    model.km, model.n = pyo.Var(bounds=(0, 1e9)), pyo.Var(domain=pyo.Binary)
    model.cap = pyo.Constraint(expr=1.2e-10 * model.km <= 0.05 + 0.02 * model.n)
    model.far = pyo.Objective(expr=model.km - 1e9 * model.n, sense=pyo.maximize)
    assert HighsModel(model).solve().objective == pytest.approx(0.05 / 1.2e-10, rel=1e-6)


def test_domains_with_gaps() -> None:
    """The optimum over lot sizes, and the variable has one of them."""
    model = pyo.ConcreteModel()
    model.D = pyo.RangeSet(0, 10, 5)
    model.x, model.y = pyo.Var(domain=model.D), pyo.Var(domain=pyo.Set(initialize=[1.5, 4]))
    model.c = pyo.Constraint(expr=model.x + model.y <= 9)
    model.best = pyo.Objective(expr=2 * model.x + model.y, sense=pyo.maximize)
    answer = solve_model(model, Run())
    assert (answer.outcome, answer.objective, answer.bound) == ("optimal", 14, 14)
    assert (model.x.value, model.y.value) == (5, 4)
    assert model.x.domain is model.D


@pytest.mark.parametrize("seed", range(12))
def test_random_models_against_enumeration(seed: int) -> None:
    """Whole variables, coefficients from 1e-3 to 1e6: the adapter's optimum is that of looking at every solution."""
    rng = np.random.default_rng(seed)
    n = 6
    cost, rows = rng.normal(0, 1, n) * 10.0 ** rng.uniform(-3, 5, n), 10.0 ** rng.uniform(-3, 6, (2, n))
    room = rows.sum(axis=1) * rng.uniform(0.2, 0.8, 2)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(n), domain=pyo.Integers, bounds=(-1, 2))
    model.c = pyo.Constraint(range(2), rule=lambda m, i: sum(float(rows[i, j]) * m.x[j] for j in range(n)) <= room[i])
    model.o = pyo.Objective(expr=sum(float(cost[j]) * model.x[j] for j in range(n)))
    answer = solve_model(model, Run())
    x = np.array(list(itertools.product(range(-1, 3), repeat=n)))
    best = float((x[(x @ rows.T <= room).all(axis=1)] @ cost).min())
    assert answer.outcome == "optimal"
    assert answer.objective == pytest.approx(best, rel=1e-9)
    assert answer.bound == pytest.approx(best, rel=1e-6)


# ---- the parts ------------------------------------------------------------------------------------


def rows_of(matrix: Any, lower: Any, upper: Any, integer: Any, ends: Any) -> Rows:
    """Return rows of a dense matrix."""
    from scipy.sparse import csc_array

    sparse = csc_array(np.asarray(matrix, dtype=float))
    low, high = np.asarray(ends, dtype=float).T
    return Rows(sparse.indptr, sparse.indices, sparse.data, np.asarray(lower, float), np.asarray(upper, float), low,
                high, np.asarray(integer, dtype=bool))  # fmt: skip


@pytest.mark.parametrize("unit", [1e-10, 1.0, 1e9])
def test_rows_are_broken_in_their_own_unit(unit: float) -> None:
    """A violation of a millionth of the row's size counts, one of a trillionth does not, whatever the unit."""
    rows = rows_of([[unit, 2 * unit]], [-np.inf], [3 * unit], [False, True], [(0, 10), (0, 10)])
    assert rows.broken(np.array([1.0, 1.0])).tolist() == []
    assert rows.broken(np.array([1.0 + 1e-12, 1.0])).tolist() == []
    assert rows.broken(np.array([1.0 + 1e-6, 1.0])).tolist() == [0]


def test_rounding_keeps_bounds() -> None:
    """Whole columns become whole, others keep their bounds."""
    rows = rows_of([[1.0, 1.0]], [-np.inf], [9.0], [True, False], [(0, 3), (0, 2)])
    assert rows.rounded(np.array([2.9999999, 2.0000001])).tolist() == [3.0, 2.0]


def test_splitting_gives_up_honestly() -> None:
    """A solver that always returns the same false answer is not believed, nor asked for ever."""
    rows = rows_of([[1.0, -1e8]], [-np.inf], [0.0], [False, True], [(0, 1), (0, 10**6)])
    asked = []

    def solve(sides: Any, start: Any) -> Relaxed:
        asked.append(sides)
        low = sides.get(1, (0.0, 1e6))[0]
        return Relaxed("optimal", np.array([0.1 + 1e8 * low, low + 1e-9]), 0.0)

    splitting = Splitting(
        rows, solve, lambda columns: not rows.broken(columns).size, lambda columns: columns[1], lambda w, b: w <= b
    )
    answer = splitting.exact(Relaxed("optimal", np.array([0.1, 1e-9]), 0.0))
    assert answer.outcome == "failed"
    assert len(asked) <= 3 * MOST


@pytest.mark.parametrize(("charge", "kept"), [(1.0, [0.1, 1.0]), (0.0, None)])
def test_a_stopped_solve_is_repaired_or_has_no_solution(charge: float, kept: list[float] | None) -> None:
    """Of an incumbent that breaks a row, its whole numbers are tried; what keeps no row is not returned."""
    rows = rows_of([[1.0, -1e8]], [-np.inf], [0.0], [False, True], [(0, 1), (0, 1)])

    def solve(sides: Any, start: Any) -> Relaxed:
        assert sides == {1: (0.0, 0.0)}
        return Relaxed("optimal", np.array([0.1, charge]))

    splitting = Splitting(
        rows, solve, lambda columns: not rows.broken(columns).size, lambda columns: columns[1], lambda w, b: w <= b
    )
    answer = splitting.repaired(Relaxed("stopped", np.array([0.1, 1e-9]), 0.0))
    assert (answer.outcome, answer.bound) == ("stopped", 0.0)
    assert (None if answer.columns is None else answer.columns.tolist()) == kept


def test_what_is_confirmed_depends_on_model_and_work() -> None:
    """Whole columns without a bound are risky, small work is cheap to do again; the clock is not asked."""
    assert is_risky(rows_of([[1.0]], [0.0], [1.0], [True], [(0, np.inf)]))
    assert not is_risky(rows_of([[1.0]], [0.0], [1.0], [False], [(0, np.inf)]))
    assert not is_risky(rows_of([[1.0]], [0.0], [1.0], [True], [(0, 5)]))
    assert Work(1, 100).is_small
    assert Work(90, 100).is_small
    assert not Work(1, 101).is_small
    assert Work(100, 3000).costs_little
    assert not Work(101, 0).costs_little
