"""Random cuts and what they charge, for the tests of pricing and of repairs."""

import numpy as np

from atoopt.sets.bitsets import mask_of, to_words
from atoopt.stock.column_generation.pricing.pricing_problem import Charges, charges_of


def random_charges(
    random: np.random.Generator, n: int, q: int, most: float
) -> tuple[Charges, list[int], list[list[int]]]:
    """Return the charges of four cuts over n products of q components, each cut's product, and each one's sets."""
    owner = np.sort(random.integers(0, n, 4))
    families = [
        [mask_of(random.choice(q, int(random.integers(1, q)), replace=False).tolist()) for _ in range(size)]
        for size in random.integers(1, 5, 4)
    ]
    start = np.cumsum([0, *(len(family) for family in families)])
    sets = to_words([mask for family in families for mask in family], q)
    first, dual = np.searchsorted(owner, np.arange(n + 1)), random.uniform(0.0, most, 4)
    return charges_of(first, start, sets, dual, q), owner.tolist(), families
