"""Solving at one assembly time: the task, its answer, and what is told meanwhile."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from atoopt.solvers.run import Listener, Options, Progress, Run
from atoopt.stock.instance import StockInstance


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


def told_to(run: Run) -> Callable[[Task], Listener]:
    """Return what hears of a task's progress, and tells the whole run what it is at."""

    def of(task: Task) -> Listener:
        def listen(progress: Progress, note: str) -> None:
            known = [
                f"{name} {value:.4f}"
                for name, value in (("cost", progress.incumbent), ("bound", progress.bound))
                if value is not None
            ]
            run.report(note=f"T = {task.instance.max_mean_assembly_time:.4g}: {', '.join(known)}")

        return listen

    return of
