"""CP-SAT of OR-Tools: whole numbers by nature; real ones it takes on a grid.

What it proves of a grid is no proof of the model: its bound is taken only where its log says that every column is
whole, or follows from whole ones, and that coefficients were hardly rounded; what that can cost is taken off.
"""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import replace

from atoopt.base.errors import InputError
from atoopt.solvers.others.ask import Ask, FileAnswer, finite
from atoopt.solvers.others.process import run_program

BEST = re.compile(r"^#\S+\s+\S+\s+best:(\S+)\s+next:\[(\S+?),")
"""In the log: "#3 0.05s best:41.5 next:[38.2,41.4] ..." in a minimization."""

WHOLE = re.compile(r"^Num integers: (\d+)/(\d+)")
ROUNDED = re.compile(r"^Maximum constraint coefficient relative error: (\S+)")
OFF = re.compile(r"^\[Scaling\] Objective worst-case absolute error: (\S+)")
INVALID = "Invalid model: "

EXACT = 1e-6
"""Relative error of a coefficient up to which a model is the one given: what other solvers allow a row to be off."""

SEEDS = 2**31 - 1


def solve(ask: Ask) -> FileAnswer:
    """Solve a model file by CP-SAT, in a process of its own."""
    path = ask.file.with_suffix(".ask")
    parameters = {
        "relative_gap_limit": ask.rel_gap, "absolute_gap_limit": ask.abs_gap, "num_workers": ask.threads,
        "random_seed": ask.seed % SEEDS, "log_search_progress": True, **ask.solver_options,
    }  # fmt: skip
    data = {
        "file": str(ask.file), "start": dict(ask.start), "parameters": parameters,
        "time_limit": ask.time_limit if ask.time_limit < math.inf else None,
    }  # fmt: skip
    path.write_text(json.dumps(data), encoding="utf-8")
    heard: list[str] = []

    def hear(line: str) -> None:
        heard.append(line)
        if ask.log is not None:
            ask.log(line)
        found = BEST.match(line)
        if found is not None:  # its log says first what became of the model
            ask.on_progress(_number(found[1]), _number(found[2]) if is_exact(heard) else None)

    ended = run_program(
        [sys.executable, "-m", "atoopt.solvers.others.cp_sat_process", str(path)], time_limit=ask.time_limit,
        should_stop=ask.should_stop, hear=hear,
    )  # fmt: skip
    answer = path.with_suffix(".answer")
    if not answer.exists():
        last = next((line for line in reversed(ended.lines) if line.strip()), "")
        return FileAnswer("stopped" if ended.stopped else "failed", message=last)
    found = _read(json.loads(answer.read_text(encoding="utf-8")))
    if (invalid := next((line for line in ended.lines if line.startswith(INVALID)), None)) is not None:
        problem = f"cannot write this model in whole numbers ({invalid.removeprefix(INVALID)[:100]})"
        raise InputError(problem, "give mip_var_scaling in solver_options, or use another solver", place="solver")
    if not is_exact(ended.lines) and found.outcome in ("optimal", "infeasible", "stopped"):
        return FileAnswer("stopped", found.values, None, "cp-sat solved it on a grid, which proves nothing")
    if found.bound is None:
        return found
    return replace(found, bound=found.bound - objective_error(ended.lines))


def is_exact(log: list[str]) -> bool:
    """Whether the model that CP-SAT solved is the one that it was given.

    >>> is_exact(["Num integers: 7/7 [MIP]"]), is_exact(["Num integers: 6/7 [MIP]"]), is_exact([])
    (True, False, True)
    """
    for line in log:
        if (whole := WHOLE.match(line)) is not None and whole[1] != whole[2]:
            return False
        if (rounded := ROUNDED.match(line)) is not None and not float(rounded[1]) <= EXACT:
            return False
    return True


def objective_error(log: list[str]) -> float:
    """Return by how much the objective may be off, its coefficients having been rounded.

    >>> objective_error(["[Scaling] Objective worst-case absolute error: 2.5e-06"]), objective_error([])
    (2.5e-06, 0.0)
    """
    found = [float(match[1]) for line in log if (match := OFF.match(line)) is not None]
    return max(found, default=0.0)


def _number(text: str) -> float | None:
    try:
        return finite(float(text))
    except ValueError:
        return None


def _read(data: dict[str, object]) -> FileAnswer:
    status, values, bound = data["status"], data["values"], data["bound"]
    known = finite(float(bound)) if isinstance(bound, (int, float)) else None
    found = {str(name): float(value) for name, value in values.items()} if isinstance(values, dict) else None
    if status == "optimal":
        return FileAnswer("optimal", found, known)
    if status == "infeasible":
        return FileAnswer("infeasible")
    if status == "unbounded":
        return FileAnswer("unbounded")
    if status in ("feasible", "not_solved", "unknown_status", "cancelled_by_user"):
        return FileAnswer("stopped", found, known)
    return FileAnswer("failed", message=f"{status}: {data['text']}")
