"""Instances of the families, solved by their own methods, and judged by the families' own checks."""

from __future__ import annotations

from typing import Any

import atoopt
import atoopt.methods
from atoopt.base.files import resolve
from atoopt.base.problem import problem_of
from atoopt.solvers.result import Result
from atoopt.solvers.run import Progress
from atoopt.study.running.answers import (
    Advance,
    Answer,
    is_solved,
    of_front,
    some_of,
    stopped_for,
    timed,
    times_of,
    told,
    within,
)


def common(spec: dict[str, Any], advance: Advance) -> dict[str, Any]:
    """Return the options that every method takes."""

    def listen(now: Progress, _note: str) -> None:
        advance(now.seconds, now.incumbent, now.bound)

    method, limits = spec["method"], spec["limits"]
    return method["options"] | {
        "listener": listen, "time_limit": limits["wall_seconds"], "threads": limits["threads"], "seed": spec["seed"],
    }  # fmt: skip


def solve_instance(instance: Any, spec: dict[str, Any], advance: Advance) -> Answer:
    """Solve an instance by a method of its family."""
    options = common(spec, advance) | {"rel_gap": spec["tolerances"]["rel_gap"]}
    if options.get("weights") is not None:
        options["weights"] = tuple(options["weights"])
    with timed() as clock:
        result = atoopt.solve(instance, spec["method"]["method"], **options)
    status, reason = verdict(result, spec)
    faults = (*result.details.get("rejected", ()), *_faults(instance, result))
    known = {
        "objective": result.objective, "bound": result.bound, "gap": result.gap, "message": result.message,
        "solver": result.solver or spec["method"]["options"].get("solver"),
        **times_of(clock, result.details.get("compile_seconds", 0.0)),
    }  # fmt: skip
    if faults:
        known |= {"objective": None, "gap": None, "claimed": result.objective}
        return told("wrong", f"wrong: {faults[0]}", spec, **known)
    return told(status, reason, spec, solved=is_solved(status, reason), **known)


def verdict(result: Result, spec: dict[str, Any]) -> tuple[str, str]:
    """Return status and reason of a result."""
    if result.status in ("optimal", "infeasible"):
        return result.status, "proven"
    if within(result.objective, result.bound, spec["tolerances"]):
        return result.status, "gap"
    return result.status, stopped_for(result.seconds, spec, result.message)


def _faults(instance: Any, result: Result) -> tuple[str, ...]:
    """Return what the family's check finds false in a result."""
    if result.solution is None:
        return ()
    checked = resolve(problem_of(instance).check)(instance, result.to_json())
    return tuple(checked.violations)


def front_of_instance(instance: Any, spec: dict[str, Any], advance: Advance) -> Answer:
    """Generate the front of an instance."""
    from atoopt.pareto.check import check_front

    method = spec["method"]
    with timed() as clock:
        front = atoopt.methods.pareto(instance, method["method"], points=method["points"], **common(spec, advance))
    some = some_of(front)
    faults = check_front(instance, some.to_json(), resolve(problem_of(instance).check)).violations if len(some) else ()
    return of_front(front, clock, spec, tuple(faults))
