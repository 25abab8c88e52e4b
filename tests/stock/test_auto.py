"""Method auto: what it starts from, when the proof begins, and that nothing found is lost."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import pytest

import atoopt
import atoopt.stock.annealing.schedule as schedule
import atoopt.stock.auto as auto
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Options, Run
from atoopt.stock import StockInstance
from atoopt.stock.annealing import anneal
from atoopt.stock.annealing.beside import _Walk, annealing_beside, head_start
from atoopt.stock.annealing.schedule import moves_until_look
from atoopt.stock.cost import least_cost
from atoopt.stock.data.generate import sparse, wire_harness
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.heuristics.greedy import greedy_stock
from atoopt.stock.incumbent import Incumbent


@pytest.mark.parametrize(
    "instance",
    [
        atoopt.load("instances/stock/uniform-5.json"),
        atoopt.load("instances/stock/laptops.json"),
        wire_harness(70, 200, 2, max_mean_assembly_time=2.0),
        sparse(16, 60, 3, max_mean_assembly_time=1.0),
    ],
    ids=lambda instance: instance.name,
)
@pytest.mark.parametrize("limit", [0.0, 0.5])
def test_never_worse_than_its_start(instance: StockInstance, limit: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the time, the greedy stock is the least that is answered, with a bound."""
    starts: list[list[int]] = []

    def first(*given: Any) -> list[int] | None:
        stock = greedy_stock(*given)
        starts.append(stock or [])
        return stock

    monkeypatch.setattr(auto, "first_stock", first)
    result = atoopt.solve(instance, "auto", time_limit=limit)
    assert len(starts) == 1
    assert result.objective is not None
    assert result.objective <= evaluate_masks(instance, starts[0]).cost + 1e-9
    assert result.bound is not None
    assert result.bound <= result.objective


def test_the_walk_s_stock_is_the_answer_where_the_proof_has_a_dearer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What annealing finds beside the proof is not lost."""
    instance = atoopt.load("instances/stock/laptops.json")
    best = 90.6508551477437

    def prove(instance: StockInstance, run: Run, incumbent: Incumbent, columns: float) -> Claim:
        while incumbent.cost > best + 1e-6 and not run.stopped:
            time.sleep(0.01)
        return Claim([], bound=1.0)

    monkeypatch.setattr(auto, "_prove", prove)
    result = atoopt.solve(instance.replace(max_mean_assembly_time=None), "auto", time_limit=60)
    assert result.objective is not None
    assert result.objective <= best + 1e-6
    assert result.bound == 1.0


def test_where_no_time_is_left_the_proof_is_not_begun() -> None:
    """Decomposition would look at the clock too late."""
    instance = wire_harness(70, 200, 2, max_mean_assembly_time=2.0)
    run = Run(Options(time_limit=1.0))
    claim = auto._prove(instance, run, Incumbent(instance, run), math.inf)
    assert claim.details["picked"] == "annealing"
    assert claim.bound is None
    result = atoopt.solve(instance, "auto", time_limit=0.2)
    assert result.bound == pytest.approx(least_cost(instance))


def test_annealing_has_the_time_that_no_proof_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the walk settles and nothing is proven, it goes on until the limit: the run does not end before."""
    instance = wire_harness(70, 200, 2, max_mean_assembly_time=2.0)
    monkeypatch.setattr(auto, "_prove", lambda *_: Claim())
    assert atoopt.solve(instance, "auto", time_limit=1.5).seconds >= 1.5


@pytest.mark.parametrize(
    ("limit", "threads", "seconds"),
    [(1.0, None, 1.0), (3.0, None, 3.0), (4.0, None, 2.0), (10.0, 2, 3.0), (30.0, None, 7.5), (600.0, None, 8.0),
     (None, None, 8.0), (10.0, 1, 5.0), (None, 1, 30.0)],
)  # fmt: skip
def test_short_limits_are_all_annealing_s(limit: float | None, threads: int | None, seconds: float) -> None:
    """A few seconds alone, then beside the proof; with one thread, one after the other."""
    run = Run(Options(time_limit=limit, threads=threads))
    assert head_start(run) == pytest.approx(seconds, abs=0.05)


def test_a_walk_has_settled_after_a_long_while_without_news() -> None:
    """Twice as long as it took to find the best stock, and three tenths of a second at least."""
    instance = atoopt.load("instances/stock/uniform-5.json")
    walk, now = _Walk(Incumbent(instance, Run()), math.inf), time.monotonic()
    assert not walk.settled  # it has not begun
    walk.began, walk.found = now - 100.0, now - 50.0
    assert not walk.settled
    walk.found = now - 80.0
    assert walk.settled
    walk.began = walk.found = now - 0.1
    assert not walk.settled


@pytest.mark.parametrize(("threads", "goes_on"), [(None, True), (1, False)])
def test_a_single_thread_does_not_anneal_beside_the_proof(threads: int | None, goes_on: bool) -> None:
    """With two or more, the same walk goes on."""
    instance = atoopt.load("instances/stock/harness-24.json")
    incumbent = Incumbent(instance, Run(Options(threads=threads)))
    interval = sys.getswitchinterval()
    with annealing_beside(incumbent, 0.2) as walk:
        assert walk.is_alive() == goes_on
    assert not walk.is_alive()
    assert sys.getswitchinterval() == interval
    assert incumbent.found


def test_one_that_counts_costs_in_another_unit_follows() -> None:
    """What is kept is offered on, what is refused is not."""
    instance = atoopt.load("instances/stock/uniform-5.json")
    incumbent, follower = Incumbent(instance, Run()), Incumbent(instance, Run())
    incumbent.followers.append(follower)
    incumbent.offer([0b11, 0b1100, 0b11100, 0b11111, 0b10011, 0b1111])
    assert follower.cost == incumbent.cost < math.inf
    incumbent.offer(instance.product_masks)
    assert follower.cost == incumbent.cost


def test_looks_at_the_clock_change_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block of moves that is made in many parts is the same walk."""
    instance = atoopt.load("instances/stock/harness-12.json")
    whole = anneal(instance, seed=3, moves=6_000)
    monkeypatch.setattr(schedule, "LOOK", 0.0)
    parts = anneal(instance, seed=3, moves=6_000)
    assert (parts.stock, parts.moves, parts.statistics) == (whole.stock, whole.moves, whole.statistics)


def test_slow_moves_are_made_few_at_once() -> None:
    """Never fewer than one, never more than four times as many as before."""
    assert moves_until_look(100, 50.0) == 1
    assert moves_until_look(100, 1e-6) == 400
    assert moves_until_look(900, 1e-6) == 1_000


def test_a_stop_ends_a_block_of_slow_moves() -> None:
    """After the first moves of a block, not after all of them."""
    instance = atoopt.load("instances/stock/harness-12.json")
    assert anneal(instance, seed=1, moves=50_000, stopped=lambda: True).moves < 1_000
