"""The root of the tree: modules and cuts are generated until neither raises the bound."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from atoopt.stock.decomposition.ascent import ascend, first_duals
from atoopt.stock.decomposition.bound import certify
from atoopt.stock.decomposition.work import Node, Work

PROGRESS = 0.003
"""A bound that rises by this share of the gap goes on rising."""

MOST_ROUNDS = 60
"""So many rounds go on for new modules alone."""


def bound_root(work: Work, report: Callable[[float, str], bool]) -> Node:
    """Return the root node.

    Parameters
    ----------
    work : Work
    report : callable
        Told of the bound and of what was done; returns whether that is enough.
    """
    relaxation, pool, settings = work.relaxation, work.pool, work.settings
    duals, x = first_duals(relaxation), np.zeros(0)
    best, bound, stalled, looks = duals, relaxation.trivial_bound, 0, 0
    for round_ in itertools.count():
        part = pool.whole()
        x = np.concatenate([x, np.zeros(part.pair.size - x.size)])
        duals, primal = ascend(relaxation, part, duals, x, settings.iterations)
        x = primal.pairs
        proof = certify(relaxation, pool, part, duals)
        gap = max(min(work.incumbent.cutoff, 1e9) - bound, 1e-9)
        stalled += 1
        if proof.bound is not None and proof.bound > bound:
            stalled = 0 if proof.bound > bound + PROGRESS * gap else stalled
            best, bound = proof.duals, proof.bound
        added = pool.add(proof.new)
        note = f"round {round_}, {len(pool)} modules, {pool.n_pairs} pairs, {len(pool.cuts)} cuts"
        if report(bound, note) or work.stopped or bound >= work.incumbent.cutoff:
            break
        if round_ % 4 == 3:
            work.round(part, primal)
        if stalled >= settings.root_stalls and not (added and round_ < MOST_ROUNDS):
            if looks == settings.root_looks or not pool.cut_off(part, x):
                break
            looks, stalled = looks + 1, 0
    if not work.stopped:  # what pays at the best duals is all to be in the pool
        pool.add(certify(relaxation, pool, pool.whole(), best).new)
    none = np.zeros(0, dtype=np.int64)
    return Node(bound, 0, none, np.arange(len(pool)), len(pool), False, best, none, np.zeros(0))
