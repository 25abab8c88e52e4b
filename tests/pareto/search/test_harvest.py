"""Solutions met on the way: starts, and only where they are solutions."""

from __future__ import annotations

import numpy as np
import pytest

import atoopt.pareto.search.harvest as harvesting
from atoopt.pareto.filter import nondominated
from atoopt.pareto.program.compile import Program, compile_program
from atoopt.pareto.program.scale import Scale
from atoopt.pareto.search.harvest import Harvest
from atoopt.pareto.search.search import FREE, Search
from atoopt.solvers.run import Options, Run
from tests.pareto.problems import facility_location, hard_knapsack, integer_knapsack


def program_of(model: object) -> Program:
    """Compile a model."""
    return compile_program(model, (model.first, model.second))[0]  # type: ignore[attr-defined]


def harvest_of(program: Program) -> Harvest:
    """Return an empty harvest."""
    return Harvest(program, Scale.of(program))


def test_keeps_what_is_not_dominated() -> None:
    """Of all solutions with at most two items, the non-dominated ones are known."""
    program = program_of(integer_knapsack()[0])
    n = program.n_columns
    met = [np.zeros(n), *np.eye(n)]
    harvest = harvest_of(program)
    harvest.take(met)
    values = np.array([harvest.scale.values(program, columns) for columns in met])
    best = {
        tuple(v) for v in values.tolist() if not any((w <= v).all() and (w < v).any() for w in values)
    }  # fmt: skip
    assert {values for values, _ in harvest.known} == best


def test_refuses_what_breaks_a_row_or_a_bound() -> None:
    """All items together do not fit, and nothing is taken twice."""
    program = program_of(integer_knapsack()[0])
    harvest = harvest_of(program)
    harvest.take([np.ones(program.n_columns), np.full(program.n_columns, -1.0), np.eye(program.n_columns)[0] * 2])
    assert harvest.known == []


def test_refuses_continuous_columns() -> None:
    """A value that only the solver's tolerance allows would be taken for a solution."""
    program = program_of(facility_location()[0])
    harvest = harvest_of(program)
    harvest.take([np.ones(program.n_columns)])
    assert harvest.known == []


def test_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many solutions that do not dominate each other the last ones are remembered."""
    monkeypatch.setattr(harvesting, "MOST_NUMBERS", 3 * 40 + 39)
    program = program_of(hard_knapsack(40)[0])
    harvest = harvest_of(program)
    single = np.eye(40)
    for columns in single:
        harvest.take([columns])
    values = np.array([harvest.scale.values(program, columns) for columns in single])
    front = nondominated(values)
    assert len(front) > 3
    assert len(harvest.known) == 3
    assert all(harvest.scale.values(program, columns) == values for values, columns in harvest.known)


def test_a_solve_fills_it() -> None:
    """What the solver meets while it looks for one point is known afterwards, and starts others."""
    model, _ = hard_knapsack(40)
    program = program_of(model)
    search = Search(program, Scale.of(program), Run(Options()))
    point = search.lexicographic(0, FREE)
    assert point is not None
    assert search.harvest.known
    values, columns = search.harvest.known[-1]
    start = search._best_start((0.0, 1.0), values)
    assert start is not None
    assert search.scale.values(program, start)[1] <= values[1]
    assert program.values(columns) == program.values(np.rint(columns))
