"""CP-SAT of OR-Tools, in a process of its own: it cannot be loaded beside HiGHS."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.solvers.others.ask import Ask, FileAnswer, ModelFile, ModelRefused, finite
from atoopt.solvers.others.program import Ended, run_program

GRACE = 10.0
"""Seconds past its own limit until the process is ended: Python and OR-Tools are loaded before it begins."""

LARGEST = 1e12
"""Of a whole column; what is beyond overflows sums of 64 bits in ordinary rows."""

MAX_BOUND = 1e7
"""CP-SAT's own largest value; it would cut columns off there, solutions with them."""

NEWS = re.compile(r"^#(?:Bound|\d+)\s.*best:(\S+)\s+next:\[([^,\]]*),([^,\]]*)\]")
ALL_WHOLE = re.compile(r"^Num integers: (\d+)/(\d+) ")
ROUNDED = re.compile(r"^Maximum constraint coefficient relative error: (\S+)")

OBJECTIVE_OFF = re.compile(r"^\[Scaling\] Objective worst-case absolute error: (\S+)")

ROUNDING = 1e-12
"""Of a coefficient, relative: up to here it is that of doubles."""

NOT_EXACT = "CP-SAT counts columns that are not whole in steps, and rounds coefficients: it proves nothing here"


def solve(file: ModelFile, ask: Ask) -> FileAnswer:
    """Solve a model file by CP-SAT.

    CP-SAT counts in whole numbers. Where a column is not whole, or a coefficient had to be rounded, it solves another
    model: then its bound is not given, nor is its optimum or its "infeasible" called proven.

    Parameters
    ----------
    file : ModelFile
    ask : Ask
        ``options`` are CP-SAT's parameters, such as ``{"linearization_level": 2}``.

    Raises
    ------
    MemoryError
        It ran out of memory.
    ModelRefused
        A whole column has no bounds, or bounds that are too large.
    InputError
        It does not know an option.
    """
    largest = _largest_whole(file)
    parameters = {"num_workers": ask.threads or 0, "relative_gap_limit": ask.rel_gap, "random_seed": ask.seed}
    if ask.abs_gap is not None:
        parameters["absolute_gap_limit"] = ask.abs_gap
    if largest > MAX_BOUND:
        parameters["mip_max_bound"] = largest
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        request, reply = Path(folder) / "request.json", Path(folder) / "reply.json"
        asked = {
            "mps": str(file.path), "seconds": finite(ask.time_limit), "parameters": parameters | dict(ask.options),
            "start": dict(ask.start or {}),
        }  # fmt: skip
        request.write_text(json.dumps(asked))
        log = _Log(ask)
        ended = run_program(
            [sys.executable, "-m", "atoopt.solvers.others.cp_sat_process", str(request), str(reply)],
            seconds=ask.time_limit + GRACE, should_stop=ask.should_stop, on_line=log.read,
        )  # fmt: skip
        return _answer(log, ended, json.loads(reply.read_text()) if reply.exists() else None)


def _largest_whole(file: ModelFile) -> float:
    """Return the largest value of a whole column; one without bounds is refused."""
    form = file.form
    reach = np.where(form.integer, np.maximum(np.abs(form.lower), np.abs(form.upper)), 0.0)
    if (reach > LARGEST).any():
        name = file.columns[int(np.argmax(reach))]
        which = form.variables[int(np.argmax(reach))].name if form.variables else name
        problem = (
            f"has whole columns without bounds, or with bounds over {LARGEST:.0e} ({which}), which CP-SAT does not take"
        )
        raise ModelRefused(problem, "give them bounds, or use another solver", place="model")
    return float(reach.max(initial=0.0))


class _Log:
    """What is read from the log as it comes."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.all_whole, self.rounded, self.off = False, False, 0.0
        self.bound: float | None = None

    @property
    def is_exact(self) -> bool:
        """Whether what it solves is the model that was given."""
        return self.all_whole and not self.rounded

    def read(self, line: str) -> None:
        """Read one line."""
        self.ask.say(line)
        if found := ALL_WHOLE.match(line):
            self.all_whole = found[1] == found[2]
        elif line.startswith("Problem proven infeasible during MIP presolve"):  # before anything is counted in steps
            self.all_whole = True
        elif found := ROUNDED.match(line):
            self.rounded = float(found[1]) > ROUNDING
        elif found := OBJECTIVE_OFF.match(line):
            self.off = float(found[1])
        elif found := NEWS.match(line):
            if found[2] and self.is_exact:
                self.bound = finite(float(found[2]) - self.off)
            self.ask.on_progress(finite(float(found[1])), self.bound)


def _answer(log: _Log, ended: Ended, reply: dict[str, Any] | None) -> FileAnswer:
    if reply is None:
        if any("bad_alloc" in line or "MemoryError" in line for line in ended.last_lines):
            raise MemoryError("CP-SAT ran out of memory")
        if ended.stopped:
            return FileAnswer("stopped", None, log.bound)
        return FileAnswer("failed", message=f"CP-SAT: {ended.reason}")
    version, status, values = reply["version"], reply["status"], reply["values"]
    bound = finite(reply["bound"]) if log.is_exact else None
    bound = log.bound if bound is None else bound
    if status in ("OPTIMAL", "INFEASIBLE") and not log.is_exact:
        return FileAnswer("stopped", values, None, version, NOT_EXACT)
    if status == "OPTIMAL":
        return FileAnswer("optimal", values, bound, version)
    if status in ("INFEASIBLE", "UNBOUNDED"):
        return FileAnswer("infeasible" if status == "INFEASIBLE" else "unbounded", None, None, version)
    if status in ("FEASIBLE", "NOT_SOLVED", "CANCELLED_BY_USER", "UNKNOWN_STATUS"):
        return FileAnswer("stopped", values, bound, version)
    return FileAnswer("failed", None, None, version, f"CP-SAT: {status}: {reply['message'] or ended.reason}")
