"""Value, fill rates, backorders and cost of given levels: the truth that every method is checked against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from atoopt.levels import exact, scenarios
from atoopt.levels.instance import LevelsInstance
from atoopt.levels.system import Floats, Levels

if TYPE_CHECKING:
    import pandas as pd

SCENARIOS = 100_000
"""Of an estimate: its 95 % interval is at most 0.31 points to each side for one order type, less for the average."""

JUDGE_SEED = 20_260_101
"""Of the scenarios that judge: no search draws these, so that its choice does not flatter its result."""

TOLERANCE = 1e-9
"""A fill rate reaches the target within this: rounding of sums."""


@dataclass(frozen=True, repr=False)
class Evaluation:
    """What base-stock levels are worth, how many orders they fill, and which target they miss.

    Attributes
    ----------
    instance : LevelsInstance
    levels : (n,) array of int
        s_i.
    within : float
        w of the fill rates.
    fill_rates : (m,) array
        f_K(w).
    half_widths : (m,) array
        Of the 95 % intervals of the fill rates; 0 where they are exact.
    average_fill_rate, average_half_width : float
        Of all orders.
    estimated : bool
        Whether the fill rates are means over scenarios; False where they are exact.
    """

    instance: LevelsInstance
    levels: Levels
    within: float
    fill_rates: Floats
    half_widths: Floats
    average_fill_rate: float
    average_half_width: float
    estimated: bool
    objective_name: str = "value"

    @property
    def value(self) -> float:
        """The value of base stock, sum_i v_i s_i."""
        return self.instance.system.value_of(self.levels)

    @cached_property
    def _backorders(self) -> tuple[Floats, Floats]:
        system = self.instance.system
        if not fits_backorders(self.instance, self.levels):
            return scenarios.estimated_backorders(system, self.levels, SCENARIOS, JUDGE_SEED + 1)
        found = exact.expected_backorders(system, self.levels)
        return found, np.zeros_like(found)

    @property
    def backorders(self) -> Floats:
        """E[B_K], orders of each type that wait, shape (m,)."""
        return self._backorders[0]

    @property
    def on_hand(self) -> Floats:
        """Mean units of each module in stock, those set aside for waiting orders included, shape (n,)."""
        system = self.instance.system
        return self.levels - system.lead_time_demand + self.backorders @ system.takes

    @cached_property
    def cost(self) -> float:
        """The value of base stock; with costs: sum h_i (s_i - lambda_i L_i) + sum (b_K + sum of h_i in K) E[B_K]."""
        if self.instance.target is not None:
            return self.value
        return float(self.instance.holding @ self.on_hand + self.instance.backorder @ self.backorders)

    @cached_property
    def cost_half_width(self) -> float:
        """Half the width of an interval of the cost of at least 95 %; 0 where it is exact."""
        if self.instance.target is not None:
            return 0.0
        system = self.instance.system
        return float((self.instance.backorder + system.takes @ self.instance.holding) @ self._backorders[1])

    @property
    def violations(self) -> tuple[str, ...]:
        """A missed target in words; where fill rates are estimated, only what their interval excludes."""
        target = self.instance.target
        if target is None or self.within != self.instance.window:
            return ()
        if target.kind == "average":
            reached = self.average_fill_rate + self.average_half_width
            if reached < target.fill_rate - TOLERANCE:
                return (f"{self.average_fill_rate:.6f} of the orders are filled, below {target.fill_rate:g}",)
            return ()
        from atoopt.levels.data.of_stock import order_names

        missed = np.flatnonzero(self.fill_rates + self.half_widths < target.fill_rate - TOLERANCE)
        names = order_names(self.instance)
        return tuple(f"{self.fill_rates[k]:.6f} of {names[k]} is filled, below {target.fill_rate:g}" for k in missed)

    @property
    def feasible(self) -> bool:
        """Whether the target is reached."""
        return not self.violations

    def to_json(self) -> dict[str, Any]:
        """Return the key ``solution`` of the JSON output."""
        names = self.instance.system.modules
        return {
            "levels": dict(zip(names, self.levels.tolist(), strict=True)),
            "value": self.value,
            "within": self.within,
            "fill_rates": self.fill_rates.tolist(),
            "fill_rate_half_widths": self.half_widths.tolist() if self.estimated else None,
            "average_fill_rate": self.average_fill_rate,
            "average_half_width": self.average_half_width if self.estimated else None,
            "estimated": self.estimated,
        }

    def detail(self) -> dict[str, Any]:
        """Return what is told in a result, and takes longer: bounds, backorders, stock on hand."""
        lower, upper = exact.fill_rate_bounds(self.instance.system, self.levels, self.within)
        items = exact.item_fill_rates(self.instance.system, self.levels, self.within)
        names = self.instance.system.modules
        return {
            "expected_backorders": self.backorders.tolist(),
            "on_hand": dict(zip(names, self.on_hand.tolist(), strict=True)),
            "item_fill_rates": dict(zip(names, items.tolist(), strict=True)),
            "fill_rate_bounds": [lower.tolist(), upper.tolist()],
            "expected_backorders_half_widths": self._backorders[1].tolist(),
            "cost_half_width": self.cost_half_width,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return a row a module: level, mean demand in its lead time, fill rate on its own, stock on hand."""
        import pandas as pd

        system = self.instance.system
        return pd.DataFrame({
            "module": system.modules, "level": self.levels,
            "value": list(system.values), "lead_time": system.lead_times,
            "lead_time_demand": system.lead_time_demand, "on_hand": self.on_hand,
            "fill_rate": exact.item_fill_rates(system, self.levels, self.within),
        })  # fmt: skip

    def products(self) -> pd.DataFrame:
        """Return a row an order type: its rate, fill rate and expected backorders."""
        import pandas as pd

        from atoopt.levels.data.of_stock import order_names

        return pd.DataFrame({
            "order": order_names(self.instance), "rate": self.instance.system.rates,
            "fill_rate": self.fill_rates, "half_width": self.half_widths, "backorders": self.backorders,
        })  # fmt: skip

    @property
    def missed(self) -> float:
        """The share of all orders that is not filled within the window."""
        return 1 - self.average_fill_rate

    def __repr__(self) -> str:
        """Return value and service on one line."""
        how = f" +- {self.average_half_width:.3%}" if self.estimated else ""
        cost = "" if self.instance.target is not None else f"cost {self.cost:.6f}, "
        service = f"{self.average_fill_rate:.4%}{how} of the orders filled"
        return f"<{self.instance.name}: {cost}value {self.value:g}, {service}>"

    def _repr_html_(self) -> str:
        head = f"value {self.value:g}, {self.average_fill_rate:.2%} of the orders filled"
        return f"<p>{escape(head)}</p>{self.to_frame().to_html(index=False)}"


def evaluate(instance: LevelsInstance, levels: dict[str, int], within: float | None = None) -> Evaluation:
    """Evaluate levels given by name.

    Parameters
    ----------
    instance : LevelsInstance
    levels : dict of str to int
        Base-stock level of each module.
    within : float, optional
        w, periods; by default the instance's window.

    Raises
    ------
    InputError
        A name is no module that is held, or a level is missing or negative.
    """
    return evaluate_levels(instance, instance.system.levels(levels), within)


def evaluate_levels(instance: LevelsInstance, levels: Levels, within: float | None = None) -> Evaluation:
    """Evaluate levels given as an array: exactly where that fits into memory, else on `SCENARIOS` of a fixed seed."""
    system, w = instance.system, instance.window if within is None else within
    levels = np.asarray(levels, dtype=np.int64)
    if exact.fits(system, levels):
        rates = exact.order_fill_rates(system, levels, w)
        found = (rates, np.zeros_like(rates), float(system.shares @ rates), 0.0, False)
    else:
        guess = scenarios.estimate(system, levels, SCENARIOS, JUDGE_SEED, w)
        found = (guess.fill_rates, guess.fill_half_widths, guess.average, guess.average_half_width, True)
    return Evaluation(instance, levels, w, *found, "value" if instance.target is not None else "cost")


def fits_backorders(instance: LevelsInstance, levels: Levels, work: float = exact.MOST_WORK) -> bool:
    """Whether the exact expected backorders take little enough time: fill rates within many windows."""
    return exact.fits(instance.system, levels, work / max(1, len(exact.windows(instance.system))))
