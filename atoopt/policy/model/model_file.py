"""An analyst's own Pyomo model of a policy instance: a Python file that defines ``build_model(instance)``.

``build_model(instance)`` returns a ``ConcreteModel`` with the binary variables ``to_order[id]``; usually it calls
`atoopt.policy.model.formulation.build` and adds to what it returns. Everything else in the model is free.
"""

from __future__ import annotations

from atoopt.policy.evaluation import Choice, Evaluation, evaluate_choice
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.model.formulation import policy_of
from atoopt.policy.objective import Objective
from atoopt.solvers.model_code import load_model, solve_own_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run

NEEDS = ("to_order",)


def solve_model_file(instance: PolicyInstance, objective: Objective, run: Run) -> Claim:
    """Solve the model of ``run.options.model``; see `atoopt.solvers.model_code.solve_own_model`.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than such a model.
    """
    file = str(run.options.model)
    model = load_model(file, instance, NEEDS, "atoopt.policy.model.formulation.build(instance)")

    def evaluate() -> tuple[Choice, Evaluation]:
        choice = Choice(policy_of(model), objective)
        return choice, evaluate_choice(instance, choice)

    return solve_own_model(model, run, file, evaluate, objective.describe())
