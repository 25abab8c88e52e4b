"""What came of a run: one record, whatever ended it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

REASONS = ("proven", "gap", "time", "memory", "crash", "wrong", "skipped")
"""Why a run ended, with more behind a colon."""


@dataclass(frozen=True)
class Record:
    """The outcome of a run.

    Attributes
    ----------
    key : str
    status : str
        ``optimal``, ``feasible``, ``infeasible``, ``unknown``, ``wrong`` (an answer that does not hold), ``skipped``.
    reason : str
        One of `REASONS`, with more behind a colon.
    solved : bool
        It ended with a proof, or within the gap that was asked for.
    objective : float or None
        Recomputed; None where there is no solution that holds.
    bound, gap : float or None
        What the run proved; the gap is |objective - bound| / |objective|, whatever the solver calls so.
    claimed : float or None
        The objective that the solver told, where it is wrong.
    sense : int
        1 where the least is the best, -1 where the most is.
    seconds, cpu_seconds : float or None
        Of the solving alone: neither the start of the process nor the compilation of kernels.
    memory_mb : float or None
        Most that the run's processes held together.
    overshoot : float
        Seconds past the limit.
    load : float or None
        Of the machine when it began, other than ours included.
    solver, solver_version, atoopt_version, source : str or None
        Told by the process that ran; `source` is a hash of the package's code.
    compile_seconds : float
    points, complete : int or None, bool or None
        Of a front.
    message : str
    started : str
        Date and time, ISO.
    host : str
        Name of the machine.
    trajectory : list of (seconds, incumbent or None, bound or None)
    front : list of (float, float) or None
        Values of its points.
    log : str
        What its processes printed.
    """

    key: str
    status: str
    reason: str
    solved: bool = False
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    claimed: float | None = None
    sense: int = 1
    seconds: float | None = None
    cpu_seconds: float | None = None
    memory_mb: float | None = None
    overshoot: float = 0.0
    load: float | None = None
    solver: str | None = None
    solver_version: str | None = None
    atoopt_version: str | None = None
    source: str | None = None
    compile_seconds: float = 0.0
    points: int | None = None
    complete: bool | None = None
    message: str = ""
    started: str = ""
    host: str = ""
    trajectory: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    front: list[tuple[float, float]] | None = None
    log: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return all of it."""
        return asdict(self)


SCALARS = tuple(name for name in Record.__dataclass_fields__ if name not in ("trajectory", "front", "log"))
"""The columns of the table of runs."""
