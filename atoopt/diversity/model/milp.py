"""Method ``milp``: the p-median model whole, by any solver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from atoopt.diversity.core import core_of
from atoopt.diversity.evaluation import Evaluation, evaluate_positions
from atoopt.diversity.instance import DiversityInstance
from atoopt.diversity.model.formulation import build, variants_of
from atoopt.solvers.registry import check_options, solve_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Options, Run


def solve(instance: DiversityInstance, run: Run) -> Claim:
    """Minimize the give-away within P variants.

    Parameters
    ----------
    instance : DiversityInstance
    run : Run

    Returns
    -------
    Claim
        Infeasible where more products than P are within no other, each of which must be a variant.
    """
    check_options(run)
    if run.options.model is not None:
        from atoopt.diversity.model.model_file import solve_model_file

        return solve_model_file(instance, run)
    core = core_of(instance)
    details: dict[str, Any] = {"solver": run.options.solves, "pairs": len(core.order)}
    if core.budget < 0:
        return Claim(infeasible=True, message=core.too_few(), details=details)
    model = build(instance, core)
    answer = solve_model(model, run, on_progress=run.report)
    if answer.version:
        details["solver_version"] = answer.version
    solution = None if answer.objective is None else variants_of(model)
    unproven = "" if answer.outcome == "optimal" else f"the solver gave no proof ({answer.message or answer.outcome})"
    return Claim(solution, bound=answer.bound, unproven=unproven, details=details)


def as_model(instance: DiversityInstance, options: Options) -> tuple[Any, Callable[[], Evaluation], bool]:
    """Return the model of an instance, how its solution is evaluated, and that it covers every choice."""
    model = build(instance)
    return model, lambda: evaluate_positions(instance, variants_of(model)), True
