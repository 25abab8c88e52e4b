"""Points and searched boxes on disk as they are found, so that a run that ends in any way can go on.

One line is one JSON object; each is appended by one write, so that processes can share the file and a killed one
leaves at most a torn last line, which is skipped. Reading a journal again replays the search:

``{"format": .., "program": ..}``      whose journal it is
``{"columns": [[j, ..], [x_j, ..]], "proven": ..}``  a solution, by its non-zero columns
``{"scale": ..}``                       the units of the boxes, once both ends are known
``{"box": .., "into": [..]}``           a box was searched, and these are left of it
"""

from __future__ import annotations

import errno
import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.base.errors import InputError
from atoopt.pareto.methods.box import Box
from atoopt.pareto.program.compile import Floats
from atoopt.pareto.program.scale import Scale

FORMAT = "atoopt/front-journal"

logger = logging.getLogger(__name__)

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
        self.given_up = False

    def begin(self, fingerprint: str) -> None:
        """Start a new file, or go on with one of the same program.

        Raises
        ------
        InputError
            The file is something else, or cannot be written.
        """
        try:
            content = self.path.read_bytes() if self.path.exists() else b""
            if not content:
                self._append({"format": FORMAT, "version": 1, "program": fingerprint})
                return
            self._check(content.split(b"\n", 1)[0], fingerprint)
            if not content.endswith(b"\n"):  # torn by a kill: what is appended must stand on a line of its own
                self._append_bytes(b"\n")
        except OSError as error:
            problem = f"cannot be written ({error.strerror})"
            raise InputError(problem, "give another file", file=str(self.path)) from None

    def _check(self, head: bytes, fingerprint: str) -> None:
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
        self._write({"columns": [used.tolist(), columns[used].tolist()], "proven": proven})

    def scaled(self, scale: Scale) -> None:
        """Write the units of all boxes that follow."""
        self._write({"scale": [list(scale.units), list(scale.whole)]})

    def split(self, box: Box, parts: list[Box]) -> None:
        """Write what is left of a box."""
        self._write({"box": list(box), "into": [list(part) for part in parts]})

    def _write(self, record: dict[str, Any]) -> None:
        """Append a record, or give the journal up, as on a full disk: the run itself goes on.

        After a record that is missing nothing more may follow: a box that is said to be searched, whose points are not
        there, would be a hole in the front of the next run.
        """
        if self.given_up:
            return
        try:
            self._append(record)
        except OSError as error:
            self.given_up = True
            logger.warning("%s: cannot be written (%s); the run goes on without it", self.path, error.strerror)

    def _append(self, record: dict[str, Any]) -> None:
        self._append_bytes((json.dumps(record) + "\n").encode())

    def _append_bytes(self, line: bytes) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            if os.write(handle, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
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
