"""What is wanted of a search, and what it found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.pareto.front import MINIMIZE
from atoopt.pareto.program.compile import Floats


@dataclass(frozen=True)
class Settings:
    """What is wanted of a front, and how.

    Attributes
    ----------
    n_points : int or None
        At most so many points, spread evenly; None for all.
    spread : bool
        Search the largest unexplored box next also where all points are wanted (`balanced-box`).
    method : {"epsilon-constraint", "dichotomy", "balanced-box"}
    journal : Path or None
        File for points as they are found; a run that was cut short goes on from it.
    starts : sequence of dict
        Known solutions, variable name -> value: solves may start from them.
    backend : {"loky", "dask"}
        Where child processes run, if the run's ``jobs`` are more than one.
    """

    n_points: int | None = None
    spread: bool = False
    method: str = "epsilon-constraint"
    journal: Path | None = None
    starts: tuple[dict[str, float], ...] = ()
    backend: str = "loky"


@dataclass
class Found:
    """What was found, both objectives in their own sense and sorted by the first.

    Attributes
    ----------
    values : (n, 2) array
    columns : list of (n_columns,) arrays
        The variables' values of each point.
    complete : bool
    stop_reason : str
    senses : (str, str)
    unexplored : (m, 2, 2) array
        Boxes that may hold further points, infinite where no bound is known.
    payoff : (2, 2) array or None
        The points of the best first and of the best second objective, where both are proven.
    solves : int
    solver_seconds : float
    details : dict
    assignment : callable
        The position of a point -> the value of each variable, by ``id(variable)``; those that no row and no objective
        has are missing.
    """

    values: Floats = field(default_factory=lambda: np.empty((0, 2)))
    columns: list[Floats] = field(default_factory=list)
    complete: bool = True
    stop_reason: str = ""
    senses: tuple[str, str] = (MINIMIZE, MINIMIZE)
    unexplored: Floats = field(default_factory=lambda: np.empty((0, 2, 2)))
    payoff: Floats | None = None
    solves: int = 0
    solver_seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)
    assignment: Callable[[int], dict[int, float]] = lambda i: {}

    @property
    def facts(self) -> dict[str, Any]:
        """What a `Front` is told beside its points."""
        return {
            "senses": self.senses, "unexplored": self.unexplored, "payoff": self.payoff, "solves": self.solves,
            "solver_seconds": self.solver_seconds, "details": self.details,
        }  # fmt: skip
