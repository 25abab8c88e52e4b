"""Threads beside the search: none where one is all there may be, and no fault of theirs goes unseen."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.solvers.run import Options, Run
from atoopt.solvers.running.threads import HelperThread
from atoopt.stock import annealing
from atoopt.stock.annealing.beside import annealing_beside
from atoopt.stock.column_generation import leaf
from atoopt.stock.column_generation import solve as decompose
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.clique_cuts import CliqueCuts, NewCliques, only_cliques
from atoopt.stock.column_generation.parameters import Parameters
from atoopt.stock.incumbent import Incumbent

INSTANCE = atoopt.load("instances/stock/harness-12.json")


def helpers() -> int:
    """Return how many helper threads are at work."""
    return sum(isinstance(thread, HelperThread) for thread in threading.enumerate())


@pytest.mark.parametrize(("threads", "beside"), [(1, 0), (2, 1), (None, 1)])
@pytest.mark.parametrize("head_start", [0.0, 0.2])
def test_one_thread_is_one(
    threads: int | None, beside: int, head_start: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Annealing goes on beside the block where there may be two threads; else it has ended before."""
    walks = []

    def walk(*_: Any, stopped: Any, **__: Any) -> None:
        walks.append(head_start)
        while not stopped():
            threading.Event().wait(0.01)

    monkeypatch.setattr(annealing, "anneal", walk)
    with annealing_beside(Incumbent(INSTANCE, Run(Options(threads=threads))), head_start):
        assert helpers() == beside
    assert helpers() == 0
    assert bool(walks) == bool(beside or head_start)


def test_one_thread_runs_no_milp_beside() -> None:
    """No MILP of the root beside the tree; with two threads there is one, and its fault is raised."""
    last = SimpleNamespace(module=np.zeros(3), pair=np.zeros(3))
    for threads, started in ((1, False), (2, True)):
        run = Run(Options(threads=threads))
        search: Any = SimpleNamespace(run=run, milp_beside=None, parameters=Parameters())
        leaf.start_milp_beside(search, last)  # type: ignore[arg-type]
        assert (search.milp_beside is not None) == started
    with pytest.raises(AttributeError):  # there is no pool in this search
        search.milp_beside.finish()


def test_a_search_of_one_thread_has_none_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """While nodes are bounded and modules priced, no helper but that of a solver is at work."""
    seen = []
    lay_out = ColumnPool.restricted_master

    def watched(self: ColumnPool, *arguments: Any) -> Any:
        seen.append(helpers())
        return lay_out(self, *arguments)

    monkeypatch.setattr(ColumnPool, "restricted_master", watched)
    claim = decompose(INSTANCE, Run(Options(threads=1, time_limit=60.0)))
    assert claim.bound == pytest.approx(63.88, abs=0.01)
    assert set(seen) == {0}


def test_a_fault_in_annealing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search comes to its end, and then says what happened."""

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(annealing, "anneal", broken)
    with pytest.raises(ZeroDivisionError):
        decompose(INSTANCE, Run(Options(time_limit=30.0)))


def test_cliques_are_looked_for_without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread can read and add meanwhile; where it changed the cuts, they are looked for again."""
    add, free, looked = ColumnPool.add_cliques, [], []

    def watched(self: ColumnPool, separate: Any, halted: Any) -> int:
        def look(cuts: CliqueCuts) -> NewCliques:
            def other() -> None:
                free.append(self._lock.acquire(timeout=5.0))
                self._lock.release()

            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
            looked.append(cuts)
            if len(looked) == 1:  # as if another thread had found some
                self.cliques = only_cliques(self.cliques, np.ones(self.cliques.n_cuts, dtype=bool))
            new: NewCliques = separate(cuts)
            return new

        return add(self, look, halted)

    monkeypatch.setattr(ColumnPool, "add_cliques", watched)
    claim = decompose(INSTANCE, Run(Options(threads=1, time_limit=60.0)))
    assert claim.bound == pytest.approx(63.88, abs=0.01)
    assert len(looked) > 1 and all(free)
    assert looked[1] is not looked[0]
