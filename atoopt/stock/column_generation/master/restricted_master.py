"""The restricted master: some modules, some of their pairs with products, and the cuts, laid out for compiled code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atoopt.stock.column_generation.cuts.envelope_rows import EnvelopeRows
from atoopt.stock.column_generation.relaxation import Floats, Ints, Relaxation


@dataclass(frozen=True)
class RestrictedMaster:
    """The relaxation over m modules and some pairs (module, product); each pair is a variable x_kM.

    Attributes
    ----------
    relaxation : Relaxation
    module : (m,) array of int
        Positions in the pool.
    size, cost, fixed : (m,) arrays
        Components, c_M, and 1.0 for modules that are fixed in stock (else 0.0).
    start : (m + 1,) array
        Module j has the pairs ``start[j]:start[j + 1]``.
    pair : (pairs,) array
        Positions among the pool's pairs.
    product : (pairs,) array
    row_start, row : (pairs + 1,) array, array
        The rows that a pair takes part in: those of its product and components, and the clique cuts that count it.
    row_product : (rows,) array of int
        Each row's product; the pairs of a row take 1 together at most, or z_k if it is a copy's.
    envelopes : EnvelopeRows
        The envelope cuts.
    """

    relaxation: Relaxation
    module: Ints
    size: Ints
    cost: Floats
    fixed: Floats
    start: Ints
    pair: Ints
    product: Ints
    row_start: Ints
    row: Ints
    row_product: Ints
    envelopes: EnvelopeRows

    @property
    def n_rows(self) -> int:
        """How many rows there are: one a product and component, then one a clique cut."""
        return int(self.row_product.size)

    @property
    def owner(self) -> Ints:
        """Each pair's module, as a position in `module`."""
        return np.repeat(np.arange(self.module.size), np.diff(self.start))

    @property
    def fixed_modules(self) -> Ints:
        """The modules that are fixed in stock, as positions in the pool."""
        fixed: Ints = self.module[self.fixed > 0]
        return fixed


@dataclass(frozen=True)
class Primal:
    """x per pair and y per module of a restricted master."""

    pairs: Floats
    modules: Floats


def in_time(master: RestrictedMaster, x: Floats) -> Floats:
    """Return z_k, how much of each copy what it saves allows to be in time, shape (copies,)."""
    relaxation = master.relaxation
    saved = x * np.repeat(master.size - 1.0, np.diff(master.start))
    of_products = np.bincount(master.product, saved, relaxation.shares.size)
    return np.minimum(of_products[relaxation.n_sold :] / relaxation.required, 1.0)
