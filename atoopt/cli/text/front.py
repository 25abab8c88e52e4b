"""A front as text: its headline, what is proven, and at most a screen of points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from atoopt.cli.text.terminal import table
from atoopt.pareto.representation import representation

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

SHOWN = 20
"""Points printed at most: a screen."""

TOLD = ("levels", "coverage_error")
"""Details that the points and the lines above them tell already."""


def front_lines(front: Front) -> list[str]:
    """Return the lines that describe a front.

    >>> from atoopt.pareto import Front
    >>> front = Front(("cost", "time"), np.array([[1.0, 3.0], [2.0, 0.0]]), True, instance="two", method="auto")
    >>> print(*front_lines(front), sep="\\n")
    two: 2 points, complete, 0.00 s by auto
    <BLANKLINE>
    cost  time
       1     3
       2     0
    """
    lines = [front.headline()]
    if front.coverage_error is not None and not front.complete:
        lines.append(f"coverage error: {front.coverage_error:.4g}")
    lines += [f"{key.replace('_', ' ')}: {_shown(value)}" for key, value in front.details.items() if key not in TOLD]
    if not len(front):
        return [*lines, "no point keeps every limit" if front.complete else "no point was found"]
    chosen = representation(front.values, SHOWN)
    if len(chosen) < len(front):
        lines.append(f"{len(chosen)} of the points (--json has all):")
    header, columns = _columns(front, chosen)
    return [*lines, "", *table(header, list(zip(*columns, strict=True)), left=-1)]


def _columns(front: Front, chosen: np.ndarray) -> tuple[list[str], list[list[str]]]:
    """Return the columns of the table: both objectives, then bound, gap and number of modules where there are such."""
    header = list(front.objectives)
    columns = [[f"{value:.6g}" for value in column] for column in front.values[chosen].T.tolist()]
    if front.bounds is not None and front.gaps is not None:
        header += ["bound", "gap"]
        columns.append([_number(bound, ".6g") for bound in front.bounds[chosen].tolist()])
        columns.append([_number(gap, ".2%") for gap in front.gaps[chosen].tolist()])
    if front.problem == "stock-composition":
        header.append("modules")
        columns.append([_n_modules(front.points[i].solution) for i in chosen.tolist()])
    return header, columns


def _n_modules(solution: object) -> str:
    """Return the number of modules of a point: of an evaluation, or of what a file says."""
    if isinstance(solution, dict):
        return str(solution.get("n_modules", "-"))
    return str(getattr(solution, "n_modules", "-"))


def _number(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "unknown"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
