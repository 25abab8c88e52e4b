"""The solves of a sweep: who starts whom, what follows from what is proven, and what an earlier run knew."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from atoopt.base.gap import PROOF_TOLERANCE, relative_gap
from atoopt.base.journal import JournalFile, fingerprint
from atoopt.base.problem import Method, problem_of
from atoopt.base.resolve import resolve
from atoopt.methods import run_method
from atoopt.solvers.run import Options, Run
from atoopt.solvers.running.pool import workers
from atoopt.solvers.running.processes import jobs_here

FORMAT = "atoopt/sweep-journal"

ALONE = 3.0
"""Seconds of solves one after the other, before processes are begun for the rest: to load one takes a second or two."""

STARTS = 50
"""The newest stocks that are looked at for a start."""

Answer = dict[str, Any]
"""``row``: what the table says; ``stock``: modules as bits, or None."""


PROVEN = ("optimal", "infeasible")


@dataclass(frozen=True)
class Cell:
    """One instance to solve, by its place in the sweep."""

    number: int
    instance: Any
    method: str
    options: Options


def solve_cell(cell: Cell, run: Run) -> tuple[int, Answer]:
    """Solve one instance."""
    result = run_method(cell.instance, cell.method, run)
    row = {"status": result.status, "cost": result.objective, "bound": result.bound, "gap": result.gap}
    row |= described(result.solution) | {"seconds": result.seconds}
    masks = getattr(result.solution, "masks", None)
    return cell.number, {"row": row, "stock": None if masks is None else list(masks)}


def described(solution: Any) -> dict[str, Any]:
    """Return what a row tells of a solution besides its cost."""
    if hasattr(solution, "masks"):
        return {"mean_assembly_time": solution.mean_assembly_time, "modules": solution.n_modules}
    if hasattr(solution, "variants"):
        return {"variants": solution.n_variants}
    if solution is None:
        return {}
    return {"pallets": solution.pallets, "setup_hours": solution.setup_hours}


class Cells:
    """The instances of a sweep and what is known of each.

    Parameters
    ----------
    instances : sequence of instances of one family
    way : Method
    method : str
        Its name.

    Attributes
    ----------
    answers : list of dict or None
    own_rules : bool
        A model or a program of the user's solves: what it allows is not known here, so that nothing follows.
    """

    def __init__(self, instances: Sequence[Any], way: Method, method: str) -> None:
        self.instances, self.way, self.method = instances, way, method
        self.own_rules = False
        self.answers: list[Answer | None] = [None] * len(instances)
        self.stocks: list[list[int]] = []
        self.evaluate = resolve(problem_of(instances[0]).evaluate)
        limits = problem_of(instances[0]).limits
        data = [instance.to_json() for instance in instances]
        self.limits = [tuple(each.get(name) for name in limits) for each in data]
        self.apart_from_limits = [fingerprint({k: v for k, v in each.items() if k not in limits}) for each in data]

    def solve(self, run: Run, jobs: int | None, journal: str | None) -> Iterator[int]:
        """Solve what is not known yet, and yield how many are known after each."""
        self.own_rules = run.options.model is not None or run.options.command is not None
        kept = None if journal is None else self._resume(journal, run.options)
        if jobs is None:
            yield from self._solve(run, 1, kept, time.monotonic() + ALONE)
            jobs = min(self.answers.count(None), os.cpu_count() or 1)
        yield from self._solve(run, jobs_here(max(1, jobs)), kept)
        if not self.own_rules:
            self._pass_on()
        yield self.n_known

    @property
    def n_known(self) -> int:
        """How many are known."""
        return len(self.answers) - self.answers.count(None)

    def _solve(self, run: Run, jobs: int, kept: JournalFile | None, until: float = math.inf) -> Iterator[int]:
        """Solve with so many processes; nothing new is begun after a moment."""
        options = replace(run.options, jobs=jobs)
        if jobs > 1 and options.threads is None:
            options = replace(options, threads=max(1, (os.cpu_count() or 1) // jobs))
        whole = Run(replace(options, time_limit=None), run.listener, run.log, interrupted=run.interrupted)
        with workers(whole, solve_cell) as solve_all:
            for number, answer in solve_all(self._tasks(whole, replace(options, jobs=1), until)):
                self._take(number, answer)
                if kept is not None and (answer["row"]["status"] in PROVEN or not run.interrupted.is_set()):
                    kept.write({"cell": number, **answer})
                yield self.n_known

    def _tasks(self, run: Run, options: Options, until: float) -> Iterator[Cell]:
        """Yield what is to be solved, each as late as can be: what is known by then may start it, or settle it.

        The loosest come first, for the optimum of one settles those that are stricter and still allow it.
        """
        loosest_first = sorted(range(len(self.instances)), key=lambda number: _strictness(self.limits[number]))
        for number in loosest_first:
            if run.stopped or time.monotonic() > until:
                return
            if self.answers[number] is not None:
                continue
            implied = None if self.own_rules else self._implied(number)
            if implied is not None:
                self._take(number, implied)
                continue
            start = self._start(number) if "start" in self.way.takes and not self.own_rules else None
            stock = None if start is None else tuple(mask for mask in start.masks if mask & (mask - 1))
            yield Cell(number, self.instances[number], self.method, replace(options, start=stock or options.start))

    def _take(self, number: int, answer: Answer) -> None:
        self.answers[number] = answer
        if answer["stock"] is not None and answer["stock"] not in self.stocks:
            self.stocks.append(answer["stock"])

    def _start(self, number: int) -> Any:
        """Return the cheapest stock known that is allowed here, evaluated here; None without any."""
        known = [self.evaluate(self.instances[number], stock) for stock in self.stocks[-STARTS:]]
        return min((each for each in known if not each.violations), key=lambda each: each.cost, default=None)

    def _looser(self, number: int) -> Iterator[Answer]:
        """Yield the answers of instances that differ from this one in their limits alone, none of which is stricter."""
        for other, answer in enumerate(self.answers):
            if answer is not None and self.apart_from_limits[other] == self.apart_from_limits[number]:
                pairs = zip(self.limits[other], self.limits[number], strict=True)
                if other != number and all(a is None or (b is not None and a >= b) for a, b in pairs):
                    yield answer

    def _implied(self, number: int) -> Answer | None:
        """Return the answer that follows from a looser instance's proof, where one does."""
        for answer in self._looser(number):
            if answer["row"]["status"] == "infeasible":
                return {"row": answer["row"] | {"seconds": 0.0}, "stock": None}
            if answer["row"]["status"] == "optimal" and answer["stock"] is not None:
                here = self.evaluate(self.instances[number], answer["stock"])
                if not here.violations:
                    return {"row": self._row(here, answer["row"]["bound"], 0.0), "stock": list(here.masks)}
        return None

    def _pass_on(self) -> None:
        """Give what is not proven the best stock and the best bound that others found for it."""
        for number, answer in enumerate(self.answers):
            if answer is None or answer["row"]["status"] in PROVEN or answer["stock"] is None:
                continue
            bounds = [each["row"]["bound"] for each in (answer, *self._looser(number))]
            bound = max((each for each in bounds if each is not None), default=None)
            best = self._start(number)
            if best is not None and (best.cost, -(bound or 0.0)) < (
                answer["row"]["cost"], -(answer["row"]["bound"] or 0.0),
            ):  # fmt: skip
                row = self._row(best, bound, answer["row"]["seconds"])
                self.answers[number] = {"row": row, "stock": list(best.masks)}

    def _row(self, solution: Any, bound: float | None, seconds: float) -> dict[str, Any]:
        """Return a row of a stock that was found elsewhere."""
        cost = solution.cost
        bound = None if bound is None else min(bound, cost)
        proven = bound is not None and cost - bound <= PROOF_TOLERANCE * abs(cost)
        row = {"status": "optimal" if proven else "feasible", "cost": cost, "bound": bound}
        return row | {"gap": relative_gap(cost, bound)} | described(solution) | {"seconds": seconds}

    def _resume(self, path: str, options: Options) -> JournalFile:
        """Open the journal and take in what it knows."""
        data = [[each.to_json() for each in self.instances], self.method, asdict(options)]
        journal = JournalFile(path)
        head = {"format": FORMAT, "version": 1, "sweep": fingerprint(data)}
        journal.open_for(head, alien="is no journal of a sweep", other="is the journal of another sweep")
        for record in journal.records():
            self._take(record["cell"], {"row": record["row"], "stock": record["stock"]})
        return journal


def _strictness(limits: tuple[float | None, ...]) -> tuple[float, ...]:
    """Return what sorts limits, the loosest first."""
    return tuple(-math.inf if limit is None else -limit for limit in limits)
