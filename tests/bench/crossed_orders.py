"""A larger order history made of a real one: some orders take a run of neighboring families from another order.

python -m tests.bench.crossed_orders car_orders.csv crossed.csv --orders 7500 --seed 1
atoopt import crossed.csv -o crossed.json --min-share 0.0005 --max-mean-assembly-time 2.0
atoopt solve crossed.json --time-limit 600
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd

CROSSED = 0.6
"""The share of orders that take families from another."""

LONGEST = 10
"""Families taken at most."""


def crossed(orders: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Return `n` orders drawn from a history, most of them crossed with another."""
    random, values = np.random.default_rng(seed), orders.to_numpy()
    n_families, drawn = values.shape[1], []
    for _ in range(n):
        order = values[random.integers(len(values))].copy()
        if random.random() < CROSSED:
            other = values[random.integers(len(values))]
            first, length = random.integers(n_families), random.integers(1, LONGEST + 1)
            taken = (first + np.arange(length)) % n_families
            order[taken] = other[taken]
        drawn.append(order)
    return pd.DataFrame(drawn, columns=orders.columns)


def main() -> None:
    """Read a history and write another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders")
    parser.add_argument("output")
    parser.add_argument("--orders", dest="n", type=int, default=7_500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    crossed(pd.read_csv(arguments.orders, dtype=str), arguments.n, arguments.seed).to_csv(arguments.output, index=False)


if __name__ == "__main__":
    main()
