"""CBC's program: its bound is read from its log, for what it writes into the solution file is the incumbent."""

from __future__ import annotations

import math
import re

from atoopt.base.errors import InputError
from atoopt.solvers.others.ask import Ask, FileAnswer, finite
from atoopt.solvers.others.process import run_program

PROGRAM = "cbc"

BOUND = re.compile(r"(?:[Bb]est possible|Lower bound:)\s*:?\s*([-+0-9.eE]+)")
"""In the log: "best possible 812.5" while it runs, "Lower bound: 812.5" at its end."""

INCUMBENT = re.compile(r"Integer solution of ([-+0-9.eE]+) found")

SEEDS = 2**31 - 1


def solve(ask: Ask) -> FileAnswer:
    """Solve a model file by CBC."""
    solution, start = ask.file.with_suffix(".sol"), ask.file.with_suffix(".start")
    arguments: list[str] = [PROGRAM, str(ask.file)]
    if ask.time_limit < math.inf:
        arguments += ["-sec", repr(max(0.1, ask.time_limit)), "-timeMode", "elapsed"]
    arguments += ["-ratio", repr(ask.rel_gap), "-allow", repr(ask.abs_gap)]
    if ask.threads > 1:
        arguments += ["-threads", str(ask.threads)]
    if ask.seed:
        arguments += ["-randomSeed", str(ask.seed % SEEDS), "-randomCbcSeed", str(ask.seed % SEEDS)]
    for name, value in ask.solver_options.items():
        arguments += [f"-{name}", str(value)]
    if ask.start:
        lines = [f"{i} {name} {value!r} 0" for i, (name, value) in enumerate(ask.start.items())]
        start.write_text("\n".join(["Stopped on iterations - objective value 0", *lines, ""]), encoding="ascii")
        arguments += ["-mipstart", str(start)]
    course = _Course(ask)
    ended = run_program(
        [*arguments, "-solve", "-printingOptions", "all", "-solution", str(solution)],
        time_limit=ask.time_limit, should_stop=ask.should_stop, hear=course.hear, folder=ask.file.parent,
    )  # fmt: skip
    if (unknown := next((line for line in ended.lines if line.startswith("No match for")), None)) is not None:
        raise InputError(f'CBC does not know one ("{unknown[:80]}")', "correct it", place="solver_options")
    if not solution.exists():
        last = next((line for line in reversed(ended.lines) if line.strip()), "")
        return FileAnswer("stopped" if ended.stopped else "failed", bound=course.bound, message=last)
    return _read(solution.read_text(encoding="utf-8", errors="replace"), course.bound, ask)


class _Course:
    """Incumbents and bounds as the log tells them."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.incumbent: float | None = None
        self.bound: float | None = None

    def hear(self, line: str) -> None:
        """Read one line of the log."""
        if self.ask.log is not None:
            self.ask.log(line)
        bound, incumbent = BOUND.search(line), INCUMBENT.search(line)
        if bound is not None:
            told = finite(float(bound[1]))
            known = [value for value in (self.bound, told) if value is not None]
            self.bound = max(known) if known else None
        if incumbent is not None:
            self.incumbent = float(incumbent[1])
        if bound is not None or incumbent is not None:
            self.ask.on_progress(self.incumbent, self.bound)


def _read(text: str, bound: float | None, ask: Ask) -> FileAnswer:
    """Read a solution file: a line on how it ended, then a line a column."""
    first, *lines = text.splitlines() or [""]
    if first.startswith(("Infeasible", "Integer infeasible")):
        return FileAnswer("infeasible")
    if first.startswith(("Unbounded", "Dual infeasible")):
        return FileAnswer("unbounded")
    values: dict[str, float] = {}
    for line in lines:
        parts = line.replace("**", " ").split()
        if len(parts) >= 3:
            values[parts[1]] = float(parts[2])
    if first.startswith("Optimal"):
        told = re.search(r"objective value\s+([-+0-9.eE]+)", first)
        if told is not None:  # the log's last bound may be older than the proof
            objective = float(told[1])
            proven = objective - max(ask.abs_gap, ask.rel_gap * abs(objective))
            bound = proven if bound is None else min(max(bound, proven), objective)
        return FileAnswer("optimal", values, bound)
    has_none = "no integer solution" in first or "no feasible" in first.lower() or not values
    return FileAnswer("stopped", None if has_none else values, bound)
