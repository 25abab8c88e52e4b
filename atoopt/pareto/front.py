"""The front common to all problems and methods."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.files import whole_file
from atoopt.pareto.representation import coverage_error, representation

if TYPE_CHECKING:
    import pandas as pd


class Point(NamedTuple):
    """One point of a front: its two values, and what lies behind it (None where only values are known)."""

    objectives: tuple[float, float]
    solution: Any


@dataclass(frozen=True)
class Front:
    """Points of which none dominates another, and whether they are all there are.

    Attributes
    ----------
    objectives : (str, str)
        Names of the two objectives.
    values : (n, 2) array
        Each column in its objective's own sense, sorted by the first.
    complete : bool
        Proven: the whole non-dominated set is here.
    stop_reason : str
        Why it is not complete; empty if it is.
    solution_of : callable, optional
        Position of a point -> its solution, made when asked for: a large front could not hold them all.
    problem, instance, method : str
    seconds : float
    details : dict
        Statistics of the method, plain data.

    Examples
    --------
    >>> import numpy as np
    >>> front = Front(("cost", "time"), np.array([[1.0, 3.0], [2.0, 0.0]]), complete=True)
    >>> len(front), front.points[1].objectives
    (2, (2.0, 0.0))
    """

    objectives: tuple[str, str]
    values: NDArray[np.float64]
    complete: bool
    stop_reason: str = ""
    solution_of: Callable[[int], Any] | None = None
    problem: str = ""
    instance: str = ""
    method: str = ""
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.values)

    @property
    def points(self) -> Sequence[Point]:
        """The points, each with its solution, which is made when the point is asked for."""
        return _Points(self)

    def select(self, positions: NDArray[np.intp]) -> Front:
        """Return the front of some points only; it is complete only if it was and keeps them all."""
        behind = self.solution_of
        whole = len(positions) == len(self)
        return replace(
            self,
            values=self.values[positions],
            solution_of=None if behind is None else lambda i: behind(int(positions[i])),
            complete=self.complete and whole,
            stop_reason=self.stop_reason or ("" if whole else "a representation was asked for"),
        )

    def represented(self, n_points: int) -> Front:
        """Return at most `n_points` points of least coverage error, stated in ``details``.

        See `atoopt.pareto.representation.coverage_error` for what the error means; it is over the points of
        this front, so it holds for the whole non-dominated set only where this front is complete.
        """
        chosen = representation(self.values, n_points)
        error = coverage_error(self.values, chosen) if len(self) else 0.0
        details = {**self.details, "coverage_error": error, "points_represented": len(self)}
        return replace(self.select(chosen), details=details)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a point, one column an objective."""
        import pandas as pd

        return pd.DataFrame(self.values, columns=list(self.objectives))

    def to_json(self, *, points_only: bool = False) -> dict[str, Any]:
        """Return the JSON object of ``atoopt pareto --json``; `points_only` leaves the solutions out."""
        return {**self._head(), "points": [self._point(i, points_only) for i in range(len(self))], **self._tail()}

    def write_json(self, write: Callable[[str], object], *, points_only: bool = False) -> None:
        """Write the same object as `to_json` point by point, so that a large front needs little memory."""
        write(json.dumps(self._head(), ensure_ascii=False)[:-1] + ',\n"points": [')
        for text in self._points_as_text(points_only):
            write(text)
        write("],\n" + json.dumps(self._tail(), ensure_ascii=False)[1:] + "\n")

    def save(self, path: str, *, points_only: bool = False) -> None:
        """Write `to_json` to a file, whole or not at all."""
        with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as stream:
            self.write_json(stream.write, points_only=points_only)

    def _head(self) -> dict[str, Any]:
        return {
            "problem": self.problem,
            "instance": self.instance,
            "method": self.method,
            "objectives": list(self.objectives),
            "complete": self.complete,
            "stop_reason": self.stop_reason,
        }

    def _tail(self) -> dict[str, Any]:
        return {"seconds": self.seconds, "details": self.details}

    def _point(self, i: int, points_only: bool) -> dict[str, Any]:
        point: dict[str, Any] = {"objectives": self.values[i].tolist()}
        if not points_only and self.solution_of is not None:
            solution = self.solution_of(i)
            point["solution"] = solution.to_json() if hasattr(solution, "to_json") else solution
        return point

    def _points_as_text(self, points_only: bool) -> Iterator[str]:
        for i in range(len(self)):
            yield (",\n" if i else "\n") + json.dumps(self._point(i, points_only), ensure_ascii=False)

    def headline(self) -> str:
        """Return size, completeness and time on one line."""
        state = "complete" if self.complete else f"not complete ({self.stop_reason})"
        return f"{self.instance}: {len(self)} points, {state}, {self.seconds:.2f} s by {self.method}"

    def __repr__(self) -> str:
        """Return the headline."""
        return f"<front of {self.headline()}>"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.headline())}</b></p>{self.to_frame()._repr_html_()}"  # type: ignore[operator]


@dataclass(frozen=True)
class _Points(Sequence[Point]):
    front: Front

    def __len__(self) -> int:
        return len(self.front)

    def __getitem__(self, i: Any) -> Any:
        if isinstance(i, slice):
            return [self[j] for j in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        i %= len(self)
        first, second = self.front.values[i].tolist()  # noqa: PD011
        return Point((first, second), None if self.front.solution_of is None else self.front.solution_of(i))
