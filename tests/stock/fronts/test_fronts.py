"""Cost against assembly time: every method against every stock, and what intervals claim."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.base.errors import InputError
from atoopt.pareto.filter import nondominated
from atoopt.pareto.front import Front
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.fronts.grid import search, take
from atoopt.stock.fronts.grid_journal import GridJournal
from atoopt.stock.fronts.levels import Level, Levels, values_of
from atoopt.stock.fronts.methods import model_is_exact
from atoopt.stock.fronts.solve_level import Answer, Task, solve_task
from tests.stock.reference import all_stocks, fitting_modules
from tests.stock.strategies import stock_instances

SMALL = stock_instances(3, min_components=2, max_products=7)


def by_brute_force(instance: StockInstance) -> np.ndarray:
    """Return cost and time of the undominated ones of all feasible stocks, by the evaluator."""
    stocks = [evaluate_masks(instance, stock) for stock in all_stocks(fitting_modules(instance))]
    values = np.array([(s.cost, s.mean_assembly_time) for s in stocks if s.feasible]).reshape(-1, 2)
    return values[nondominated(values, 1e-9)]


def assert_same(front: Front, wanted: np.ndarray) -> None:
    """The points are those, each with a stock that is feasible and has these values."""
    assert front.complete, front.stop_reason
    assert front.values.shape == wanted.shape
    np.testing.assert_allclose(front.values, wanted, rtol=1e-7, atol=1e-7)
    for point in front.points:
        assert point.solution.feasible
        assert point.objectives == (point.solution.cost, point.solution.mean_assembly_time)


@given(SMALL)
@settings(max_examples=60)
def test_enumeration_is_brute_force(instance: StockInstance) -> None:
    """With every feature of an instance, the front of all stocks is that of the definition."""
    assert_same(atoopt.pareto(instance, "enumeration"), by_brute_force(instance))


@given(SMALL.filter(model_is_exact))
@settings(max_examples=20)
def test_epsilon_constraint_is_enumeration(instance: StockInstance) -> None:
    """The model's front is the front of all stocks."""
    assert_same(atoopt.pareto(instance, "epsilon-constraint"), atoopt.pareto(instance, "enumeration").values)


@given(SMALL, st.integers(2, 6))
@settings(max_examples=15)
def test_intervals_hold(instance: StockInstance, n: int) -> None:
    """No bound is above a stock as fast; every undominated stock is a point or in a box, no farther than stated."""
    wanted = by_brute_force(instance)
    front = atoopt.pareto(instance, "decomposition", points=n)
    assert front.complete == (len(front.unexplored) == 0)
    assert len(front) == 0 if not len(wanted) else 1 <= len(front) <= n
    assert front.bounds is not None
    for (cost, time), bound in zip(front.values.tolist(), front.bounds.tolist(), strict=True):
        as_fast = wanted[wanted[:, 1] <= time + 1e-9]
        assert bound <= as_fast[:, 0].min() + 1e-6 * max(1.0, cost)
        assert bound <= cost
    near = 1e-6 * np.maximum(1.0, np.abs(wanted).max(axis=0, initial=0.0))
    for value in wanted:
        at_point = (np.abs(front.values - value) <= near).all(axis=1).any()
        boxes = front.unexplored
        assert at_point or ((boxes[..., 0] - near <= value) & (value <= boxes[..., 1] + near)).all(axis=1).any()
    if front.coverage_error is not None and len(wanted):
        span = np.where(np.ptp(front.values, axis=0) > 0, np.ptp(front.values, axis=0), 1.0)
        away = (np.abs(wanted[:, None] - front.values[None]) / span).max(axis=2).min(axis=1)
        assert away.max() <= front.coverage_error + 1e-5


@pytest.mark.parametrize("cost_basis", ["stock", "usage"])
def test_methods_agree_on_the_whole_curve(cost_basis: str) -> None:
    """Four components, every product: enumeration and model agree, and enough intervals close on them."""
    instance = four(cost_basis=cost_basis)
    wanted = atoopt.pareto(instance, "enumeration")
    assert_same(atoopt.pareto(instance, "epsilon-constraint"), wanted.values)
    assert_same(atoopt.pareto(instance), wanted.values)
    some = atoopt.pareto(instance, "decomposition", points=6)
    assert len(some) == 6
    assert (some.gaps < 1e-6).all()
    assert some.values[[0, -1]] == pytest.approx(wanted.values[[0, -1]])
    assert some.payoff == pytest.approx(wanted.payoff)
    for value in some.values:
        assert np.abs(wanted.values - value).max(axis=1).min() < 1e-6


def test_the_limit_on_the_time_ends_the_front() -> None:
    """With T, the front is the part of the whole curve that keeps it."""
    whole = atoopt.pareto(four())
    part = atoopt.pareto(four(max_mean_assembly_time=0.5))
    assert part.complete
    kept = whole.values[whole.values[:, 1] <= 0.5]
    assert part.values == pytest.approx(kept)
    assert len(kept) < len(whole)


def test_no_stock_is_an_empty_complete_front() -> None:
    """Every method says so of an instance that allows none; the solver of another name is refused."""
    nothing = four(max_modules=3)
    for method in ("auto", "enumeration", "epsilon-constraint", "decomposition"):
        front = atoopt.pareto(nothing, method)
        assert (len(front), front.complete) == (0, True)
    with pytest.raises(InputError, match="runs on highs"):
        atoopt.pareto(four(), "epsilon-constraint", solver="cbc")
    with pytest.raises(InputError, match="choose decomposition or auto"):
        atoopt.pareto(four(cost_basis="usage", costs=DEAR_MODULES), "epsilon-constraint")


def four(**changes: object) -> StockInstance:
    """Return all products of four components with uneven demand and no limit."""
    names = "abcd"
    sets = [[name for i, name in enumerate(names) if number >> i & 1] for number in range(1, 16)]
    instance = StockInstance(
        name="four", components=tuple(names), max_mean_assembly_time=None,
        products=tuple(Product(components=tuple(c), demand=float(1 + 7 * n % 5)) for n, c in enumerate(sets)),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
    )  # fmt: skip
    return instance.replace(**changes)


DEAR_MODULES = Costs(preassembly=11, fixed_transport=2, variable_transport=0.4, final_assembly=10)


# ---- solving at several times ----------------------------------------------------------------------


def stubborn(task: Task, run: Run) -> Answer:
    """Return the start, if there is one, and a bound of 1: a solver that finds and proves next to nothing."""
    return Answer(task, task.start, 1.0)


def test_points_without_proof_are_intervals() -> None:
    """A solver that proves little leaves bounds below the costs, one open region, and says why."""
    levels = Levels.of(four())
    assert search(levels, Run(), 5, stubborn)
    assert levels.bounds().tolist() == [1.0] * (len(levels.stocks) - 1) + [levels.stocks[-1].cost]
    boxes = levels.unexplored()
    assert boxes[:, 0, 0].tolist() == [1.0] * len(boxes)
    assert boxes[:, 1, 1].max() == levels.latest


@pytest.mark.parametrize("k", [1, 2, 4])
def test_a_run_that_is_stopped_keeps_what_it_has(k: int) -> None:
    """An interrupt at the k-th solve ends the search with the points so far."""
    run, solves = Run(), []

    def solver(task: Task, inner: Run) -> Answer:
        solves.append(task)
        if len(solves) == k:
            run.interrupted.set()
        return solve_task(task, inner)

    levels = Levels.of(four())
    search(levels, run, 10, solver)
    assert len(solves) == k
    assert len(levels.stocks) >= 1
    assert len(levels.unexplored())


def test_bounds_and_stocks_hold_at_other_times() -> None:
    """A bound at a large T holds below it, a stock at a small T above it; neither the other way round."""
    levels = Levels.of(four())
    slow, fast = evaluate_masks(four(), []), evaluate_masks(four(), four().product_masks)
    levels.add(Level(1.0, 20.0), [slow, fast])
    assert [levels.bound_at(time) for time in (0.5, 1.0, 1.5)] == [20.0, 20.0, 0.0]
    assert levels.best_at(0.0) is fast
    assert levels.best_at(slow.mean_assembly_time - 0.01) is fast
    assert levels.best_at(slow.mean_assembly_time) is slow
    levels.add(Level(1.0, 15.0), [])
    assert levels.solved == [Level(1.0, 20.0)]


def test_a_defective_answer_is_no_result() -> None:
    """A stock that breaks the limit it was asked for is a defect, not a point."""
    late = four(max_mean_assembly_time=0.1)
    with pytest.raises(RuntimeError, match="mean_assembly_time"):
        take(Levels.of(four()), Answer(Task(late, None, Options()), (), 0.0))


def test_a_run_goes_on_from_its_journal(tmp_path: Path) -> None:
    """Proven times are not solved for again, unproven ones are; another instance's journal is refused."""
    file = str(tmp_path / "f.journal")
    whole = atoopt.pareto(four(), "decomposition", points=5, journal=file)
    lines = Path(file).read_text().splitlines()
    Path(file).write_text("\n".join([*lines[:3], lines[3][: len(lines[3]) // 2]]))
    seen = []
    levels, journal = Levels.of(four()), GridJournal(file, four())
    journal.resume(levels)
    assert len(levels.solved) == 2
    search(levels, Run(), 5, lambda task, run: seen.append(task) or solve_task(task, run), journal.tell)
    assert values_of(levels.stocks) == pytest.approx(whole.values)
    assert len(seen) == len(whole.details["levels"]) - 3  # the fastest stock is known without a solve
    again = atoopt.pareto(four(), "decomposition", points=5, journal=file)
    assert again.values.tolist() == whole.values.tolist()
    with pytest.raises(InputError, match="not the journal of this instance"):
        atoopt.pareto(four(max_modules=9), "decomposition", journal=file)
    seen.clear()
    unproven = str(tmp_path / "g.journal")
    search(Levels.of(four()), Run(), 4, stubborn, GridJournal(unproven, four()).tell)
    levels = Levels.of(four())
    GridJournal(unproven, four()).resume(levels)
    assert len(levels.again) >= 1
    search(levels, Run(), 4, lambda task, run: seen.append(task) or solve_task(task, run))
    assert not levels.again
    assert (levels.bounds() >= values_of(levels.stocks)[:, 0] * (1 - 1e-6)).all()


def test_processes_that_die_take_only_their_own_points() -> None:
    """Of two solves at a time, those that ended are kept and proven; the search says that one is missing."""
    levels = Levels.of(four())
    assert not search(levels, Run(Options(jobs=2)), 9, dying)
    assert levels.bounds()[[0, -1]] == pytest.approx(values_of(levels.stocks)[[0, -1], 0])
    assert len(levels.stocks) > 1


def dying(task: Task, run: Run) -> Answer:
    """Solve, but end the process in the middle of the range."""
    time = task.instance.max_mean_assembly_time
    if time is not None and 0.0 < time < 0.9:
        os.kill(os.getpid(), signal.SIGKILL)
    return solve_task(task, run)


def test_a_full_disk_costs_the_journal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The front is found all the same, and the journal is given up with one warning."""
    append, calls = GridJournal._append_bytes, []

    def full(self: GridJournal, line: bytes) -> None:
        calls.append(line)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        append(self, line)

    monkeypatch.setattr(GridJournal, "_append_bytes", full)
    front = atoopt.pareto(four(), "decomposition", points=5, journal=str(tmp_path / "f.journal"))
    assert front.values.tolist() == atoopt.pareto(four(), "decomposition", points=5).values.tolist()
    assert len(calls) == 3 and [record.levelname for record in caplog.records] == ["WARNING"]


def test_a_point_keeps_the_limit_within_one_tolerance() -> None:
    """Solved for at the time of a stock that is slower than the limit by its room, another room may not be added."""
    demand = {"ab": 1.0, "cd": 6e-10, "bc": 6e-10, "ad": 6e-10}
    products = tuple(Product(components=tuple(letters), demand=amount) for letters, amount in demand.items())
    costs = Costs(preassembly=1.86, fixed_transport=0.001, variable_transport=0.001, final_assembly=1.0)
    instance = StockInstance(
        name="rare", components=tuple("abcd"), products=products, costs=costs, max_mean_assembly_time=0.0
    )
    front = atoopt.pareto(instance, "decomposition")
    assert front.complete
    assert not any(point.solution.violations for point in front.points)
    assert_same(front, by_brute_force(instance))


def test_times_that_are_asked_for() -> None:
    """Each is solved for, and nothing else is; its point is the optimum there. What is no time is refused."""
    times = (0.3, 0.7, 0.5, 9.0)
    front = atoopt.pareto(four(max_mean_assembly_time=None), "decomposition", times=times)
    alone = [atoopt.solve(four(max_mean_assembly_time=time), "milp").solution for time in times]
    assert {round(cost, 9) for cost in front.values[:, 0]} == {round(stock.cost, 9) for stock in alone}
    assert front.bounds == pytest.approx(front.values[:, 0])
    for bad in ((), "x", (-1.0,), (float("nan"),), (True,)):
        with pytest.raises(InputError, match="times: "):
            atoopt.pareto(four(), times=bad)
