"""Tasks solved one after the other, or several at once, each in a process of its own.

Tasks are taken from an iterator as processes become free, so that what the first ones found can start the later ones.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from atoopt.solvers.run import Listener, Options, Run
from atoopt.solvers.running.processes import end_with_parent

IDLE = 30
"""Seconds after which an idle process ends."""

PATIENCE = 0.1
"""Seconds between two looks at the clock while other processes work."""

_owner = os.getpid()


def processes(jobs: int, **options: Any) -> Any:
    """Return joblib's child processes, an executor: they live on a while for whoever asks next.

    They end with this process, also where they have had no work yet. They need no guard in the user's script, and work
    from a notebook, a console and standard input alike.
    """
    global _owner
    from joblib.externals.loky import get_reusable_executor, reusable_executor

    if _owner != os.getpid():  # a fork holds its parent's pool, whose threads are not here: it would wait for ever
        reusable_executor._executor, _owner = None, os.getpid()
    return get_reusable_executor(
        max_workers=jobs, timeout=IDLE, initializer=end_with_parent, initargs=(os.getpid(),), **options
    )


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
    with tempfile.TemporaryDirectory() as folder:
        stop_file = Path(folder, "stop")
        try:
            yield partial(_in_processes, run, stop_file, solver)
        finally:
            stop_file.touch()


def _inner(task: Task, run: Run, listener: Listener | None) -> Run:
    """Return the run of one task, which an interrupt of the whole one ends."""
    return Run(task.options, listener, run.log, interrupted=run.interrupted)


def _in_worker(solver: Callable[[T, Run], A], task: T, stop_file: Path) -> A:
    """Solve in a child process: Ctrl-C is the parent's, which tells by a file."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    run, ended = Run(task.options), threading.Event()

    def watch() -> None:
        while not ended.wait(PATIENCE):
            if stop_file.exists() or not stop_file.parent.exists():
                run.interrupted.set()
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        return solver(task, run)
    finally:
        ended.set()


def _in_processes(run: Run, stop_file: Path, solver: Callable[[T, Run], A], tasks: Iterable[T]) -> Iterator[A]:
    """Yield the answers as they come; those of processes that died are missing."""
    pool, waiting, open_ = processes(run.options.jobs), iter(tasks), set[Future[A]]()
    try:
        while True:
            for task in itertools.islice(waiting, run.options.jobs - len(open_)):
                open_.add(pool.submit(_in_worker, solver, task, stop_file))
            if not open_:
                return
            done, open_ = wait(open_, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            if run.interrupted.is_set():
                stop_file.touch()
            for future in done:
                with contextlib.suppress(BrokenProcessPool):
                    yield future.result()
    except BrokenProcessPool:  # nothing can be begun any more
        return
    finally:  # whoever asked is not interested any more, or there is nothing
        for future in open_:
            future.cancel()
