"""The tree of average linkage, and where it is cut into families."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import dendrogram as scipy_dendrogram

from atoopt.architecture.families import Families
from atoopt.plots.boxes import LARGEST, literal

ABOVE = "0.6"


def dendrogram(families: Families, ax: Axes | None = None) -> Axes:
    """Draw the dendrogram with its families in colors, and the cut.

    Parameters
    ----------
    families : Families
        Of at least two products.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
        Distances (1 - similarity) from right to left, a product a row.
    """
    n, merges = families.instance.n_products, families.linkage
    if ax is None:
        ax = plt.subplots(
            figsize=(7, min(LARGEST, max(2.2, 1.2 + (0.3 if n <= 40 else 0.17) * n))), layout="constrained"
        )[1]
    palette = mpl.color_sequences["tab10"]
    family = dict(enumerate(families.labels.tolist()))
    colors = {}
    for step, (one, _) in enumerate(merges[:, :2].astype(int).tolist()):
        same = family[one] if step < n - families.n_families else -1
        family[n + step] = same
        colors[n + step] = ABOVE if same < 0 else mpl.colors.to_hex(palette[same % len(palette)])
    scipy_dendrogram(
        merges, ax=ax, orientation="left", labels=[literal(product.id) for product in families.instance.products],
        link_color_func=colors.__getitem__, leaf_font_size=9 if n <= 40 else 6,
    )  # fmt: skip
    low, high = families.heights
    ax.axvline((low + high) / 2, color="k", linewidth=1, linestyle=":")
    ax.invert_yaxis()
    for side in ("top", "left", "right"):
        ax.spines[side].set_visible(False)
    ax.set(xlim=(1.02, -0.01), xlabel="average distance (1 - similarity)")
    ax.set_title(literal(f"{families.instance.name}: {families.in_words()}"), fontsize=11)
    return ax
