"""An analyst's own Pyomo model: a Python file that defines one function, ``build_model``.

``build_model(instance)`` returns a ``ConcreteModel`` with the binary variables ``hold[M]`` and the table
``modules`` (label M -> components as bits) of `atoopt.stock.formulation.build`; usually it calls `build` and
adds to what it returns. Everything else in the model is free.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from atoopt.errors import InputError
from atoopt.files import read_text
from atoopt.solvers.registry import solve_model
from atoopt.solvers.result import PROOF_TOLERANCE, Claim
from atoopt.solvers.run import Run
from atoopt.stock.evaluate import evaluate_masks
from atoopt.stock.formulation import stock_of
from atoopt.stock.instance import StockInstance

FUNCTION = "build_model"


def solve_model_file(instance: StockInstance, run: Run) -> Claim:
    """Solve the model of ``run.options.model``; status and bound are those of that model.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than such a model.
    """
    file = str(run.options.model)
    model = load_model(file, instance)
    try:
        answer = solve_model(model, run, on_progress=run.report)
    except (ValueError, TypeError) as error:
        raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model", file=file) from None
    details: dict[str, Any] = {"solver": run.options.solver, "model": file, "model_objective": answer.objective}
    note = f"status and bound are those of the model in {file}"
    if answer.objective is None:
        return Claim(infeasible=answer.outcome == "infeasible", bound=answer.bound, message=note, details=details)
    found = evaluate_masks(instance, stock_of(model))
    if not found.feasible:
        message = f"{note}; its stock breaks the instance's limits: {'; '.join(found.violations)}"
        return Claim(message=message, details=details | {"model_stock": [list(names) for names in found.modules]})
    if abs(found.cost - answer.objective) > PROOF_TOLERANCE * max(1.0, abs(found.cost)):
        note += f"; its objective {answer.objective:.6g} is not the cost of the instance, so that no bound is known"
        return Claim(found.masks, message=note, details=details | {"model_bound": answer.bound})
    return Claim(found.masks, bound=answer.bound, message=note, details=details)


def load_model(file: str, instance: StockInstance) -> Any:
    """Run a model file's ``build_model`` on an instance, and check what it returns."""
    from pyomo.environ import ConcreteModel

    function = _function(file)
    try:
        model = function(instance)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        fault = f"raised {type(error).__name__} ({error})"
        raise InputError(fault, "correct the model", place=_line(error, file), file=file) from None
    if not isinstance(model, ConcreteModel):
        problem = f"returned {type(model).__name__}"
        raise InputError(problem, "return a Pyomo ConcreteModel", place=FUNCTION, file=file)
    for name in ("hold", "modules"):
        if not hasattr(model, name):
            remedy = "start from atoopt.stock.formulation.build(instance)"
            raise InputError(f"returned a model without {name}", remedy, place=FUNCTION, file=file)
    return model


def _function(file: str) -> Any:
    text = read_text(file, f"Python file that defines {FUNCTION}(instance)")
    module = ModuleType(Path(file).stem)
    module.__file__ = file
    try:
        exec(compile(text, file, "exec"), module.__dict__)  # an import would leave a __pycache__ there
    except (Exception, SystemExit) as error:
        fault = f"cannot be run ({type(error).__name__}: {error})"
        raise InputError(fault, "correct the file", place=_line(error, file), file=file) from None
    function = getattr(module, FUNCTION, None)
    if not callable(function):
        raise InputError("is not defined", f"define {FUNCTION}(instance)", place=FUNCTION, file=file)
    return function


def _line(error: BaseException, file: str) -> str:
    """Return the last line of the file that an error passed through."""
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}"
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"line {line}" if line else FUNCTION
