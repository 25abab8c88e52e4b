"""A wire harness whose segments hang together as a tree: products and liaisons, made from a seed."""

from __future__ import annotations

import numpy as np

from atoopt.stock import Costs, Product, StockInstance


def harness(n: int = 40, n_products: int = 120, seed: int = 2) -> StockInstance:
    """Return a wire harness: a tree of segments, and products in which an option brings the segments up to it."""
    rng = np.random.default_rng(seed)
    parent = [0, *(int(rng.integers(max(0, i - 4), i)) for i in range(1, n))]
    names = [f"s{i:02}" for i in range(n)]
    chances = 0.6 * rng.beta(0.4, 6.0, n)
    demand: dict[frozenset[int], int] = {}
    while len(demand) < n_products:
        needed: set[int] = set()
        for i in np.flatnonzero(rng.random(n) < chances).tolist():
            while i and i not in needed:
                needed.add(i)
                i = parent[i]
        demand[frozenset(needed)] = demand.get(frozenset(needed), 0) + 1
    return StockInstance(
        name="branches", components=tuple(names), max_mean_assembly_time=1.5,
        products=tuple(
            Product(components=tuple(names[i] for i in sorted(s)), demand=float(d)) for s, d in demand.items()
        ),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
        liaisons=tuple((names[parent[i]], names[i]) for i in range(1, n)),
    )  # fmt: skip
