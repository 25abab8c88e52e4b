"""Clique cuts of the assignment relaxation: of modules that overlap pairwise, a product uses at most one.

The modules that build product k are disjoint. So if the sets F_1, F_2, ... of components overlap pairwise,

    sum over the modules M that contain some F_j of x_kM <= 1   (z_k for a copy, of which only that much is in time).

These cuts bring the bound near that of the *pattern* model without its columns, and hold at every node of the tree.
Here is how they are kept, and which pairs (module, product) they count; `clique_separation` finds them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import kernel
from atoopt.stock.column_generation.cuts.subset_kernel import contains_one
from atoopt.stock.column_generation.ragged import entries_of, starts

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


class CliqueCuts(NamedTuple):
    """Some cuts, ordered by product; a named tuple, for compiled code reads it.

    Attributes
    ----------
    first : (n + 1,) array
        Product k has the cuts ``first[k]:first[k + 1]``.
    start : (n_cuts + 1,) array
        Cut c has the sets ``start[c]:start[c + 1]``.
    sets : (n_sets, words) array
        The F_j as bits.
    place : (n_cuts,) array
        The position of the cut's dual among the duals of the cuts: the order in which they were found.
    """

    first: Ints
    start: Ints
    sets: Words
    place: Ints

    @property
    def n_cuts(self) -> int:
        """How many cuts there are."""
        return int(self.place.size)


class NewCliques(NamedTuple):
    """Cuts just found, in any order: cut c is of ``product[c]`` and has the sets ``start[c]:start[c + 1]``."""

    product: Ints
    start: Ints
    sets: Words


def no_cliques(n: int, words: int) -> CliqueCuts:
    """Return no cuts for n products."""
    none = np.zeros(0, dtype=np.int64)
    return CliqueCuts(np.zeros(n + 1, dtype=np.int64), starts(none), np.zeros((0, words), dtype=np.uint64), none)


def with_cliques(cuts: CliqueCuts, new: NewCliques) -> CliqueCuts:
    """Add cuts that are not among them yet."""
    n = cuts.first.size - 1
    owner = np.concatenate([np.repeat(np.arange(n), np.diff(cuts.first)), new.product])
    order = np.argsort(owner, kind="stable")
    start, kept = entries_of(np.concatenate([cuts.start, cuts.start[-1] + new.start[1:]]), order)
    place = np.concatenate([cuts.place, cuts.n_cuts + np.arange(new.product.size)])
    first = starts(np.bincount(owner, minlength=n))
    return CliqueCuts(first, start, np.concatenate([cuts.sets, new.sets])[kept], place[order])


def only_cliques(cuts: CliqueCuts, kept: NDArray[np.bool_]) -> CliqueCuts:
    """Return the cuts that are flagged, by place, in new places of the same order."""
    flags = kept[cuts.place]
    first = starts(flags)[cuts.first]
    start, sets = entries_of(cuts.start, np.flatnonzero(flags))
    return CliqueCuts(first, start, cuts.sets[sets], (np.cumsum(kept) - 1)[cuts.place[flags]])


@kernel("pricing")
def with_clique_rows(cuts, pairs, modules, n_rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add to each pair's rows those of the cuts that count it.

    Parameters
    ----------
    cuts : CliqueCuts
    pairs : tuple of arrays
        Each pair's product and position in `modules`, and the rows of all pairs: pair e has ``start[e]:start[e + 1]``.
    modules : (modules, words) array
    n_rows : int
        The cuts' rows come after so many others.

    Returns
    -------
    row_start, row : arrays
    """
    product, owner, row_start, row = pairs
    first, set_start, sets, place = cuts
    n_pairs = product.size
    new_start = np.empty(n_pairs + 1, np.int64)
    out = np.empty(2 * row.size + 1, np.int64)
    at = 0
    for e in range(n_pairs):
        new_start[e] = at
        k = product[e]
        needed = at + row_start[e + 1] - row_start[e] + first[k + 1] - first[k]
        if needed > out.size:
            larger = np.empty(2 * needed, np.int64)
            for i in range(at):
                larger[i] = out[i]
            out = larger
        for i in range(row_start[e], row_start[e + 1]):
            out[at] = row[i]
            at += 1
        for c in range(first[k], first[k + 1]):
            if contains_one(sets, set_start[c], set_start[c + 1], modules, owner[e]):
                out[at] = n_rows + place[c]
                at += 1
    new_start[n_pairs] = at
    return new_start, out[:at]
