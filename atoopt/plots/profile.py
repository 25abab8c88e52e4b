"""Performance and data profiles of a study: the share of problems within a ratio, a time or a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from atoopt.plots.boxes import literal

if TYPE_CHECKING:
    from atoopt.study.measures.profiles import Curves

LABELS = {
    "ratio": "time / time of the fastest method",
    "seconds": "seconds",
    "gap": "gap to the best known objective",
}

STYLES = ("-", "--", ":", "-.")
"""Ten methods have a color each; the next ten have the same colors in another style."""


def plot_profile(curves: Curves, ax: Axes | None = None) -> Axes:
    """Draw the profiles of all methods; the higher, the better.

    Parameters
    ----------
    curves : Curves
        Of `atoopt.study.measures.profiles`, or ``study.profile()``.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
        What the curves are over to the right (ratios on a logarithmic scale), shares upwards.
    """
    if ax is None:
        ax = plt.subplots(figsize=(7, 5), layout="constrained")[1]
    name = str(curves.shares.index.name)
    colors = mpl.color_sequences["tab10"]
    start, end = (float(curves.shares.index[i]) for i in (0, -1))
    far = end + 0.05 * (end - start) if end > start else 2.0 * end or 1.0
    for i, method in enumerate(curves.shares.columns):
        shares = curves.shares[method]
        ax.step(
            [*shares.index, far], [*shares, shares.iloc[-1]], where="post", color=colors[i % len(colors)],
            linestyle=STYLES[i // len(colors) % len(STYLES)], linewidth=1.5, label=literal(str(method)),
        )  # fmt: skip
    if name == "ratio":
        ax.set_xscale("log")
    ax.set(
        xlim=(start, far), ylim=(-0.02, 1.02), xlabel=LABELS.get(name, name),
        ylabel=f"share of {curves.n_problems} problems",
    )  # fmt: skip
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)  # beside the curves, which go everywhere
    return ax
