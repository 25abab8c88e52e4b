"""GLPK's program: one thread, whole seconds; its bound is read from its log."""

from __future__ import annotations

import math
import re

from atoopt.solvers.others.ask import Ask, FileAnswer, finite
from atoopt.solvers.others.process import run_program

PROGRAM = "glpsol"

PROGRESS = re.compile(r"^\+\s*\d+: (?:mip =|>>>>>)\s*(\S+)(?: not found yet)?\s*>=\s*(\S+)")
"""In the log: "+ 1234: mip = 9.5e+01 >= 8.1e+01 ..." in a minimization."""


def solve(ask: Ask) -> FileAnswer:
    """Solve a model file by GLPK."""
    solution = ask.file.with_suffix(".sol")
    arguments = [PROGRAM, "--freemps", str(ask.file), "--write", str(solution), "--mipgap", repr(ask.rel_gap)]
    if ask.time_limit < math.inf:
        arguments += ["--tmlim", str(max(1, math.ceil(ask.time_limit)))]
    if ask.seed:
        arguments += ["--seed", str(ask.seed)]
    for name, value in ask.solver_options.items():
        arguments += [f"--{name}", *([] if value is True else [str(value)])]
    names: list[float | None] = [None, None]

    def hear(line: str) -> None:
        if ask.log is not None:
            ask.log(line)
        found = PROGRESS.match(line)
        if found is not None:
            for i, text in enumerate(found.groups()):
                names[i] = _number(text)
            ask.on_progress(*names)

    ended = run_program(
        arguments, time_limit=ask.time_limit, should_stop=ask.should_stop, hear=hear, folder=ask.file.parent
    )
    if any("NO PRIMAL FEASIBLE" in line or "NO INTEGER FEASIBLE" in line for line in ended.lines):
        return FileAnswer("infeasible")
    if any("NO DUAL FEASIBLE" in line or "UNBOUNDED SOLUTION" in line for line in ended.lines):
        return FileAnswer("unbounded")
    if not solution.exists():
        last = next((line for line in reversed(ended.lines) if line.strip()), "")
        return FileAnswer("stopped" if ended.stopped else "failed", bound=names[1], message=last)
    return _read(solution.read_text(encoding="utf-8", errors="replace"), _columns(ask), names[1])


def _number(text: str) -> float | None:
    """Return a number of the log; it says tree for "nothing yet"."""
    try:
        return finite(float(text))
    except ValueError:
        return None


def _columns(ask: Ask) -> list[str]:
    """Return the names of the columns in the file's order: the solution has numbers only."""
    names: dict[str, None] = {}
    inside = False
    for line in ask.file.read_text(encoding="ascii").splitlines():
        if not line.startswith(" "):
            inside = line == "COLUMNS"
        elif inside and "'MARKER'" not in line:
            names[line.split()[0]] = None
    return list(names)


def _read(text: str, columns: list[str], bound: float | None) -> FileAnswer:
    """Read a solution file: ``s mip ROWS COLUMNS STATUS VALUE`` (or ``s bas``), then ``j NUMBER ... VALUE``."""
    lines = [line.split() for line in text.splitlines()]
    head = next((parts for parts in lines if parts[:1] == ["s"]), None)
    if head is None:
        return FileAnswer("failed", message="the solution file has no status")
    is_mip = head[1] == "mip"
    status = head[4] if is_mip else head[4] + head[5]
    at = 2 if is_mip else 3
    values = {columns[int(parts[1]) - 1]: float(parts[at]) for parts in lines if parts[:1] == ["j"]}
    if status in ("n", "nf", "fn"):
        return FileAnswer("infeasible" if status != "fn" else "unbounded")
    if status in ("o", "ff"):
        return FileAnswer("optimal", values, bound if is_mip and bound is not None else float(head[-1]))
    return FileAnswer("stopped", values if status == "f" else None, bound)
