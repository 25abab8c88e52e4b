"""How each product is put together from the modules held, kept up to date while modules enter and leave.

Plain arrays, no compiled kernel: this is what a first stock is made with while nothing is compiled yet. A product's
pieces are some partition of it, not always the fewest, so that its operations may be overstated, never understated:
a stock that keeps the limits here keeps them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.sets.bitsets import Words, positions_of, to_words
from atoopt.stock.cost import DRIFT, cost_equation, limits_of
from atoopt.stock.instance import StockInstance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Matrix = NDArray[np.float32]
"""Entries are 0 and 1; sums run twice as fast as with eight bytes, and no sum is of more than a product's pieces."""

SPARE = 64
"""Columns that are added when there are none left."""


class Fit(NamedTuple):
    """The products that a module would serve better than their present pieces: how many operations each saves."""

    products: Ints
    saved: Floats


class Assembly:
    """A stock, and the pieces that each product is built from.

    Attributes
    ----------
    pieces : list of int
        Single components and modules as bits, a column each; a module that has left keeps its column.
    held : list of bool
        Whether a piece is in stock.
    size : (columns,) array
        Components of each piece.
    uses : (n_products, columns) array
        1 where a product is built from a piece.
    operations : (n_products,) array
        Pieces of each product, less one.
    shared : (columns, columns) array
        The demand built from both of two pieces.
    """

    def __init__(self, instance: StockInstance) -> None:
        q, n = instance.n_components, instance.n_products
        self.instance, self.equation = instance, cost_equation(instance)
        self.limits = limits_of(instance).stricter(DRIFT)
        self.pieces = [1 << i for i in range(q)]
        self.held = [True] * q
        self.column = {mask: i for i, mask in enumerate(self.pieces)}
        self.size = np.zeros(q + SPARE)
        self.size[:q] = 1
        self.has = np.zeros((q + SPARE, q), np.float32)
        self.has[:q] = np.eye(q)
        self.uses = np.zeros((n, q + SPARE), np.float32)
        self.uses[:, :q] = _bits(instance.product_words, q)
        self.operations = np.maximum(instance.product_sizes - 1.0, 0.0)
        self.shared = np.zeros((q + SPARE, q + SPARE))
        self.joined = None if instance.neighbors is None else _joined(instance.neighbors, q + SPARE)
        self.share = instance.shares.astype(np.float32)
        self.shared[:q, :q] = self._together(self.uses[:, :q], self.uses[:, :q], self.share)

    def copy(self) -> Assembly:
        """Return a copy that changes on its own."""
        twin = object.__new__(Assembly)
        twin.__dict__.update(self.__dict__)
        for name in ("size", "has", "uses", "operations", "shared"):
            setattr(twin, name, getattr(self, name).copy())
        twin.joined = None if self.joined is None else self.joined.copy()
        twin.pieces, twin.held, twin.column = self.pieces.copy(), self.held.copy(), self.column.copy()
        return twin

    # ---- what the stock is worth ------------------------------------------------------------------

    @property
    def modules(self) -> list[int]:
        """Columns of the modules of several components."""
        return [j for j in range(self.instance.n_components, len(self.pieces)) if self.held[j]]

    @property
    def stock(self) -> list[int]:
        """The modules of several components, as bits."""
        return [self.pieces[j] for j in self.modules]

    @property
    def mean_operations(self) -> float:
        """Mean operations over the demand, at most so many."""
        return float(self.instance.shares @ self.operations)

    @property
    def cost(self) -> float:
        """Equation (9); the evaluator's cost is never higher, unless assembly saves money."""
        own = float(self.equation.module(self.size[self.modules]).sum())
        return self.equation.base + own + self.equation.per_operation * self.mean_operations

    @property
    def lack(self) -> float:
        """By how much the limits are missed, 0 where all are kept: operations above, modules too many, share short."""
        limits = self.limits
        slow = max(0.0, self.mean_operations - limits.operations)
        late = max(0.0, limits.share - self.share_in_time)
        return slow + late + max(0.0, len(self.modules) - limits.modules)

    @property
    def share_in_time(self) -> float:
        """The share of the demand that is assembled in time."""
        return float(self.instance.shares[self.operations <= self.limits.latest].sum())

    # ---- modules enter and leave ------------------------------------------------------------------

    def fit(self, mask: int, products: Ints | None = None) -> Fit:
        """Return which products (of these) a module would serve, in place of the pieces that it overlaps."""
        words = to_words([mask], self.instance.n_components)
        rows = self.instance.product_words if products is None else self.instance.product_words[products]
        inside = np.flatnonzero(~(words & ~rows).any(axis=1))
        inside = inside if products is None else products[inside]
        in_its_way = self._touching(mask)
        lost = self._sum(self.uses[np.ix_(inside, in_its_way)], self.size[in_its_way] - 1)
        saved = mask.bit_count() - 1 - lost
        return Fit(inside[saved > 0.5], saved[saved > 0.5])

    def hold(self, mask: int, products: Ints | None = None) -> None:
        """Hold a module, and use it in the products (of these) that it serves."""
        column, fit = self._enter(mask), self.fit(mask, products)
        if not fit.products.size:
            return
        gone = self._touching(mask)
        left = self._components(fit.products, gone)
        left[:, positions_of(mask)] = 0
        touched = np.zeros(len(self.pieces), bool)
        touched[gone] = touched[column] = True
        touched[: left.shape[1]] |= left.any(axis=0)
        after = self.uses[fit.products, : touched.size]
        after[:, gone] = 0
        after[:, : left.shape[1]] += left
        after[:, column] = 1
        columns = np.flatnonzero(touched)
        self._change(fit.products, columns, after[:, columns])
        self.operations[fit.products] -= fit.saved

    def drop(self, column: int) -> None:
        """Let a module leave; what used it is built from single components, or from other modules in its place."""
        rows, mask = np.flatnonzero(self.uses[:, column]), self.pieces[column]
        self.held[column] = False
        touched = np.append(positions_of(mask), column)
        after = np.ones((rows.size, touched.size), np.float32)
        after[:, -1] = 0
        self._change(rows, touched, after)
        self.operations[rows] += self.size[column] - 1
        if rows.size:
            near = [j for j in self.modules if self.pieces[j] & mask]
            for j in sorted(near, key=lambda j: -self.size[j]):
                self.hold(self.pieces[j], rows)

    def _enter(self, mask: int) -> int:
        """Return the column of a module, which is then held."""
        known = self.column.get(mask)
        if known is not None:
            self.held[known] = True
            return known
        column = len(self.pieces)
        if column == self.size.size:
            self._widen()
        self.pieces.append(mask)
        self.held.append(True)
        self.column[mask] = column
        self.has[column, positions_of(mask)] = 1
        self.size[column] = mask.bit_count()
        if self.joined is not None:
            near = self.joined[:, positions_of(mask)].any(axis=1)
            self.joined[column] = self.joined[:, column] = near
        return column

    def _widen(self) -> None:
        """Add spare columns."""
        more = self.size.size // 2
        self.size, self.has = np.pad(self.size, (0, more)), np.pad(self.has, ((0, more), (0, 0)))
        self.uses = np.pad(self.uses, ((0, 0), (0, more)))
        self.shared = np.pad(self.shared, (0, more))
        self.joined = None if self.joined is None else np.pad(self.joined, (0, more))

    def _touching(self, mask: int) -> Ints:
        """Return the columns of pieces that share components with a module."""
        return np.flatnonzero(self.has[: len(self.pieces), positions_of(mask)].any(axis=1))

    def _components(self, products: Ints, columns: Ints) -> Matrix:
        """Return the components that products have in these pieces, shape (products, components)."""
        return np.einsum("kw,wq->kq", self.uses[np.ix_(products, columns)], self.has[columns])

    def _change(self, products: Ints, columns: Ints, after: Matrix) -> None:
        """Put entries of `uses` in place, and what is `shared` with them."""
        n = len(self.pieces)
        old, share = self.uses[products, :n], self.share[products]
        new = old.copy()
        new[:, columns] = after
        self.uses[products, :n] = new
        change = self._together(after, new, share) - self._together(old[:, columns], old, share)
        self.shared[columns, :n] += change
        self.shared[:n, columns] = self.shared[columns, :n].T

    # ---- sums -------------------------------------------------------------------------------------
    # By einsum: the threads of a matrix library wait for each other where other processes use the cores.

    def _together(self, some: Matrix, all_: Matrix, share: Matrix) -> Floats:
        return np.einsum("kt,kw->tw", some * share[:, None], all_).astype(np.float64)

    def _sum(self, uses: Matrix, values: Floats) -> Floats:
        return np.einsum("kw,w->k", uses, values.astype(np.float32)).astype(np.float64)


def _bits(words: Words, n_components: int) -> Matrix:
    """Return sets as a matrix of 0 and 1, a column a component."""
    raw = np.ascontiguousarray(words, dtype="<u8").view(np.uint8)
    return np.unpackbits(raw, axis=1, bitorder="little")[:, :n_components].astype(np.float32)


def _joined(neighbors: tuple[int, ...], columns: int) -> NDArray[np.bool_]:
    """Return which single components liaisons join, as a table with room for modules."""
    joined = np.zeros((columns, columns), bool)
    for i, around in enumerate(neighbors):
        joined[i, positions_of(around)] = True
    return joined
