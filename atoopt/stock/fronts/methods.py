"""The fronts of ``atoopt pareto``: cost against mean assembly time, by each method.

Both objectives are those of the stocks that keep every limit of the instance, the mean assembly time that the customer
accepts (T) among them: the front ends there. The whole curve, with which a supplier negotiates the lead time, is
that of ``instance.replace(max_mean_assembly_time=None)``. The cost has final assembly in it, delta t(S),
so that its least value is not that of single components alone.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.pareto.front import Front
from atoopt.solvers.run import Run
from atoopt.stock.auto import groups_of_auto, pattern_columns
from atoopt.stock.cost import cost_equation
from atoopt.stock.evaluation import TOLERANCE, evaluate_masks
from atoopt.stock.fronts.levels import Levels, undominated, values_of
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import MOST_COLUMNS
from atoopt.stock.ready import ready

Floats = NDArray[np.float64]

NAMES = ("cost", "mean_assembly_time")

POINTS = 20
"""Assembly times that ``decomposition`` solves for, unless asked for another number."""


MODEL_COLUMNS = 1_000
"""*Pattern* models of up to so many columns are solved point by point: a solve takes seconds at most."""


def auto(instance: StockInstance, run: Run, n_points: int | None) -> Front:
    """Return the front by ``enumeration``, ``epsilon-constraint`` or ``decomposition``, by size; says which and why."""
    ready(instance, run, ())  # liaisons are looked at at once
    if run.options.times is not None:
        return _said(decomposition(instance, run, n_points), "decomposition", "times are asked for")
    if _few_modules(instance):
        return _said(enumeration(instance, run, n_points), "enumeration", "every stock can be looked at")
    columns = pattern_columns(instance, MODEL_COLUMNS)
    if columns <= MODEL_COLUMNS and model_is_exact(instance):
        why = f"its pattern model has only {columns:,} columns"
        return _said(epsilon_constraint(instance, run, n_points), "epsilon-constraint", why)
    why = "a model of every module would be too large to be solved so often"
    return _said(decomposition(instance, run, n_points), "decomposition", why)


def epsilon_constraint(instance: StockInstance, run: Run, n_points: int | None) -> Front:
    """Return the front by the epsilon-constraint method on the *pattern* model, complete where the time allows.

    Raises
    ------
    InputError
        The model cannot have every module, or would count more operations than a stock needs.
    """
    import pyomo.environ as pyo

    from atoopt.pareto.methods.engine import front_of
    from atoopt.pareto.search.found import Settings
    from atoopt.stock.model.formulation import build, stock_of
    from atoopt.stock.model.refine import refuse

    ready(instance, run, ["packing"])
    _check_model(instance)
    model = build(instance)
    model.assembly_time = pyo.Objective(expr=model.mean_assembly_time, doc="t(S)")
    settings = Settings(
        n_points, spread=run.options.time_limit is not None,
        journal=None if run.options.journal is None else Path(run.options.journal),
    )  # fmt: skip
    while True:
        found = front_of(model, (model.cost, model.assembly_time), run, settings)
        stocks = [stock_of(model, found.assignment(i)) for i in range(len(found.values))]
        points = [evaluate_masks(instance, stock) for stock in stocks]
        refused = [point for point in points if not point.feasible]
        if not refused:
            break
        if run.stopped:
            found = replace(found, complete=False, stop_reason=run.stop_reason)
            break
        for point in refused:  # within the solver's tolerance, not within ours
            refuse(model, point)
        settings = replace(settings, journal=None)
    evaluations = undominated(instance, [point for point in points if point.feasible])
    values = values_of(evaluations)
    ends = None if found.payoff is None or not len(values) else values[[0, -1]]
    facts = found.facts | {"payoff": ends}  # the evaluator's values, as those of the points
    return Front(NAMES, values, found.complete, found.stop_reason, lambda i: evaluations[i], **facts)


def enumeration(instance: StockInstance, run: Run, n_points: int | None) -> Front:
    """Return the front of all stocks, each looked at.

    Raises
    ------
    InputError
        There are too many modules, see `atoopt.stock.enumeration.enumerate`.
    """
    from atoopt.stock.enumeration.enumerate_front import undominated_stocks

    ready(instance, run, ["packing", "enumeration"])
    masks, complete = undominated_stocks(instance, run)
    stocks = undominated(instance, [evaluate_masks(instance, stock) for stock in masks])
    reason = "" if complete else run.stop_reason
    front = Front(NAMES, values_of(stocks), complete, reason, lambda i: stocks[i])
    return front if n_points is None else front.represented(n_points)


def decomposition(instance: StockInstance, run: Run, n_points: int | None) -> Front:
    """Return some points, each an interval from a proven bound to the cost of a stock.

    Without a time limit every point is solved to its proof, which a large instance may never reach.
    """
    from atoopt.stock.fronts.grid import search
    from atoopt.stock.fronts.grid_journal import GridJournal

    ready(instance, run, groups_of_auto(instance))
    levels, record = Levels.of(instance), None
    if run.options.journal is not None:
        journal = GridJournal(run.options.journal, instance)
        journal.resume(levels)
        record = journal.tell
    times = run.options.times
    alive = search(levels, run, max(2, len(times or ()) or n_points or POINTS), record=record, times=times)
    if times is not None:
        levels.stocks = [stock for stock in levels.stocks if any(levels.best_at(time) is stock for time in times)]
    unexplored = levels.unexplored()
    if not levels.stocks and levels.bound_at(levels.latest) < math.inf:
        reason = run.stop_reason or "no stock that keeps every limit was found"
    else:
        reason = _reason(levels, run, alive) if len(unexplored) else ""
    complete = not reason
    stocks = levels.stocks
    details = {"levels": [[level.time, level.bound] for level in levels.solved if math.isfinite(level.bound)]}
    front = Front(
        NAMES, levels.values, complete, reason, lambda i: stocks[i], unexplored=unexplored, bounds=levels.bounds(),
        payoff=_payoff(levels), details=details, solves=len(levels.solved),
    )  # fmt: skip
    return front.represented(n_points) if n_points is not None and len(front) > n_points else front


def _reason(levels: Levels, run: Run, alive: bool) -> str:
    """Say why a front of intervals is not complete."""
    from atoopt.stock.fronts.grid import open_gaps, step_below

    if not alive:
        return "a process died; what was found is here"
    if run.stop_reason:
        return run.stop_reason
    open_ = int((levels.bounds() < levels.values[:, 0] * (1 - PROOF_TOLERANCE)).sum())
    unproven = f", {open_} of the points not proven optimal" if open_ else ""
    settled = levels.stocks and not open_ and not any(open_gaps(levels))
    near = f"; what is open is within {2 * step_below(levels):.2g} of one of them" if settled else ""
    return f"{len(levels.solved)} assembly times were solved for{unproven}{near}"


def _payoff(levels: Levels) -> Floats | None:
    """Return both ends where they are proven."""
    if not levels.stocks or not levels.solved:
        return None
    first, last = levels.stocks[0], levels.stocks[-1]
    cheapest = levels.bound_at(levels.latest) >= first.cost * (1 - PROOF_TOLERANCE)
    proven = levels.bounds()[-1] >= last.cost * (1 - PROOF_TOLERANCE)
    fastest = last.mean_assembly_time <= levels.earliest + TOLERANCE * levels.instance.time_per_operation
    return levels.values[[0, -1]] if cheapest and proven and fastest else None


def model_is_exact(instance: StockInstance) -> bool:
    """Whether the model has no reason to count more operations than a stock needs: each one saved must not cost."""
    return not cost_equation(instance).saving_costs


def _few_modules(instance: StockInstance) -> bool:
    """Whether the stocks can be enumerated: 2^26 take some seconds."""
    from atoopt.stock.enumeration.states import free_modules

    try:
        free_modules(instance)
    except InputError:
        return False
    return True


def _check_model(instance: StockInstance) -> None:
    """Refuse what the epsilon-constraint method cannot do on this instance."""
    remedy = "choose decomposition or auto"
    if not model_is_exact(instance):
        problem = "saving an operation costs more than it saves (preassembly is above final_assembly, by usage)"
        raise InputError(problem, remedy, place="method")
    if pattern_columns(instance, MOST_COLUMNS) > MOST_COLUMNS:
        raise InputError(f"its pattern model has more than {MOST_COLUMNS:,} columns", remedy, place="method")


def _said(front: Front, picked: str, why: str) -> Front:
    return replace(front, details={"picked": picked, "why": why} | front.details)
