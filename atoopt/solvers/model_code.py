"""An analyst's own model: a Python file that defines ``build_model(instance)``, loaded, solved, and told of.

What such a model proves, it proves of itself: its constraints may be tighter or looser than the instance's, and its
objective another one. So nothing of it is claimed of the instance; it stands in keys of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.files import read_text
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.solvers.registry import solve_model
from atoopt.solvers.result import Claim, ModelProof, Solution
from atoopt.solvers.run import Run

FUNCTION = "build_model"


def load_model(file: str, instance: Any, needs: Iterable[str], start_from: str) -> Any:
    """Run a model file's ``build_model`` on an instance, and check what it returns.

    Parameters
    ----------
    file : str
    instance : StockInstance or PolicyInstance
    needs : iterable of str
        What the model must have, for its solution to be read.
    start_from : str
        What an analyst should start from, for the message.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than such a model.
    """
    from pyomo.environ import Objective

    model = made(file, FUNCTION, instance)
    for name in needs:
        if not hasattr(model, name):
            remedy = f"start from {start_from}"
            raise InputError(f"returned a model without {name}", remedy, place=FUNCTION, file=file)
    n_objectives = sum(1 for _ in model.component_data_objects(Objective, active=True))
    if n_objectives != 1:
        problem = f"returned a model of {n_objectives} active objectives"
        raise InputError(problem, "leave one active, and deactivate() the others", place=FUNCTION, file=file)
    return model


def made(file: str, function: str, *arguments: Any) -> Any:
    """Call a function of a Python file, and return the model that it makes.

    Raises
    ------
    InputError
        The file cannot be loaded, lacks the function, or returns something else than a model.
    """
    from pyomo.environ import ConcreteModel

    try:
        model = _function(file, function)(*arguments)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        fault = f"raised {type(error).__name__} ({error})"
        raise InputError(fault, "correct the model", place=_line(error, file), file=file) from None
    if not isinstance(model, ConcreteModel):
        problem = f"returned {type(model).__name__}"
        raise InputError(problem, "return a Pyomo ConcreteModel", place=function, file=file)
    return model


def solve_own_model(
    model: Any, run: Run, file: str, evaluate: Callable[[], tuple[Any, Solution]], details: dict[str, Any]
) -> Claim:
    """Solve an analyst's model, and return what follows of the instance.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Checked by `load_model`.
    run : Run
    file : str
    evaluate : callable
        Reads the solution in the model's variables: in the problem's own form, and as its evaluator sees it.
    details : dict
        What else the result should say.

    Returns
    -------
    Claim
        The solution where it keeps the limits of the instance, never a bound; what the model proved in `model`.

    Raises
    ------
    InputError
        The model cannot be compiled.
    """

    def tell(objective: float | None, bound: float | None) -> None:
        run.report(note=str(ModelProof("unknown" if objective is None else "feasible", objective, bound)))

    try:
        answer = solve_model(model, run, on_progress=tell)
    except (ValueError, TypeError) as error:
        raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model", file=file) from None
    proof = _proof_of(answer)
    claim = Claim(model=proof, details={"solver": run.options.solves, "model": file, **details})
    claim.message = f"the model in {file} is {proof.status}, which proves nothing about the instance"
    if answer.objective is None:
        if proof.status == "unknown":
            claim.message = f"the model in {file} has no known solution ({answer.message or answer.outcome})"
        return claim
    solution, found = evaluate()
    if found.violations:
        claim.message += f"; its solution breaks the instance's limits: {'; '.join(found.violations)}"
        claim.details["model_solution"] = found.to_json()
        return claim
    if abs(found.cost - answer.objective) > PROOF_TOLERANCE * abs(found.cost):
        claim.message += f"; its objective {answer.objective:.6g} is not that of the instance"
    claim.solution = solution
    return claim


def _proof_of(answer: Any) -> ModelProof:
    """Return what a solver proved, in the words of a result."""
    objective, bound = answer.objective, answer.bound
    if objective is None:
        return ModelProof("infeasible" if answer.outcome == "infeasible" else "unknown", None, bound)
    near = bound is not None and abs(objective - bound) <= PROOF_TOLERANCE * abs(objective)
    return ModelProof("optimal" if near and answer.outcome == "optimal" else "feasible", objective, bound)


def _function(file: str, name: str) -> Any:
    text = read_text(file, f"Python file that defines {name}")
    module = ModuleType(Path(file).stem)
    module.__file__ = file
    try:
        exec(compile(text, file, "exec"), module.__dict__)  # an import would leave a __pycache__ there
    except (Exception, SystemExit) as error:
        fault = f"cannot be run ({type(error).__name__}: {error})"
        raise InputError(fault, "correct the file", place=_line(error, file), file=file) from None
    function = getattr(module, name, None)
    if not callable(function):
        arguments = "instance" if name == FUNCTION else ""
        raise InputError("is not defined", f"define {name}({arguments})", place=name, file=file)
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
