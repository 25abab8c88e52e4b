"""The stock that every search starts from."""

from __future__ import annotations

from collections.abc import Collection

from atoopt.solvers.run import Run
from atoopt.stock.heuristics.greedy import greedy_stock
from atoopt.stock.instance import StockInstance


def first_stock(instance: StockInstance, run: Run, candidates: Collection[int] | None = None) -> list[int] | None:
    """Return the greedy stock, or the cheapest of the paper's heuristics where that finds none; None without any.

    Parameters
    ----------
    instance : StockInstance
    run : Run
    candidates : collection of int, optional
        The modules to choose from, as bits.
    """
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
