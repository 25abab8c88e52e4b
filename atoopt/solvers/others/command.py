"""An external program as a solver: it reads an MPS file and writes lines ``NAME VALUE``.

Before these it may write ``status WORD`` (optimal, feasible, infeasible, unbounded or unknown; feasible without it)
and ``bound NUMBER``, of the file's objective. A column that it leaves out is 0. The solution files that SCIP and GCG
write (``solution status: ...``, ``objective value: ...``, ``x 1 (obj:2)``) are read as well.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from atoopt.solvers.others.ask import Ask, FileAnswer, ModelFile
from atoopt.solvers.others.program import Ended, run_program

if TYPE_CHECKING:
    from atoopt.solvers.outcome import Outcome

GRACE = 1.0
"""Seconds past the limit that a program is given to write what it has, before its group is ended."""

MOST_BYTES = 200_000_000
"""Of a solution file: what is larger is none."""

STATUSES: dict[str, Outcome] = {
    "optimal": "optimal",
    "feasible": "stopped",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "unknown": "stopped",
}

ASIDE = ("solution status:", "objective value:", "#", "=obj=")
"""How lines begin that are passed over in files of other programs."""


class Garbage(ValueError):
    """A solution file that says something else than a solution."""


def solve(file: ModelFile, ask: Ask, command: Sequence[str]) -> FileAnswer:
    """Solve a model file by an external program.

    Parameters
    ----------
    file : ModelFile
    ask : Ask
        A start and options are not handed over.
    command : sequence of str
        The program and its arguments; in each, ``{mps}``, ``{solution}``, ``{seconds}``, ``{threads}`` and ``{seed}``
        are filled in.

    Returns
    -------
    FileAnswer
        What the program claims; whatever is wrong with it is said in ``message``.

    Raises
    ------
    MemoryError
        It said that it ran out of memory.
    """
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        solution = Path(folder) / "solution.txt"
        words = filled(command, file, ask, solution)
        if shutil.which(words[0]) is None:
            return FileAnswer("failed", message=f"{words[0]} is not a program that is here")
        ended = run_program(
            words, seconds=ask.time_limit + GRACE, should_stop=ask.should_stop, on_line=ask.say,
        )  # fmt: skip
        if any("bad_alloc" in line or line.startswith("MemoryError") for line in ended.last_lines):
            raise MemoryError(f"{words[0]} ran out of memory")
        return _answer(file, ended, solution)


def by_command(command: Sequence[str]) -> Callable[[ModelFile, Ask], FileAnswer]:
    """Return the adapter of a command."""
    return lambda file, ask: solve(file, ask, command)


def filled(command: Sequence[str], file: ModelFile, ask: Ask, solution: Path) -> list[str]:
    """Return a command with its places filled in; other braces stay as they are.

    >>> filled(["run", "-t{seconds}", "{x}"], ModelFile(Path("m.mps"), (), None), Ask(2.5), Path("s.txt"))
    ['run', '-t2.5', '{x}']
    """
    seconds = "1e10" if math.isinf(ask.time_limit) else f"{ask.time_limit:.6g}"
    places = {
        "mps": str(file.path), "solution": str(solution), "seconds": seconds,
        "threads": str(ask.threads or 0), "seed": str(ask.seed),
    }  # fmt: skip
    words = list(command)
    for name, value in places.items():
        words = [word.replace(f"{{{name}}}", value) for word in words]
    return words


def _answer(file: ModelFile, ended: Ended, solution: Path) -> FileAnswer:
    if not solution.exists():
        if ended.stopped:
            return FileAnswer("stopped", message="it was ended at its limit" if ended.stopped == "limit" else "")
        return FileAnswer("failed", message=f"it wrote no solution ({ended.reason})")
    try:
        status, bound, values = read_solution(solution, file.columns)
    except Garbage as error:
        return FileAnswer("failed", message=f"its solution file is not one: {error}")
    if ended.status and not ended.stopped:
        return FileAnswer("failed", message=ended.reason)
    outcome = STATUSES[status]
    if values is None and outcome == "optimal" and file.columns:
        return FileAnswer("failed", message="it says optimal, and gives no column")
    return FileAnswer(outcome, None if outcome in ("infeasible", "unbounded") else values, bound)


def read_solution(solution: Path, columns: Sequence[str]) -> tuple[str, float | None, dict[str, float] | None]:
    """Return the status, the bound and the columns of a solution file; None where it has none.

    Raises
    ------
    Garbage
        A line is none of a solution; the text says which.
    """
    if solution.stat().st_size > MOST_BYTES:
        raise Garbage(f"it has more than {MOST_BYTES:,} bytes")
    known, status, bound = set(columns), "", None
    values: dict[str, float] = {}
    for n, line in enumerate(solution.read_text("utf-8", "replace").splitlines(), 1):
        parts = line.split()
        if not parts or line.lower().startswith(ASIDE):
            continue
        if len(parts) < 2 or not (len(parts) == 2 or parts[2].startswith("(obj:")):
            raise Garbage(f'line {n} is "{line[:60]}", not a name and a value')
        name, text = parts[:2]
        if name == "status" and not values and name not in known:
            status = text.lower()
            if status not in STATUSES:
                raise Garbage(f'line {n}: status is "{text[:60]}", none of {", ".join(STATUSES)}')
        elif name == "bound" and not values and name not in known:
            bound = _number(text, n)
        elif name not in known:
            raise Garbage(f'line {n}: "{name[:60]}" is no column of the file')
        elif name in values:
            raise Garbage(f'line {n}: "{name[:60]}" stands there twice')
        else:
            values[name] = _number(text, n)
    if not values and not status:
        raise Garbage("it has neither a status nor a column")
    return status or "feasible", bound, values or (None if status in ("unknown", "infeasible", "unbounded") else {})


def _number(text: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Garbage(f'line {line}: "{text[:60]}" is no number') from None
    if not math.isfinite(value):
        raise Garbage(f'line {line}: "{text[:60]}" is not finite')
    return value
