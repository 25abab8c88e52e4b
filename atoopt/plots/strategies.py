"""Strategies as small multiples: one number a panel, one bar a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from atoopt.workbench.strategies import Strategies

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
