"""A program that we do not know: it reads an MPS file, and writes its solution as lines ``NAME VALUE``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from atoopt.base.errors import InputError
from atoopt.solvers.others.ask import Ask, FileAnswer
from atoopt.solvers.others.process import run_program
from atoopt.solvers.outcome import Outcome

STATUSES: dict[str, Outcome] = {
    "optimal": "optimal", "infeasible": "infeasible", "unbounded": "unbounded", "feasible": "stopped",
    "unknown": "stopped", "stopped": "stopped", "time": "stopped",
}  # fmt: skip
"""What it may write after ``status``."""

MOST = 500_000_000
"""Bytes of a solution file that are read."""


def solve(ask: Ask, command: Sequence[str], folder: Path | None = None) -> FileAnswer:
    """Solve a model file by a program.

    Parameters
    ----------
    ask : Ask
        Its gaps and its start stay with us: the program is told of files, seconds, threads and seed.
    command : sequence of str
        Program and arguments, in which ``{mps}``, ``{solution}``, ``{seconds}``, ``{threads}`` and ``{seed}`` are
        filled in.
    folder : Path, optional
        Where it runs.

    Raises
    ------
    InputError
        It cannot be started.
    """
    solution = ask.file.with_suffix(".sol")
    filled = {
        "{mps}": str(ask.file), "{solution}": str(solution), "{threads}": str(ask.threads), "{seed}": str(ask.seed),
        "{seconds}": f"{ask.time_limit:g}" if ask.time_limit < math.inf else "1e9",
    }  # fmt: skip
    arguments = [_fill(argument, filled) for argument in command]
    try:
        ended = run_program(
            arguments, time_limit=ask.time_limit, should_stop=ask.should_stop, hear=ask.log or (lambda line: None),
            folder=folder,
        )  # fmt: skip
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"cannot be started ({reason})", "correct the program's name", place="command") from None
    if not solution.is_file():
        last = next((line.strip() for line in reversed(ended.lines) if line.strip()), "")[:200]
        why = f"no solution file (exit status {ended.status})" + (f": {last}" if last else "")
        return FileAnswer("stopped" if ended.stopped else "failed", message=why)
    if solution.stat().st_size > MOST:
        return FileAnswer("failed", message=f"the solution file has {solution.stat().st_size:,} bytes")
    answer = read_solution(solution.read_bytes().decode("utf-8", "replace"))
    if answer.outcome == "failed" and ended.status:
        return FileAnswer("failed", message=f"{answer.message} (exit status {ended.status})")
    return answer


def _fill(argument: str, filled: dict[str, str]) -> str:
    for name, value in filled.items():
        argument = argument.replace(name, value)
    return argument


def read_solution(text: str) -> FileAnswer:
    """Read what a program wrote.

    >>> read_solution("status optimal\\nbound 3\\nx0 1\\nx1 2.5\\n")
    FileAnswer(outcome='optimal', values={'x0': 1.0, 'x1': 2.5}, bound=3.0, message='')
    >>> read_solution("what is this?").message
    'line 1 of the solution is "what is this?", not NAME VALUE'
    """
    outcome: Outcome = "stopped"
    bound: float | None = None
    values: dict[str, float] = {}
    known = False
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts or parts[0].startswith("#"):
            continue
        if len(parts) == 2 and parts[0] == "status" and not values:
            if parts[1].lower() not in STATUSES:
                return FileAnswer("failed", message=f'status is "{parts[1][:40]}", none of {", ".join(STATUSES)}')
            outcome = STATUSES[parts[1].lower()]
            known = parts[1].lower() in ("optimal", "feasible")  # all columns may be zero
            continue
        try:
            if len(parts) != 2:
                raise ValueError
            value = float(parts[1])
        except ValueError:
            return FileAnswer("failed", message=f'line {number} of the solution is "{line[:60]}", not NAME VALUE')
        if parts[0] == "bound" and not values:
            bound = value if math.isfinite(value) else None
        elif math.isfinite(value):
            values[parts[0]] = value
        else:
            return FileAnswer("failed", message=f"line {number} of the solution gives {parts[1]}")
    if outcome in ("infeasible", "unbounded"):
        return FileAnswer(outcome)
    return FileAnswer(outcome, values if values or known else None, bound)
