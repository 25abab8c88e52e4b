"""What the solves at several assembly times came to, on disk as it is found: a run that ends in any way can go on.

One line is one JSON object: first whose journal it is, then an answer a line. A torn last line is skipped.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.fronts.levels import Level, Levels
from atoopt.stock.fronts.solve_level import Answer
from atoopt.stock.instance import StockInstance

FORMAT = "atoopt/front-journal-of-times"

logger = logging.getLogger(__name__)


class GridJournal:
    """A journal being written.

    Parameters
    ----------
    path : str
        A new file, or one of the same instance, from which `resume` goes on.
    instance : StockInstance

    Raises
    ------
    InputError
        The file is something else, or cannot be written.
    """

    def __init__(self, path: str, instance: StockInstance) -> None:
        self.path, self.instance, self.given_up = Path(path), instance, False
        head = {"format": FORMAT, "version": 1, "instance": _fingerprint(instance)}
        try:
            text = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            problem = f"cannot be read ({error.strerror})"
            raise InputError(problem, "give another file", file=path) from None
        self.records = [record for record in map(_parsed, text.split(b"\n")) if record is not None]
        if text and self.records[:1] != [head]:
            problem = "is not the journal of this instance by decomposition"
            raise InputError(problem, "delete it, or give another output", file=path)
        try:
            if not text:
                self._append_bytes((json.dumps(head) + "\n").encode())
            elif not text.endswith(b"\n"):
                self._append_bytes(b"\n")
        except OSError as error:
            problem = f"cannot be written ({error.strerror})"
            raise InputError(problem, "give another file", file=path) from None

    def write(self, answer: Answer) -> None:
        """Write an answer down, or give the journal up, as on a full disk: the run itself goes on."""
        if self.given_up:
            return
        bound = None if math.isinf(answer.bound) else answer.bound
        time = answer.task.instance.max_mean_assembly_time
        record = {"time": time, "bound": bound, "stock": None if answer.stock is None else list(answer.stock)}
        try:
            self._append_bytes((json.dumps(record) + "\n").encode())
        except OSError as error:
            self.given_up = True
            logger.warning("%s: cannot be written (%s); the run goes on without it", self.path, error.strerror)

    def resume(self, levels: Levels) -> None:
        """Take in what is known; times without a proof are to be solved for again."""
        for record in self.records[1:]:
            time, bound, stock = float(record["time"]), record["bound"], record["stock"]
            bound = math.inf if bound is None else float(bound)
            found = [] if stock is None else [evaluate_masks(self.instance, stock)]
            levels.add(Level(time, bound), [evaluation for evaluation in found if evaluation.feasible])
        for level in levels.solved:
            best = levels.best_at(level.time)
            if best is None or levels.bound_at(level.time) < best.cost * (1 - PROOF_TOLERANCE):
                levels.again.append(level.time)

    def _append_bytes(self, line: bytes) -> None:
        with self.path.open("ab") as stream:
            stream.write(line)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return the object of a line; None for an empty or torn one."""
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _fingerprint(instance: StockInstance) -> str:
    return hashlib.sha256(json.dumps(instance.to_json(), sort_keys=True).encode()).hexdigest()[:16]
