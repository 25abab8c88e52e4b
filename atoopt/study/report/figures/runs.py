"""Pictures of runs: boxes over seeds, primal integrals, trajectories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from atoopt.study.report.figures.look import Look, layout, named_axis, thinned
from atoopt.study.report.names import plotly_text, short
from atoopt.study.report.parts import Choice, Figure

MOST_DOTS = 50
"""Runs up to which each is a dot in its box."""


def boxes_figure(
    id: str, runs: pd.DataFrame, values: pd.Series, look: Look, axis: str, *, percent: bool = False
) -> Figure | None:
    """Return a box a method over seeds and repeats, for one instance at a time; None without two runs of any."""
    some = runs[["instance", "method"]].assign(value=values).dropna()
    counts = some.groupby(["instance", "method"])["value"].transform("size")
    several = some["instance"].isin(some.loc[counts > 1, "instance"])
    choices = [
        Choice(short(instance, 80), list(_boxes(part, look)), _flat(part["value"]))
        for instance, part in some[several].groupby("instance", sort=True)
    ]
    if not choices:
        return None
    names, narrow = named_axis(look.methods)
    axes = layout("", axis, xaxis=names, yaxis={"rangemode": "tozero", **({"tickformat": ".3~%"} if percent else {})},
                  showlegend=False)  # fmt: skip
    return Figure(id, choices, axes, f"Spread over seeds and repeats: {axis}.", "instance", True, {"xaxis": narrow})


def _flat(values: pd.Series) -> dict[str, Any]:
    """Return a range for values that are all 0: an axis would be drawn from -1 to 1."""
    return {} if (values != 0).any() else {"yaxis": {"range": [-0.0005, 0.01]}}


def integral_figure(id: str, runs: pd.DataFrame, integrals: pd.Series, limit: float, look: Look) -> Figure | None:
    """Return a box a method over all its runs: the primal integral as a share of the limit."""
    some = runs[["method"]].assign(value=integrals / limit).dropna()
    if some.empty:
        return None
    names, narrow = named_axis(look.methods)
    axes = layout("", "primal integral / limit", xaxis=names, yaxis={"rangemode": "tozero"}, showlegend=False)
    return Figure(id, [Choice("", list(_boxes(some, look)))], axes, "Primal integrals.", narrow={"xaxis": narrow})


def _boxes(some: pd.DataFrame, look: Look) -> Iterator[dict[str, Any]]:
    """Yield a box a method, with all its points where they are few."""
    for method, part in some.groupby("method", sort=True):
        name, values = str(method), part["value"].to_list()
        yield {
            "type": "box", "y": values, "x": [look.place(name)] * len(values), "name": look.labels[name],
            "marker": {"color": look.color(name), "size": 5}, "line": {"width": 1.5}, "width": 0.6,
            "boxpoints": "all" if len(values) <= MOST_DOTS else "outliers", "jitter": 0.3, "pointpos": 0,
        }  # fmt: skip


def trajectory_figure(
    id: str, runs: pd.DataFrame, trajectories: pd.DataFrame, best: pd.Series, look: Look, most: int
) -> Figure | None:
    """Return incumbents and bounds over time, for one instance at a time; None where no run told any.

    Parameters
    ----------
    best : Series
        The best known objective by problem and instance.
    most : int
        Points of a run that are drawn.
    """
    told = {str(key): part.sort_values("seconds", kind="stable") for key, part in trajectories.groupby("key")}
    choices = []
    for instance, some in runs[runs["key"].isin(list(told))].groupby("instance", sort=True):
        traces, known = [], float(best[some["problem"].iloc[0], instance])
        seen: set[str] = set()
        ordered = some.assign(place=[look.place(str(name)) for name in some["method"]])
        end = 1.02 * float(ordered["seconds"].max())
        for row in ordered.sort_values(["place", "seed", "repeat"]).itertuples():
            first = row.method not in seen
            seen.add(str(row.method))
            traces += list(_lines(row, told[str(row.key)], look, first, most))
        if np.isfinite(known):
            traces.append({
                "type": "scatter", "mode": "lines", "x": [0, end], "y": [known, known], "name": "best known",
                "line": {"color": "#888", "width": 1, "dash": "dot"}, "hoverinfo": "y",
            })  # fmt: skip
        choices.append(Choice(short(instance, 80), traces, {"xaxis": {"range": [0, end]}}))
    if not choices:
        return None
    axes = layout("seconds", "objective", legend={"groupclick": "togglegroup"})
    return Figure(id, choices, axes, "Incumbents (thick) and bounds (thin) over time.", "instance")


def _lines(row: Any, told: pd.DataFrame, look: Look, first: bool, most: int) -> Iterator[dict[str, Any]]:
    """Yield incumbent and bound of a run, each drawn on to its end."""
    method = str(row.method)
    run = plotly_text(f"{short(method)}, seed {row.seed}, repeat {row.repeat}")
    for column, last, width in (("incumbent", row.objective, 2.0), ("bound", row.bound, 1.0)):
        values = told[column].astype(float).ffill()
        x, y = [*told["seconds"].astype(float), float(row.seconds)], [*values, float(last)]
        known = [i for i in range(len(x)) if np.isfinite(y[i])]
        kept = [known[i] for i in thinned(len(known), most)]
        if not kept:
            continue
        x, y = [x[i] for i in kept], [y[i] for i in kept]
        if np.isfinite(row.seconds) and x[-1] < row.seconds:
            x, y = [*x, float(row.seconds)], [*y, y[-1]]
        yield {
            "type": "scatter", "mode": "lines", "x": x, "y": y, "name": look.labels[method],
            "legendgroup": method_group(look, method), "showlegend": first and column == "incumbent",
            "line": {**look.line(method, width), "shape": "hv"}, "opacity": 1.0 if column == "incumbent" else 0.7,
            "text": f"{column} of {run}", "hovertemplate": "%{text}<br>%{y:.6g} at %{x:.4g} s<extra></extra>",
        }  # fmt: skip


def method_group(look: Look, method: str) -> str:
    """Return the name of a group of traces: a number, never the method's name."""
    return f"m{look.place(method)}"
