"""An analyst's own Pyomo model: a Python file that defines one function, ``build_model``.

``build_model(instance)`` returns a ``ConcreteModel`` with the binary variables ``hold[M]`` and the table
``modules`` (label M -> components as bits) of `atoopt.stock.model.formulation.build`; usually it calls `build` and
adds to what it returns. Everything else in the model is free.
"""

from __future__ import annotations

from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.faults import shown
from atoopt.solvers.model_code import FUNCTION, load_model, solve_own_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.formulation import stock_of

NEEDS = ("hold", "modules")


def solve_model_file(instance: StockInstance, run: Run) -> Claim:
    """Solve the model of ``run.options.model``; see `atoopt.solvers.model_code.solve_own_model`.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than such a model.
    """
    file = str(run.options.model)
    model = load_model(file, instance, NEEDS, "atoopt.stock.model.formulation.build(instance)")
    _check_modules(model, instance, file)

    def evaluate() -> tuple[tuple[int, ...], Evaluation]:
        found = evaluate_masks(instance, stock_of(model))
        return found.masks, found

    return solve_own_model(model, run, file, evaluate, {})


def _check_modules(model: Any, instance: StockInstance, file: str) -> None:
    """Raise unless every entry of the table ``modules`` names a variable and holds components of the instance."""
    for name, mask in dict(model.modules).items():
        if name not in model.hold:
            problem, remedy = f'modules holds "{name}", but hold does not', "index hold by the labels of modules"
        elif not isinstance(mask, int) or not 0 < mask < 1 << instance.n_components:
            problem = f'modules["{name}"] is {shown(mask)}, no set of components as bits'
            remedy = "use instance.mask(names)"
        else:
            continue
        raise InputError(problem, remedy, place=FUNCTION, file=file)
