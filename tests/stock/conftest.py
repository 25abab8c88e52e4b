"""Instances and settings shared by the tests of the stock-composition problem."""

from __future__ import annotations

from itertools import combinations

import pytest

from atoopt.stock import Costs, Product, StockInstance

# The first call of a kernel compiles it, and machines differ: no test fails for its pace.


@pytest.fixture(scope="session")
def uniform_5() -> StockInstance:
    """Return the paper's largest case: all 31 products of 5 components, uniform demand, set 1, T = 0.8."""
    letters = "abcde"
    products = [c for size in range(1, 6) for c in combinations(letters, size)]
    return StockInstance(
        name="uniform-5", components=tuple(letters), max_mean_assembly_time=0.8,
        products=tuple(Product(components=c, demand=1.0) for c in products),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
    )  # fmt: skip
