"""An analyst's own Pyomo model of a policy instance: a Python file that defines ``build_model(instance)``.

``build_model(instance)`` returns a ``ConcreteModel`` with the binary variables ``to_order[id]``; usually it calls
`atoopt.policy.formulation.build` and adds to what it returns. Everything else in the model is free.
"""

from __future__ import annotations

from typing import Any

from atoopt.errors import InputError
from atoopt.policy.evaluate import Choice, evaluate_mask
from atoopt.policy.formulation import policy_of
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import Objective
from atoopt.solvers.model_code import load_model
from atoopt.solvers.registry import solve_model
from atoopt.solvers.result import PROOF_TOLERANCE, Claim
from atoopt.solvers.run import Run

NEEDS = ("to_order",)


def solve_model_file(instance: PolicyInstance, objective: Objective, run: Run) -> Claim:
    """Solve the model of ``run.options.model``.

    Its bound is one for the policies that this model allows, hence a `restricted_bound`; that it has no
    solution proves nothing about the instance.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than such a model.
    """
    file = str(run.options.model)
    model = load_model(file, instance, NEEDS, "atoopt.policy.formulation.build(instance)")
    try:
        answer = solve_model(model, run)
    except (ValueError, TypeError) as error:
        raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model", file=file) from None
    details: dict[str, Any] = {"solver": run.options.solver, "model": file, "model_outcome": answer.outcome}
    details |= {"model_objective": answer.objective, **objective.describe()}
    if answer.objective is None:
        return Claim(message=f"the model in {file} is {answer.outcome}", details=details)
    found = evaluate_mask(instance, policy_of(model), objective)
    if not found.feasible:
        message = f"the policy of the model in {file} breaks the instance's limits: {'; '.join(found.violations)}"
        return Claim(message=message, details=details | {"model_policy": found.policy})
    note, bound = f"the bound is that of the model in {file}", answer.bound
    if abs(found.cost - answer.objective) > PROOF_TOLERANCE * max(1.0, abs(found.cost)):
        note = f"the objective of the model in {file}, {answer.objective:.6g}, is not that of the instance"
        details["model_bound"], bound = answer.bound, None
    return Claim(Choice(found.mto, objective), restricted_bound=bound, message=note, details=details)
