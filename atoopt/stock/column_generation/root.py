"""Column generation at the root: modules and cuts are generated until neither raises the dual bound.

The restricted master is solved nearly, never to the end: any duals prove a bound, and are good enough to price with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from atoopt.stock.column_generation.cuts.separation import separate_cliques, separate_envelopes
from atoopt.stock.column_generation.master.lagrangian import Duals, best_multiple, lagrangian
from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.search import Node, Search


def bound_root(search: Search, tell: Callable[[float, str], bool]) -> Node:
    """Return the root node, bounded.

    Parameters
    ----------
    search : Search
    tell : callable
        Told of the bound and of what was done; returns whether that is enough.
    """
    root = Root(search, tell)
    while True:
        root.solve_restricted_master()
        root.price()
        if root.is_done():
            break
        root.round_up()
        if root.has_stalled and not root.separate():
            break
        root.round += 1
    return root.node()


class Root:
    """The state of column generation.

    Attributes
    ----------
    round : int
    whole : RestrictedMaster
        All that the pool knows.
    master : RestrictedMaster
        What of it is promising, see `_promising`.
    latest : Duals
        Where PDHG is.
    primal : Primal
        Its primal solution over `master`; `x` and `y` over `whole`.
    value, value_before : float
        What the best multiple of the latest duals proves over `whole`, now and a round before.
    best, bound : Duals, float
        The dual bound over all modules, and duals that prove it.
    gap : float
        What was left up to the cutoff before the last pricing: what is much or little is told by it.
    stalled : int
        Rounds without progress; below 0 while cuts are new.
    settling : int
        Rounds since cuts came in which the duals have not proven as much as before.
    """

    def __init__(self, search: Search, tell: Callable[[float, str], bool]) -> None:
        self.search, self.tell, self.pool, self.parameters = search, tell, search.pool, search.parameters.root
        self.round = 0
        self.latest = self.best = first_duals(search.relaxation, search.parameters.pdhg)
        self.bound = search.relaxation.trivial_bound
        self.x, self.y = np.zeros(0), np.zeros(0)
        self.value = self.value_before = self.bound_at_separation = -np.inf
        self.stalled = self.settling = 0

    def solve_restricted_master(self) -> None:
        """Go on with PDHG over what is promising, from where it was."""
        self.whole = self.pool.whole_master()
        self.x = np.concatenate([self.x, np.zeros(self.whole.pair.size - self.x.size)])
        self.y = np.concatenate([self.y, np.zeros(self.whole.module.size - self.y.size)])
        self.master = self._promising() if self.round > 1 else self.whole
        start = Primal(self.x[self.master.pair], self.y[self.master.module])
        pdhg, halt = self.search.parameters.pdhg, self.search.halt
        self.latest, self.primal = run_pdhg(self.master, self.latest, start, parameters=pdhg, halt=halt)
        self.x[:], self.y[:] = 0.0, 0.0
        self.x[self.master.pair], self.y[self.master.module] = self.primal.pairs, self.primal.modules

    def price(self) -> None:
        """Raise the dual bound to what the latest duals prove over all modules, and add modules that pay."""
        parameters, search = self.parameters, self.search
        self.gap = max(min(search.cutoff, parameters.unknown_cutoff) - self.bound, parameters.least_gap)
        duals = best_multiple(self.whole, self.latest)
        self.value_before, self.value = self.value, lagrangian(self.whole, duals).bound
        if self.value <= self.bound and self.settling < parameters.settling_rounds:
            self.settling += 1  # what pays at such duals are not the modules that are missing
            return
        self.settling, bound_before = 0, self.bound
        proof = dual_bound(
            self.pool, self.whole, duals, parameters=search.parameters.pricing, threads=search.threads,
            halt=search.halt,
        )  # fmt: skip
        if proof.value is not None and proof.value > self.bound:
            self.best, self.bound = proof.duals, proof.value
        are_missing = proof.value is None or self.value - proof.value > parameters.missing * self.gap
        are_missing = self.pool.add(proof.columns) > 0 and are_missing
        self._count_stalled(bound_before, are_missing)

    def _count_stalled(self, bound_before: float, are_missing: bool) -> None:
        """Count a round without progress: neither bound rises, nor is one expected to."""
        enough = self.parameters.progress * self.gap
        rising = self.value > self.value_before + enough or self.bound > bound_before + enough
        falling = self.value < self.value_before - enough  # unsettled by what was added
        waiting = (falling or are_missing) and self.round < self.parameters.max_waiting_rounds
        self.stalled = min(self.stalled, 0) if rising or waiting else self.stalled + 1

    def is_done(self) -> bool:
        """Tell of the bound; return whether it is enough, or the time is up."""
        note = f"round {self.round}, {len(self.pool)} modules, {self.pool.n_pairs} pairs, {self.pool.n_cuts} cuts"
        return self.tell(self.bound, note) or self.search.stopped or self.bound >= self.search.cutoff

    def round_up(self) -> None:
        """Offer stocks made from the fractional solution, now and then."""
        if self.round in self.parameters.rounding_rounds:
            self.search.round_up(self.master, self.primal)

    @property
    def has_stalled(self) -> bool:
        """Whether modules alone raise the bound no longer."""
        return self.stalled > 0

    def separate(self) -> bool:
        """Put violated cuts in place of the slack ones; return whether there are any, and the last ones were of use.

        Envelopes only where the gap is wide: they do not charge modules that are not known yet, of which a tree
        would then have to list more before it knows all that a better stock can hold.
        """
        p, search, pool = self.parameters, self.search, self.pool
        is_wide = self.gap > p.wide_gap * search.relaxation.module_cost(2)
        if self.bound <= self.bound_at_separation + (p.least_gain_wide if is_wide else p.least_gain) * self.gap:
            return False
        self._drop_slack_cuts()
        n = separate_cliques(pool, self.whole, self.x, search.parameters.cliques, search.halt)
        if is_wide:
            stopped, envelopes = (lambda: search.stopped), search.parameters.envelopes
            n += separate_envelopes(pool, self.x, self.y, search.threads, stopped, envelopes)
        self.bound_at_separation, self.stalled = self.bound, -p.patience
        return n > 0

    def _drop_slack_cuts(self) -> None:
        """Drop the cuts that neither duals use, for each costs time in every iteration."""
        n, pool = self.search.relaxation.n_rows, self.pool
        cliques, envelopes = np.zeros(pool.cliques.n_cuts, dtype=bool), np.zeros(len(pool.envelopes), dtype=bool)
        for each in (self.latest, self.best):
            cliques[: each.rows.size - n] |= each.rows[n:] > 0
            envelopes[: each.envelopes.size] |= each.envelopes > 0
        pool.drop_cuts(cliques, envelopes)
        rows = np.concatenate([np.ones(n, dtype=bool), cliques])

        def without(each: Duals) -> Duals:
            of_envelopes = each.envelopes[envelopes[: each.envelopes.size]]
            return replace(each, rows=each.rows[rows[: each.rows.size]], envelopes=of_envelopes)

        self.latest, self.best = without(self.latest), without(self.best)

    def _promising(self) -> RestrictedMaster:
        """Return the part of the pool that is used, or may soon be: what pays at the latest duals, or nearly."""
        loss, relaxation, whole = self.parameters.promising_loss, self.search.relaxation, self.whole
        _, module_profit, pair_profit = lagrangian(whole, self.latest)
        chosen = np.flatnonzero((module_profit >= -loss * whole.cost) | (self.y > 0))
        value = relaxation.operation_value(self.latest.limits, self.latest.copies)[whole.product]
        useful = np.zeros(self.pool.n_pairs, dtype=bool)
        useful[whole.pair] = (pair_profit >= -loss * value) | (self.x > 0)
        return self.pool.restricted_master(whole.module[chosen], np.zeros(chosen.size), useful)

    def node(self) -> Node:
        """Return the node of everything: nothing fixed, nothing excluded."""
        n, none = len(self.pool), np.zeros(0, dtype=np.int64)
        return Node(self.bound, 0, none, np.arange(n), n, False, self.best, none, np.zeros(0))
