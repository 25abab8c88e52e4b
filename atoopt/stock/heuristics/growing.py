"""A stock that modules are added to one by one: its cost and its limits, kept up to date."""

from __future__ import annotations

import numpy as np

from atoopt.sets.bitsets import to_words
from atoopt.stock.cost import cost_equation, limits_of
from atoopt.stock.evaluation import is_late, is_slow
from atoopt.stock.instance import StockInstance
from atoopt.stock.packing import pack_products

EXACT_FITS = 12  # a product in which more held modules fit is packed by improvement


class GrowingStock:
    """A stock that modules are added to, with its cost and limits.

    Only the products that contain the new module are packed anew. A product in which many modules fit is
    packed by improvement, so its time may be overstated, never understated: feasible means feasible.
    """

    def __init__(self, instance: StockInstance, step: int = 0) -> None:
        self.instance = instance
        self._equation, self._limits = cost_equation(instance), limits_of(instance)
        self._step = step
        self.masks: list[int] = []
        self.work = 0
        self.saved = np.zeros(instance.n_products, dtype=np.int64)
        self._packed = np.full((instance.n_products, int(instance.product_sizes.max()) // 2 + 1), -1)
        self._words = np.zeros((64, instance.product_words.shape[1]), dtype=np.uint64)
        self._sizes = np.zeros(64, dtype=np.int64)
        self._order = np.zeros(0, dtype=np.int64)
        self._base = np.maximum(instance.product_sizes - 1, 0)
        self._joins = 0

    def add(self, mask: int) -> None:
        """Hold one more module."""
        new, size = len(self.masks), mask.bit_count()
        if new == len(self._sizes):
            self._words = np.concatenate((self._words, np.zeros_like(self._words)))
            self._sizes = np.concatenate((self._sizes, np.zeros_like(self._sizes)))
        self.masks.append(mask)
        self._words[new], self._sizes[new] = to_words([mask], self.instance.n_components)[0], size
        self._joins += size - 1
        at = int(np.searchsorted(-self._sizes[self._order], -size, side="right"))
        self._order = np.insert(self._order, at, new)
        self.work += self._step + pack_products(
            self.instance.product_words, self._words, self._sizes, self._order, new, EXACT_FITS, self.saved,
            self._packed,
        )  # fmt: skip

    @property
    def operations(self) -> float:
        """Mean operations, sum_k p_k n_k."""
        return float(self.instance.shares @ (self._base - self.saved))

    @property
    def own_cost(self) -> float:
        """What the stock costs whatever its products' assembly: all terms but those in the operations."""
        cost = self._equation
        return cost.base + cost.per_module * len(self.masks) + cost.per_join * self._joins

    @property
    def cost(self) -> float:
        """Equation (9)."""
        return self.own_cost + self._equation.per_operation * self.operations

    @property
    def least_from_here(self) -> float:
        """No stock with these modules and more costs less."""
        return self.own_cost + min(0.0, self._equation.per_operation) * self.operations

    @property
    def full(self) -> bool:
        """Whether no module may be added."""
        return len(self.masks) >= self._limits.modules

    @property
    def feasible(self) -> bool:
        """Whether time, delivery ratio and number of modules are within their limits."""
        if len(self.masks) > self._limits.modules:
            return False
        operations = self._base - self.saved
        return not is_slow(self.instance, operations) and not is_late(self.instance, operations)
