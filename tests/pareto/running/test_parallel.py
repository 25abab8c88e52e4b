"""Child processes: the same front, nothing twice, and no point lost when one is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from atoopt.pareto import pareto_front
from atoopt.pareto.methods.engine import front_of
from atoopt.pareto.program.compile import compile_program
from atoopt.pareto.running import children
from atoopt.pareto.running.journal import Journal
from atoopt.pareto.search.found import Settings
from atoopt.solvers.run import Options, Run
from tests.pareto.problems import hard_knapsack, knapsack_front, linear_program, real_knapsack


def test_real_values_and_lines_in_two_processes() -> None:
    """Real values and linear programs too; and as many points as asked for, no more."""
    model, wanted = real_knapsack()
    front = pareto_front(model, (model.first, model.second), jobs=2)
    assert front.complete
    assert front.values.shape == wanted.shape
    line, corners = linear_program()
    assert len(pareto_front(line, (line.first, line.second), "dichotomy", jobs=2)) == len(corners)
    assert len(pareto_front(line, (line.first, line.second), points=9, jobs=2)) == 9


def test_nothing_is_found_twice_at_the_seams(tmp_path: Path) -> None:
    """Two processes find what one finds, and their journal holds each point once."""
    model, data = hard_knapsack(12)
    journal = tmp_path / "journal"
    found = front_of(model, (model.first, model.second), Run(Options(jobs=2)), Settings(journal=journal))
    assert found.complete
    assert found.values.tolist() == knapsack_front(*data).tolist()
    program, _ = compile_program(model, (model.first, model.second))
    told = Journal(journal).replay(program.n_columns)
    values = [program.values(columns) for columns, proven in told.solutions if proven]
    assert len(values) == len(set(values)) == len(knapsack_front(*data))
    assert told.boxes == []


def kill_a_child(journal: Path, killed: list[int]) -> None:
    """Wait until children have written, then kill one of them."""
    from joblib.externals.loky import reusable_executor

    until = time.monotonic() + 60
    while time.monotonic() < until and not (journal.exists() and journal.read_bytes().count(b"columns") > 8):
        time.sleep(0.01)
    killed.append(next(iter(reusable_executor._executor._processes)))
    os.kill(killed[0], signal.SIGKILL)


def test_killed_child_loses_no_point(tmp_path: Path) -> None:
    """One of two children is killed in the middle: its box is searched by another, and the front is complete."""
    model, data = hard_knapsack(16, 0)
    journal, killed = tmp_path / "journal", []
    killer = threading.Thread(target=kill_a_child, args=(journal, killed))
    killer.start()
    found = front_of(model, (model.first, model.second), Run(Options(jobs=2)), Settings(journal=journal))
    killer.join()
    assert killed
    assert found.complete
    assert found.values.tolist() == knapsack_front(*data).tolist()


def test_a_box_that_kills_its_processes_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every child dies, the front is incomplete and says so; the ends are there."""
    monkeypatch.setattr(children, "search_piece", die)
    monkeypatch.setattr(children, "DEATHS", 1)
    model, data = hard_knapsack(10)
    front = pareto_front(model, (model.first, model.second), jobs=2)
    assert not front.complete
    assert front.stop_reason == "a child process died"
    assert front.values.tolist() == knapsack_front(*data)[[0, -1]].tolist()
    assert len(front.unexplored) == 1


def die(*_arguments: object) -> None:
    """End this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_time_limit_ends_the_children() -> None:
    """Children stop with the run, and what they had found is here, with the boxes that are left."""
    model, _ = hard_knapsack(60)
    front = pareto_front(model, (model.first, model.second), jobs=2, time_limit=1.0)
    assert not front.complete
    assert front.stop_reason == "time limit"
    assert len(front) >= 2
    assert len(front.unexplored)
    assert front.seconds < 10


@pytest.mark.slow  # 6 s: a cluster starts
def test_dask_cluster() -> None:
    """The same front from the workers of a local dask cluster, of the current client."""
    distributed = pytest.importorskip("distributed")
    model, data = hard_knapsack(12)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster):
        front = pareto_front(model, (model.first, model.second), jobs=2, backend="dask")
    assert front.complete
    assert front.values.tolist() == knapsack_front(*data).tolist()
