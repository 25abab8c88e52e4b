"""The columns that are known: modules with the products that each fits in; and restricted masters made of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from atoopt.sets.bitsets import n_words, positions_of, to_words
from atoopt.stock.column_generation.cuts.clique_cuts import (
    CliqueCuts,
    NewCliques,
    no_cliques,
    only_cliques,
    with_clique_rows,
    with_cliques,
)
from atoopt.stock.column_generation.cuts.envelope_rows import EnvelopeCut, EnvelopeRows, envelope_rows
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.ragged import entries_of, starts
from atoopt.stock.column_generation.relaxation import Flags, Floats, Ints, Relaxation


class Arrays(NamedTuple):
    """All columns and cuts, as in `RestrictedMaster`."""

    size: Ints
    start: Ints
    product: Ints
    row_start: Ints
    row: Ints
    row_product: Ints
    envelopes: EnvelopeRows


class ColumnPool:
    """A growing set of modules of several components, and of cuts; threads may share it, for no module ever leaves.

    Attributes
    ----------
    masks : list of int
    position : dict of int to int
    cliques : CliqueCuts
    envelopes : list of EnvelopeCut
    """

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation = relaxation
        self.masks: list[int] = []
        self.position: dict[int, int] = {}
        self.cliques = no_cliques(relaxation.shares.size, n_words(relaxation.instance.n_components))
        self.envelopes: list[EnvelopeCut] = []
        self._products: list[Ints] = []
        self._rows: list[Ints] = []
        self._laid_out: Arrays | None = None
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
                self._laid_out = None
            return len(self.masks) - before

    def add_cliques(self, separate: Callable[[CliqueCuts], NewCliques], halted: Callable[[], bool]) -> int:
        """Add what a separation finds beside the cuts known; return how many cuts.

        It goes on without the lock, for that takes long; again where another thread changed the cuts meanwhile.
        """
        while True:
            cuts = self.cliques
            new = separate(cuts)
            with self._lock:
                if self.cliques is not cuts and not halted():
                    continue
                if self.cliques is cuts and new.product.size:
                    self.cliques = with_cliques(cuts, new)
                    self._laid_out = None
                    return int(new.product.size)
                return 0

    def add_envelopes(self, cuts: list[EnvelopeCut]) -> None:
        """Add envelope cuts; all who use their modules are to know them, for cuts are not priced for new modules."""
        with self._lock:
            self.envelopes = self.envelopes + cuts
            self._laid_out = None if cuts else self._laid_out

    def drop_cuts(self, kept_cliques: Flags, kept_envelopes: Flags) -> None:
        """Keep only the cuts that are flagged, by place; a thread that has their duals is to drop those too."""
        with self._lock:
            self.cliques = only_cliques(self.cliques, kept_cliques)
            self.envelopes = [cut for cut, kept in zip(self.envelopes, kept_envelopes, strict=True) if kept]
            self._laid_out = None

    @property
    def n_cuts(self) -> int:
        """How many cuts there are, of both kinds."""
        return self.cliques.n_cuts + len(self.envelopes)

    @property
    def n_pairs(self) -> int:
        """How many pairs (module, product) there are."""
        return int(self.arrays().start[-1])

    @property
    def n_entries(self) -> int:
        """How many rows the pairs take part in, all pairs together: what the memory of a master goes with."""
        return int(self.arrays().row_start[-1])

    def pairs_of(self, modules: Ints) -> Ints:
        """Return the pairs of these modules."""
        return entries_of(self.arrays().start, modules)[1]

    def restricted_master(self, modules: Ints, fixed: Floats, useful: Flags | None = None) -> RestrictedMaster:
        """Lay these modules out, without the pairs that the flags (one a pair of the pool) leave out."""
        all_ = self.arrays()
        _, pair = entries_of(all_.start, modules)
        owner = np.repeat(np.arange(modules.size), all_.start[modules + 1] - all_.start[modules])
        if useful is not None:
            kept = useful[pair]
            pair, owner = pair[kept], owner[kept]
        row_start, rows = entries_of(all_.row_start, pair)
        size, relaxation = all_.size[modules], self.relaxation
        cost = (relaxation.fixed_cost + relaxation.component_cost * size).astype(np.float64)
        start = starts(np.bincount(owner, minlength=modules.size))
        return RestrictedMaster(
            relaxation, modules, size, cost, fixed, start, pair, all_.product[pair], row_start, all_.row[rows],
            all_.row_product, all_.envelopes.only(modules, pair),
        )  # fmt: skip

    def whole_master(self) -> RestrictedMaster:
        """Lay everything out, nothing fixed."""
        return self.restricted_master(np.arange(len(self)), np.zeros(len(self)))

    def words(self, modules: Ints) -> np.ndarray:
        """Return these modules as rows of words."""
        words: np.ndarray = to_words(self.masks[: len(self)], self.relaxation.instance.n_components)[modules]
        return words

    def arrays(self) -> Arrays:
        """Return all columns and cuts laid out; kept until something is added."""
        with self._lock:
            if self._laid_out is None:
                self._laid_out = self._lay_out()
            return self._laid_out

    def _lay_out(self) -> Arrays:
        none = [np.zeros(0, dtype=np.int64)]
        size = np.array([mask.bit_count() for mask in self.masks], dtype=np.int64)
        counts = np.array([products.size for products in self._products], dtype=np.int64)
        start, row_start = starts(counts), starts(np.repeat(size, counts))
        product, row = (np.concatenate(parts or none) for parts in (self._products, self._rows))
        cuts, n_rows = self.cliques, self.relaxation.n_rows
        row_product = np.empty(n_rows + cuts.n_cuts, dtype=np.int64)
        row_product[:n_rows] = np.nonzero(self.relaxation.has)[0]
        row_product[n_rows + cuts.place] = np.repeat(np.arange(cuts.first.size - 1), np.diff(cuts.first))
        if cuts.n_cuts:
            words = to_words(self.masks, self.relaxation.instance.n_components)
            owner = np.repeat(np.arange(size.size), counts)
            row_start, row = with_clique_rows(cuts, (product, owner, row_start, row), words, n_rows)
            row = row.copy()  # of a longer array
        envelopes = envelope_rows(self.envelopes, size, start, product, self.relaxation.shares.size)
        return Arrays(size, start, product, row_start, row, row_product, envelopes)
