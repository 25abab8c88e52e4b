"""Pricing against all sets of components, priced one by one: cuts, liaisons, threads, and room for few."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pytest

from atoopt.sets.bitsets import mask_of, positions_of
from atoopt.sets.connected import pieces
from atoopt.stock.column_generation.pricing.pricing_problem import no_charges
from atoopt.stock.column_generation.relaxation import NO_LIAISONS
from tests.stock.column_generation.helpers import priced
from tests.stock.column_generation.random_charges import random_charges

FLOORS = (-1.5, -0.3, 0.0, 0.5)


class Prices:
    """Random prices of up to seven products of up to seven components, with cuts and liaisons by the seed."""

    def __init__(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        n, q = int(random.integers(1, 8)), int(random.integers(3, 8))
        self.has = random.random((n, q)) < 0.75
        self.gain = np.where(self.has, random.normal(0.4, 1.0, (n, q)), 0.0)
        self.worth = random.uniform(0.0, 1.0, n)
        self.cost = float(random.uniform(0, 1.5)), float(random.uniform(0, 0.4))
        self.floor = FLOORS[seed % len(FLOORS)]
        self.charges, self.owner, self.families = no_charges(n, q), list[int](), list[list[int]]()
        if seed % 3:
            self.charges, self.owner, self.families = random_charges(random, n, q, 1.0)
        self.liaisons = NO_LIAISONS
        if seed % 2:
            joined = np.triu(random.random((q, q)) < 0.4, 1)
            self.liaisons = joined | joined.T

    def profit(self, mask: int) -> float:
        """Return a module's profit: the sum of its values above 0, or the largest one, less its cost."""
        inside, values = positions_of(mask), []
        for k in np.flatnonzero(self.has[:, inside].all(axis=1)).tolist():
            charged = [any(mask & s == s for s in family) for family in self.families]
            paid = sum(self.charges.dual[c] for c, owner in enumerate(self.owner) if owner == k and charged[c])
            values.append(float(self.gain[k, inside].sum() - self.worth[k] - paid))
        if not values:
            return -np.inf
        used = sum(v for v in values if v > 0) if max(values) > 0 else max(values)
        return used - self.cost[0] - self.cost[1] * len(inside)

    @cached_property
    def wanted(self) -> dict[int, float]:
        """Return profit by module, for all that are above the floor and connected."""
        q = self.has.shape[1]
        several = [mask for mask in range(2**q) if mask & (mask - 1)]
        if self.liaisons.size:
            around = [mask_of(np.flatnonzero(row).tolist()) for row in self.liaisons]
            several = [mask for mask in several if len(pieces(mask, around)) == 1]
        return {mask: profit for mask in several if (profit := self.profit(mask)) > self.floor}

    def found(self, **options: Any) -> tuple[dict[int, float], float, bool]:
        """Return what pricing finds, that there is nothing above, and whether it came to its end."""
        known: dict[str, Any] = {"most": 300, "charges": self.charges, "liaisons": self.liaisons}
        modules, profits, rest, complete = priced(
            self.has, self.gain, self.worth, self.cost, floor=self.floor, **(known | options)
        )
        masks = [mask_of(np.flatnonzero(row).tolist()) for row in modules]
        assert len(masks) == len(set(masks))
        assert profits.tolist() == sorted(profits.tolist(), reverse=True)
        return dict(zip(masks, profits.tolist(), strict=True)), rest, complete


@pytest.mark.parametrize("threads", [1, 2])
def test_pricing_finds_what_enumeration_finds(threads: int) -> None:
    """With and without cuts, with and without liaisons: the same modules at the same profits, each once."""
    n = 0
    for seed in range(90):
        prices = Prices(seed)
        found, rest, complete = prices.found(threads=threads)
        assert found == pytest.approx(prices.wanted), seed
        assert (rest, complete) == (prices.floor, True)
        n += len(found)
    assert n > 500


@pytest.mark.parametrize("most", [0, 1, 2, 5])
def test_of_too_many_the_best_come_back(most: int) -> None:
    """The most profitable one is always there, and `rest` is above the profit of each that is not."""
    truncated = 0
    for seed in range(90):
        prices = Prices(seed)
        wanted = prices.wanted
        found, rest, complete = prices.found(most=most)
        assert complete
        assert found == pytest.approx({mask: wanted[mask] for mask in found}), seed
        assert len(found) >= min(most, len(wanted))
        assert max(found.values(), default=0.0) == pytest.approx(max(wanted.values(), default=0.0)), seed
        assert all(wanted[mask] <= rest + 1e-9 for mask in wanted.keys() - found.keys()), seed
        truncated += rest > prices.floor
    assert truncated > 20


def test_pricing_that_is_given_up_says_so() -> None:
    """Where it looked at fewer nodes than there are it is not complete, unless everything was found."""
    given_up = 0
    for seed in range(60):
        prices = Prices(seed)
        wanted = prices.wanted
        for max_nodes in (1, 2, 4, 8):
            found, _, complete = prices.found(max_nodes=max_nodes)
            assert not complete or found.keys() == wanted.keys()
            given_up += not complete
    assert given_up > 50
