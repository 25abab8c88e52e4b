"""The front common to all problems and methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atoopt.base.errors import one_line
from atoopt.base.files import resolve
from atoopt.base.values import ByValue
from atoopt.pareto.coverage import unexplored_error
from atoopt.pareto.points import Point, Points
from atoopt.pareto.representation import coverage_error, representation

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

MINIMIZE, MAXIMIZE = "minimize", "maximize"


@dataclass(frozen=True, eq=False)
class Front(ByValue):
    """Points of which none dominates another, and whether they are all there are.

    Only the first three attributes must be given; a method fills the others as far as it knows them.

    Attributes
    ----------
    objectives : (str, str)
        Names of the two objectives.
    values : (n, 2) array
        Each column in its objective's own sense, sorted by the first; recomputed from the solutions.
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
    senses : (str, str)
        ``"minimize"`` or ``"maximize"``, per objective.
    unexplored : (m, 2, 2) array
        Boxes, per objective the least and greatest value in its own sense: a non-dominated point that is not
        here, if there is one, lies in one of them; a side is infinite where it is not known. Empty for a complete
        front, and where nothing is known.
    bounds : (n,) array, optional
        What is proven of the first objective at each point: of all solutions whose second objective is no worse than
        the point's, none is better than this. Given where points may not be optimal (NaN: nothing is known).
    payoff : (2, 2) array, optional
        Row k: the point of the front that is best in objective k. Known by itself for a complete front.
    solves : int, optional
        Optimization problems solved.
    solver_seconds : float, optional
        Of all seconds those in the solver, summed over the processes.
    coverage_error : float, optional
        Proven: no non-dominated point is farther than this from a point here, in shares of the ranges; see
        `atoopt.pareto.coverage.unexplored_error`, by which it is found where it is not given. None where unknown.

    Examples
    --------
    >>> import numpy as np
    >>> front = Front(("cost", "time"), np.array([[1.0, 3.0], [2.0, 0.0]]), complete=True)
    >>> len(front), front.points[1].objectives
    (2, (2.0, 0.0))
    >>> front.ideal, front.nadir
    ((1.0, 0.0), (2.0, 3.0))
    """

    compared: ClassVar[tuple[str, ...]] = (
        "objectives", "senses", "values", "complete", "stop_reason", "problem", "instance", "method", "unexplored",
        "bounds", "payoff",
    )  # fmt: skip

    objectives: tuple[str, str]
    values: Floats
    complete: bool
    stop_reason: str = ""
    solution_of: Callable[[int], Any] | None = None
    problem: str = ""
    instance: str = ""
    method: str = ""
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)
    senses: tuple[str, str] = (MINIMIZE, MINIMIZE)
    unexplored: Floats = field(default_factory=lambda: np.empty((0, 2, 2)))
    bounds: Floats | None = None
    payoff: Floats | None = None
    solves: int | None = None
    solver_seconds: float | None = None
    coverage_error: float | None = None

    def __post_init__(self) -> None:
        """Derive what follows from the points where they are all there, and from the boxes where they are not."""
        if self.payoff is None and self.complete and len(self):
            ends = self.values[[0, -1]] if self.senses[0] == MINIMIZE else self.values[[-1, 0]]
            object.__setattr__(self, "payoff", ends)
        if self.coverage_error is None and self.complete:
            object.__setattr__(self, "coverage_error", 0.0)
        elif self.coverage_error is None and len(self.unexplored):
            boxes = np.sort(self.unexplored * self.signs[:, None], axis=2)
            values = self.minimized[np.argsort(self.minimized[:, 0], kind="stable")]
            object.__setattr__(self, "coverage_error", unexplored_error(values, boxes))

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.values)

    def __getitem__(self, i: Any) -> Any:
        """Return the point at a position, or some points by a slice."""
        return self.points[i]

    def __contains__(self, point: object) -> bool:
        """Whether a point, or a pair of values, is on the front."""
        return point in Points(self.values, None)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a front be copied and pickled with the function behind its solutions."""
        from atoopt.pareto.front_file import pickled

        return pickled(self)

    @property
    def points(self) -> Sequence[Point]:
        """The points, each with its solution, which is made when the point is asked for."""
        return Points(self.values, self.solution_of)

    # ---- numbers --------------------------------------------------------------------------------

    @property
    def signs(self) -> Floats:
        """1 for a minimized objective, -1 for a maximized one."""
        return np.array([1.0 if sense == MINIMIZE else -1.0 for sense in self.senses])

    @property
    def minimized(self) -> Floats:
        """The values with maximized columns turned, in the same order."""
        return np.asarray(self.values * self.signs + 0.0)  # no minus zero

    @property
    def ideal(self) -> tuple[float, float] | None:
        """The best value of each objective; None where the ends are not proven."""
        return None if self.payoff is None else (float(self.payoff[0, 0]), float(self.payoff[1, 1]))

    @property
    def nadir(self) -> tuple[float, float] | None:
        """The worst value of each objective on the front; None where the ends are not proven."""
        return None if self.payoff is None else (float(self.payoff[1, 0]), float(self.payoff[0, 1]))

    @property
    def gaps(self) -> Floats | None:
        """Per point |value - bound| / |value| of the first objective; None where the front has no bounds."""
        if self.bounds is None:
            return None
        from atoopt.base.gap import relative_gap

        pairs = zip(self.values[:, 0].tolist(), self.bounds.tolist(), strict=True)
        gaps = [relative_gap(value, None if np.isnan(bound) else bound) for value, bound in pairs]
        return np.array([np.nan if gap is None else gap for gap in gaps])

    def hypervolume(self, reference: ArrayLike | None = None) -> float:
        """Return the area dominated within a reference point; see `atoopt.pareto.indicators`.

        Without one, within `atoopt.pareto.indicators.default_reference`.
        """
        from atoopt.pareto.indicators import default_reference, hypervolume

        return hypervolume(self, default_reference(self) if reference is None else reference)

    # ---- some points ----------------------------------------------------------------------------

    def choose(
        self, rule: str = "knee", *, weights: tuple[float, float] = (1.0, 1.0), budget: dict[str, float] | None = None
    ) -> Point:
        """Return one point.

        Parameters
        ----------
        rule : {"knee", "weights", "utopia", "balance", "budget"}
            Farthest from the line through the ends; least weighted sum, or least weighted distance to the ideal
            point, both on axes scaled to the ranges; nearest the line w_1 f_1 = w_2 f_2; the best one within a budget.
        weights : (float, float)
        budget : dict, optional
            Name of one objective -> what it may be at most (a maximized one: at least). Implies the last rule.

        Raises
        ------
        InputError
            There is no such rule or objective, or no point to choose.

        Examples
        --------
        >>> front = Front(("cost", "time"), np.array([[0.0, 9.0], [2.0, 2.0], [9.0, 0.0]]), complete=True)
        >>> front.choose().objectives, front.choose(budget={"time": 1.0}).objectives
        ((2.0, 2.0), (9.0, 0.0))
        """
        from atoopt.pareto.choose import choose

        return self.points[choose(self, "budget" if budget else rule, weights, budget)]

    def select(self, positions: NDArray[np.intp]) -> Front:
        """Return the front of some points only; it is complete only if it was and keeps them all.

        Its coverage error is that of this front and the way to the points that are left out.
        """
        behind = self.solution_of
        whole = len(positions) == len(self)
        error = self.coverage_error
        if error is not None and len(positions):
            error += coverage_error(self.values, positions)
        return replace(
            self,
            values=self.values[positions],
            bounds=None if self.bounds is None else self.bounds[positions],
            solution_of=None if behind is None else lambda i: behind(int(positions[i])),
            complete=self.complete and whole,
            stop_reason=self.stop_reason or ("" if whole else "a representation was asked for"),
            coverage_error=error,
        )

    def represented(self, n_points: int) -> Front:
        """Return at most `n_points` points of least coverage error.

        See `atoopt.pareto.representation.coverage_error` for what the error means; ``details`` states it over
        the points of this front, which are `points_represented` many.
        """
        chosen = representation(self.values, n_points)
        error = coverage_error(self.values, chosen) if len(self) else 0.0
        details = {**self.details, "coverage_error": error, "points_represented": len(self)}
        return replace(self.select(chosen), details=details)

    # ---- showing and saving -----------------------------------------------------------------------

    def to_frame(self) -> pd.DataFrame:
        """Return one row a point, one column an objective; `bound` and `gap` where points may not be optimal."""
        import pandas as pd

        frame = pd.DataFrame(self.values, columns=list(self.objectives))
        return frame if self.bounds is None else frame.assign(bound=self.bounds, gap=self.gaps)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the front, what is proven of its points, and what is unexplored; see `atoopt.plots.front`."""
        axes: Axes = resolve("atoopt.plots.front:plot_front")(self, ax)
        return axes

    def to_json(self, *, points_only: bool = False) -> dict[str, Any]:
        """Return the JSON object of ``atoopt pareto --json``; `points_only` leaves the solutions out."""
        from atoopt.pareto.front_file import to_json

        return to_json(self, points_only)

    def write_json(self, write: Callable[[str], object], *, points_only: bool = False) -> None:
        """Write the same object as `to_json` point by point, so that a large front needs little memory."""
        from atoopt.pareto.front_file import write_json

        write_json(self, write, points_only)

    def save(self, path: str, *, points_only: bool = False) -> None:
        """Write `to_json` to a file, whole or not at all."""
        from atoopt.base.files import whole_file

        with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as stream:
            self.write_json(stream.write, points_only=points_only)

    @classmethod
    def load(cls, path: str) -> Front:
        """Read a front from a file of `save`; the solutions are the plain data of the file.

        Raises
        ------
        InputError
            The file holds no front.
        """
        from atoopt.pareto.front_file import load

        return load(path, cls)

    def headline(self) -> str:
        """Return size, completeness and time on one line."""
        state = "complete" if self.complete else f"not complete ({self.stop_reason})"
        return f"{one_line(str(self.instance))}: {len(self)} points, {state}, {self.seconds:.2f} s by {self.method}"

    def __repr__(self) -> str:
        """Return the headline."""
        return f"<front of {self.headline()}>"

    def _repr_html_(self) -> str:
        error = "" if self.complete or self.coverage_error is None else f"coverage error {self.coverage_error:.2%}"
        table = self.to_frame()._repr_html_()  # type: ignore[operator]
        return f"<p><b>{escape(self.headline())}</b></p><p>{error}</p>{table}"
