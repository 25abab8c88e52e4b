"""Cost against assembly time where the model is large: solved at some assembly times, each with a share of the time.

Every stock found starts the solves at larger times, and every bound holds at smaller ones, see
`atoopt.stock.fronts.levels`.
The next time solved for lies in the middle of the largest gap, so that a run cut short has covered the whole range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from atoopt.solvers.run import Options, Run
from atoopt.solvers.running.pool import workers
from atoopt.stock.candidates import given
from atoopt.stock.cost import limits_of
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from atoopt.stock.fronts.levels import Level, Levels
from atoopt.stock.fronts.solve_level import Answer, Solver, Task, solve_task, told_to
from atoopt.stock.instance import Costs, StockInstance

ONLY_TIME = Costs(preassembly=0.0, fixed_transport=0.0, variable_transport=0.0, final_assembly=1.0)

STEP = 1e-6
"""How far below a known time the next one is sought, as a share of the range of times."""


class Gap(NamedTuple):
    """Times between two solved ones, at which nothing was tried.

    Its size is the area that the curve may cross, in shares of the ranges of cost and time: so points come where the
    curve bends, not where it is steep or flat and each tells little.
    """

    size: float
    target: float


def search(
    levels: Levels, run: Run, n_points: int, solver: Solver = solve_task,
    record: Callable[[Answer], None] | None = None, times: Sequence[float] | None = None,
) -> bool:  # fmt: skip
    """Solve at up to `n_points` assembly times, until no gap is left or the run is stopped.

    Parameters
    ----------
    levels : Levels
        What is known already; what is found is added.
    run : Run
        ``options.jobs`` solves go on at once.
    n_points : int
        Both ends among them.
    solver : callable
        Solves one task.
    record : callable, optional
        Told of every answer as it comes.

    times : sequence of float, optional
        Solve at these alone.

    Returns
    -------
    bool
        False where a process died: what it would have found is missing.
    """
    with workers(run, solver, told_to(run)) as solve_all:
        _find_fastest(levels, run, n_points, solve_all)
        while not run.stopped:
            targets = (_targets(levels, n_points) if times is None else _wanted(levels, times))[: run.options.jobs]
            if not targets:
                return True
            left = n_points - len(levels.solved) + len(levels.again)
            shares = math.ceil(max(1, left) / run.options.jobs)
            answers = 0
            for answer in solve_all([_task(levels, run, target, shares) for target in targets]):
                answers += 1
                take(levels, answer)
                if record is not None:
                    record(answer)
                run.report(note=f"{len(levels.stocks)} points")
            if answers < len(targets):
                return False
    return True


def take(levels: Levels, answer: Answer) -> None:
    """Add what a solve found and proved.

    Raises
    ------
    RuntimeError
        The answer contradicts the evaluator: a defect of the method, which must not be reported as a result.
    """
    instance = answer.task.instance
    time = instance.max_mean_assembly_time
    assert time is not None, "a task has a limit"
    levels.again = [other for other in levels.again if other != time]
    if answer.stock is None:
        levels.add(Level(time, answer.bound), [])
        return
    found = evaluate_masks(instance, answer.stock)
    if found.violations:
        raise RuntimeError(f"at T = {time:g} a stock was returned that breaks: {'; '.join(found.violations)}")
    own = evaluate_masks(levels.instance, answer.stock)
    levels.add(Level(time, answer.bound), [] if own.violations else [own])  # the room of a time may add to the limit's


def fastest_stock(instance: StockInstance) -> Evaluation:
    """Return the stock of every product whole (or its parts that may be held): none is faster.

    It may hold too many modules.
    """
    if instance.candidate_masks is not None:
        return evaluate_masks(instance, given(instance).masks)
    pieces = {piece for product in instance.product_masks for piece in instance.pieces(product)}
    return evaluate_masks(instance, (piece for piece in pieces if piece))


def _find_fastest(
    levels: Levels, run: Run, n_points: int, solve_all: Callable[[Sequence[Task]], Iterator[Answer]]
) -> None:
    """Find the fastest stock: it is known unless it holds too many modules, and else searched for."""
    instance = levels.instance
    fastest = fastest_stock(instance)
    levels.earliest = fastest.mean_assembly_time
    unlimited = evaluate_masks(instance.replace(max_modules=None), fastest.masks)
    if unlimited.violations or limits_of(instance).modules < 0:
        levels.add(Level(levels.latest, math.inf), [])
    elif not fastest.violations:
        cheapest = _is_cheapest(levels, fastest)
        levels.add(Level(levels.earliest, fastest.cost) if cheapest else None, [fastest])
    elif not levels.stocks:
        hurry = instance.replace(costs=ONLY_TIME, cost_basis="stock", max_mean_assembly_time=levels.latest)
        for answer in solve_all([Task(hurry, None, _share(run, n_points + 1))]):
            levels.earliest = max(levels.earliest, min(answer.bound, levels.latest))
            if math.isinf(answer.bound):
                levels.add(Level(levels.latest, math.inf), [])
            elif answer.stock is not None:
                levels.add(None, [evaluate_masks(instance, answer.stock)])


def _is_cheapest(levels: Levels, fastest: Evaluation) -> bool:
    """Whether no stock as fast costs less: each module is a product's own, which is noticeably slower without it."""
    instance = levels.instance
    least = float(instance.shares[instance.product_sizes > 1].min(initial=1.0)) * instance.time_per_operation
    return instance.candidate_masks is None and least > 2 * levels.room_at(fastest.mean_assembly_time)


def _targets(levels: Levels, n_points: int) -> list[float]:
    """Return assembly times worth solving for, the most wanted first."""
    if math.isinf(levels.bound_at(levels.latest)):
        return []
    solved = [level.time for level in levels.solved]
    # a stock may be slower than the limit by its room, to which a limit there would add another
    ends = [levels.latest, *(min(stock.mean_assembly_time, levels.latest) for stock in levels.stocks[-1:])]
    missing = [end for end in dict.fromkeys(ends) if end not in solved]
    if missing or levels.again or not levels.stocks:
        return [*missing, *levels.again]
    if len(levels.solved) >= n_points:
        return []
    return [gap.target for gap in sorted(open_gaps(levels), reverse=True)]


def _wanted(levels: Levels, times: Sequence[float]) -> list[float]:
    """Return those of the times asked for that are not solved for yet; what is above the latest is that one."""
    solved = [level.time for level in levels.solved if level.time not in levels.again]
    if math.isinf(levels.bound_at(levels.latest)):
        return []
    return [time for time in dict.fromkeys(min(time, levels.latest) for time in sorted(times)) if time not in solved]


def step_below(levels: Levels) -> float:
    """Return how far below a known time another one is sought: what a limit leaves open is nearer."""
    slowest, fastest = levels.stocks[0].mean_assembly_time, levels.stocks[-1].mean_assembly_time
    return max(STEP * (slowest - fastest), 2 * levels.room_at(slowest))


def open_gaps(levels: Levels) -> Iterator[Gap]:
    """Yield the gaps between neighboring solved times that are wider than two steps.

    A gap is halved, unless the last halving found nothing new: then the time just below its upper end settles it.
    """
    slowest, fastest = levels.stocks[0], levels.stocks[-1]
    costs = max(fastest.cost - slowest.cost, 1e-300)
    times, step = max(slowest.mean_assembly_time - fastest.mean_assembly_time, 1e-300), step_below(levels)
    solved = [level.time for level in levels.solved]
    best = [levels.best_at(time) for time in solved]
    for i, (slow, fast) in enumerate(pairwise(best)):
        if slow is None or fast is None:
            continue
        high, low = slow.mean_assembly_time, solved[i + 1]
        if high - low <= 2 * step:  # with room for rounding: a step below `high` is then a new time
            continue
        fruitless = i + 2 < len(best) and best[i + 2] is fast
        target = high - step if fruitless else (high + low) / 2
        yield Gap(max(0.0, fast.cost - slow.cost) / costs * (high - low) / times, target)


def _task(levels: Levels, run: Run, time: float, shares: int) -> Task:
    """Return the task of one assembly time, which starts from the cheapest stock that keeps it."""
    known = levels.best_at(time)
    instance = levels.instance.replace(max_mean_assembly_time=time)
    return Task(instance, None if known is None else known.masks, _share(run, shares))


def _share(run: Run, shares: int) -> Options:
    """Return the options of a task that has one of so many equal shares of the time left."""
    limit = None if math.isinf(run.remaining) else run.remaining / shares
    return replace(run.options, time_limit=limit, jobs=1)
