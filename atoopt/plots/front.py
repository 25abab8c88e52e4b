"""A front of any problem: its stairs, what is proven of its points, and what is unexplored."""

from __future__ import annotations

from typing import Literal

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from atoopt.pareto.front import MINIMIZE, Front
from atoopt.pareto.representation import representation
from atoopt.plots.style import PALETTE, short_name

MOST_CORNERS = 2_000
"""A picture shows no more corners of a front."""

MOST_DOTS = 150
"""Points up to which each has a dot of its own."""

LABELS = {
    "pallets": "pallets P",
    "setup_hours": "set-up hours TS (h/year)",
    "mean_assembly_time": "mean assembly time t(S)",
    "missed": "share of orders not filled",
}


def plot_front(
    front: Front, ax: Axes | None = None, *, label: str | None = None, color: str = PALETTE[0]
) -> Axes:  # fmt: skip
    """Draw a front.

    The stairs bound what its points dominate. Shaded boxes are unexplored: better points may still lie there. A
    bar leads from a point to the proven bound of its first objective, where it may not be optimal.

    Parameters
    ----------
    front : Front
    ax : matplotlib Axes, optional
        New ones by default.
    label : str, optional
        What the legend calls it, by default its method; with a color of its own each, several fit in one picture.
    color : str

    Returns
    -------
    matplotlib Axes
        The first objective to the right, the second one upwards.
    """
    if ax is None:
        ax = plt.subplots(figsize=(7, 5), layout="constrained")[1]
    state = "complete" if front.complete else "not complete"
    if len(front):
        shown = front.values[representation(front.values, MOST_CORNERS)]
        where: Literal["post", "pre"] = "post" if front.senses[0] == MINIMIZE else "pre"
        name = short_name(front.method if label is None else label)
        told = f"{name}: {len(front)} points, {state}"
        dots = "o" if len(front) <= MOST_DOTS else ""
        ax.step(*shown.T, where=where, marker=dots, markersize=4, color=color, linewidth=1.2, label=told)
        _intervals(front, ax, color)
    boxes = front.unexplored[np.isfinite(front.unexplored).all(axis=(1, 2))]
    for i, box in enumerate(boxes):
        corner, size = box[:, 0], box[:, 1] - box[:, 0]
        told = "unexplored" if i == 0 else ""
        ax.add_patch(Rectangle((corner[0], corner[1]), *size, color=PALETTE[1], alpha=0.25, lw=0.8, label=told))
    if len(front):
        ax.legend(loc="best")
    first, second = (LABELS.get(name, name) for name in front.objectives)
    ax.set(xlabel=first, ylabel=second, title=short_name(front.instance, 60))
    return ax


def _intervals(front: Front, ax: Axes, color: str) -> None:
    """Draw a bar from each point to its bound, where the two differ."""
    if front.bounds is None:
        return
    open_ = np.flatnonzero(np.abs(front.values[:, 0] - front.bounds) > 0)
    if open_.size:
        (right, heights), left = front.values[open_].T, front.bounds[open_]
        ax.hlines(heights, left, right, color=color, linewidth=3, alpha=0.4, label="down to the bound")
