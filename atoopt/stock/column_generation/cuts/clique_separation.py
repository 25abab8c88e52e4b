"""Clique cuts that a fractional solution violates, most violated first.

The sets of a cut are made from the modules of a violated clique, each without the components that it does not need to
overlap the others: so the cut counts as many modules as it can, those too that nobody knows yet. Most of these are
counted by the pairs of three components, ab, bc and ca, so that such triangles are looked for first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.column_generation.cuts.clique_cuts import CliqueCuts, NewCliques, Words
from atoopt.stock.column_generation.cuts.clique_kernel import Used, find_cliques
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.ragged import entries_of
from atoopt.stock.column_generation.relaxation import Floats, Ints


class CliqueParameters(NamedTuple):
    """How cliques are separated; a named tuple, for compiled code reads it.

    Attributes
    ----------
    max_triangles, max_cliques : int
        The most cuts that one separation adds for a product; cliques only where there is no triangle, for a triangle
        counts more modules than the clique that it is found in.
    max_cuts : int
        The most cuts that one separation adds at all: each takes part in every iteration, and calls for modules that
        avoid it.
    least_use : float
        Pairs used by no more do not count: what PDHG has not brought to 0 yet.
    least_violation : float
        What violates a cut by less is not worth a row.
    widest : int
        A clique is looked for among so many modules of a product, those most used: the bits of a word.
    max_nodes : int
        Of a search for the heaviest clique: with these it is nearly always found.
    least_built : float
        Copies of which less is in time do not call for cuts: their fractions are divided by it.
    """

    max_triangles: int = 20
    max_cliques: int = 3
    max_cuts: int = 6_000
    least_use: float = 1e-4
    least_violation: float = 0.05
    widest: int = 64
    max_nodes: int = 1_000
    least_built: float = 0.01


CLIQUES = CliqueParameters()


def violated_cliques(
    cuts: CliqueCuts, x: Floats, product: Ints, modules: Words, shares: Floats,
    parameters: CliqueParameters = CLIQUES, halt: NDArray[np.int8] = NEVER,
) -> NewCliques:  # fmt: skip
    """Find cuts that a fractional solution violates, those that it violates most by share of demand.

    Parameters
    ----------
    cuts : CliqueCuts
        What they imply is not found again.
    x, product : (pairs,) arrays
        The solution by pair (module, product), as if each product were built whole, and each pair's product.
    modules : (pairs, words) array
        Each pair's module.
    shares : (products,) array
        What is sold most counts most.
    halt : (1,) array
        What was found so far comes back once it holds 1.
    """
    used = np.flatnonzero(x > parameters.least_use)
    used = used[np.lexsort((-x[used], product[used]))]
    first = np.searchsorted(product[used], np.arange(cuts.first.size)).astype(np.int64)
    owner, start, sets, violation = find_cliques(Used(x[used], modules[used], first), cuts, parameters, halt)
    chosen = np.sort(np.argsort(-violation * shares[owner], kind="stable")[: parameters.max_cuts])
    new_start, kept = entries_of(start, chosen)
    return NewCliques(owner[chosen], new_start, sets[kept])
