"""One single-objective sub-problem: what is minimized, within which limits, and what counts as its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.program.scale import ORDINARY, SPAN, STEP, Pair, Scale

WHOLE = 2.0**50
"""Coefficients that add up to no more are summed exactly, for columns up to eight."""


@dataclass(frozen=True)
class Question:
    """Minimize a weighted sum of both objectives while each is at most its limit.

    Attributes
    ----------
    program : Program
    scale : Scale
    rows : (array, array)
        Both objectives' coefficients, and `factors` (float, float) by which the solver's are multiplied: see `Scale`.
    weights, limits : (float, float)
        In the scale's units.
    """

    program: Program
    scale: Scale
    rows: tuple[Floats, Floats]
    factors: Pair
    weights: Pair
    limits: Pair

    @cached_property
    def cost(self) -> Floats:
        """Coefficients of what is minimized."""
        return np.asarray(self.weights[0] * self.rows[0] + self.weights[1] * self.rows[1])

    @property
    def is_whole(self) -> bool:
        """Whether what is minimized takes whole values, which a double holds: weights may be large."""
        whole = all(weight == 0 or whole for weight, whole in zip(self.weights, self.scale.whole, strict=True))
        return whole and float(np.abs(self.cost).sum()) < WHOLE

    @property
    def is_limited(self) -> bool:
        """Whether an objective has a limit."""
        return min(self.limits) < math.inf

    @cached_property
    def divisor(self) -> float:
        """By what the solver's costs are divided: whole ones may be large."""
        largest = float(np.abs(self.cost).max(initial=0.0))
        if largest <= ORDINARY or self.factors == (1.0, 1.0):
            return 1.0
        return float(2.0 ** math.ceil(math.log2(largest / ORDINARY)))

    def side(self, which: int) -> float:
        """Return an objective's limit as its row in the solver has it; half a step more where a step is small to it."""
        factor, limit = self.factors[which], self.limits[which]
        return (math.floor(limit + 1e-6) + 0.5) * factor if factor < 1 and math.isfinite(limit) else limit

    def is_answered_by(self, columns: Floats) -> bool:
        """Whether rounded columns keep the rows of the model as given, and the limits."""
        if self.program.rows.broken(columns).size:
            return False
        sides = zip(self.scale.values(self.program, columns), self.limits, self.scale.whole, strict=True)
        return all(value <= most + (0.5 if whole else _rounding(most)) for value, most, whole in sides)

    def worth(self, columns: Floats) -> float:
        """Return what is minimized."""
        values = self.scale.values(self.program, columns)
        return values[0] * self.weights[0] + values[1] * self.weights[1]

    def is_close(self, worth: float, bound: float | None) -> bool:
        """Whether a value is no worse than a bound by more than rounding; real values: of a thousandth of a step."""
        if bound is None:
            return True
        if self.is_whole:
            return worth <= bound + 0.5
        return worth <= bound + 1e-3 * STEP * SPAN * max(self.weights) + 1e-9 * abs(bound)


def _rounding(limit: float) -> float:
    """Return by what a real value may be beyond its limit: rounding of the solver, far below a step."""
    return 0.1 * STEP * max(SPAN, abs(limit)) if math.isfinite(limit) else 0.0
