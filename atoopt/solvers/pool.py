"""Tasks solved one after the other, or several at once, each in a process of its own.

Tasks are taken from an iterator as processes become free, so that what the first ones found can start the later ones.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, Protocol, TypeVar

from atoopt.solvers.processes import end_with_parent
from atoopt.solvers.run import Listener, Options, Run

PATIENCE = 0.1
"""Seconds between two looks at the clock while other processes work."""


class Task(Protocol):
    """What is to be solved: the options of its run, and whatever its solver knows how to read."""

    @property
    def options(self) -> Options:
        """With this task's share of the time."""


T = TypeVar("T", bound=Task)
A = TypeVar("A")


@contextlib.contextmanager
def workers(
    run: Run, solver: Callable[[T, Run], A], listen: Callable[[T], Listener | None] = lambda task: None
) -> Iterator[Callable[[Iterable[T]], Iterator[A]]]:
    """Give the function that solves tasks, ``run.options.jobs`` of them at once, and yields the answers as they come.

    An interrupt of the run reaches every process; one that dies takes its own answer with it, no other, and no
    further task is begun.

    Parameters
    ----------
    run : Run
    solver : callable
        (task, run of that task) -> answer; with several jobs it is pickled.
    listen : callable
        Task -> what hears of its progress; with several jobs nothing does.
    """
    if run.options.jobs == 1:
        yield lambda tasks: (solver(task, _inner(task, run, listen(task))) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    interrupted = context.Event()
    pool = ProcessPoolExecutor(run.options.jobs, context, _ignore_interrupts, (interrupted,))
    try:
        yield partial(_in_processes, pool, run, interrupted, solver)
    finally:
        interrupted.set()
        pool.shutdown(cancel_futures=True)


def _inner(task: Task, run: Run, listener: Listener | None) -> Run:
    """Return the run of one task, which an interrupt of the whole one ends."""
    return Run(task.options, listener, run.log, interrupted=run.interrupted)


_interrupted: Any = None
"""In a worker: set when the parent is interrupted."""


def _ignore_interrupts(event: Any) -> None:
    """Prepare a worker: Ctrl-C reaches it through its parent, with which it ends."""
    end_with_parent()
    global _interrupted
    _interrupted = event
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_worker(solver: Callable[[T, Run], A], task: T) -> A:
    return solver(task, Run(task.options, interrupted=_interrupted))


def _in_processes(
    pool: ProcessPoolExecutor, run: Run, interrupted: Any, solver: Callable[[T, Run], A], tasks: Iterable[T]
) -> Iterator[A]:
    """Yield the answers as they come; those of processes that died are missing."""
    waiting, open_ = iter(tasks), set[Future[A]]()
    try:
        while True:
            for task in itertools.islice(waiting, run.options.jobs - len(open_)):
                open_.add(pool.submit(_in_worker, solver, task))
            if not open_:
                return
            done, open_ = wait(open_, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            if run.interrupted.is_set():
                interrupted.set()
            for future in done:
                with contextlib.suppress(BrokenProcessPool):
                    yield future.result()
    except BrokenProcessPool:  # nothing can be begun any more
        return
