"""A seeded generator of order histories: options of cars, family by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from atoopt.base.faults import check_number
from atoopt.stock.data.choices import Market

if TYPE_CHECKING:
    import pandas as pd

CAR_FAMILIES = {
    "radio": ("none", "digital", "navigation"),
    "roof": ("steel", "glass"),
    "air": ("manual", "automatic"),
    "seats": ("plain", "heated"),
    "parking": ("none", "sensors", "camera"),
    "lights": ("halogen", "LED"),
    "mirrors": ("fixed", "folding"),
    "windows": ("front", "all round"),
    "cruise": ("none", "plain", "adaptive"),
    "tailgate": ("manual", "electric"),
    "tow bar": ("none", "fitted"),
    "alarm": ("none", "fitted"),
}


def harness_orders(
    n_orders: int = 2_000,
    seed: int = 0,
    *,
    families: dict[str, tuple[str, ...]] | None = None,
    n_trims: int = 5,
) -> pd.DataFrame:
    """Return a wide order history: a row an order, a column an option family, the cell is the chosen value.

    Parameters
    ----------
    n_orders : int
    seed : int
    families : dict of str to tuple of str, optional
        Family -> values, the first being the most common; by default the dozen of `CAR_FAMILIES`.
    n_trims : int
        Trim levels: each has its own preferences.

    Examples
    --------
    >>> harness_orders(3, seed=1).shape
    (3, 12)
    """
    import pandas as pd

    check_number(n_orders >= 1, "n_orders", n_orders, "at least 1")
    families = CAR_FAMILIES if families is None else families
    fewest = min(map(len, families.values()), default=0)
    check_number(fewest >= 2, "families", fewest, "of values of at least 2 in each family")
    rng = np.random.default_rng(seed)
    extras = [values[1:] for values in families.values()]
    market = Market.of_families(extras, [True] * len(extras), n_trims, rng, spread=4.0)
    chosen = market.draw(n_orders, rng)
    columns, first = {}, 0
    for family, values in families.items():
        held = chosen[:, first : first + len(values) - 1]
        choice = np.where(held.any(axis=1), held.argmax(axis=1) + 1, 0)
        most = int(np.bincount(choice).argmax())
        label = np.arange(len(values))
        label[[0, most]] = most, 0  # the plain value is the one that most customers take
        columns[family] = np.array(values)[label[choice]]
        first += len(values) - 1
    return pd.DataFrame(columns)
