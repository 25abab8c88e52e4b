"""The fronts of an instance, and which mean ranks differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from atoopt.study.measures.tests import Ranking
from atoopt.study.report.figures.look import Look, layout, thinned
from atoopt.study.report.figures.runs import method_group
from atoopt.study.report.names import plotly_labels, plotly_text, short
from atoopt.study.report.parts import Choice, Figure


def fronts_figure(id: str, runs: pd.DataFrame, fronts: pd.DataFrame, look: Look, most: int) -> Figure | None:
    """Return the fronts of one instance at a time, one run a method: that with the most points."""
    points = {str(key): part.sort_values("first", kind="stable") for key, part in fronts.groupby("key")}
    there = runs[runs["key"].isin(list(points))]
    choices = []
    for instance, some in there.groupby("instance", sort=True):
        counts = some.assign(n=[len(points[str(key)]) for key in some["key"]])
        counts["place"] = [look.place(str(name)) for name in counts["method"]]
        chosen = counts.sort_values(["place", "n", "seed"], ascending=[True, False, True]).drop_duplicates("method")
        traces = [_front(row, points[str(row.key)], look, most) for row in chosen.itertuples()]
        choices.append(Choice(short(instance, 80), traces))
    if not choices:
        return None
    axes = layout("first objective", "second objective")
    return Figure(id, choices, axes, "Fronts, both objectives minimized.", "instance")


def _front(row: Any, points: pd.DataFrame, look: Look, most: int) -> dict[str, Any]:
    """Return the stairs of one front."""
    method = str(row.method)
    kept = points.iloc[thinned(len(points), most)]
    text = plotly_text(f"{short(method)}, seed {row.seed}: {len(points)} points")
    return {
        "type": "scatter", "mode": "lines+markers" if len(kept) <= 150 else "lines", "name": look.labels[method],
        "x": kept["first"].to_list(), "y": kept["second"].to_list(), "line": {**look.line(method, 1.5), "shape": "hv"},
        "marker": {"symbol": look.symbol(method), "size": 6}, "legendgroup": method_group(look, method),
        "text": text, "hovertemplate": "%{text}<br>%{x:.6g}, %{y:.6g}<extra></extra>",
    }  # fmt: skip


def ranks_figure(id: str, ranking: Ranking, look: Look, words: str) -> Figure:
    """Return mean ranks with bars that join methods which do not differ (Demsar's diagram, turned)."""
    names = list(ranking.ranks.index)
    labels, narrow = plotly_labels(names), plotly_labels(names, 14)
    places = list(range(len(names)))
    traces: list[dict[str, Any]] = [{
        "type": "scatter", "mode": "markers", "x": ranking.ranks.to_list(), "y": places, "showlegend": False,
        "marker": {"size": 11, "color": [look.color(name) for name in names]},
        "hovertemplate": "%{x:.3f}<extra></extra>",
    }]  # fmt: skip
    for group in ranking.cliques():
        ends = [float(ranking.ranks[group[0]]), float(ranking.ranks[group[-1]])]
        middle = float(np.mean([names.index(name) for name in group]))
        traces.append({
            "type": "scatter", "mode": "lines", "x": ends, "y": [middle, middle], "showlegend": False,
            "line": {"width": 5, "color": "#999"}, "opacity": 0.6, "hoverinfo": "skip",
        })  # fmt: skip
    axis = {"tickmode": "array", "tickvals": places, "autorange": "reversed", "zeroline": False}
    axes = layout(
        "mean rank (1 is best)", "", yaxis={**axis, "ticktext": list(labels.values())}, height=140 + 34 * len(names),
        xaxis={"range": [0.8, len(names) + 0.2]},
    )  # fmt: skip
    about = f"Mean ranks by {words}, a bar where they do not differ; critical distance {ranking.distance:.3f}."
    return Figure(
        id, [Choice("", traces)], axes, about, caption=True, narrow={"yaxis": {"ticktext": list(narrow.values())}}
    )
