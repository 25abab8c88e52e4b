"""Separation: cuts of both kinds that a fractional solution violates, added to the pool."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import highspy
import numpy as np
from numpy.typing import NDArray

from atoopt.solvers.highs_calls import set_threads
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.clique_cuts import CliqueCuts, NewCliques
from atoopt.stock.column_generation.cuts.clique_separation import CLIQUES, CliqueParameters, violated_cliques
from atoopt.stock.column_generation.cuts.envelope_rows import EnvelopeCut
from atoopt.stock.column_generation.cuts.envelope_separation import (
    ENVELOPES,
    EnvelopeParameters,
    most_violated,
    stars,
)
from atoopt.stock.column_generation.halting import NEVER
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster, in_time
from atoopt.stock.column_generation.relaxation import Floats, Ints


def separate_cliques(
    pool: ColumnPool, master: RestrictedMaster, x: Floats, parameters: CliqueParameters = CLIQUES,
    halt: NDArray[np.int8] = NEVER,
) -> int:  # fmt: skip
    """Add the clique cuts that a solution over a restricted master violates, until halted; return how many."""
    words, built = pool.words(master.module[master.owner]), _built(master, x, parameters)
    shares = pool.relaxation.shares * built

    def separate(cuts: CliqueCuts) -> NewCliques:
        whole = x / built[master.product]
        return violated_cliques(cuts, whole, master.product, words, shares, parameters, halt)

    return pool.add_cliques(separate, lambda: bool(halt[0]))


def _built(master: RestrictedMaster, x: Floats, parameters: CliqueParameters) -> Floats:
    """Return how much of each product is built: all, but of a copy z_k, or what its rows take if that is more."""
    relaxation = master.relaxation
    built = np.ones(relaxation.shares.size)
    if relaxation.required.size:
        taken = np.bincount(master.row, np.repeat(x, np.diff(master.row_start)), master.n_rows)[: relaxation.n_rows]
        largest = np.zeros(built.size)
        np.maximum.at(largest, master.row_product[: taken.size], taken)
        of_copies = np.maximum(largest[relaxation.n_sold :], in_time(master, x))
        built[relaxation.n_sold :] = np.where(of_copies < parameters.least_built, 1.0, of_copies)
    return built


def separate_envelopes(
    pool: ColumnPool, x: Floats, y: Floats, threads: int, stopped: Callable[[], bool],
    parameters: EnvelopeParameters = ENVELOPES,
) -> int:  # fmt: skip
    """Add envelope cuts that a solution over the whole pool violates, one a component at most; return how many."""
    shares, n = pool.relaxation.shares, pool.relaxation.instance.n_components
    size, start, product, *_ = pool.arrays()

    def look(members: Ints) -> EnvelopeCut | None:
        fits, saved = np.zeros((members.size, shares.size), dtype=bool), np.zeros(shares.size)
        for i, j in enumerate(members.tolist()):
            pairs = slice(start[j], start[j + 1])
            fits[i, product[pairs]] = True
            saved[product[pairs]] += (size[j] - 1) * x[pairs]
        saves = (size[members] - 1).astype(np.float64)
        plane = most_violated(saves, y[members], fits, saved, shares, stopped, parameters)
        if plane is None:
            return None
        used = np.flatnonzero(plane.weight)
        return EnvelopeCut(members, plane.slope, used, plane.weight[used], plane.intercept)

    set_threads(highspy.Highs(), 1)  # before the first of them runs
    with ThreadPoolExecutor(threads) as each:
        cuts = [cut for cut in each.map(look, stars(pool.masks, y, n, parameters)) if cut is not None]
    pool.add_envelopes(cuts)
    return len(cuts)
