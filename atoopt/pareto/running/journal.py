"""Points and searched boxes on disk as they are found, so that a run that ends in any way can go on.

Reading a journal again replays the search. Its lines (see `atoopt.base.journal`):

``{"format": .., "program": ..}``      whose journal it is
``{"columns": [[j, ..], [x_j, ..]], "proven": ..}``  a solution, by its non-zero columns
``{"scale": ..}``                       the units of the boxes, once both ends are known
``{"box": .., "into": [..]}``           a box was searched, and these are left of it
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from atoopt.base.journal import JournalFile
from atoopt.pareto.methods.box import Box
from atoopt.pareto.program.compile import Floats
from atoopt.pareto.program.scale import Scale

FORMAT = "atoopt/front-journal"

ROOT = Box(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Stands for the whole objective space, before the first box is known."""


@dataclass
class Replayed:
    """What a journal tells: solutions with whether they are proven, the scale, and the boxes that are left."""

    solutions: list[tuple[Floats, bool]] = field(default_factory=list)
    scale: Scale | None = None
    boxes: list[Box] = field(default_factory=list)


class Journal(JournalFile):
    """The journal of a front of any model."""

    def begin(self, fingerprint: str) -> None:
        """Start a new file, or go on with one of the same program.

        Raises
        ------
        InputError
            The file is something else, or cannot be written.
        """
        head = {"format": FORMAT, "version": 1, "program": fingerprint}
        self.open_for(head, alien="is no journal of a front", other="is the journal of another model or instance")

    def point(self, columns: Floats, proven: bool) -> None:
        """Write a solution."""
        used = np.flatnonzero(columns)
        self.write({"columns": [used.tolist(), columns[used].tolist()], "proven": proven})

    def scaled(self, scale: Scale) -> None:
        """Write the units of all boxes that follow."""
        self.write({"scale": [list(scale.units), list(scale.whole)]})

    def split(self, box: Box, parts: list[Box]) -> None:
        """Write what is left of a box."""
        self.write({"box": list(box), "into": [list(part) for part in parts]})

    def replay(self, n_columns: int) -> Replayed:
        """Return what the journal tells."""
        told = Replayed()
        left = {ROOT}
        for record in self.records():
            if "columns" in record:
                columns = np.zeros(n_columns)
                columns[np.array(record["columns"][0], dtype=np.intp)] = record["columns"][1]
                told.solutions.append((columns, record["proven"]))
            elif "scale" in record:
                (first, second), (one, two) = record["scale"]
                told.scale, left = Scale((first, second), (one, two), True), {ROOT}
            elif "box" in record and Box(*record["box"]) in left:
                left.remove(Box(*record["box"]))
                left.update(Box(*part) for part in record["into"])
        if ROOT in left:
            told.scale = None
        told.boxes = sorted(left - {ROOT})
        return told
