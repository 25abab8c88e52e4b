"""The data of the stock-levels problem: frozen, validated, read from and written to JSON."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from atoopt.base.errors import InputError
from atoopt.base.faults import validated
from atoopt.base.files import read_json
from atoopt.base.frozen import Name, NonNegative, Positive
from atoopt.base.instance import Instance
from atoopt.levels.data.parts import Costs, Held, History, LeadTimes, Module, Order, Target
from atoopt.levels.system import Floats, System
from atoopt.stock.instance import StockInstance

FORMAT: Literal["atoopt/stock-levels"] = "atoopt/stock-levels"
PARTS = ("stock_instance", "solution", "history")

_Moderate = Annotated[NonNegative, Field(le=1e9)]


class LevelsInstance(Instance):
    """How many of each module should be held? Base-stock levels under Poisson orders, first come, first served.

    Attributes
    ----------
    name : str
    stock_instance : StockInstance or None
        The products; in a file the object, or the path of its own file, relative to this one.
    solution : Held or None
        The stock of modules: a result of ``atoopt solve``, its solution alone, or the path of one.
    orders_per_period : float or None
        Of all products together; their shares split it.
    lead_times : LeadTimes or None
        Of each module, periods.
    value : dict of str to float
        Of a unit of each component; 1 where a component is not named. A module is worth the sum.
    modules : tuple of Module or None
        A bare system instead of a stock: the modules with lead time and value.
    orders : tuple of Order or None
        A bare system: which modules each order type takes, and how many orders a period.
    review_period : float
        Periods between replenishment orders; the stock must last for lead time and review period together.
    window : float
        w, periods that the customer allows from order to shipment.
    target : Target or None
        The fill rate to reach with the least value of base stock.
    history : History or None
        Dated orders that take the place of Poisson streams (their rates count, not the stated ones), or their file.
    costs : Costs or None
        Holding and backorder costs to minimize, instead of a target.

    Examples
    --------
    >>> from atoopt.levels import LevelsInstance
    >>> two = LevelsInstance(
    ...     name="two", modules=[{"name": "a", "lead_time": 2.0}, {"name": "b", "lead_time": 3.0}],
    ...     orders=[{"modules": ["a"], "rate": 1.0}, {"modules": ["a", "b"], "rate": 0.5}],
    ...     target={"kind": "average", "fill_rate": 0.95})
    >>> two.system.module_rates.tolist()
    [1.5, 0.5]
    """

    label_width: ClassVar[int] = 18
    in_rows: ClassVar[tuple[str, ...]] = ("modules", "orders")

    format: Literal["atoopt/stock-levels"] = FORMAT
    version: Literal[1] = 1
    name: Name
    stock_instance: StockInstance | None = None
    solution: Held | None = None
    orders_per_period: Positive | None = None
    lead_times: LeadTimes | None = None
    value: dict[Name, _Moderate] = Field(default_factory=dict)
    modules: Annotated[tuple[Module, ...], Field(min_length=1)] | None = None
    orders: Annotated[tuple[Order, ...], Field(min_length=1)] | None = None
    review_period: _Moderate = 0.0
    window: _Moderate = 0.0
    target: Target | None = None
    costs: Costs | None = None
    history: History | None = None

    @classmethod
    def with_parts(cls, data: dict[str, Any], file: str) -> dict[str, Any]:
        """Return the data of a file with the files in it read: their paths are relative to the file."""
        read = {key: read_json(Path(file).parent / data[key]) for key in PARTS if isinstance(data.get(key), str)}
        return data | read

    @model_validator(mode="after")
    def _check_whole(self) -> LevelsInstance:
        """One kind of system, whole, and one aim; every name known."""
        bare, of_stock = ("modules", "orders"), ("stock_instance", "solution", "orders_per_period", "lead_times")
        kind, other = (bare, of_stock) if self.modules is not None or self.orders is not None else (of_stock, bare)
        for key in other:
            if getattr(self, key) is not None:
                raise InputError(f"stands beside {kind[0]}", "give a stock or a bare system, not both", place=key)
        for key in kind:
            if getattr(self, key) is None:
                raise InputError("is missing", "add this key", place=key)
        if kind is bare and self.value:
            raise InputError("has no meaning beside modules", "give each module its value", place="value")
        if (self.target is None) == (self.costs is None):
            raise InputError("needs an aim", "give either target or costs", place="target")
        if self.history is not None and self.costs is not None:
            raise InputError("has no meaning beside costs", "give a target", place="history")
        _ = self.system, self.holding, self.backorder
        return self

    @cached_property
    def system(self) -> System:
        """The modules and orders in arrays; lead times with the review period."""
        from atoopt.levels.data.of_stock import bare_system, system_of_stock, with_history

        system = bare_system(self) if self.modules is not None else system_of_stock(self)
        return system if self.history is None else with_history(system, self.history)

    @cached_property
    def holding(self) -> Floats:
        """h_i, cost of a unit of each module and period, shape (n,); nothing where a target is given."""
        from atoopt.levels.data.of_stock import holding_costs

        return np.zeros(self.system.n_modules) if self.costs is None else holding_costs(self)

    @cached_property
    def backorder(self) -> Floats:
        """b_K, cost of a waiting order of each type and period, shape (m,); nothing where a target is given."""
        from atoopt.levels.data.of_stock import backorder_costs

        return np.zeros(len(self.system.orders)) if self.costs is None else backorder_costs(self)

    def to_json(self) -> dict[str, Any]:
        """Return the instance as plain data, without the keys that were left out."""
        data = super().to_json()
        if self.stock_instance is not None:
            data["stock_instance"] = self.stock_instance.to_json()
        for order in data["orders"] or ():
            if order["name"] is None:
                del order["name"]
        return {key: value for key, value in data.items() if value is not None and value != {}}

    def summary(self) -> dict[str, str]:
        """Return the instance on one screen, label to text."""
        system = self.system
        times, demand = system.lead_times, system.lead_time_demand
        return {
            "instance": self.name,
            "modules": f"{system.n_modules}, each worth {system.values.min():g} to {system.values.max():g}",
            "order types": f"{len(system.orders)}, {system.rates.sum():g} orders per period",
            "lead times": f"{times.min():g} to {times.max():g} periods"
            + (f", review period {self.review_period:g} included" if self.review_period else ""),
            "lead-time demand": f"{demand.min():g} to {demand.max():g} units of a module",
            "window": f"{self.window:g} periods",
            "aim": self.aim,
            "demand": self.demand,
        }

    @property
    def demand(self) -> str:
        """How orders come, in words; for a history, whether a Poisson stream could have brought them."""
        arrivals = self.system.arrivals
        if arrivals is None:
            return "Poisson"
        index, chance = arrivals.dispersion
        holds = "Poisson may hold" if arrivals.is_poisson else "Poisson does not hold"
        came = f"{arrivals.times.size:,} orders over {arrivals.span:g} periods"
        return f"{came}; variance / mean per period {index:.2f}: {holds} (p = {chance:.2g})"

    @property
    def aim(self) -> str:
        """What is to be reached, in words."""
        if self.target is None:
            return "least holding and backorder costs"
        of = "of each order type" if self.target.kind == "each" else "of all orders"
        return f"{self.target.fill_rate:.4%} {of} filled within the window, with the least value of base stock"


def levels_of_stock(
    stock: StockInstance, solution: Any, orders_per_period: float, lead_time: float, target: Target | None
) -> LevelsInstance:  # fmt: skip
    """Return the levels instance of a stock and the modules that are held.

    Parameters
    ----------
    stock : StockInstance
    solution : mapping
        A result as JSON, or its solution; or ``{"modules": [...]}``.
    orders_per_period, lead_time : float
        The same lead time for every module.
    target : Target or None
    """
    data = {
        "name": stock.name, "stock_instance": stock, "solution": solution, "orders_per_period": orders_per_period,
        "lead_times": {"default": lead_time}, "target": target,
    }  # fmt: skip
    return validated(LevelsInstance, data)
