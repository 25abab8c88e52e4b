"""What is in stock: which components each module joins, and how much of the demand is built with it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from atoopt.plots.style import short_name
from atoopt.sets.bitsets import positions_of
from atoopt.stock.evaluation import Evaluation

MOST = 40
"""Modules that are drawn: of more the most used."""


def stock_map(evaluation: Evaluation, ax: Axes | None = None) -> Axes:
    """Draw the modules of several components as rows of squares, one square a component.

    The most used module stands on top; the darker its squares, the more of the demand is built with it.
    Single components, which every stock holds, are left out.

    Parameters
    ----------
    evaluation : Evaluation
        Of `atoopt.stock.evaluation`, or ``result.solution``.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    instance, use = evaluation.instance, evaluation.usage()
    several = sorted((m for m in evaluation.masks if m & (m - 1)), key=lambda m: (-use[m], m))
    masks = several[:MOST]
    left = f", the {MOST} most used" if len(several) > MOST else ""
    used = [i for i in range(instance.n_components) if any(m >> i & 1 for m in masks)]
    column = {component: x for x, component in enumerate(used)}
    if ax is None:
        size = (3.5 + 0.25 * max(len(used), 8), 2.5 + 0.25 * max(len(masks), 6))
        ax = plt.subplots(figsize=size, layout="constrained")[1]
    grid = np.full((max(len(masks), 1), max(len(used), 1)), np.nan)
    for y, mask in enumerate(masks):
        grid[y, [column[i] for i in positions_of(mask)]] = 100 * use[mask]
    picture = ax.pcolormesh(grid, cmap="Blues", vmin=0, edgecolors="white", linewidth=1)
    ax.figure.colorbar(picture, ax=ax, label="demand built with it (%)", fraction=0.05)
    ax.invert_yaxis()
    ax.set_xticks(np.arange(len(used)) + 0.5, [short_name(instance.components[i]) for i in used], rotation=90)
    ax.set_yticks(np.arange(len(masks)) + 0.5, [f"{100 * use[mask]:.1f} %" for mask in masks])
    ax.set(
        ylabel="modules, most used first",
        title=f"{len(several)} modules of several components{left}\n"
        f"cost {evaluation.cost:.2f}, mean assembly time {evaluation.mean_assembly_time:.2f}",
    )
    return ax
