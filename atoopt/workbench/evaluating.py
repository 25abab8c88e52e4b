"""A solution of a file judged by an instance, whatever instance it was made for: no claim of it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of


def evaluated(instance: Any, data: Mapping[str, Any], file: str = "") -> Any:
    """Return the evaluation of a stock or policy.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    data : mapping
        A result as JSON, its solution, or just the key ``modules`` or ``policy``.
    file : str
        Named in errors.

    Raises
    ------
    InputError
        The data hold no solution of such an instance.
    """
    solution = data.get("solution", data)
    if problem_of(instance).name == "stock-levels":
        return _evaluated_levels(instance, solution, file)
    stocks = problem_of(instance).name == "stock-composition"
    key = "modules" if stocks else "policy"
    if not isinstance(solution, Mapping) or key not in solution:
        remedy = f"give a result of atoopt solve, or an object with the key {key}"
        raise InputError(f"holds no {'stock' if stocks else 'policy'}", remedy, place="solution", file=file)
    value = solution[key]
    try:
        if stocks:
            from atoopt.stock import evaluate

            if not isinstance(value, (list, tuple)) or not all(
                isinstance(entry, (list, tuple, str)) for entry in value
            ):
                raise InputError("is no list of modules", "give lists of component names", place=key)
            return evaluate(instance, value)
        from atoopt.policy import evaluate as evaluate_policy

        if not isinstance(value, Mapping):
            raise InputError("is no object", "give id -> MTO or MTS", place=key)
        return evaluate_policy(instance, value)
    except InputError as error:
        raise error.in_file(file) from None


def _evaluated_levels(instance: Any, solution: Any, file: str) -> Any:
    """Return the evaluation of base-stock levels."""
    from atoopt.levels import evaluate

    levels = solution.get("levels") if isinstance(solution, Mapping) else None
    if not isinstance(levels, Mapping):
        remedy = "give a result of atoopt solve, or an object with the key levels"
        raise InputError("holds no levels", remedy, place="solution", file=file)
    try:
        return evaluate(instance, dict(levels))
    except InputError as error:
        raise error.in_file(file) from None
