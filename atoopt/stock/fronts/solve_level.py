"""Solving at several assembly times: here one after the other, or each in a process of its own."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from atoopt.solvers.processes import end_with_parent
from atoopt.solvers.run import Options, Progress, Run
from atoopt.stock.instance import StockInstance

PATIENCE = 0.1
"""Seconds between two looks at the clock while other processes work."""


@dataclass(frozen=True)
class Task:
    """An instance with the assembly time to solve it at as its limit, a stock that keeps it, and the time there is.

    Attributes
    ----------
    instance : StockInstance
    start : tuple of int or None
        Modules as bits.
    options : Options
        With this task's share of the time.
    """

    instance: StockInstance
    start: tuple[int, ...] | None
    options: Options


class Answer(NamedTuple):
    """What a task came to: a feasible stock if one was found, and a bound on the cost (infinite: proven infeasible)."""

    task: Task
    stock: tuple[int, ...] | None
    bound: float


Solver = Callable[[Task, Run], Answer]


def solve_task(task: Task, run: Run) -> Answer:
    """Solve one task by ``auto``, which picks the model or decomposition by size."""
    from atoopt.stock.auto import solve

    claim = solve(task.instance, run, task.start)
    stock = task.start if claim.solution is None else tuple(claim.solution)
    bound = math.inf if claim.infeasible else max(0.0, claim.bound or 0.0)  # no cost is negative
    return Answer(task, stock, bound)


@contextlib.contextmanager
def workers(run: Run, solver: Solver = solve_task) -> Iterator[Callable[[Sequence[Task]], Iterator[Answer]]]:
    """Give the function that solves some tasks, at most ``run.options.jobs`` of them, and yields the answers.

    An interrupt of the run reaches every process; one that dies takes its own answer with it, no other.
    """
    if run.options.jobs == 1:
        yield lambda tasks: (solver(task, _inner(task, run)) for task in tasks)
        return
    context = multiprocessing.get_context("spawn")
    interrupted = context.Event()
    pool = ProcessPoolExecutor(run.options.jobs, context, _ignore_interrupts, (interrupted,))
    try:
        yield partial(_in_processes, pool, run, interrupted, solver)
    finally:
        interrupted.set()
        pool.shutdown(cancel_futures=True)


def _inner(task: Task, run: Run) -> Run:
    """Return the run of one task, which tells the whole one what it is at."""

    def listen(progress: Progress, note: str) -> None:
        known = [
            f"{name} {value:.4f}"
            for name, value in (("cost", progress.incumbent), ("bound", progress.bound))
            if value is not None
        ]
        run.report(note=f"T = {task.instance.max_mean_assembly_time:.4g}: {', '.join(known)}")

    return Run(task.options, listen, run.log, interrupted=run.interrupted)


_interrupted: Any = None
"""In a worker: set when the parent is interrupted."""


def _ignore_interrupts(event: Any) -> None:
    """Prepare a worker: Ctrl-C reaches it through its parent, with which it ends."""
    end_with_parent()
    global _interrupted
    _interrupted = event
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _in_worker(solver: Solver, task: Task) -> Answer:
    return solver(task, Run(task.options, interrupted=_interrupted))


def _in_processes(
    pool: ProcessPoolExecutor, run: Run, interrupted: Any, solver: Solver, tasks: Sequence[Task]
) -> Iterator[Answer]:
    """Yield the answers as they come; those of processes that died are missing."""
    try:
        open_: set[Future[Answer]] = {pool.submit(_in_worker, solver, task) for task in tasks}
    except BrokenProcessPool:
        return
    while open_:
        done, open_ = wait(open_, timeout=PATIENCE, return_when=FIRST_COMPLETED)
        if run.interrupted.is_set():
            interrupted.set()
        for future in done:
            with contextlib.suppress(BrokenProcessPool):
                yield future.result()
