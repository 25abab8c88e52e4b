"""The parts of the objective space that are still to be searched; both objectives are minimized here."""

from __future__ import annotations

import math
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle that may hold non-dominated points, strictly inside.

    Two known points stand at its corners: one at (`west`, `top`), one at (`right`, `south`). Where nothing lies
    between such a point and the rectangle, `west` is less than `left`, or `south` less than `bottom`.

    Attributes
    ----------
    left, right, bottom, top : float
    west, south : float
    hull : bool
        Both points are supported, and so may be others between them.
    """

    left: float
    right: float
    bottom: float
    top: float
    west: float
    south: float
    hull: bool = False

    @classmethod
    def between(cls, upper: tuple[float, float], lower: tuple[float, float], *, hull: bool = False) -> Box:
        """Return the box between two points, the one of less first objective given first."""
        return cls(upper[0], lower[0], lower[1], upper[1], upper[0], lower[1], hull)

    def is_open(self, steps: tuple[float, float], whole: tuple[bool, bool]) -> bool:
        """Whether a point more than a step from every side fits in."""
        sizes = (self.right - self.left, self.top - self.bottom)
        return all(
            (math.floor(size + 1e-6) >= 2) if exact else (size > step)
            for size, step, exact in zip(sizes, steps, whole, strict=True)
        )

    def error(self, ranges: tuple[float, float]) -> float:
        """Return how far a point in the box can be from the nearer corner point, as a share of the ranges.

        Distance as in `atoopt.pareto.representation.coverage_error`: the larger of the two differences.

        >>> Box.between((0.0, 4.0), (2.0, 0.0)).error((10.0, 10.0))
        0.2
        """
        width, height = (self.right - self.west) / ranges[0], (self.top - self.south) / ranges[1]
        return max(width / 2, height / 2, min(width, height))

    # ---- seen from one objective: `which` is minimized, the other one bounded -------------------

    def low(self, which: int) -> float:
        """Return the lower side of an objective."""
        return self[2 * which]

    def high(self, which: int) -> float:
        """Return the upper side of an objective."""
        return self[2 * which + 1]

    def beyond(self, which: int, point: tuple[float, float]) -> Box:
        """Return what is left when no point of the box is better than `point` in objective `which`."""
        if which == 0:
            return self._replace(left=point[0], top=point[1], west=point[0], hull=False)
        return self._replace(bottom=point[1], right=point[0], south=point[1], hull=False)

    def above(self, which: int, level: float, point: tuple[float, float]) -> Box:
        """Return what is left above a level of the other objective, up to a point that lies below it."""
        if which == 0:
            return self._replace(right=point[0], bottom=level, south=point[1], hull=False)
        return self._replace(top=point[1], left=level, west=point[0], hull=False)

    def upper_half(self, which: int, level: float) -> Box:
        """Return what is left when nothing is in the box up to a level of the other objective."""
        return self._replace(bottom=level, hull=False) if which == 0 else self._replace(left=level, hull=False)
