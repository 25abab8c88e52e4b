"""Solutions that the solver meets on its way: worse for the problem at hand, but starts for the next ones."""

from __future__ import annotations

import numpy as np

from atoopt.pareto.filter import nondominated
from atoopt.pareto.program.compile import Floats, Program
from atoopt.pareto.program.scale import Scale

MOST_NUMBERS = 4_000_000
"""Solutions of so many values in all are remembered; of more, those met last."""


class Harvest:
    """Solutions of which none dominates another, kept where all columns are integers and rows can be checked safely.

    Parameters
    ----------
    program : Program
    scale : Scale

    Attributes
    ----------
    known : list of (values, columns)
        Values in the units of the scale.
    looked_at : set of (float, float)
        Lower corners of the boxes that were searched for starts.
    most : int
        So many are remembered.
    """

    def __init__(self, program: Program, scale: Scale) -> None:
        self.program, self.scale = program, scale
        self.looked_at: set[tuple[float, float]] = set()
        self.known: list[tuple[tuple[float, float], Floats]] = []
        self.most = max(1, MOST_NUMBERS // max(1, program.n_columns))

    def rescale(self, scale: Scale) -> None:
        """See both objectives in other units."""
        self.scale, self.looked_at = scale, set()
        self.known = [(scale.values(self.program, columns), columns) for _, columns in self.known]

    def take(self, met: list[Floats]) -> None:
        """Add what a solve has met."""
        if not met or not self.program.integer.all():
            return
        rows, whole = self.program.rows, [np.rint(columns) for columns in met]
        self.known += [(self.scale.values(self.program, columns), columns) for columns in whole if rows.hold(columns)]
        kept = nondominated(np.array([values for values, _ in self.known]).reshape(-1, 2))
        self.known = [self.known[i] for i in np.sort(kept)[-self.most :].tolist()]
