"""The HiGHS adapter against Pyomo's own interface, and its limits, starts and interrupts."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pyomo.environ as pyo
import pytest

from atoopt.base.errors import InputError
from atoopt.solvers.highs import HighsModel


def knapsack(n: int, seed: int, *, whole: bool = True, sense: int = pyo.maximize, rows: int = 3) -> pyo.ConcreteModel:
    """Return a random knapsack with several rows, a constant in its objective, and an unused variable."""
    rng = np.random.default_rng(seed)
    weight, value = rng.integers(10, 100, (rows, n)), rng.integers(10, 100, n)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(n), domain=pyo.Binary if whole else pyo.UnitInterval)
    model.unused = pyo.Var()
    sign = 1 if sense == pyo.maximize else -1

    @model.Constraint(range(rows))
    def fits(m, r):
        return sum(int(weight[r, i]) * m.x[i] for i in range(n)) <= int(weight[r].sum() // 2)

    total = sum(int(value[i]) * model.x[i] for i in range(n))
    model.worth = pyo.Objective(expr=7.5 + sign * total, sense=sense)
    return model


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_same_optimum_as_pyomos_interface(seed: int, whole: bool, sense: int) -> None:
    """Integer or continuous, either sense: objective and bound equal those of appsi_highs."""
    model = knapsack(12, seed, whole=whole, sense=sense)
    answer = HighsModel(model).solve()
    ours = pyo.value(model.worth)
    pyo.SolverFactory("appsi_highs").solve(model)
    assert answer.outcome == "optimal"
    assert answer.objective == pytest.approx(pyo.value(model.worth))
    assert answer.bound == pytest.approx(answer.objective)
    assert ours == pytest.approx(answer.objective)


def test_every_kind_of_row() -> None:
    """Equalities, ranges, lower and upper limits, negative and free variables come through the compiler."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(-5, None))
    model.y = pyo.Var(domain=pyo.Integers, bounds=(None, 8))
    model.z = pyo.Var()
    model.equal = pyo.Constraint(expr=model.x + model.z == 1)
    model.range_ = pyo.Constraint(expr=(-2, model.y - model.x, 3.5))
    model.least = pyo.Constraint(expr=model.z >= -4)
    model.best = pyo.Objective(expr=3 * model.y + model.z, sense=pyo.maximize)
    answer = HighsModel(model).solve()
    assert answer.objective == pytest.approx(3 * 8 - 3.5)
    assert (model.x.value, model.y.value, model.z.value) == (pytest.approx(4.5), 8, pytest.approx(-3.5))


def test_infeasible_and_unbounded_are_told_apart_from_stopped() -> None:
    """A proof is a proof, and leaves no objective."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=pyo.NonNegativeIntegers)
    model.worth = pyo.Objective(expr=model.x, sense=pyo.maximize)
    assert HighsModel(model).solve().outcome == "unbounded"
    model.low = pyo.Constraint(expr=2 * model.x >= 1.2)
    model.high = pyo.Constraint(expr=2 * model.x <= 1.8)
    answer = HighsModel(model).solve()
    assert (answer.outcome, answer.objective) == ("infeasible", None)


def test_a_start_is_the_first_incumbent() -> None:
    """With no time to search, the answer is the start; a partial start is completed."""
    model = knapsack(60, 1)
    HighsModel(model).solve(time_limit=20, rel_gap=0.01)
    good = pyo.value(model.worth)
    compiled = HighsModel(model)
    assert compiled.set_start()
    assert compiled.solve(time_limit=0.0).objective >= good - 1e-6
    for i in range(30):
        model.x[i].value = None
    compiled = HighsModel(model)
    assert compiled.set_start()
    assert compiled.solve(time_limit=0.5).objective is not None


@pytest.mark.parametrize("unit", [1e-12, 1e12])
@pytest.mark.parametrize("sense", [pyo.maximize, pyo.minimize])
def test_the_unit_of_the_objective_does_not_matter(unit: float, sense: int) -> None:
    """Coefficients far below HiGHS's tolerances, or far above: optimum and bound are those of the plain model."""
    plain, model = knapsack(12, 4, sense=sense), knapsack(12, 4, sense=sense)
    truth = HighsModel(plain).solve()
    model.worth.set_value(unit * model.worth.expr)
    compiled = HighsModel(model)
    compiled.scale_costs()
    seen: list[tuple[float | None, float | None]] = []
    answer = compiled.solve(on_progress=lambda objective, bound: seen.append((objective, bound)))
    assert answer.objective == pytest.approx(unit * truth.objective, rel=1e-9)
    assert answer.bound == pytest.approx(unit * truth.bound, rel=1e-9)
    assert pyo.value(model.worth) == pytest.approx(answer.objective, rel=1e-9)
    assert answer.objective in [pytest.approx(objective, rel=1e-9) for objective, _ in seen if objective is not None]


def test_no_start_is_said() -> None:
    """A model without values has no start."""
    assert not HighsModel(knapsack(5, 0)).set_start()


@pytest.mark.parametrize("stop", ["time", "user"])
def test_a_stopped_solve_returns_incumbent_and_bound(stop: str) -> None:
    """At a limit or by the user: `stopped`, and the optimum lies between incumbent and bound."""
    model = knapsack(200, 3, rows=12)
    seen: list[tuple[float | None, float | None]] = []
    answer = HighsModel(model).solve(
        time_limit=1.0 if stop == "time" else math.inf,
        should_stop=lambda: stop == "user" and any(objective is not None for objective, _ in seen),
        on_progress=lambda objective, bound: seen.append((objective, bound)),
    )
    assert answer.outcome == "stopped"
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.objective <= answer.bound
    assert pyo.value(model.worth) == pytest.approx(answer.objective)
    assert seen


def test_the_log_arrives_line_by_line() -> None:
    """The solver's own log can be followed."""
    lines: list[str] = []
    HighsModel(knapsack(10, 0)).solve(log=lines.append)
    assert any("Nodes" in line or "Optimal" in line for line in lines)


def test_threads_may_change_between_solves() -> None:
    """HiGHS keeps one pool of threads a process; asking for another number makes it anew."""
    for threads in (1, 2, None, 1):
        assert HighsModel(knapsack(10, 0)).solve(threads=threads).outcome == "optimal"


def test_a_model_without_variables_is_its_constant() -> None:
    """Nothing to decide is a result too."""
    model = pyo.ConcreteModel()
    model.worth = pyo.Objective(expr=4.0)
    answer = HighsModel(model).solve()
    assert (answer.outcome, answer.objective, answer.bound) == ("optimal", 4.0, 4.0)


def test_others_may_have_used_highs_before() -> None:
    """Another model was solved with two threads before our first: its pool of threads is not ours."""
    script = """
import highspy, numpy as np
from atoopt.solvers.highs_calls import set_threads
for ours in (False, True):
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    set_threads(highs, 1) if ours else highs.setOptionValue("threads", 2)
    highs.addVars(1, np.zeros(1), np.ones(1))
    highs.changeColsCost(1, np.zeros(1, dtype=np.int32), -np.ones(1))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal, ours
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("coefficient", [1e15, 3e20])
def test_coefficients_that_the_solver_refuses_are_named(coefficient: float) -> None:
    """The line says how large they are and what to do; below, the model is solved."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 1))
    model.row = pyo.Constraint(expr=coefficient * model.x <= 5)
    model.objective = pyo.Objective(expr=model.x, sense=pyo.maximize)
    with pytest.raises(InputError, match="HiGHS takes none from 1e") as error:
        HighsModel(model)
    assert error.value.place == "coefficients"
    model.row.set_value(9e14 * model.x <= 4.5e14)
    assert HighsModel(model).solve().objective == pytest.approx(0.5)
