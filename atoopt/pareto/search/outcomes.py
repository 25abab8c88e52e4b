"""What a search comes to: a point, or what keeps it from one."""

from __future__ import annotations

from typing import NamedTuple

from atoopt.pareto.program.compile import Floats

Pair = tuple[float, float]


class Point(NamedTuple):
    """A solution: its values to be minimized, in the units of the scale.

    Attributes
    ----------
    values : (float, float)
    columns : (n_columns,) array
    proven : bool
        That no solution dominates it.
    """

    values: Pair
    columns: Floats
    proven: bool = True

    def fits(self, limits: Pair) -> bool:
        """Whether both values are within limits."""
        return all(value <= limit for value, limit in zip(self.values, limits, strict=True))


class Unproven(Exception):
    """A solve ended without a proof: what it would have found is unknown, but for a bound where one was proven."""

    def __init__(self, reason: str, bound: float | None = None) -> None:
        super().__init__(reason)
        self.bound = bound


class Crawling(Exception):
    """The front is continuous: it has no next point."""


class Unbounded(Exception):
    """An objective has no least value."""
