"""The modules that the relaxation knows, with the products that each fits in; and slices of it for the kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from atoopt.sets.bitsets import n_words, positions_of, to_words
from atoopt.solvers.highs import set_threads
from atoopt.stock.column_generation.cuts import lay_out, no_cuts, only, violated, with_more
from atoopt.stock.column_generation.envelope import Envelope, Joint, joint, most_broken, stars
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.ragged import entries_of, starts
from atoopt.stock.column_generation.relaxation import Floats, Ints, Relaxation


@dataclass(frozen=True)
class Slice:
    """Some modules and some of their pairs (module, product), laid out for the kernels.

    Attributes
    ----------
    module : (m,) array of int
        Positions in the pool.
    size, cost, held : (m,) arrays
        Components, c_M, and 1.0 for modules that are fixed in stock (else 0.0).
    start : (m + 1,) array
        Module j has the pairs ``start[j]:start[j + 1]``.
    pair : (pairs,) array
        Positions among the pool's pairs.
    product : (pairs,) array
    row_start, row : (pairs + 1,) array, array
        The rows that a pair takes part in: those of its product and components, and the cuts that count it.
    row_product : (rows,) array of int
        Each row's product; the pairs of a row take 1 together at most, or z_k if it is a copy's.
    joint : Joint
        The envelope cuts.
    """

    module: Ints
    size: Ints
    cost: Floats
    held: Floats
    start: Ints
    pair: Ints
    product: Ints
    row_start: Ints
    row: Ints
    row_product: Ints
    joint: Joint

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return int(self.row_product.size)


LEAST_BUILT = 0.01
"""Copies of which less is in time do not call for cuts."""


def in_time(relaxation: Relaxation, part: Slice, x: Floats) -> Floats:
    """Return z_k, how much of each copy what it saves allows to be in time, shape (copies,)."""
    saved = x * np.repeat(part.size - 1.0, np.diff(part.start))
    of_products = np.bincount(part.product, saved, relaxation.shares.size)
    return np.minimum(of_products[relaxation.sold :] / relaxation.missing, 1.0)


class Pool:
    """A growing set of modules of several components, and of cuts; threads may share it, for nothing ever leaves.

    Attributes
    ----------
    masks : list of int
    position : dict of int to int
    cuts : Cuts
    envelopes : list of Envelope
    """

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.masks: list[int] = []
        self.position: dict[int, int] = {}
        self.cuts = no_cuts(relaxation.shares.size, n_words(relaxation.instance.n_components))
        self.envelopes: list[Envelope] = []
        self._products: list[Ints] = []
        self._rows: list[Ints] = []
        self._arrays: tuple[Any, ...] | None = None
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self.masks)

    def add(self, masks: Iterable[int]) -> int:
        """Add the modules that are new and fit in a product; return how many were."""
        has, row = self.relaxation.has, self.relaxation.row
        with self._lock:
            before = len(self.masks)
            for mask in masks:
                if mask in self.position or not mask & (mask - 1):
                    continue
                components = np.array(positions_of(mask))
                products = np.flatnonzero(has[:, components].all(axis=1))
                if products.size:
                    self._products.append(products)
                    self._rows.append(row[np.ix_(products, components)].ravel())
                    self.masks.append(mask)
                    self.position[mask] = len(self.masks) - 1
            if len(self.masks) > before:
                self._arrays = None
            return len(self.masks) - before

    def cut_off(self, part: Slice, x: Floats, halt: NDArray[np.int8] = NEVER) -> int:
        """Add the cuts that a fractional solution over a slice breaks, until halted; return how many.

        They are looked for without the lock, for that takes long; again where another thread changed them meanwhile.
        """
        owner = np.repeat(part.module, np.diff(part.start))
        words = to_words(self.masks[: len(self)], self.relaxation.instance.n_components)[owner]
        built = self._built(part, x)
        while True:
            cuts = self.cuts
            found = violated(cuts, x / built[part.product], part.product, words, self.relaxation.shares * built, halt)
            with self._lock:
                if self.cuts is not cuts and not halt[0]:
                    continue
                if self.cuts is cuts and found[0].size:
                    self.cuts = with_more(cuts, *found)
                    self._arrays = None
                    return int(found[0].size)
                return 0

    def _built(self, part: Slice, x: Floats) -> Floats:
        """Return how much of each product is built: all, but of a copy z_k, or what its rows take if that is more."""
        relaxation = self.relaxation
        built = np.ones(relaxation.shares.size)
        if relaxation.missing.size:
            taken = np.bincount(part.row, np.repeat(x, np.diff(part.row_start)), part.n_rows)[: relaxation.n_rows]
            most = np.zeros(built.size)
            np.maximum.at(most, part.row_product[: taken.size], taken)
            of_copies = np.maximum(most[relaxation.sold :], in_time(relaxation, part, x))
            built[relaxation.sold :] = np.where(of_copies < LEAST_BUILT, 1.0, of_copies)
        return built

    def envelop(self, x: Floats, y: Floats, threads: int, stopped: Callable[[], bool]) -> int:
        """Add envelope cuts that a fractional solution over the whole pool breaks; return how many.

        Modules that such cuts hold are to be known to all who use them: for new ones the cuts are not priced.
        """
        size, start, product, *_ = self._flat()
        shares, n = self.relaxation.shares, self.relaxation.instance.n_components

        def look(members: Ints) -> Envelope | None:
            fits, saved = np.zeros((members.size, shares.size), dtype=bool), np.zeros(shares.size)
            for i, j in enumerate(members.tolist()):
                pairs = slice(start[j], start[j + 1])
                fits[i, product[pairs]] = True
                saved[product[pairs]] += (size[j] - 1) * x[pairs]
            found = most_broken(size[members] - 1.0, y[members], fits, saved, shares, stopped)
            if found is None:
                return None
            level, weight, most = found
            used = np.flatnonzero(weight)
            return Envelope(members, level, used, weight[used], most)

        set_threads(highspy.Highs(), 1)  # before the first of them runs
        with ThreadPoolExecutor(threads) as each:
            found = [cut for cut in each.map(look, stars(self.masks, y, n)) if cut is not None]
        with self._lock:
            self.envelopes = self.envelopes + found
            self._arrays = None if found else self._arrays
        return len(found)

    def drop(self, cuts: NDArray[np.bool_], envelopes: NDArray[np.bool_]) -> None:
        """Keep only the cuts that are flagged, by place; a thread that has their duals is to drop those too."""
        with self._lock:
            self.cuts = only(self.cuts, cuts)
            self.envelopes = [cut for cut, kept in zip(self.envelopes, envelopes, strict=True) if kept]
            self._arrays = None

    @property
    def n_pairs(self) -> int:
        """How many pairs (module, product) there are."""
        return int(self._flat()[1][-1])

    @property
    def n_entries(self) -> int:
        """How many rows the pairs take part in, all pairs together: what the memory of a slice goes with."""
        return int(self._flat()[3][-1])

    def slice(self, modules: Ints, held: Floats, pairs: NDArray[np.bool_] | None = None) -> Slice:
        """Lay out these modules, without the pairs that the flags (one a pair of the pool) leave out."""
        size, start, product, row_start, row, row_product, terms = self._flat()
        _, pair = entries_of(start, modules)
        owner = np.repeat(np.arange(modules.size), start[modules + 1] - start[modules])
        if pairs is not None:
            kept = pairs[pair]
            pair, owner = pair[kept], owner[kept]
        new_start = starts(np.bincount(owner, minlength=modules.size))
        new_row_start, rows = entries_of(row_start, pair)
        relaxation = self.relaxation
        cost = (relaxation.fixed + relaxation.per_component * size[modules]).astype(np.float64)
        return Slice(
            modules, size[modules], cost, held, new_start, pair, product[pair], new_row_start, row[rows],
            row_product, terms.some(modules, pair),
        )  # fmt: skip

    def whole(self) -> Slice:
        """Lay out everything, nothing fixed."""
        return self.slice(np.arange(len(self)), np.zeros(len(self)))

    def _flat(self) -> tuple[Any, ...]:
        """Return size, start, product, row_start, row, row_product and joint of the whole pool, as in `Slice`."""
        with self._lock:
            if self._arrays is None:
                self._arrays = self._laid_out()
            return self._arrays

    def _laid_out(self) -> tuple[Any, ...]:
        empty = [np.zeros(0, dtype=np.int64)]
        size = np.array([mask.bit_count() for mask in self.masks], dtype=np.int64)
        counts = np.array([products.size for products in self._products], dtype=np.int64)
        start, row_start = starts(counts), starts(np.repeat(size, counts))
        product, row = (np.concatenate(parts or empty) for parts in (self._products, self._rows))
        cuts, n_rows = self.cuts, self.relaxation.n_rows
        row_product = np.empty(n_rows + len(cuts), dtype=np.int64)
        row_product[:n_rows] = np.nonzero(self.relaxation.has)[0]
        row_product[n_rows + cuts.place] = np.repeat(np.arange(cuts.first.size - 1), np.diff(cuts.first))
        if len(cuts):
            row_start, row = lay_out(
                cuts.first, cuts.start, cuts.sets, cuts.place, product, np.repeat(np.arange(size.size), counts),
                to_words(self.masks, self.relaxation.instance.n_components), row_start, row, n_rows,
            )  # fmt: skip
            row = row.copy()  # of a longer array
        terms = joint(self.envelopes, size, start, product, self.relaxation.shares.size)
        return size, start, product, row_start, row, row_product, terms
