"""Exact answers where a solver's whole numbers are whole only nearly: 1e-9 of a binary opens x <= 1e8 z.

A solver takes z = 1e-9 for whole; rounded to 0 its solution breaks the row. So the problem is split, z <= 0 and
z >= 1, each solved again, until an optimum keeps every row as it was given. Of rows with terms of ordinary size none
is ever split.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from atoopt.solvers.arrays.rows import Floats, Rows
from atoopt.solvers.outcome import Outcome

MOST = 400
"""Solves for one answer; beyond, it is called failed."""

Sides = dict[int, tuple[float, float]]
"""Column -> its lower and upper bound, where not those of the model."""


@dataclass(frozen=True)
class Relaxed:
    """What a solver said; its columns may be whole only nearly.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
    columns : (n_columns,) array or None
    bound : float or None
        No solution has less, as far as the solver can tell.
    """

    outcome: Outcome
    columns: Floats | None = None
    bound: float | None = None


@dataclass
class _Best:
    value: float = math.inf
    columns: Floats | None = None


@dataclass
class ExactAnswer:
    """The best solution that keeps all rows, and a bound over all of them."""

    outcome: Outcome
    columns: Floats | None
    bound: float | None


@dataclass
class Splitting:
    """The problem, how it is solved with other bounds of columns, and what a solution is worth.

    Attributes
    ----------
    rows : Rows
    solve : callable
        Bounds of some columns, a start or None -> Relaxed.
    kept : callable
        Rounded columns -> whether they are a solution.
    worth : callable
        Rounded columns -> the value that is minimized.
    close : callable
        A value and a bound -> whether the value is no worse by more than rounding.
    """

    rows: Rows
    solve: Callable[[Sides, Floats | None], Relaxed]
    kept: Callable[[Floats], bool]
    worth: Callable[[Floats], float]
    close: Callable[[float, float], bool]
    best: _Best = field(default_factory=_Best)

    def exact(self, first: Relaxed) -> ExactAnswer:
        """Return the optimum that keeps every row, from the solver's first answer on."""
        open_nodes: list[tuple[Sides, Relaxed]] = [({}, first)]
        closed: list[float] = []
        for _ in range(MOST):
            if not open_nodes:
                bound = min(closed, default=None)
                outcome: Outcome = "infeasible" if self.best.columns is None else "optimal"
                return ExactAnswer(outcome, self.best.columns, bound)
            open_nodes.sort(key=lambda node: -math.inf if node[1].bound is None else -node[1].bound)
            sides, node = open_nodes.pop()
            if node.outcome == "infeasible":
                continue
            if node.outcome != "optimal" or node.columns is None:
                return ExactAnswer(node.outcome, self.best.columns, _least(node, open_nodes, closed))
            worth = -math.inf if node.bound is None else node.bound
            self._try(node.columns)
            if self.close(self.best.value, worth):
                closed.append(min(worth, self.best.value))
                continue
            column = self._split_at(node.columns, sides)
            if column is None:
                break
            open_nodes += [(half, self.solve(half, None)) for half in self._halves(sides, node.columns, column)]
        return ExactAnswer("failed", self.best.columns, None)

    def repaired(self, first: Relaxed) -> ExactAnswer:
        """Return the answer of a solve that was stopped, with a solution that keeps every row if one is near."""
        if first.columns is not None:
            self._try(first.columns)
        return ExactAnswer(first.outcome, self.best.columns, first.bound)

    def _try(self, columns: Floats) -> None:
        """Keep what rounding makes of a solution, or the best solution with these whole numbers."""
        rounded = self.rows.rounded(columns)
        if not self.offer(rounded) and not self.rows.integer.all():
            fixed = {int(j): (rounded[j], rounded[j]) for j in np.flatnonzero(self.rows.integer)}
            again = self.solve(fixed, None)
            if again.columns is not None:
                self.offer(self.rows.rounded(again.columns))

    def offer(self, columns: Floats) -> bool:
        """Keep a rounded solution if it is one, and the best; return whether it is one."""
        if not self.kept(columns):
            return False
        worth = self.worth(columns)
        if worth < self.best.value:
            self.best.value, self.best.columns = worth, columns
        return True

    def _split_at(self, columns: Floats, sides: Sides) -> int | None:
        """Return the whole column that its row notices most when it is rounded; None where all are whole."""
        rounded = self.rows.rounded(columns)
        away = np.where(self.rows.integer, np.abs(columns - rounded), 0.0)
        noticed = np.zeros(columns.size)
        for row in self.rows.broken(rounded).tolist():
            index, value = self.rows.terms(row)
            np.maximum.at(noticed, index, np.abs(value) * away[index])
        if not noticed.any():
            noticed = away
        for column in np.argsort(-noticed, kind="stable").tolist():
            if noticed[column] <= 0:
                return None
            low, high = sides.get(column, (self.rows.lower[column], self.rows.upper[column]))
            if low < high:
                return int(column)
        return None

    def _halves(self, sides: Sides, columns: Floats, column: int) -> list[Sides]:
        low, high = sides.get(column, (self.rows.lower[column], self.rows.upper[column]))
        middle = float(min(max(math.floor(columns[column]), low), high - 1))
        return [{**sides, column: (low, middle)}, {**sides, column: (middle + 1, high)}]


def _least(node: Relaxed, others: list[tuple[Sides, Relaxed]], closed: list[float]) -> float | None:
    """Return a bound over all parts; None where that of one is not known."""
    bounds = [node.bound, *(other.bound for _, other in others if other.outcome != "infeasible")]
    return None if any(bound is None for bound in bounds) else min([*closed, *(b for b in bounds if b is not None)])
