"""Local search between two known points: exchanges of a few columns, from solution to solution.

Where solves are long, most of their time goes to finding the point that they then prove: with it as a start, a third of
the nodes or fewer are left. Between two neighboring supported points nearly all solutions of interest differ in columns
whose reduced costs are small, in the relaxation of the weighted sum at which both points are worth the same. So a few
dozen columns are exchanged, up to two that are set for up to two that are not, and solutions that none dominates are
gone on from.

Lust and Teghem, "The multiobjective multidimensional knapsack problem: a survey and a new approach", International
Transactions in Operational Research 19(4), 2012, search around supported points in a similar way.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from atoopt.pareto.filter import nondominated
from atoopt.pareto.methods.box import Box
from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.program.scale import Scale
from atoopt.pareto.search.loaded import loaded
from atoopt.solvers.highs_calls import TIGHT, run_in_thread

CORE = 40
"""Columns that are exchanged. On knapsacks of 250 items 60 took four times as long and found nothing more."""

VISITED = 60
"""Solutions from which exchanges are tried, for a box."""

AT_ONCE = 4_000_000
"""Row activities in memory at the same time."""

SECONDS = 10.0
"""For a relaxation: one that takes longer is left."""

if TYPE_CHECKING:
    from atoopt.pareto.search.search import Search

Positions = NDArray[np.intp]


@dataclass(frozen=True)
class _Core:
    """The columns that are exchanged, and the rows and objectives that see them."""

    columns: Positions
    rows: Positions
    in_rows: Floats
    in_objectives: Floats


def look_around(search: Search, box: Box) -> None:
    """Find starts for a box, once, where solves are long and all columns whole: the harvest then holds them."""
    corner = (box.right, box.south)
    if corner in search.harvest.looked_at or not search.program.integer.all() or not search.tuning.needs_starts():
        return
    search.harvest.looked_at.add(corner)
    known = [(point.values, point.columns) for point in search.points] + search.harvest.known
    starts = [columns for (first, second), columns in known if first <= box.right and second <= box.top]
    exchange = Exchange(search.program, search.scale)
    search.harvest.take(exchange.search(box, starts))


class Exchange:
    """Searches for solutions in a box by exchanges.

    Parameters
    ----------
    program : Program
        Of integer columns only; those with two values are exchanged.
    scale : Scale
    """

    def __init__(self, program: Program, scale: Scale) -> None:
        self.program, self.scale = program, scale
        self.relaxed = loaded(replace(program, integer=np.zeros_like(program.integer)))
        self.relaxed.setOptionValue("time_limit", SECONDS)
        shape = (program.row_lower.size, program.n_columns)
        self.rows = csc_array((program.value, program.index, program.start), shape=shape)
        self.objectives = np.stack([scale.row(program, k) for k in range(2)])
        self.binary = np.flatnonzero(program.upper - program.lower == 1)

    def search(self, box: Box, starts: list[Floats]) -> list[Floats]:
        """Return solutions in a box of which none dominates another; nothing where there is no core."""
        core = self._core(box)
        if core is None:
            return []
        known: dict[tuple[float, ...], Floats] = {}
        to_visit = deque(starts)
        for _ in range(VISITED):
            if not to_visit:
                break
            near = self._neighbors(to_visit.popleft(), core, box)
            fresh = [(value, columns) for value, columns in near if value not in known]
            known |= dict(fresh)
            values = np.array(list(known)).reshape(-1, 2)
            known = {tuple(value): known[tuple(value)] for value in values[nondominated(values)].tolist()}
            to_visit += [columns for value, columns in fresh if value in known]
        return list(known.values())

    def _core(self, box: Box) -> _Core | None:
        """Return the columns of least reduced cost, at the weights at which the box's corners are worth the same."""
        first, second = box.top - box.south, box.right - box.west
        weights = np.array([first, second]) / max(first, second)
        all_columns = np.arange(self.program.n_columns, dtype=np.int32)
        self.relaxed.changeColsCost(all_columns.size, all_columns, weights @ self.objectives)
        run_in_thread(self.relaxed)
        if self.relaxed.getModelStatus() != highspy.HighsModelStatus.kOptimal or self.binary.size < 2:
            return None
        reduced = np.abs(np.array(self.relaxed.getSolution().col_dual))[self.binary]
        columns = self.binary[np.argsort(reduced, kind="stable")[:CORE]]
        part = self.rows[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(part.indptr))
        return _Core(columns, rows, part.toarray()[rows], self.objectives[:, columns])

    def _neighbors(self, columns: Floats, core: _Core, box: Box) -> list[tuple[tuple[float, ...], Floats]]:
        """Return values and columns of the non-dominated solutions in the box that one exchange leads to."""
        is_set = columns[core.columns] > self.program.lower[core.columns] + 0.5
        out, into = np.flatnonzero(is_set), np.flatnonzero(~is_set)
        loss, gain = _sums(core.in_objectives[:, out]), _sums(core.in_objectives[:, into])
        values = (self.objectives @ columns)[:, None, None] - loss[:, :, None] + gain[:, None, :]
        u, v = np.nonzero((values[0] < box.right - TIGHT) & (values[1] < box.top - TIGHT))
        holds = self._hold(columns, core, (_sums(core.in_rows[:, out]), _sums(core.in_rows[:, into])), (u, v))
        u, v = u[holds], v[holds]
        found = values[:, u, v].T
        near: list[tuple[tuple[float, ...], Floats]] = []
        for i in nondominated(found).tolist():
            moved = columns.copy()
            moved[core.columns[_members(out, int(u[i]))]] -= 1.0
            moved[core.columns[_members(into, int(v[i]))]] += 1.0
            near.append((self.scale.values(self.program, moved), moved))
        return near

    def _hold(
        self, columns: Floats, core: _Core, sums: tuple[Floats, Floats], moves: tuple[Positions, Positions]
    ) -> NDArray[np.bool_]:
        """Return which exchanges keep all rows."""
        activity = np.asarray(self.rows.dot(columns))[core.rows, None]
        low, high = self.program.row_lower[core.rows, None] - TIGHT, self.program.row_upper[core.rows, None] + TIGHT
        holds = np.ones(moves[0].size, dtype=np.bool_)
        step = max(1, AT_ONCE // max(1, core.rows.size))
        for start in range(0, holds.size, step):
            u, v = (move[start : start + step] for move in moves)
            moved = activity - sums[0][:, u] + sums[1][:, v]
            holds[start : start + step] = ((moved >= low) & (moved <= high)).all(axis=0)
        return holds


def _sums(rows: Floats) -> Floats:
    """Return the sums of no column, of each one, and of each pair.

    >>> _sums(np.array([[1.0, 2.0, 4.0]])).tolist()
    [[0.0, 1.0, 2.0, 4.0, 3.0, 5.0, 6.0]]
    """
    i, j = np.triu_indices(rows.shape[1], 1)
    return np.concatenate([np.zeros((rows.shape[0], 1)), rows, rows[:, i] + rows[:, j]], axis=1)


def _members(columns: Positions, move: int) -> Positions:
    """Return the columns of the sum at a position of `_sums`.

    >>> [_members(np.array([7, 8, 9]), move).tolist() for move in (0, 2, 5)]
    [[], [8], [7, 9]]
    """
    if move <= columns.size:
        return columns[move - 1 : move] if move else columns[:0]
    i, j = np.triu_indices(columns.size, 1)
    pair = move - columns.size - 1
    return columns[[i[pair], j[pair]]]
