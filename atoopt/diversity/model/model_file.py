"""An analyst's own Pyomo model of a diversity instance: a Python file that defines ``build_model(instance)``.

It returns a ``ConcreteModel`` with the binary variables ``build[j]``, j a position in the instance's products, and
their set ``products``; usually it calls `atoopt.diversity.model.formulation.build` and adds to what that returns.
"""

from __future__ import annotations

from atoopt.diversity.evaluation import Evaluation, evaluate_positions
from atoopt.diversity.instance import DiversityInstance
from atoopt.diversity.model.formulation import variants_of
from atoopt.solvers.model_code import load_model, solve_own_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run

NEEDS = ("build", "products")


def solve_model_file(instance: DiversityInstance, run: Run) -> Claim:
    """Solve the model of ``run.options.model``; see `atoopt.solvers.model_code.solve_own_model`.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than such a model.
    """
    file = str(run.options.model)
    model = load_model(file, instance, NEEDS, "atoopt.diversity.model.formulation.build(instance)")

    def evaluate() -> tuple[tuple[int, ...], Evaluation]:
        variants = variants_of(model)
        return variants, evaluate_positions(instance, variants)

    return solve_own_model(model, run, file, evaluate, {})
