"""What a solver is asked, and what it answers: the same for all that read a model file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atoopt.solvers.outcome import Outcome


@dataclass(frozen=True)
class Ask:
    """A model to be minimized, and how.

    Attributes
    ----------
    file : Path
        An MPS file of `atoopt.solvers.others.mps`; its folder is the solver's to write to.
    time_limit : float
        Seconds; infinity for none.
    rel_gap, abs_gap : float
    threads : int
    seed : int
        0 leaves the solver's own.
    start : mapping of str to float
        Known values by the columns' names; empty for none.
    solver_options : mapping
        Passed on as they are, in the solver's own names.
    should_stop : callable
        Asked now and then; True ends the solve with its incumbent.
    on_progress : callable
        Told (incumbent or None, bound or None), of the file's objective.
    log : callable or None
        Told each line of the solver's log.
    """

    file: Path
    time_limit: float = math.inf
    rel_gap: float = 0.0
    abs_gap: float = 0.0
    threads: int = 1
    seed: int = 0
    start: Mapping[str, float] = field(default_factory=dict)
    solver_options: Mapping[str, Any] = field(default_factory=dict)
    should_stop: Callable[[], bool] = lambda: False
    on_progress: Callable[[float | None, float | None], None] = lambda incumbent, bound: None
    log: Callable[[str], None] | None = None


@dataclass(frozen=True)
class FileAnswer:
    """What a solver says of a model file.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
    values : dict of str to float, or None
        By the columns' names; one that is missing is zero. None where there is no solution.
    bound : float or None
        Of the file's objective, only where the solver tells it for sure.
    message : str
        Why it failed.
    """

    outcome: Outcome
    values: dict[str, float] | None = None
    bound: float | None = None
    message: str = ""


def finite(value: float) -> float | None:
    """Return the value; None for what solvers call infinity.

    >>> finite(1e20) is None, finite(-3.0)
    (True, -3.0)
    """
    return float(value) if math.isfinite(value) and abs(value) < 1e19 else None
