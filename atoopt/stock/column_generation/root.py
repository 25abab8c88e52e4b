"""The root of the tree: modules and cuts are generated until neither raises the bound."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from atoopt.stock.column_generation.ascent import Duals, Primal, ascend, best_multiple, dual_value, first_duals
from atoopt.stock.column_generation.bound import certify
from atoopt.stock.column_generation.pool import Slice
from atoopt.stock.column_generation.relaxation import Floats
from atoopt.stock.column_generation.work import Node, Work

PROGRESS = 0.01
"""A bound that rises by this share of the gap goes on rising."""

MISSING, MOST_ROUNDS = 0.05, 60
"""While the pool alone proves more than all modules do, by such a share of the gap, the bound is to come from new
modules; for at most so many rounds, as where new modules have unsettled the duals."""

WIDE = 3.0
"""A gap is wide if it is more than the cost of so many modules: then the tree can exclude hardly any of them."""

LAST_CUTS, LAST_CUTS_WIDE = 0.02, 0.001
"""Cuts that raise the bound by less than this share of the gap are the last ones; the second for wide gaps."""

SETTLING, PATIENCE = 8, 1
"""Rounds that duals have, after new cuts, to prove as much as before; and from then on to prove more."""

ROUNDINGS = (3, 15, 63)
"""Few, for annealing beside the search finds better stocks."""

MARGIN = 0.1
"""The ascent is over modules whose loss is at most this share of their cost, and over pairs alike."""


def bound_root(work: Work, report: Callable[[float, str], bool]) -> Node:
    """Return the root node.

    Parameters
    ----------
    work : Work
    report : callable
        Told of the bound and of what was done; returns whether that is enough.
    """
    relaxation, pool = work.relaxation, work.pool
    duals, x, y = first_duals(relaxation), np.zeros(0), np.zeros(0)
    best, bound, looked, last, stalled, settling = duals, relaxation.trivial_bound, -np.inf, -np.inf, 0, 0
    for round_ in itertools.count():
        whole = pool.whole()
        x = np.concatenate([x, np.zeros(whole.pair.size - x.size)])
        y = np.concatenate([y, np.zeros(whole.module.size - y.size)])
        part = _promising(work, whole, duals, x, y) if round_ > 1 else whole
        start = Primal(x[part.pair], y[part.module])
        duals, primal = ascend(relaxation, part, duals, start, work.settings.iterations, work.halt)
        x[:], y[:] = 0.0, 0.0
        x[part.pair], y[part.module] = primal.pairs, primal.modules
        gap = max(min(work.incumbent.cutoff, 1e9) - bound, 1e-9)
        scaled = best_multiple(relaxation, whole, duals)
        before, last = last, dual_value(relaxation, whole, scaled)[0]
        rising = last > before + PROGRESS * gap
        falling = last < before - PROGRESS * gap  # unsettled by what was added
        if last <= bound and settling < SETTLING:
            settling += 1  # what pays at such duals are not the modules that are missing
        else:
            proof, settling = certify(relaxation, pool, whole, scaled, None, work.threads, work.halt), 0
            if proof.bound is not None and proof.bound > bound:
                rising = rising or proof.bound > bound + PROGRESS * gap
                best, bound = proof.duals, proof.bound
            missing = proof.bound is None or last - proof.bound > MISSING * gap
            missing = pool.add(proof.new) > 0 and missing
            waiting = (falling or missing) and round_ < MOST_ROUNDS
            stalled = min(stalled, 0) if rising or waiting else stalled + 1
        n_cuts = len(pool.cuts) + len(pool.envelopes)
        note = f"round {round_}, {len(pool)} modules, {pool.n_pairs} pairs, {n_cuts} cuts"
        if report(bound, note) or work.stopped or bound >= work.incumbent.cutoff:
            break
        if round_ in ROUNDINGS:
            work.round(part, primal)
        if stalled > 0:
            wide = gap > WIDE * relaxation.module_cost(2)
            if bound <= looked + (LAST_CUTS_WIDE if wide else LAST_CUTS) * gap:
                break
            duals, best = _without_slack(work, duals, best)
            if not _cut_off(work, whole, x, y, wide):
                break
            looked, stalled = bound, -PATIENCE
    none = np.zeros(0, dtype=np.int64)
    return Node(bound, 0, none, np.arange(len(pool)), len(pool), False, best, none, np.zeros(0))


def _promising(work: Work, whole: Slice, duals: Duals, x: Floats, y: Floats) -> Slice:
    """Return the part of the pool that is used, or may soon be: what pays at these duals, or nearly."""
    _, profits, values = dual_value(work.relaxation, whole, duals)
    chosen = np.flatnonzero((profits >= -MARGIN * whole.cost) | (y > 0))
    worth = work.relaxation.worth(duals.limits, duals.timely)[whole.product]
    useful = np.zeros(work.pool.n_pairs, dtype=bool)
    useful[whole.pair] = (values >= -MARGIN * worth) | (x > 0)
    return work.pool.slice(whole.module[chosen], np.zeros(chosen.size), useful)


def _cut_off(work: Work, whole: Slice, x: Floats, y: Floats, wide: bool) -> int:
    """Add cuts that the fractional solution breaks; return how many.

    Envelopes only where the gap is wide: they do not charge modules that are not known yet, of which a tree
    would then have to list more before it knows all that a better stock can hold.
    """
    found = work.pool.cut_off(whole, x, work.halt)
    if wide:
        found += work.pool.envelop(x, y, work.threads, lambda: work.stopped)
    return found


def _without_slack(work: Work, duals: Duals, best: Duals) -> tuple[Duals, Duals]:
    """Drop the cuts that neither duals use, for each costs time in every iteration; return the duals without them."""
    n, pool = work.relaxation.n_rows, work.pool
    cuts, envelopes = np.zeros(len(pool.cuts), dtype=bool), np.zeros(len(pool.envelopes), dtype=bool)
    for each in (duals, best):
        cuts[: each.rows.size - n] |= each.rows[n:] > 0
        envelopes[: each.envelopes.size] |= each.envelopes > 0
    pool.drop(cuts, envelopes)
    rows = np.concatenate([np.ones(n, dtype=bool), cuts])

    def left(each: Duals) -> Duals:
        of_envelopes = each.envelopes[envelopes[: each.envelopes.size]]
        return replace(each, rows=each.rows[rows[: each.rows.size]], envelopes=of_envelopes)

    return left(duals), left(best)
