"""What a run tells of its answer, whatever solved it: its times, and in which words it ended."""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.files import resolve, validated
from atoopt.base.gap import PROOF_TOLERANCE, relative_gap
from atoopt.base.problem import FAMILIES, family

Advance = Callable[[float, float | None, float | None], None]
Answer = dict[str, Any]

NEAR_END = 0.95
"""A run that took this share of its time limit ended for it."""

MOST_CHECKED = 500
"""Points of a front that are recomputed: of more, so many, evenly spaced."""


@dataclass
class Clock:
    """What a block took: seconds of the wall's clock, and of this process and the children that it waited for."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0


@contextlib.contextmanager
def timed() -> Iterator[Clock]:
    """Time a block; what is done after it, such as checking an answer, is no part of a run."""
    clock = Clock(time.perf_counter(), cpu_seconds())
    try:
        yield clock
    finally:
        clock.seconds, clock.cpu_seconds = time.perf_counter() - clock.seconds, cpu_seconds() - clock.cpu_seconds


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of the children that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def instance_of(subject: dict[str, Any]) -> Any:
    """Return the instance of a subject's JSON text."""
    data = json.loads(subject["text"])
    if data["format"] not in FAMILIES:
        raise InputError(f"is {data['format']}", "make this family known where the run is done", place="format")
    return validated(resolve(family(data["format"]).instance), data)


def told(status: str, reason: str, spec: dict[str, Any], **known: Any) -> Answer:
    """Return an answer, with what is known of every one."""
    from atoopt.study.versions import solver_version

    name = known.pop("solver", spec["method"]["options"].get("solver", None))
    answer: Answer = {
        "status": status, "reason": reason, "solved": False, "objective": None, "bound": None, "gap": None,
        "seconds": None, "cpu_seconds": None, "compile_seconds": 0.0, "message": "",
        "solver": name, "atoopt_version": atoopt.__version__, "source": source(),
        "solver_version": None if name is None else solver_version(name),
    }  # fmt: skip
    if name is not None and "solver_version" in known and known["solver_version"] is None:
        known.pop("solver_version")
    return answer | {key: plain(value) for key, value in known.items()}


def plain(value: Any) -> Any:
    """Return a number that JSON has, None for one that is not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def source() -> str:
    """Return a hash of the package's code: what was measured, whatever the version says."""
    root = Path(atoopt.__file__).parent
    total = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        total.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return total.hexdigest()[:12]


def times_of(clock: Clock, compiling: float) -> dict[str, float]:
    """Return the times of a run; the compilation of kernels, once an installation, counts toward none."""
    seconds = max(0.0, clock.seconds - compiling)
    return {"seconds": seconds, "cpu_seconds": max(0.0, clock.cpu_seconds - compiling), "compile_seconds": compiling}


def is_solved(status: str, reason: str) -> bool:
    """Whether a run ended with a proof, or within the gap asked for."""
    return reason == "proven" or (status == "feasible" and reason == "gap")


OUT_OF_CPU = f"ended by signal {signal.SIGXCPU.value}"
"""How a solver's program is told of that used up its CPU seconds."""


def stopped_for(seconds: float, spec: dict[str, Any], message: str) -> str:
    """Return why a run ended without a proof."""
    if "time limit" in message or seconds >= NEAR_END * spec["limits"]["wall_seconds"]:
        return "time"
    if "interrupted" in message or OUT_OF_CPU in message:
        return "time: CPU limit"
    return f"gap: {message or 'none is proven'}"


def within(objective: float | None, bound: float | None, tolerances: dict[str, Any]) -> bool:
    """Whether solution and bound are as near as the study asks for."""
    gap = relative_gap(objective, bound)
    if objective is None or bound is None:
        return False
    near = gap is not None and gap <= tolerances["rel_gap"] + PROOF_TOLERANCE
    return near or abs(objective - bound) <= tolerances["abs_gap"]


def some_of(front: Any) -> Any:
    """Return the front, or so many of its points as are recomputed."""
    if len(front) <= MOST_CHECKED:
        return front
    chosen = np.unique(np.linspace(0, len(front) - 1, MOST_CHECKED).astype(int))
    solution_of = front.solution_of
    return replace(
        front, values=front.values[chosen], solution_of=solution_of and (lambda i: solution_of(int(chosen[i]))),
        bounds=None if front.bounds is None else front.bounds[chosen], complete=False, stop_reason="a sample",
    )  # fmt: skip


def of_front(front: Any, clock: Clock, spec: dict[str, Any], faults: tuple[str, ...]) -> Answer:
    """Return the answer of a front, its values as if both objectives were minimized."""
    signs = [1.0 if sense == "minimize" else -1.0 for sense in front.senses]
    values = [[float(sign * value) for sign, value in zip(signs, row, strict=True)] for row in front.values]
    known = {
        "points": len(front), "complete": bool(front.complete), "front": values, "message": front.stop_reason,
        **times_of(clock, front.details.get("compile_seconds", 0.0)), "solver": spec["method"]["options"].get("solver"),
    }  # fmt: skip
    if faults:
        return told("wrong", f"wrong: {faults[0]}", spec, **known)
    if front.complete:
        return told("optimal", "proven", spec, solved=True, **known)
    late = "time" in front.stop_reason or front.seconds >= NEAR_END * spec["limits"]["wall_seconds"]
    status = "feasible" if len(front) else "unknown"
    return told(status, "time" if late else f"gap: {front.stop_reason or 'not shown to be complete'}", spec, **known)
