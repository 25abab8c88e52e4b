"""Points and searched boxes on disk as they are found, so that a run that ends in any way can go on.

One line is one JSON object; each is appended by one write, so that processes can share the file and a killed one
leaves at most a torn last line, which is skipped. Reading a journal again replays the search:

``{"format": .., "program": ..}``      whose journal it is
``{"columns": [[j, ..], [x_j, ..]], "proven": ..}``  a solution, by its non-zero columns
``{"scale": ..}``                       the units of the boxes, once both ends are known
``{"box": .., "into": [..]}``           a box was searched, and these are left of it
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.errors import InputError
from atoopt.pareto.box import Box
from atoopt.pareto.program import Floats
from atoopt.pareto.scale import Scale

FORMAT = "atoopt/front-journal"

ROOT = Box(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""Stands for the whole objective space, before the first box is known."""


@dataclass
class Replayed:
    """What a journal tells: solutions with whether they are proven, the scale, and the boxes that are left."""

    solutions: list[tuple[Floats, bool]] = field(default_factory=list)
    scale: Scale | None = None
    boxes: list[Box] = field(default_factory=list)


class Journal:
    """A journal being written; several processes may hold the same one.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, fingerprint: str) -> None:
        """Start a new file, or go on with one of the same program.

        Raises
        ------
        InputError
            The file is something else, or cannot be written.
        """
        try:
            new = not self.path.exists() or not self.path.stat().st_size
            head = "" if new else self.path.open(encoding="utf-8", errors="replace").readline()
            if new:
                self._append({"format": FORMAT, "version": 1, "program": fingerprint})
        except OSError as error:
            problem = f"cannot be written ({error.strerror})"
            raise InputError(problem, "give another file", file=str(self.path)) from None
        if not new:
            self._check(head, fingerprint)

    def _check(self, head: str, fingerprint: str) -> None:
        try:
            known = json.loads(head)
            mine = known["format"] == FORMAT
        except (ValueError, KeyError, TypeError):
            mine = False
        if not mine:
            raise InputError("is no journal of a front", "move it away, or give another output", file=str(self.path))
        if known.get("program") != fingerprint:
            problem = "is the journal of another model or instance"
            raise InputError(problem, "delete it, or give another output", file=str(self.path))

    def point(self, columns: Floats, proven: bool) -> None:
        """Write a solution."""
        used = np.flatnonzero(columns)
        self._append({"columns": [used.tolist(), columns[used].tolist()], "proven": proven})

    def scaled(self, scale: Scale) -> None:
        """Write the units of all boxes that follow."""
        self._append({"scale": [list(scale.units), list(scale.whole)]})

    def split(self, box: Box, parts: list[Box]) -> None:
        """Write what is left of a box."""
        self._append({"box": list(box), "into": [list(part) for part in parts]})

    def _append(self, record: dict[str, Any]) -> None:
        line = (json.dumps(record) + "\n").encode()
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def replay(self, n_columns: int) -> Replayed:
        """Return what the journal tells."""
        told = Replayed()
        left = {ROOT}
        for line in self.path.read_bytes().split(b"\n")[1:]:
            try:
                record = json.loads(line)
            except ValueError:  # torn by a kill, or the end of the file
                continue
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
