"""A solver that fails or stops at the k-th solve, limits, interrupts: incomplete, with a reason, no point lost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from atoopt.pareto import pareto_front
from atoopt.pareto.search.subproblem import Solved, Subproblems
from tests.pareto.problems import hard_knapsack, knapsack_front, real_knapsack

Values = tuple[float, float]


class Mock:
    """The solver, except that its k-th solve, or every one from there on, gives something else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, k: int, answer: Solved, *, once: bool) -> None:
        self.proven: list[Values] = []
        solve, count = Subproblems.minimize, 0

        def minimize(subproblems: Subproblems, weights: Any, limits: Any, start: Any, seconds: float) -> Solved:
            nonlocal count
            count += 1
            if count == k or (count > k and not once):
                return answer
            solved = solve(subproblems, weights, limits, start, seconds)
            # a solve with two weights gives a point by itself
            if solved.columns is not None and min(weights) > 0:
                first, second = subproblems.program.values(solved.columns)
                self.proven.append((-first, second))
            return solved

        monkeypatch.setattr(Subproblems, "minimize", minimize)


@pytest.mark.parametrize("method", ["epsilon-constraint", "dichotomy", "balanced-box"])
@pytest.mark.parametrize(("outcome", "k"), [("stopped", k) for k in (1, 2, 3, 5, 8)] + [("failed", 2), ("failed", 6)])
def test_no_answer_is_not_infeasibility(method: str, outcome: Any, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the k-th solve on no answer: incomplete, a reason, boxes that hold all the rest, and no point lost."""
    model, data = hard_knapsack(10)
    wanted = knapsack_front(*data)
    mock = Mock(monkeypatch, k, Solved(outcome), once=False)
    front = pareto_front(model, (model.first, model.second), method)
    assert not front.complete
    assert front.stop_reason in ("a solve stopped before its proof", "the solver failed on a sub-problem")
    found = {tuple(v) for v in front.values.tolist()}
    assert found >= set(mock.proven)
    assert len(found - {tuple(v) for v in wanted.tolist()}) <= 2  # at most an incumbent of each end
    for first, second in wanted.tolist():
        inside = [(b[0, 0] <= first <= b[0, 1] and b[1, 0] <= second <= b[1, 1]) for b in front.unexplored]
        assert (first, second) in found or any(inside)


@pytest.mark.parametrize(("outcome", "k"), [("stopped", 6), ("failed", 9)])
def test_one_bad_solve_is_made_up_for(outcome: Any, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One solve without an answer between the ends: the rest is searched, that box is tried again, all are found."""
    model, data = hard_knapsack(10)
    Mock(monkeypatch, k, Solved(outcome), once=True)
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert front.values.tolist() == knapsack_front(*data).tolist()


@pytest.mark.parametrize("k", [5, 12])
def test_a_false_infeasible_is_noticed(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A known solution shows that a box is feasible: a solver that denies it is asked again, not believed."""
    model, data = hard_knapsack(10)
    Mock(monkeypatch, k, Solved("infeasible"), once=True)
    front = pareto_front(model, (model.first, model.second))
    assert front.complete
    assert front.values.tolist() == knapsack_front(*data).tolist()


def test_incumbents_are_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stopped solve had found is a point, and counted as not proven."""
    model, _ = hard_knapsack(10)
    Mock(monkeypatch, 1, Solved("stopped", np.zeros(10)), once=False)
    front = pareto_front(model, (model.first, model.second))
    assert front.values.tolist() == [[0.0, 0.0]]
    assert front.details["unproven_points"] == 1
    assert np.isinf(front.unexplored).any()


def test_what_is_proven_of_the_ends_bounds_the_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends that are not proven: the boxes beyond them go as far as the solver's bounds."""
    model, data = hard_knapsack(10)
    wanted = knapsack_front(*data)
    Mock(monkeypatch, 1, Solved("stopped", np.eye(10)[0], -10_000.0), once=True)
    front = pareto_front(model, (model.first, model.second))
    assert not front.complete
    assert front.unexplored[:, 0].max() == 10_000
    assert front.unexplored[:, 1].min() == wanted[:, 1].min()


def test_real_values_when_the_second_stage_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solution of a first stage is kept when its second stage gets no answer."""
    model, wanted = real_knapsack()
    Mock(monkeypatch, 2, Solved("stopped"), once=False)
    front = pareto_front(model, (model.first, model.second))
    assert len(front) == 1
    assert front.values[0, 0] == pytest.approx(wanted[:, 0].max())
    assert not front.complete


def test_no_time_gives_no_points() -> None:
    """With no time at all the front is empty, incomplete, and says why; the whole space is unexplored."""
    model, _ = hard_knapsack(10)
    front = pareto_front(model, (model.first, model.second), time_limit=0.0)
    assert not front.complete
    assert front.stop_reason == "time limit"
    assert front.unexplored.tolist() == [[[-math.inf, math.inf]] * 2]


def test_interrupt_gives_the_points_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the search with what it has."""
    import signal

    model, data = hard_knapsack(10)
    solve, count = Subproblems.minimize, 0

    def minimize(*arguments: Any) -> Solved:
        nonlocal count
        count += 1
        if count == 8:
            signal.raise_signal(signal.SIGINT)
        return solve(*arguments)

    monkeypatch.setattr(Subproblems, "minimize", minimize)
    front = pareto_front(model, (model.first, model.second))
    assert not front.complete
    assert front.stop_reason == "interrupted"
    assert 2 <= len(front) < len(knapsack_front(*data))
    assert len(front.unexplored)
