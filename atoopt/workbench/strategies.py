"""Make-to-order, assemble-to-order, make-to-stock side by side, on one instance and for one service.

**Make-to-order** holds single components only, **assemble-to-order** the stock that is given or found,
**make-to-stock** every product whole, and **mixed** the best sellers whole and what assemble-to-order holds besides.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from atoopt.base.errors import InputError
from atoopt.base.faults import validated
from atoopt.base.problem import problem_of
from atoopt.base.values import ByValue
from atoopt.levels.data.parts import Target
from atoopt.levels.evaluation import Evaluation as LevelsEvaluation
from atoopt.levels.evaluation import evaluate_levels
from atoopt.levels.instance import LevelsInstance, levels_of_stock
from atoopt.solvers.result import Result
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from atoopt.stock.instance import StockInstance

NAMES = ("make-to-order", "assemble-to-order", "make-to-stock", "mixed")

BEST_SELLERS = 0.5
"""The share of the demand whose products are held whole in the mixed stock, the best sellers first."""

MOST_USE = 0.9
"""The share of all use that the most used items make."""

STRAIN, GROWTH_STEPS = 0.05, 12
"""How far the fill rate may fall while demand grows at given levels; halvings of the search for that growth."""

ASSUMPTIONS = (
    "Orders come as Poisson streams in the products' shares; each takes one of every module that it is built from.",
    "Every item comes again after the same lead time; levels are base-stock; first come, first served.",
    "The fill rate is of all orders, at once; final assembly comes on top of it.",
    "A unit is worth as many as it has components; the cost is equation (9), which does not count levels.",
)
"""What the comparison rests on, said with it."""


@dataclass(frozen=True, eq=False)
class Strategies(ByValue):
    """Strategies side by side.

    Attributes
    ----------
    instance : StockInstance
    table : DataFrame
        A row a number, a column a strategy.
    stocks : dict of str to Evaluation
    levels : dict of str to Evaluation
        Of base-stock levels, where a service was asked for.
    """

    instance: StockInstance
    table: pd.DataFrame
    stocks: dict[str, Evaluation]
    levels: dict[str, LevelsEvaluation]

    @property
    def claims(self) -> tuple[tuple[str, bool | None, str], ...]:
        """What papers say of assemble-to-order, whether it holds here (None: cannot be told), and the number."""
        ato, mto, mts = "assemble-to-order", "make-to-order", "make-to-stock"
        faster = self._at("mean assembly time", ato), self._at("mean assembly time", mto)
        others = [self._at("cost", name) for name in (mto, mts) if self._at("keeps every limit", name)]
        cheaper = self._at("cost", ato), min(others, default=math.nan)
        fewer = self._at("items held", ato), self._at("items held", mts)
        found = [
            ("a shorter lead time than make-to-order", *_less(faster)),
            ("a lower cost than what else keeps the limits", *_less(cheaper)),
            ("fewer items to manage than make-to-stock", *_less(fewer)),
        ]
        if "value of base stock" in self.table.index:
            stocks = self._at("value of base stock", ato), self._at("value of base stock", mts)
            found.append(("less stock than make-to-stock for the same service", *_less(stocks)))
        return tuple(found)

    def _at(self, row: str, name: str) -> float:
        return float(self.table[name].to_dict()[row])

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        columns = {
            name: {key: None if pd.isna(value) else value for key, value in self.table[name].to_dict().items()}
            for name in self.table
        }
        claims = [{"claim": text, "holds": holds, "numbers": numbers} for text, holds, numbers in self.claims]
        return {
            "instance": self.instance.name, "strategies": columns, "claims": claims, "assumptions": list(ASSUMPTIONS),
        }  # fmt: skip

    def __repr__(self) -> str:
        """Return the costs on one line."""
        costs = ", ".join(f"{name} {self._at('cost', name):.6g}" for name in self.stocks)
        return f"<strategies of {self.instance.name}: {costs}>"

    def _repr_html_(self) -> str:
        return str(self.table.to_html(float_format="{:.6g}".format))


def _less(pair: tuple[float, float]) -> tuple[bool | None, str]:
    """Return whether the first is less, None where one is not known, and both as text."""
    known = not any(map(math.isnan, pair))
    return (pair[0] < pair[1] if known else None), f"{pair[0]:.6g} against {pair[1]:.6g}"


def strategies(
    instance: StockInstance, stock: Any = None, *, orders_per_period: float | None = None, lead_time: float = 1.0,
    fill_rate: float = 0.95, time_limit: float | None = None, threads: int | None = None, seed: int = 0,
) -> Strategies:  # fmt: skip
    """Compare make-to-order, assemble-to-order, make-to-stock, and a mixed stock.

    Parameters
    ----------
    instance : StockInstance
    stock : Result or Evaluation, optional
        What assemble-to-order holds; by default it is solved for.
    orders_per_period : float, optional
        Where it is given, base-stock levels are found for each, of the same fill rate.
    lead_time : float
        Periods until an item that is taken comes again, the same for all.
    fill_rate : float
        The share of all orders that is to be filled at once.
    time_limit : float, optional
        Seconds for each solve.
    threads, seed : int
        As in `atoopt.solve`.

    Raises
    ------
    InputError
        It is no stock instance, nothing keeps its limits, or a number is not allowed.

    Examples
    --------
    >>> import atoopt
    >>> found = atoopt.strategies(atoopt.load("instances/stock/frequency-4.json"))
    >>> found.table.loc["mean assembly time"].round(4).tolist()
    [1.6, 0.8, 0.0, 0.45]
    """
    if problem_of(instance).name != "stock-composition":
        raise InputError(f"is {instance.format}", "give a stock-composition instance", place="format")
    target = validated(Target, {"kind": "average", "fill_rate": fill_rate})
    best = _stock(instance, stock, time_limit=time_limit, threads=threads, seed=seed)
    stocks = dict(zip(NAMES, _stocks(instance, best), strict=True))
    levels: dict[str, LevelsEvaluation] = {}
    if orders_per_period is not None:
        for name, each in stocks.items():
            found = _levels(instance, each, orders_per_period, lead_time, target, time_limit, seed)
            if found is not None:
                levels[name] = found
    table = pd.DataFrame({name: _column(each, levels.get(name)) for name, each in stocks.items()})
    if levels:
        values = {name: each.value for name, each in levels.items()}
        whole = values.get("make-to-stock", math.nan)
        table.loc["saved by pooling"] = [whole - values.get(name, math.nan) for name in stocks]
    return Strategies(instance, table, stocks, levels)


def _stock(instance: StockInstance, given: Any, **options: Any) -> Evaluation:
    """Return what assemble-to-order holds, evaluated anew."""
    if given is None:
        from atoopt.methods import solve

        given = solve(instance, **options)
        if given.solution is None:
            raise InputError(f"has no stock ({given.status})", "loosen its limits", place=instance.name)
    solution = given.solution if isinstance(given, Result) else given
    if not isinstance(solution, Evaluation):
        raise InputError(f"is {type(given).__name__}", "give a result, or its solution", place="stock")
    return evaluate_masks(instance, solution.masks)


def _stocks(instance: StockInstance, best: Evaluation) -> list[Evaluation]:
    """Return the four stocks; what may not be held is left out of them."""
    whole = [mask for mask in instance.product_masks if instance.allows(mask) and mask]
    order = np.argsort(-instance.shares, kind="stable")
    before = np.cumsum(instance.shares[order]) - instance.shares[order]
    sellers = [instance.product_masks[k] for k in order[before < BEST_SELLERS].tolist()]
    mixed = [*best.masks, *(mask for mask in sellers if mask and instance.allows(mask))]
    return [evaluate_masks(instance, masks) for masks in ((), best.masks, whole, _used(instance, mixed))]


def _used(instance: StockInstance, masks: list[int]) -> list[int]:
    """Return the modules that some product is still built from."""
    used = evaluate_masks(instance, masks).usage()
    return [mask for mask, share in used.items() if share > 0]


def _column(stock: Evaluation, levels: LevelsEvaluation | None) -> dict[str, float]:
    """Return the numbers of one strategy."""
    instance, use = stock.instance, np.sort(list(stock.usage().values()))[::-1]
    used = use[use > 0]
    limit = instance.max_mean_assembly_time
    times = stock.operations * instance.time_per_operation
    numbers: dict[str, float] = {
        "cost": stock.cost, **{name.replace("_", " "): value for name, value in stock.costs.items()},
        "modules held": float(stock.n_modules - instance.n_components), "items held": float(len(used)),
        "mean assembly time": stock.mean_assembly_time, "longest assembly time": float(times.max()),
        "orders within the limit": float("nan") if limit is None else float(instance.shares[times <= limit].sum()),
        "keeps every limit": float(stock.feasible),
        "items that make 90 % of use": float(np.searchsorted(np.cumsum(used), MOST_USE * used.sum()) + 1) / len(used),
    }  # fmt: skip
    if levels is not None:
        numbers |= {
            "units of base stock": float(levels.levels.sum()), "value of base stock": levels.value,
            "stock on hand": float(levels.on_hand.sum()), "orders filled": levels.average_fill_rate,
            "growth of demand it can take": _growth(levels),
        }  # fmt: skip
    return numbers


def _levels(
    instance: StockInstance, stock: Evaluation, orders: float, lead_time: float, target: Target,
    time_limit: float | None, seed: int,
) -> LevelsEvaluation | None:  # fmt: skip
    """Return the levels found for the fill rate; None where none were."""
    from atoopt.methods import solve

    used = {mask for mask, share in stock.usage().items() if share > 0}
    held = {"modules": [list(instance.names(mask)) for mask in stock.masks if mask in used]}
    aim = levels_of_stock(instance, held, orders, lead_time, target)
    found: LevelsEvaluation | None = solve(aim, "greedy", time_limit=time_limit, seed=seed).solution
    return found


def _growth(levels: LevelsEvaluation) -> float:
    """Return by what share the demand may grow until the same levels fill `STRAIN` fewer orders."""
    instance, low, high = levels.instance, 0.0, 1.0
    assert instance.target is not None and instance.orders_per_period is not None, "a stock's levels have both"
    least = levels.average_fill_rate - STRAIN
    for _ in range(GROWTH_STEPS):
        middle = (low + high) / 2
        grown: LevelsInstance = instance.replace(orders_per_period=instance.orders_per_period * (1 + middle))
        fills = evaluate_levels(grown, levels.levels).average_fill_rate >= least
        low, high = (middle, high) if fills else (low, middle)
    return low
