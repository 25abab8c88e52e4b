"""CBC, the program: its bound is read from the log, its values from a file of doubles."""

from __future__ import annotations

import math
import re
import shutil
import signal
import struct
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from atoopt.solvers.others.ask import Ask, FileAnswer, ModelFile, cautious, finite
from atoopt.solvers.others.program import Ended, run_program

if TYPE_CHECKING:
    from atoopt.solvers.outcome import Outcome

GRACE = 5.0
"""Seconds past its own limit until the program is ended: it looks at the clock between nodes only."""

TOLERANCE = "1e-9"
"""Of rows; by default 1e-7, by which a mean time slips over its limit."""

NONE_YET = 1e49
"""What CBC says of an incumbent that it does not have is 1e50."""

VERSION = re.compile(r"^Version: (\S+)")
RELAXED = re.compile(r"^Continuous objective value is (\S+) ")
INCUMBENT = re.compile(r"^Cbc00(?:04|12|16)I Integer solution of (\S+) found")
RESULT_BOUND = re.compile(r"^Lower bound:\s+(\S+)")

OUTCOMES: tuple[tuple[str, Outcome], ...] = (
    ("Optimal", "optimal"),
    ("Infeasible", "infeasible"),
    ("Integer infeasible", "infeasible"),
    ("Unbounded", "unbounded"),
    ("Stopped", "stopped"),
)
"""How the first line of the solution begins."""


def solve(file: ModelFile, ask: Ask) -> FileAnswer:
    """Solve a model file by ``cbc``.

    Parameters
    ----------
    file : ModelFile
    ask : Ask
        ``options`` are commands of its command line: ``{"cuts": "off"}`` is ``-cuts off``.

    Raises
    ------
    MemoryError
        It ran out of memory.
    """
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        log = _Log(ask)
        ended = run_program(
            _command(file, ask, Path(folder)), seconds=ask.time_limit + GRACE, should_stop=ask.should_stop,
            on_line=log.read, gently=signal.SIGINT, folder=Path(folder), by_line=True,
        )  # fmt: skip
        return _answer(file, log, ended, Path(folder))


def _command(file: ModelFile, ask: Ask, folder: Path) -> list[str]:
    """Return the program and its commands; it has no file of options."""
    given: dict[str, object] = {"timeMode": "elapsed", "primalTolerance": TOLERANCE, "ratio": repr(ask.rel_gap)}
    if ask.time_limit < math.inf:
        given["sec"] = repr(max(0.01, ask.time_limit))
    if ask.abs_gap is not None:
        given["allow"] = repr(ask.abs_gap)
    if ask.threads is not None and ask.threads > 1:  # with 1, one thread works and another waits for it
        given["threads"] = ask.threads
    if ask.seed:
        given |= {"randomSeed": ask.seed, "randomCbcSeed": ask.seed}
    if ask.start is not None:
        start = folder / "start.txt"
        lines = [f"{j} {name} {value!r} 0" for j, (name, value) in enumerate(ask.start.items())]
        start.write_text("\n".join(["Stopped on iterations - objective value 0", *lines, ""]))
        given = {"mipstart": str(start), **given}
    given |= ask.options
    options = [part for name, value in given.items() for part in (f"-{name}", str(value))]
    program = shutil.which("cbc") or "cbc"
    return [program, str(file.path), *options, "-solve", "-solution", "solution.txt", "-saveSolution", "solution.bin"]


class _Log:
    """What is read from the log as it comes.

    The bounds that it prints while it searches are left: some are those of a part, a search that was begun anew. That
    of the relaxation, and the one at the end, hold for the whole model.
    """

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.version = ""
        self.relaxed: float | None = None
        self.bound: float | None = None
        self.incumbent = math.inf
        self.refused = ""
        self.out_of_memory = False

    def read(self, line: str) -> None:
        """Read one line."""
        self.ask.say(line)
        if found := VERSION.match(line):
            self.version = found[1]
        elif found := RELAXED.match(line):
            self.relaxed = finite(cautious(found[1]), NONE_YET)
            self.ask.on_progress(None, self.relaxed)
        elif found := INCUMBENT.match(line):
            self.incumbent = min(self.incumbent, float(found[1]))
            self.ask.on_progress(finite(self.incumbent, NONE_YET), self.relaxed)
        elif found := RESULT_BOUND.match(line):
            self.bound = finite(cautious(found[1]), NONE_YET)
        elif "bad_alloc" in line:
            self.out_of_memory = True
        elif line.startswith("No match for") or "errors on input" in line:
            self.refused = self.refused or line


def _answer(file: ModelFile, log: _Log, ended: Ended, folder: Path) -> FileAnswer:
    if log.out_of_memory:
        raise MemoryError("cbc ran out of memory")
    solution = folder / "solution.txt"
    first = solution.read_text().partition("\n")[0] if solution.exists() else ""
    outcome = next((ours for word, ours in OUTCOMES if first.startswith(word)), None)
    if outcome is None or log.refused:
        if ended.stopped:
            return FileAnswer("stopped", None, log.relaxed, log.version)
        return FileAnswer("failed", None, None, log.version, f"cbc: {log.refused or ended.reason}")
    has_values = outcome in ("optimal", "stopped") and "no integer solution" not in first
    values = _values(file, folder / "solution.bin") if has_values else None
    bound = None if outcome == "unbounded" else log.bound
    if outcome == "stopped" and bound is None:
        bound = log.relaxed
    return FileAnswer(outcome, values, bound, log.version)


def _values(file: ModelFile, solution: Path) -> dict[str, float] | None:
    """Return the columns of a binary solution: counts, objective, row activities and duals, columns, reduced costs.

    The text has eight digits, by which rows are not kept.
    """
    data = solution.read_bytes() if solution.exists() else b""
    n_rows, n_columns = struct.unpack_from("ii", data) if len(data) >= 8 else (0, 0)
    if n_columns != len(file.columns) or len(data) < 8 * (2 + 2 * n_rows + n_columns):
        return None
    return dict(zip(file.columns, struct.unpack_from(f"{n_columns}d", data, 8 * (2 + 2 * n_rows)), strict=True))
