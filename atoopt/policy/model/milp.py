"""Method ``milp``: the Pyomo model with every limit, started from the best supported point that keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from atoopt.base.errors import InputError
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.policy.evaluation import Choice, Evaluation, evaluate_mask
from atoopt.policy.frontier.assignment import supported_within_limits
from atoopt.policy.frontier.settled import settled, within_cost
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.model.formulation import build, exclude, policy_of, set_start
from atoopt.policy.model.relaxation import explain_infeasible
from atoopt.policy.objective import Objective, choice_of, objective_of
from atoopt.solvers.outcome import Answer
from atoopt.solvers.registry import check_options, solve_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Options, Run

MOST_EXCLUDED = 100
"""Policies that break a limit by less than the solver's tolerance, and are excluded one by one; then it is given up."""


def solve(instance: PolicyInstance, run: Run) -> Claim:
    """Minimize pallets, set-up hours or their weighted sum within every limit.

    Parameters
    ----------
    instance : PolicyInstance
    run : Run

    Returns
    -------
    Claim
        The bound covers every policy that the instance allows. Where there is none, ``details`` say by how
        much each limit would have to give.
    """
    check_options(run)
    refuse(run, "choose", "milp minimizes an objective; use exact or threshold to pick a point of a front")
    objective = objective_of(run.options)
    if run.options.model is not None:
        from atoopt.policy.model.model_file import solve_model_file

        return solve_model_file(instance, objective, run)
    details: dict[str, Any] = {"solver": run.options.solves, **objective.describe()}
    start = starting_policy(instance, objective)
    if start is not None:
        run.report(start.cost, None, "supported point")
    given = settled(within_cost(instance, objective, None if start is None else start.cost))
    model = build(instance, objective, given=given)
    if start is not None:
        set_start(model, start.mto)
    answer = _solve_within_limits(instance, model, run, start is not None)
    if answer.version:
        details["solver_version"] = answer.version
    if answer.outcome == "infeasible" and start is None:
        message, relaxations = explain_infeasible(instance, run)
        return Claim(infeasible=True, message=message, details=details | {"relaxations": relaxations})
    best = start
    if answer.objective is not None:
        found = evaluate_mask(instance, policy_of(model), objective)
        if found.feasible and (best is None or found.cost < best.cost):
            best = found
    solution = None if best is None else Choice(best.mto, objective)
    bound, message = answer.bound, ""
    if best is not None and bound is not None and bound > best.cost + PROOF_TOLERANCE * max(1.0, best.cost):
        bound, message = None, "the costs of the parts differ too much for the solver's arithmetic; use exact"
    elif best is None or bound is None or best.cost - bound > PROOF_TOLERANCE * best.cost:
        message = _unproven(answer, run)
    return Claim(solution, bound=bound, message=message, details=details)


def as_model(instance: PolicyInstance, options: Options) -> tuple[Any, Callable[[], Evaluation], bool]:
    """Return the model of an instance, how its solution is evaluated, and that it covers every policy."""
    objective = objective_of(options)
    model = build(instance, objective)
    return model, lambda: evaluate_mask(instance, policy_of(model), objective), True


def _solve_within_limits(instance: PolicyInstance, model: Any, run: Run, start: bool) -> Answer:
    """Solve the model until its policy keeps the limits as the evaluator counts them.

    A solver keeps rows within its tolerance only; a policy that uses this is excluded, one at a time.
    """
    for _ in range(MOST_EXCLUDED):
        answer = solve_model(model, run, start=start, on_progress=run.report)
        if answer.objective is None or run.stopped or evaluate_mask(instance, policy_of(model)).feasible:
            return answer
        exclude(model, policy_of(model))
        start = False
    return answer


def _unproven(answer: Answer, run: Run) -> str:
    """Say why there is no proof, where it is not the time."""
    if answer.outcome != "optimal":
        return "" if run.stopped else f"the solver gave no proof ({answer.message or answer.outcome})"
    if run.options.rel_gap:
        return f"the gap is within {run.options.rel_gap:g}, as asked"
    return "the solver's arithmetic leaves a gap; use exact"


def refuse(run: Run, option: str, remedy: str) -> None:
    """Raise an `InputError` where the user gave an option that this method could not follow."""
    value = getattr(run.options, option)
    if value is not None and not (option == "choose" and choice_of(run.options, "objective") == "objective"):
        raise InputError(f'is "{value}"', remedy, place=option)


def starting_policy(instance: PolicyInstance, objective: Objective) -> Evaluation | None:
    """Return the best supported point that keeps every limit, if one does."""
    front = supported_within_limits(instance)
    if not len(front):
        return None
    found = evaluate_mask(instance, front.policy(int(np.argmin(front.values @ np.array(objective.weights)))), objective)
    return found if found.feasible else None
