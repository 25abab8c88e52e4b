"""GLPK's program ``glpsol``: values from its raw solution, the bound from its log."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from atoopt.solvers.others.ask import Ask, FileAnswer, ModelFile, cautious
from atoopt.solvers.others.program import Ended, run_program

if TYPE_CHECKING:
    from atoopt.solvers.outcome import Outcome

GRACE = 5.0
"""Seconds past its own limit until the program is ended: it looks at the clock between nodes only."""

VERSION = re.compile(r"^GLPSOL.* (\S+)$")
NODES = re.compile(r"^\+\s*\d+: (?:mip =|>>>>>)\s+(not found yet|\S+) >=\s+(tree is empty|\S+)")
HEURISTIC = re.compile(r"^Solution found by heuristic: (\S+)")
NO_SOLUTION = re.compile(r"HAS NO (PRIMAL |INTEGER )?FEASIBLE SOLUTION")
NO_BOUND = re.compile(r"UNBOUNDED PRIMAL SOLUTION|NO DUAL FEASIBLE SOLUTION|LP RELAXATION HAS NO DUAL")
MEMORY = re.compile(r"no memory available|memory (limit|allocation)", re.IGNORECASE)


def solve(file: ModelFile, ask: Ask) -> FileAnswer:
    """Solve a model file by ``glpsol``.

    Parameters
    ----------
    file : ModelFile
    ask : Ask
        ``options`` are those of its command line: ``{"cuts": True}`` is ``--cuts``, ``{"pcost": None}`` is
        ``--pcost``, ``{"mipgap": 0.1}`` is ``--mipgap 0.1``. It takes no start, and only whole seconds: a limit
        is rounded up, and the program ended where that is too late.

    Raises
    ------
    MemoryError
        It ran out of memory.
    """
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        log = _Log(ask)
        ended = run_program(
            _command(file, ask), seconds=ask.time_limit + GRACE, should_stop=ask.should_stop, on_line=log.read,
            folder=Path(folder), by_line=True,
        )  # fmt: skip
        return _answer(file, log, ended, Path(folder) / "solution.txt")


def _command(file: ModelFile, ask: Ask) -> list[str]:
    given: dict[str, object] = {"mipgap": repr(ask.rel_gap)}
    if ask.time_limit < math.inf:
        given["tmlim"] = max(1, math.ceil(ask.time_limit))
    if ask.seed:
        given["seed"] = ask.seed
    given |= ask.options
    options = []
    for name, value in given.items():
        if value is not False:
            options += [f"--{name}"] if value is None or value is True else [f"--{name}", str(value)]
    return [shutil.which("glpsol") or "glpsol", "--freemps", str(file.path), *options, "-w", "solution.txt"]


class _Log:
    """What is read from the log as it comes."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.version = ""
        self.bound: float | None = None
        self.proof: Outcome | None = None
        self.refused = ""
        self.out_of_memory = False

    def read(self, line: str) -> None:
        """Read one line."""
        self.ask.say(line)
        if found := VERSION.match(line):
            self.version = self.version or found[1]
        elif found := NODES.match(line):
            incumbent = None if found[1] == "not found yet" else float(found[1])
            if found[2] != "tree is empty":
                self.bound = cautious(found[2])
            self.ask.on_progress(incumbent, self.bound)
        elif found := HEURISTIC.match(line):
            self.ask.on_progress(float(found[1]), self.bound)
        elif NO_SOLUTION.search(line):
            self.proof = "infeasible"
        elif NO_BOUND.search(line):
            self.proof = "unbounded"
        elif MEMORY.search(line):
            self.out_of_memory = True
        elif line.startswith("Invalid option") or line.endswith("processing error"):
            self.refused = self.refused or line


def _answer(file: ModelFile, log: _Log, ended: Ended, solution: Path) -> FileAnswer:
    if log.out_of_memory:
        raise MemoryError("glpsol ran out of memory")
    if not solution.exists():
        if ended.stopped:
            return FileAnswer("stopped", None, log.bound, log.version)
        return FileAnswer("failed", None, None, log.version, f"glpsol: {log.refused or ended.reason}")
    status, values = _read(file, solution)
    if status == "optimal":
        return FileAnswer("optimal", values, None, log.version)
    proof = "infeasible" if status == "infeasible" else log.proof
    if proof is not None:
        return FileAnswer(proof, None, None, log.version)
    return FileAnswer("stopped", values, log.bound, log.version)


def _read(file: ModelFile, solution: Path) -> tuple[str, dict[str, float] | None]:
    """Return the status of a raw solution, and its columns.

    Lines are ``s mip ROWS COLUMNS STATUS VALUE`` or ``s bas ROWS COLUMNS PRIMAL DUAL VALUE``, and ``j NUMBER VALUE``
    or ``j NUMBER BASIS VALUE DUAL``.
    """
    status, place, values = "", 2, {}
    for line in solution.read_text().splitlines():
        parts = line.split()
        if parts[:2] == ["s", "mip"]:
            status = {"o": "optimal", "f": "feasible", "n": "infeasible"}.get(parts[4], "")
        elif parts[:1] == ["s"]:
            place = 3 if parts[1] == "bas" else 2
            status = {("f", "f"): "optimal", ("f", "u"): "feasible"}.get((parts[4], parts[5]), "")
        elif parts[:1] == ["j"]:
            values[file.columns[int(parts[1]) - 1]] = float(parts[place])
    return status, values if status in ("optimal", "feasible") else None
