"""How many of each module, beside the demand of their lead times; and strategies as small multiples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from atoopt.levels.evaluation import Evaluation
from atoopt.plots.style import PALETTE, short_name

if TYPE_CHECKING:
    from atoopt.workbench.strategies import Strategies

MOST = 30
"""Modules that are drawn: of more those with the highest levels."""


def levels_by_module(evaluation: Evaluation, ax: Axes | None = None, *, color: str = PALETTE[0]) -> Axes:
    """Draw a bar a module, its level, with a mark at the mean demand of its lead time.

    Parameters
    ----------
    evaluation : Evaluation
        Of `atoopt.levels.evaluation`, or ``result.solution``.
    ax : matplotlib Axes, optional
        New ones by default.
    color : str

    Returns
    -------
    matplotlib Axes
    """
    system, levels = evaluation.instance.system, evaluation.levels
    shown = np.argsort(-levels, kind="stable")[:MOST]
    if ax is None:
        ax = plt.subplots(figsize=(7, 1.5 + 0.25 * max(4, len(shown))), layout="constrained")[1]
    rows = np.arange(len(shown))
    ax.barh(rows, levels[shown], color=color, label="base-stock level")
    ax.plot(system.lead_time_demand[shown], rows, "|", color=PALETTE[3], markersize=12, label="mean lead-time demand")
    ax.set_yticks(rows, [short_name(system.modules[i]) for i in shown])
    ax.invert_yaxis()
    left = system.n_modules - len(shown)
    title = f"{short_name(evaluation.instance.name)}\n{evaluation.average_fill_rate:.1%} of the orders filled"
    ax.set(xlabel="units")
    ax.set_title(title + (f", {left} modules of lower levels left out" if left else ""), fontsize=10)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False)
    return ax


PANELS = (
    ("cost", "cost, equation (9)"), ("mean assembly time", "mean assembly time"), ("items held", "items held"),
    ("value of base stock", "value of base stock, same fill rate"),
    ("growth of demand it can take", "growth of demand it can take"),
)  # fmt: skip
"""Rows of the table, and what the panels say."""

COLORS = {"make-to-order": "#999999", "assemble-to-order": "#0072b2", "make-to-stock": "#e69f00", "mixed": "#009e73"}
"""Of the palette of Okabe and Ito, which is safe for the color-blind."""


def plot_strategies(found: Strategies) -> Axes:
    """Draw the strategies, a panel a number that is known.

    Parameters
    ----------
    found : Strategies

    Returns
    -------
    matplotlib Axes
        The first panel's; the figure has the others.
    """
    shown = [(row, title) for row, title in PANELS if row in found.table.index]
    figure, panels = plt.subplots(1, len(shown), figsize=(3.2 * len(shown), 3.4), layout="constrained", squeeze=False)
    for ax, (row, title) in zip(panels[0], shown, strict=True):
        values = found.table.loc[row]
        bars = ax.bar(range(len(values)), values.to_numpy(dtype=float), color=[COLORS[name] for name in values.index])
        ax.bar_label(bars, labels=[f"{value:.4g}" for value in values], fontsize=8)
        ax.set_title(title, fontsize=9)
        ax.set_xticks(range(len(values)), [name.replace("-", "-\n", 1) for name in values.index], fontsize=7)
        ax.spines[["top", "right"]].set_visible(False)
        ax.margins(y=0.15)
    name = found.instance.name
    figure.suptitle((name if len(name) <= 60 else f"{name[:28]}...{name[-28:]}").replace("$", r"\$"), fontsize=10)
    axes: Axes = panels[0, 0]
    return axes
