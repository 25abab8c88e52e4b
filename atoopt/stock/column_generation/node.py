"""One node of the tree: column generation from its parent's duals, then enumeration, a MILP, or two children."""

from __future__ import annotations

import numpy as np

from atoopt.stock.column_generation.column_enumeration import with_all_columns
from atoopt.stock.column_generation.cuts.separation import separate_cliques
from atoopt.stock.column_generation.leaf import least_cost_with, solve_leaf, start_milp_beside
from atoopt.stock.column_generation.master.lagrangian import best_multiple, lagrangian, safe_bound
from atoopt.stock.column_generation.master.pdhg import run_pdhg
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.master.warm_start import extended, warm_start, with_levels_of
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.reduced_cost_fixing import fix_by_reduced_cost
from atoopt.stock.column_generation.search import Node, Search
from atoopt.stock.column_generation.strong_branching import branch


def process(search: Search, node: Node) -> list[Node] | None:
    """Bound a node; return its children, none where it is done, None where the time ran out."""
    search.statistics.nodes += 1
    if _is_too_dear(search, node):
        return []
    master = fix_by_reduced_cost(search.pool, _active(search, node), node.fixed, node.duals, search.cutoff)
    if master is None:
        return []
    state = NodeState(search, node, master)
    while True:
        state.solve_restricted_master()
        if search.stopped:
            return None
        columns = state.price()
        if node.bound >= search.cutoff:
            return []
        if not (state.add(columns) or state.separate()):
            break
    last = state.enumerate()
    if last is None or (node.is_enumerated and solve_leaf(search, node, last)):
        return []
    if node.is_enumerated and node.order == 0:
        start_milp_beside(search, last)
    if search.stopped:
        return None
    return state.branch(last)


def _is_too_dear(search: Search, node: Node) -> bool:
    """Whether the modules fixed cost too much by themselves, where it costs to save an operation."""
    if search.relaxation.reward < 0:
        node.bound = max(node.bound, least_cost_with(search, node.fixed))
        return node.bound >= search.cutoff
    return False


def _active(search: Search, node: Node) -> np.ndarray:
    """Return the modules that are not excluded: what became known since the node was made is not."""
    if node.is_enumerated:
        return node.active
    return np.concatenate([node.active, np.arange(node.known, len(search.pool))])


class NodeState:
    """The state of column generation at a node.

    Attributes
    ----------
    master : RestrictedMaster
    known : int
        Of the first so many modules of the pool, those that are not in the master can be in no better stock.
    duals, primal : Duals, Primal
        Where PDHG is.
    """

    def __init__(self, search: Search, node: Node, master: RestrictedMaster) -> None:
        self.search, self.node, self.master, self.pool = search, node, master, search.pool
        self.known = len(search.pool)
        self.duals = node.duals
        self.primal = warm_start(search.pool, master, node.pairs, node.x)
        self.pricing_rounds = self.separations = 0

    def solve_restricted_master(self) -> None:
        """Take the best duals of some runs of PDHG, and the primal solution of the last."""
        search, parameters = self.search, self.search.parameters.node
        duals, best = self.duals, lagrangian(self.master, self.duals).bound
        for run in range(parameters.max_runs):
            duals, self.primal = run_pdhg(
                self.master, duals, self.primal, parameters=search.parameters.pdhg, halt=search.halt
            )
            scaled = best_multiple(self.master, duals)
            value = lagrangian(self.master, scaled).bound
            gain = value - best
            if gain > 0:
                best, self.duals = value, scaled
            to_cutoff = search.cutoff - best
            is_slow = run >= parameters.least_runs and gain < parameters.least_gain * to_cutoff
            if search.stopped or to_cutoff <= 0 or is_slow:
                break

    def price(self) -> list[int]:
        """Raise the node's bound to what the duals prove over all modules; return those that pay and are not known."""
        search, node = self.search, self.node
        if node.is_enumerated:
            bound, duals, columns = safe_bound(self.master, self.duals), self.duals, list[int]()
        else:
            parameters = search.parameters.pricing
            proof = dual_bound(self.pool, self.master, self.duals, self.known, parameters, halt=search.halt)
            bound, duals, columns = (-np.inf if proof.value is None else proof.value), proof.duals, proof.columns
        if bound > node.bound:
            node.bound, node.duals = bound, duals
        return columns

    def add(self, columns: list[int]) -> bool:
        """Add new modules, unless there have been some often enough; return whether to go on with them."""
        self.pricing_rounds += 1
        if not columns or self.pricing_rounds >= self.search.parameters.node.pricing_rounds:
            return False
        self.pool.add(columns)
        now = len(self.pool)
        self.master, self.primal = extended(self.pool, self.master, self.primal, np.arange(self.known, now))
        self.known = now
        return True

    def separate(self) -> bool:
        """Add clique cuts that the primal solution violates, if it is their turn; return whether there are any."""
        search = self.search
        if self.separations >= search.parameters.node.separations:
            return False
        if not separate_cliques(self.pool, self.master, self.primal.pairs, search.parameters.cliques, search.halt):
            return False
        self.separations += 1
        none = np.zeros(0, dtype=np.int64)
        self.master, self.primal = extended(self.pool, self.master, self.primal, none)
        return True

    def enumerate(self) -> RestrictedMaster | None:
        """Return what is left at the node's best duals, with all that a better stock can hold if that is not too much.

        None where no stock is better.
        """
        pool, node, cutoff, enumeration = self.pool, self.node, self.search.cutoff, self.search.parameters.enumeration
        fixed = self.master.fixed_modules
        last = fix_by_reduced_cost(pool, self.master.module, fixed, node.duals, cutoff)
        if last is not None and not node.is_enumerated:
            last, node.is_enumerated = with_all_columns(pool, last, node.duals, self.known, cutoff, enumeration)
        return last

    def branch(self, last: RestrictedMaster) -> list[Node] | None:
        """Return the children; None where the time ran out."""
        search = self.search
        x = warm_start(self.pool, last, self.master.pair, self.primal.pairs).pairs
        primal = with_levels_of(self.master, self.primal, last, x)
        if search.statistics.is_due(search.parameters.node.round_every):
            search.round_up(last, primal)
        return branch(search, self.node, last, primal, self.known)
