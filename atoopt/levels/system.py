"""An assemble-to-order system in arrays: modules with lead times, and streams of orders that take one of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.frozen import read_only
from atoopt.levels.data.arrivals import Arrivals

Floats = NDArray[np.float64]
Levels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class System:
    """Modules held to base-stock levels, and independent Poisson streams of orders with unit demand.

    Attributes
    ----------
    modules : tuple of str
        Names of the n modules.
    lead_times : (n,) array
        L_i, periods from a replenishment order to the unit; a review period is part of it.
    values : (n,) array
        What a unit of base stock is worth.
    orders : tuple of tuple of int
        K, the positions of the modules that each of the m order types takes, one of each; empty for an order that
        needs none.
    rates : (m,) array
        lambda_K, orders per period.
    arrivals : Arrivals, optional
        The orders of a history, which take the place of Poisson streams.

    Examples
    --------
    >>> import numpy as np
    >>> both = System(("a", "b"), np.array([2.0, 3.0]), np.ones(2), ((0,), (0, 1)), np.array([1.0, 0.5]))
    >>> both.module_rates.tolist()
    [1.5, 0.5]
    """

    modules: tuple[str, ...]
    lead_times: Floats
    values: Floats
    orders: tuple[tuple[int, ...], ...]
    rates: Floats
    arrivals: Arrivals | None = None

    @property
    def n_modules(self) -> int:
        """The number of modules, n."""
        return len(self.modules)

    @cached_property
    def takes(self) -> NDArray[np.bool_]:
        """Whether an order type takes a module, shape (m, n)."""
        found = np.zeros((len(self.orders), self.n_modules), dtype=np.bool_)
        for k, order in enumerate(self.orders):
            found[k, list(order)] = True
        return read_only(found)

    @cached_property
    def shares(self) -> Floats:
        """p_K, the shares of the orders, shape (m,)."""
        return read_only(self.rates / self.rates.sum())

    @cached_property
    def module_rates(self) -> Floats:
        """lambda_i, the demand for each module per period, shape (n,)."""
        return read_only(self.rates @ self.takes)

    @cached_property
    def lead_time_demand(self) -> Floats:
        """lambda_i L_i, the mean demand for each module in its lead time, shape (n,)."""
        return read_only(self.module_rates * self.lead_times)

    def value_of(self, levels: Levels) -> float:
        """Return the value of base stock, sum_i v_i s_i."""
        return float(self.values @ levels)

    def levels(self, named: dict[str, int], place: str = "levels") -> Levels:
        """Return levels by name as an array; each module needs one.

        Raises
        ------
        InputError
            A name is no module that is held, a level is missing or negative.
        """
        for name, level in named.items():
            if name not in self.modules:
                remedy = f"choose among {', '.join(self.modules[:5])}{', ...' if self.n_modules > 5 else ''}"
                raise InputError("is a level of a module that is not held", remedy, place=f"{place}.{name}")
            if isinstance(level, bool) or not isinstance(level, (int, np.integer)) or not 0 <= level <= MOST_LEVEL:
                remedy = f"give a whole number from 0 to {MOST_LEVEL:,}"
                raise InputError(f"is {level!r}", remedy, place=f"{place}.{name}")
        for name in self.modules:
            if name not in named:
                raise InputError("is missing", "give a level for each module", place=f"{place}.{name}")
        return np.array([named[name] for name in self.modules], dtype=np.int64)


MOST_LEVEL = 10**9
"""A higher level is a mistake, and would overflow sums."""
