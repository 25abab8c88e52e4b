"""The stock that every search starts from."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from atoopt.base.errors import InputError
from atoopt.solvers.run import Run
from atoopt.stock.heuristics.greedy import greedy_stock
from atoopt.stock.instance import StockInstance


def first_stock(instance: StockInstance, run: Run, candidates: Collection[int] | None = None) -> list[int] | None:
    """Return the stock that the user knows, or the greedy one, or the best of the paper's heuristics; None without any.

    Parameters
    ----------
    instance : StockInstance
    run : Run
    candidates : collection of int, optional
        The modules to choose from, as bits.
    """
    known = run.options.start
    if known is not None and (candidates is None or set(known) <= set(candidates)):
        return list(known)
    stock = greedy_stock(instance, run, candidates)
    if stock is not None or run.stopped:
        return stock
    from atoopt.stock.evaluation import evaluate_masks
    from atoopt.stock.heuristics.construct import heuristic_stocks

    stocks = [masks for _, masks in heuristic_stocks(instance, run)]
    if candidates is not None:
        stocks = [[mask for mask in masks if mask in candidates] for masks in stocks]
    found = [(evaluation.cost, masks) for masks in stocks if (evaluation := evaluate_masks(instance, masks)).feasible]
    return min(found, default=(0.0, None))[1]


def known_stock(instance: StockInstance, given: Any) -> tuple[int, ...]:
    """Return the stock that a user gives as a start: its modules of several components, as bits.

    Parameters
    ----------
    instance : StockInstance
    given : Result, Evaluation, or list of lists of str
        A result, its solution, or modules by the names of their components.

    Raises
    ------
    InputError
        It is no stock, holds what the instance has not, or breaks a limit.
    """
    from atoopt.stock.evaluation import evaluate

    solution = getattr(given, "solution", given)
    modules = getattr(solution, "modules", solution)
    if not isinstance(modules, (list, tuple)) or not all(isinstance(module, (list, tuple)) for module in modules):
        remedy = "give a result that has a solution, or modules as lists of component names"
        raise InputError(f"is {type(given).__name__}", remedy, place="start")
    try:
        evaluation = evaluate(instance, modules)
    except InputError as error:
        raise InputError(error.problem, error.remedy, place="start") from None
    if evaluation.violations:
        raise InputError(f"breaks: {'; '.join(evaluation.violations)}", "leave it out, or mend it", place="start")
    return tuple(mask for mask in evaluation.masks if mask & (mask - 1))
