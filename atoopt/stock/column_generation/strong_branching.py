"""Strong branching: of a few modules that are held in part, the one whose children have the largest bounds."""

from __future__ import annotations

import numpy as np

from atoopt.stock.column_generation.master.lagrangian import best_multiple, lagrangian
from atoopt.stock.column_generation.master.pdhg import run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster
from atoopt.stock.column_generation.master.warm_start import warm_start
from atoopt.stock.column_generation.relaxation import Ints
from atoopt.stock.column_generation.search import Node, Search


def branch(search: Search, node: Node, master: RestrictedMaster, primal: Primal, known: int) -> list[Node] | None:
    """Return two children: one module fixed in stock, or excluded. None where the time ran out.

    Where all modules are fixed there is one child, with what else may be held by now; or none, and the node's bound
    is the floor of what can be proven.
    """
    candidates = _candidates(search, master, primal)
    used = primal.pairs > search.parameters.branching.least_use

    def child(fixed: Ints, active: Ints) -> Node:
        return Node(
            node.bound, -next(search.newest), fixed, active, known, node.is_enumerated, node.duals,
            master.pair[used], primal.pairs[used],
        )  # fmt: skip

    fixed, modules = master.fixed_modules, master.module
    if not candidates.size:
        if node.is_enumerated or len(search.pool) == known:
            search.lower_floor(node.bound)
            return []
        return [child(fixed, modules)]
    chosen = _best(search, node, master, primal, candidates) if candidates.size > 1 else int(candidates[0])
    if chosen is None:
        return None
    module = modules[chosen]
    return [child(np.append(fixed, module), modules), child(fixed, modules[modules != module])]


def _candidates(search: Search, master: RestrictedMaster, primal: Primal) -> Ints:
    """Return the places of the most fractional modules; of one module that is not fixed where none is fractional."""
    parameters, y, free = search.parameters.branching, primal.modules, master.fixed == 0
    score = np.where(free, np.minimum(y, 1.0 - y), -1.0) + parameters.level_weight * np.where(free, y, 0.0)
    most = np.argsort(-score)[: parameters.candidates]
    most = most[free[most]]
    fractional: Ints = most[score[most] > parameters.least_fraction]
    return fractional if fractional.size else most[:1]


def _best(search: Search, node: Node, master: RestrictedMaster, primal: Primal, candidates: Ints) -> int | None:
    """Return the candidate with the largest product of its children's gains; None where the time ran out."""
    bound = lagrangian(master, node.duals).bound
    slack = min(search.cutoff - bound, abs(bound) + 1.0)
    trials = [(j, is_fixed) for j in candidates.tolist() for is_fixed in (True, False)]
    assert search.trials is not None
    bounds = list(search.trials.map(lambda trial: _trial(search, node, master, primal, *trial), trials))
    if search.stopped:
        return None
    least = search.parameters.branching.least_gain * slack
    gains = np.clip(np.array(bounds).reshape(-1, 2) - bound, least, slack)
    return int(candidates[np.argmax(gains.prod(axis=1))])


def _trial(search: Search, node: Node, master: RestrictedMaster, primal: Primal, j: int, is_fixed: bool) -> float:
    """Return a child's Lagrangian bound over what is known after a few iterations."""
    fixed, modules, parameters = master.fixed.copy(), master.module, search.parameters
    if is_fixed:
        fixed[j] = 1.0
    else:
        keep = np.arange(modules.size) != j
        modules, fixed = modules[keep], fixed[keep]
    useful = np.zeros(search.pool.n_pairs, dtype=bool)
    useful[master.pair] = True
    child = search.pool.restricted_master(modules, fixed, useful)
    duals, after, best = node.duals, warm_start(search.pool, child, master.pair, primal.pairs), -np.inf
    for _ in range(parameters.branching.runs):
        if search.stopped:
            break
        n = parameters.branching.iterations
        duals, after = run_pdhg(child, duals, after, n, parameters.pdhg, search.halt)
        best = max(best, lagrangian(child, best_multiple(child, duals)).bound)
    return best
