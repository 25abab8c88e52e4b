"""Solutions from elsewhere, from which a solve may start."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.sparse import csc_array

from atoopt.pareto.program import Floats, Program

ROOM = 1e-9


def feasible(program: Program, solutions: Iterable[dict[str, float]]) -> list[Floats]:
    """Return as columns the solutions (variable name -> value, 0 where not named) that keep every row and bound."""
    shape = (program.row_lower.size, program.n_columns)
    rows = csc_array((program.value, program.index, program.start), shape=shape)
    kept = []
    for solution in solutions:
        columns = np.array([solution.get(name, 0.0) for name in program.names], dtype=np.float64)
        columns[program.integer] = np.rint(columns[program.integer])
        activity = np.asarray(rows.dot(columns), dtype=np.float64)
        room = ROOM * (1.0 + np.abs(activity))
        above = (columns >= program.lower).all() and (activity >= program.row_lower - room).all()
        if above and (columns <= program.upper).all() and (activity <= program.row_upper + room).all():
            kept.append(columns)
    return kept
