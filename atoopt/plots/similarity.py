"""How alike the products are, two by two, in the order of the dendrogram."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import leaves_list

from atoopt.architecture.families import Families
from atoopt.plots.boxes import literal

NUMBERS = 15
"""So many products have their similarities written into the squares."""


def similarity_map(families: Families, ax: Axes | None = None) -> Axes:
    """Draw the similarity of every two products as a square, families framed.

    Parameters
    ----------
    families : Families
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    n = families.instance.n_products
    order = leaves_list(families.linkage) if n > 1 else np.zeros(1, dtype=np.int64)
    percent = 100 * families.table.total[np.ix_(order, order)]
    if ax is None:
        side = 2.5 + 0.5 * n if n <= NUMBERS else min(max(6.0, 2.0 + 0.16 * n), 40.0)
        ax = plt.subplots(figsize=(side + 0.8, side), layout="constrained")[1]
    picture = ax.imshow(percent, cmap="Blues", vmin=0, vmax=100, aspect="auto")
    ax.figure.colorbar(picture, ax=ax, label="similarity (%)", fraction=0.045)
    names = [literal(families.instance.products[i].id) for i in order]
    size = 9 if n <= NUMBERS else 6
    ax.set_xticks(range(n), names, rotation=90, fontsize=size)
    ax.set_yticks(range(n), names, fontsize=size)
    if n <= NUMBERS:
        for (i, j), value in np.ndenumerate(percent):
            ax.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=8, color="w" if value > 60 else "k")
    labels = families.labels[order]
    for k in range(families.n_families):
        start, count = int(np.argmax(labels == k)) - 0.5, int((labels == k).sum())
        ax.add_patch(plt.Rectangle((start, start), count, count, fill=False, edgecolor="tab:orange", linewidth=2))
    ax.set_title(literal(f"{families.instance.name}: {families.in_words()}"), fontsize=11)
    return ax
