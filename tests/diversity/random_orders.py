"""Random orders, and their best variants by trying every choice."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from atoopt.diversity import DiversityInstance
from atoopt.stock import Product


def random_orders(seed: int, *, n_components: int = 5, n_products: int = 8) -> DiversityInstance:
    """Return so many distinct orders, some options weighted, one of them free; P at random."""
    draw = np.random.default_rng(seed)
    names = [f"c{i}" for i in range(n_components)]
    sets = draw.permutation(2**n_components)[:n_products].tolist()
    products = tuple(
        Product(components=tuple(c for i, c in enumerate(names) if chosen >> i & 1), demand=float(draw.integers(1, 30)))
        for chosen in sets
    )
    weights = {names[0]: 0.0, names[1]: 2.5} if seed % 3 == 0 else {}
    return DiversityInstance(
        name=f"random-{seed}", components=tuple(names), products=products,
        max_variants=int(draw.integers(1, n_products + 1)), give_away=weights,
    )  # fmt: skip


def brute_force(instance: DiversityInstance) -> float | None:
    """Return the least give-away of all choices of at most P products; None where none serves every order."""
    sets = [set(product.components) for product in instance.products]
    demand = [product.demand for product in instance.products]

    def cost(order: int, variant: int) -> float:
        if not sets[order] <= sets[variant]:
            return float("inf")
        return sum(instance.give_away.get(name, 1.0) for name in sets[variant] - sets[order])

    given = [[cost(k, j) for j in range(len(sets))] for k in range(len(sets))]
    best = min(
        sum(d * min(row[j] for j in chosen) for d, row in zip(demand, given, strict=True))
        for chosen in combinations(range(len(sets)), instance.most_variants)
    )
    return None if best == float("inf") else best / sum(demand)
