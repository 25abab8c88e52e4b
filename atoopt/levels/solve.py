"""The methods for a fill-rate target: the safe model, greedy improvement, levels by rising value; all with a bound."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from atoopt.base.errors import InputError
from atoopt.kernels.prepare import prepare
from atoopt.levels import exact
from atoopt.levels.evaluation import evaluate_levels, fits_backorders
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.search.enumeration import cheapest
from atoopt.levels.search.greedy import search
from atoopt.levels.search.refine import refined
from atoopt.levels.system import Levels
from atoopt.solvers.registry import check_options, solve_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run

BOUND_SHARE, MODEL_SECONDS = 0.5, 60.0
"""The share of the remaining time that a model may take, and the most seconds of it, where a search follows."""

JUDGING_SHARE = 0.15
"""The share of the time limit that a search leaves to those who judge its result on many scenarios."""

STEP_WORK = 1e8
"""Additions of one exact cost up to which levels are improved step by step."""

SMALL = 6
"""Modules up to which levels are tried by rising value."""


def auto(instance: LevelsInstance, run: Run) -> Claim:
    """Bound by the relaxed model, improve greedily, and prove where the system is small."""
    if instance.target is None:
        return _of_costs(instance, run)
    found = greedy(instance, run)
    if instance.system.n_modules > SMALL or found.solution is None or _fresh(instance, found.solution) is None:
        return found
    levels, bound = cheapest(instance, instance.system.value_of(found.solution), lambda: run.stopped)
    found.bound = max(bound, found.bound or 0.0)
    found.solution = found.solution if levels is None else levels
    return found


def milp(instance: LevelsInstance, run: Run) -> Claim:
    """Solve the safe model, whose levels reach the target, and the relaxed one, which bounds."""
    if instance.target is None:
        return _of_costs(instance, run, improve=False)
    prepare(["levels"], run)
    safe, details, _ = _solved(instance, run, "safe", share=0.5)
    _, more, bound = _solved(instance, run, "relaxed", share=1.0)
    if safe is not None:
        run.report(instance.system.value_of(safe), None, "safe model")
    return Claim(safe, bound=bound, details=details | more)


def greedy(instance: LevelsInstance, run: Run) -> Claim:
    """Improve the levels of both models greedily on scenarios, and judge them on fresh ones."""
    _needs_target(instance)
    assert instance.target is not None
    prepare(["levels"], run)
    safe, details, _ = _solved(instance, run, "safe", share=BOUND_SHARE)
    relaxed, more, bound = _solved(instance, run, "relaxed", share=BOUND_SHARE)
    run.report(None if safe is None else instance.system.value_of(safe), bound, "models")
    best = safe
    # where each order type counts, few units can be spared; for an average, few are to be added
    first, second = (safe, relaxed) if instance.target.kind == "each" else (relaxed, safe)
    start = second if first is None else first
    if start is not None and not run.stopped:
        found = search(instance, start, run.options.seed, lambda: _must_end(run))
        candidate = refined(instance, start if found is None else found[0], lambda: run.stopped)
        if candidate is not None and (best is None or _value(instance, candidate) < _value(instance, best)):
            best = candidate
            run.report(_value(instance, best), bound, "greedy")
    return Claim(best, bound=bound, details=details | more | _worth(instance, safe))


def enumeration(instance: LevelsInstance, run: Run) -> Claim:
    """Try levels by rising value until one reaches the target."""
    _needs_target(instance)
    prepare(["levels"], run)
    levels, bound = cheapest(instance, math.inf, lambda: run.stopped)
    unproven = "" if levels is not None else "too many levels, or too large for exact fill rates; use greedy"
    return Claim(levels, bound=bound, unproven=unproven)


def _solved(
    instance: LevelsInstance, run: Run, formulation: Any, share: float
) -> tuple[Levels | None, dict[str, Any], float | None]:
    """Return the levels of a model, statistics, and its bound; None for what is not known."""
    from atoopt.levels.model.formulation import build, levels_of

    check_options(run)
    limit = min(run.remaining * share, MODEL_SECONDS if share < 1 else math.inf)
    options = replace(run.options, time_limit=None if math.isinf(limit) else limit)
    inner = Run(options, None, run.log, interrupted=run.interrupted)
    model = build(instance, formulation)
    answer = solve_model(model, inner)
    run.rejected.extend(inner.rejected)
    details = {"solver": run.options.solves, f"{formulation}_objective": answer.objective}
    levels = None if answer.objective is None else levels_of(model)
    return levels, details, _whole(instance, answer.bound)


def _must_end(run: Run) -> bool:
    """Whether a search has to end, for its result to be judged in time."""
    limit = run.options.time_limit
    return run.stopped or (limit is not None and run.remaining < JUDGING_SHARE * limit)


def _whole(instance: LevelsInstance, bound: float | None) -> float | None:
    """Return a bound on the value, rounded up where values are whole."""
    if bound is None or instance.target is None or not (instance.system.values % 1 == 0).all():
        return bound
    return float(math.ceil(bound - 1e-6 * max(1.0, abs(bound))))


def _worth(instance: LevelsInstance, safe: Levels | None) -> dict[str, Any]:
    return {} if safe is None else {"safe_value": _value(instance, safe)}


def _value(instance: LevelsInstance, levels: Levels) -> float:
    return instance.system.value_of(levels)


def _fresh(instance: LevelsInstance, levels: Levels) -> Levels | None:
    return levels if exact.fits(instance.system, levels) else None


def _needs_target(instance: LevelsInstance) -> None:
    if instance.target is None:
        raise InputError("minimizes value for a target", "use auto or milp where costs are given", place="method")


def _of_costs(instance: LevelsInstance, run: Run, improve: bool = True) -> Claim:
    """Minimize holding and backorder costs: the safe model's levels, improved step by step; bounded from below."""
    from atoopt.levels.search.descent import descend
    from atoopt.levels.two_stage import lower_bound

    prepare(["levels"], run)
    best, details, _ = _solved(instance, run, "safe", share=BOUND_SHARE)
    _, more, bound = _solved(instance, run, "relaxed", share=BOUND_SHARE)
    details |= more | {"bound_of_base_stock": bound}
    if best is not None and improve and fits_backorders(instance, best + 1, STEP_WORK):
        best = descend(instance, best, lambda: run.stopped)
    two_stage = lower_bound(instance, run)
    if two_stage is not None and not (run.stopped and bound is not None and bound > two_stage):
        bound = two_stage  # of every policy, where the other is of base stock alone; cut short, it may be worth nothing
        details["bound_of"] = "every policy"
    cost = None if best is None else evaluate_levels(instance, best).cost
    if bound is not None and cost is not None and bound > cost:
        bound = None  # an estimated cost may come out below what is proven
    return Claim(best, bound=bound, details=details)
