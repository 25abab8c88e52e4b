"""A solution of a file judged by an instance, whatever instance it was made for: no claim of it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of
from atoopt.base.resolve import resolve

KEYS = {
    "stock-composition": ("modules", "stock"),
    "policy": ("policy", "policy"),
    "diversity": ("variants", "choice of variants"),
}
"""Problem -> the key of its solutions, and what they are called."""


def evaluated(instance: Any, data: Mapping[str, Any], file: str = "") -> Any:
    """Return the evaluation of a stock, policy or choice of variants.

    Parameters
    ----------
    instance : StockInstance, PolicyInstance or DiversityInstance
    data : mapping
        A result as JSON, its solution, or just the key ``modules``, ``policy`` or ``variants``.
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
    key, what = KEYS[problem_of(instance).name]
    if not isinstance(solution, Mapping) or key not in solution:
        remedy = f"give a result of atoopt solve, or an object with the key {key}"
        raise InputError(f"holds no {what}", remedy, place="solution", file=file)
    value = solution[key]
    try:
        if key == "policy":
            return _policy(instance, value)
        evaluate = resolve(f"atoopt.{'stock' if key == 'modules' else 'diversity'}.evaluation:evaluate")
        if not isinstance(value, (list, tuple)) or not all(isinstance(entry, (list, tuple, str)) for entry in value):
            raise InputError(f"is no list of {key}", "give lists of component names", place=key)
        return evaluate(instance, value)
    except InputError as error:
        raise error.in_file(file) from None


def _policy(instance: Any, value: Any) -> Any:
    from atoopt.policy import evaluate

    if not isinstance(value, Mapping):
        raise InputError("is no object", "give id -> MTO or MTS", place="policy")
    return evaluate(instance, value)


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
