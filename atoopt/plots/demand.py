"""How few products make most of the sales."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from atoopt.plots.style import short_name
from atoopt.stock.instance import StockInstance


def demand_concentration(instance: StockInstance, share: float = 0.9, ax: Axes | None = None) -> Axes:
    """Draw the cumulative demand over the products, the best sellers first.

    Parameters
    ----------
    instance : StockInstance
    share : float
        The share of the demand to mark, 0 to 1.
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
        Shares of the products, in percent, against shares of the demand, in percent.
    """
    ax = ax if ax is not None else plt.subplots(figsize=(5, 3.5), layout="constrained")[1]
    sold = np.cumsum(np.sort(instance.shares)[::-1])
    products = np.arange(instance.n_products + 1) / instance.n_products
    few = instance.concentration(share)
    ax.plot(100 * products, 100 * np.concatenate([[0.0], sold]), color="C0")
    ax.plot([0, 100], [0, 100], color="0.7", linewidth=1, linestyle=":")
    ax.plot([100 * few, 100 * few, 0], [0, 100 * share, 100 * share], color="C1", linewidth=1)
    label = f"{few:.0%} of the products\nmake {share:.0%} of the sales"
    left = few > 0.5  # the text stands where there is room for it
    ax.annotate(
        label, (100 * few, 100 * share), xytext=(-8 if left else 8, -8), textcoords="offset points", va="top",
        ha="right" if left else "left",
    )  # fmt: skip
    ax.set(
        xlim=(0, 100), ylim=(0, 101), xlabel="products, best sellers first (%)", ylabel="demand (%)",
        title=f"{short_name(instance.name)}: {instance.n_products} products",
    )  # fmt: skip
    return ax
