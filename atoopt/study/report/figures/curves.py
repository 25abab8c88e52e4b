"""Pictures of step curves: performance profile, data profile, gaps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from atoopt.study.measures.profiles import Curves
from atoopt.study.report.figures.look import Look, layout, thinned
from atoopt.study.report.parts import Choice, Figure

MOST_STEPS = 400
"""A curve shows no more steps: a screen has no more columns for it."""

SMALLEST_GAP = 1e-6
"""Gaps are drawn on a logarithmic axis from here on; smaller ones stand at its left end."""


def ratio_figure(id: str, curves: Curves, look: Look) -> Figure:
    """Return the performance profile."""
    end = float(curves.shares.index[-1])
    span = [0.0, float(np.log10(end * 1.1)) if end > 1 else 0.3]
    ticks = [float(f"{first}e{power}") for power in range(math.ceil(span[1]) + 1) for first in _firsts(span[1])]
    axes = layout(
        "time / time of the fastest method", "share of problems solved", yaxis=_shares(),
        xaxis={"type": "log", "range": span, "tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]},
    )  # fmt: skip
    about = f"Performance profile over {curves.n_problems} problems."
    return Figure(id, [Choice("", _steps(curves, look, end * 1.1))], axes, about)


def seconds_figure(id: str, curves: Curves, look: Look) -> Figure:
    """Return the data profile."""
    end = float(curves.shares.index[-1])
    axes = layout(
        "seconds", "share of problems solved", xaxis={"range": [0, end], "rangemode": "tozero"}, yaxis=_shares()
    )
    return Figure(id, [Choice("", _steps(curves, look, end))], axes, f"Data profile up to {end:g} seconds.")


def gap_figure(id: str, curves: Curves, look: Look) -> Figure:
    """Return the share of problems within a gap of the best known objective."""
    ticks = [10.0**power for power in range(round(math.log10(SMALLEST_GAP)), 1)]
    axes = layout(
        "gap to the best known objective", "share of problems", yaxis=_shares(),
        xaxis={"type": "log", "range": [math.log10(SMALLEST_GAP), 0], "tickvals": ticks,
               "ticktext": ["0", *(f"{100 * tick:g}%" for tick in ticks[1:])]},
    )  # fmt: skip
    return Figure(
        id,
        [Choice("", _steps(curves, look, 1.0, SMALLEST_GAP))],
        axes,
        "Gaps to the best known objective; 0 is within rounding.",
    )


def _firsts(decades: float) -> tuple[int, ...]:
    """Return the first digits of the numbers on an axis of so many decades."""
    return (1, 2, 5) if decades <= 3 else (1,)


def _shares() -> dict[str, Any]:
    return {"range": [-0.02, 1.04], "tickformat": ".0%"}


def _steps(curves: Curves, look: Look, end: float, start: float | None = None) -> list[dict[str, Any]]:
    """Return a trace a method, drawn on to the end of the axis."""
    traces = []
    for method in (name for name in look.methods if name in curves.shares.columns):
        shares = curves.shares[method].to_numpy()
        changes = np.flatnonzero(np.diff(shares, prepend=-1.0) != 0)
        kept = changes[thinned(len(changes), MOST_STEPS)]
        points = curves.shares.index.to_numpy(dtype=float)[kept]
        x = [*(points if start is None else np.maximum(points, start)), end]
        traces.append({
            "type": "scatter", "mode": "lines", "x": x, "y": [*shares[kept], shares[-1]], "name": look.labels[method],
            "line": {**look.line(method), "shape": "hv"},
            "hovertemplate": "%{y:.1%} at %{x:.4g}",
        })  # fmt: skip
    return traces
