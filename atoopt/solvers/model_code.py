"""An analyst's own model: a Python file that defines ``build_model(instance)``, run and checked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from atoopt.errors import InputError
from atoopt.files import read_text

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
    from pyomo.environ import ConcreteModel, Objective

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
    for name in needs:
        if not hasattr(model, name):
            remedy = f"start from {start_from}"
            raise InputError(f"returned a model without {name}", remedy, place=FUNCTION, file=file)
    n_objectives = sum(1 for _ in model.component_data_objects(Objective, active=True))
    if n_objectives != 1:
        problem = f"returned a model of {n_objectives} active objectives"
        raise InputError(problem, "leave one active, and deactivate() the others", place=FUNCTION, file=file)
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
