"""One suite of small models over every solver that is here: outcomes, values, bounds, senses, rows, columns."""

from __future__ import annotations

import gzip
import threading
import time
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest

from atoopt.base.errors import InputError
from atoopt.solvers.arrays.file_model import check_columns, read_model
from atoopt.solvers.others.ask import ModelRefused
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Options, Run
from atoopt.solvers.solve_file import solve_file

from .conftest import ASSIGNMENT, HERE

every_solver = pytest.mark.parametrize("solver", HERE)


def options(solver: str, **more: object) -> Run:
    """Return a run of one thread, with a limit that no small model comes near to."""
    return Run(Options(solver=solver, threads=1, **{"time_limit": 60.0, **more}))  # type: ignore[arg-type]


def whole_model(sense: int, offset: float = 0.0) -> pyo.ConcreteModel:
    """Return a model of general integers with an equality, a lower limit and a range of variables below 0."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=pyo.Integers, bounds=(-4, 7))
    model.y = pyo.Var(domain=pyo.Integers, bounds=(0, 9))
    model.z = pyo.Var(domain=pyo.Binary)
    model.equal = pyo.Constraint(expr=2 * model.x + 3 * model.y == 8)
    model.least = pyo.Constraint(expr=model.x + 5 * model.z >= 1)
    sign = 1 if sense == pyo.minimize else -1
    model.cost = pyo.Objective(expr=offset + sign * (3 * model.x + model.y + 4 * model.z), sense=sense)
    return model


@every_solver
@pytest.mark.parametrize("sense", [pyo.minimize, pyo.maximize])
@pytest.mark.parametrize("offset", [0.0, 100.25])
def test_optimum_of_whole_columns(solver: str, sense: int, offset: float) -> None:
    """Either sense, with a constant or without: x = -2, y = 4, z = 1, found by hand; the bound is the optimum."""
    model = whole_model(sense, offset)
    answer = solve_model(model, options(solver))
    sign = 1 if sense == pyo.minimize else -1
    assert answer.outcome == "optimal"
    assert (model.x.value, model.y.value, model.z.value) == (-2, 4, 1)
    assert answer.objective == pytest.approx(offset + sign * 2)
    assert answer.bound == pytest.approx(answer.objective)
    assert answer.version[0].isdigit()


@every_solver
def test_free_columns_and_ranges(solver: str) -> None:
    """A column that is not whole, without bounds, and a row with two sides; CP-SAT proves nothing of such a model."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    model.y = pyo.Var(domain=pyo.Integers, bounds=(0, 6))
    model.between = pyo.Constraint(expr=(-3.5, model.x - model.y, 4.0))
    model.least = pyo.Constraint(expr=model.x + 2 * model.y >= 5.5)
    model.cost = pyo.Objective(expr=2 * model.x + 3 * model.y)
    answer = solve_model(model, options(solver))
    if solver == "cp-sat":
        assert (answer.outcome, answer.bound) == ("stopped", None)
        assert answer.objective is None or answer.objective >= 8.0
        return
    assert (answer.outcome, answer.objective) == ("optimal", pytest.approx(8.0))  # y = 3, x = -0.5


@every_solver
def test_a_model_without_whole_columns(solver: str) -> None:
    """A linear program has a bound, too."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(2), bounds=(0, 10))
    model.most = pyo.Constraint(expr=model.x[0] + 2 * model.x[1] <= 8)
    model.worth = pyo.Objective(expr=model.x[0] + 3 * model.x[1], sense=pyo.maximize)
    answer = solve_model(model, options(solver))
    assert answer.objective == pytest.approx(12.0)
    assert answer.bound == pytest.approx(12.0)


@every_solver
def test_infeasible(solver: str) -> None:
    """No whole number lies between: there is no solution, and no bound is made up."""
    model = whole_model(pyo.minimize)
    model.odd = pyo.Constraint(expr=2 * model.x + 4 * model.y == 7)
    answer = solve_model(model, options(solver))
    assert (answer.outcome, answer.objective) == ("infeasible", None)


@every_solver
def test_unbounded(solver: str) -> None:
    """Profit grows without end; a solver that takes no column without bounds says which."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=pyo.NonNegativeIntegers)
    model.y = pyo.Var(domain=pyo.NonNegativeIntegers, bounds=(0, 3))
    model.row = pyo.Constraint(expr=model.x - model.y >= 0)
    model.worth = pyo.Objective(expr=model.x + model.y, sense=pyo.maximize)
    if solver == "cp-sat":
        with pytest.raises(ModelRefused, match="without bounds"):
            solve_model(model, options(solver))
        return
    answer = solve_model(model, options(solver))
    assert (answer.outcome, answer.bound) == ("unbounded", None)


@every_solver
def test_a_start_is_taken_or_left(solver: str) -> None:
    """With the values of a solution in the variables, the answer is the same."""
    model = whole_model(pyo.minimize)
    model.x.value, model.y.value, model.z.value = 1, 2, 0
    assert solve_model(model, options(solver), start=True).objective == pytest.approx(2.0)


KNOWN = 15_000
"""`hard` has solutions worth more."""


def hard(path: Path) -> Path:
    """Write a knapsack of 40 rows that nobody proves in a second, with a constant, maximized."""
    rng = np.random.default_rng(3)
    weight, worth = rng.integers(5, 120, (40, 400)), rng.integers(10, 99, 400)
    lines = ["Maximize", " worth: " + " ".join(f"+ {c} x{j}" for j, c in enumerate(worth)) + " + 1000.25", "Subject To"]
    lines += [
        f" r{i}: " + " ".join(f"+ {a} x{j}" for j, a in enumerate(row)) + f" <= {row.sum() // 2}"
        for i, row in enumerate(weight)
    ]
    path.write_text("\n".join([*lines, "Binary", " " + " ".join(f"x{j}" for j in range(400)), "End", ""]))
    return path


@every_solver
def test_a_bound_at_the_time_limit_is_a_bound(solver: str, tmp_path: Path) -> None:
    """A maximization that is not finished in time: what is there keeps the rows, and the bound is above all of it."""
    model = read_model(hard(tmp_path / "hard.lp"))
    run = options(solver, time_limit=2.0)
    found = solve_file(model, run)
    assert found.outcome == "stopped" and found.minimize is False
    if found.values is not None:
        violations, objective = check_columns(model, found.values)
        assert violations == () and objective == pytest.approx(found.objective)
    assert found.bound is not None and KNOWN <= found.bound < 25_000
    known = [point.incumbent for point in run.trajectory if point.incumbent is not None]
    assert known == sorted(known) and (not known or known[-1] <= found.bound)


@every_solver
def test_an_interrupt_ends_the_solve(solver: str, tmp_path: Path) -> None:
    """What was asked to stop stops within seconds, and leaves no process behind."""
    if solver in ("appsi_highs", "gurobi", "cplex", "xpress"):
        pytest.skip("Pyomo's interfaces look at no interrupt")
    run = options(solver)
    timer = threading.Timer(2.0, run.interrupted.set)
    timer.start()
    began = time.monotonic()
    found = solve_file(hard(tmp_path / "hard.lp"), run)
    assert time.monotonic() - began < 20
    assert found.outcome == "stopped"


@every_solver
@pytest.mark.skipif(not ASSIGNMENT.exists(), reason=f"{ASSIGNMENT.name} is not here")
def test_generalized_assignment(solver: str) -> None:
    """The optimum is 613, by every solver, and substitution agrees."""
    found = solve_file(ASSIGNMENT, options(solver, seed=3))
    assert (found.outcome, found.objective, found.bound) == ("optimal", pytest.approx(613), pytest.approx(613))
    assert found.values is not None and check_columns(ASSIGNMENT, found.values) == ((), pytest.approx(613))


@pytest.mark.parametrize(
    ("solver", "option"),
    [("highs", "mip_no_such_option"), ("scip", "limits/no_such"), ("cbc", "noSuchCommand"), ("glpk", "no-such")],
)
def test_an_option_that_a_solver_does_not_know(solver: str, option: str) -> None:
    """It is one line that names the option: nothing is solved without it."""
    if solver not in [case.values[0] for case in HERE if not case.marks]:
        pytest.skip(f"{solver} is not installed")
    run = options(solver, solver_options={option: 1})
    if solver in ("highs", "scip"):
        with pytest.raises(InputError, match=option):
            solve_model(whole_model(pyo.minimize), run)
        return
    answer = solve_model(whole_model(pyo.minimize), run)
    assert answer.outcome == "failed" and option in answer.message


@pytest.mark.parametrize(
    ("solver", "given"),
    [
        ("highs", ("mip_max_nodes", 0)), ("scip", ("limits/nodes", 1)), ("cbc", ("maxNodes", 0)),
        ("cp-sat", ("stop_after_first_solution", True)),
    ],
)  # fmt: skip
def test_options_reach_the_solver(solver: str, given: tuple[str, object], tmp_path: Path) -> None:
    """A solver that may look at no node ends long before its time."""
    if solver not in [case.values[0] for case in HERE if not case.marks]:
        pytest.skip(f"{solver} is not installed")
    began = time.monotonic()
    found = solve_file(hard(tmp_path / "hard.lp"), options(solver, solver_options=dict([given])))
    assert found.outcome == "stopped" and time.monotonic() - began < 40


def test_a_compressed_file_is_the_same_model(tmp_path: Path) -> None:
    """What is packed is read like what is not."""
    plain = hard(tmp_path / "hard.lp")
    packed = tmp_path / "hard.lp.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    first, second = read_model(plain), read_model(packed)
    assert first.names == second.names
    np.testing.assert_array_equal(first.form.costs, second.form.costs)
