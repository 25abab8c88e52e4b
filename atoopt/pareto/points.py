"""The points of a front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Point(NamedTuple):
    """One point of a front: its two values, and what lies behind it (None where only values are known)."""

    objectives: tuple[float, float]
    solution: Any

    def _repr_html_(self) -> str:
        solution = self.solution
        shown = solution._repr_html_() if hasattr(solution, "_repr_html_") else ""
        return f"<p>{self.objectives[0]:.6g}, {self.objectives[1]:.6g}</p>{shown}"


@dataclass(frozen=True)
class Points(Sequence[Point]):
    """The points of a front, each made when it is asked for.

    Attributes
    ----------
    values : (n, 2) array
    solution_of : callable or None
        Position of a point -> its solution.
    """

    values: NDArray[np.float64]
    solution_of: Callable[[int], Any] | None

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        i %= len(self)
        first, second = self.values[i].tolist()
        return Point((first, second), None if self.solution_of is None else self.solution_of(i))

    def __contains__(self, point: object) -> bool:
        """Whether a point, or a pair of values, is among them."""
        values = getattr(point, "objectives", point)
        return isinstance(values, (tuple, list)) and list(values) in self.values.tolist()
