"""Solutions from elsewhere, from which a solve may start."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from atoopt.pareto.program.compile import Floats, Program


def feasible(program: Program, solutions: Iterable[dict[str, float]]) -> list[Floats]:
    """Return as columns the solutions (variable name -> value, 0 where not named) that keep every row and bound."""
    kept = []
    for solution in solutions:
        columns = np.array([solution.get(name, 0.0) for name in program.names], dtype=np.float64)
        columns = np.where(program.integer, np.rint(columns), columns) - program.origin
        if program.rows.hold(columns):
            kept.append(columns)
    return kept
