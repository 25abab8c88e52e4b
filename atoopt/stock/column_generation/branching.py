"""One node of the tree: bounded, closed by a MILP, or split in two."""

from __future__ import annotations

from concurrent.futures import Executor

import numpy as np

from atoopt.stock.column_generation.ascent import Duals, Primal, ascend, best_multiple, dual_value
from atoopt.stock.column_generation.bound import certify, safe
from atoopt.stock.column_generation.closing import closed, least_with, solve_leaf, start_race
from atoopt.stock.column_generation.pool import Slice
from atoopt.stock.column_generation.work import Node, Work


def process(work: Work, node: Node, threads: Executor) -> list[Node] | None:
    """Bound a node; return its children, none where it is done, None where the time ran out."""
    work.nodes += 1
    if work.relaxation.reward < 0:
        node.bound = max(node.bound, least_with(work, node.held))
        if node.bound >= work.incumbent.cutoff:
            return []
    known = len(work.pool)
    active = node.active if node.closed else np.concatenate([node.active, np.arange(node.known, known)])
    part = work.reduced(active, node.held, node.duals)
    if part is None:
        return []
    latest = node.duals
    primal = work.warm(part, node.pairs, node.x)
    rounds = looks = 0
    while True:
        latest, primal = _climb(work, part, latest, primal)
        if work.stopped:
            return None
        new = _prove(work, node, part, latest, known)
        if node.bound >= work.incumbent.cutoff:
            return []
        rounds += 1
        if new and rounds < work.settings.node_rounds:
            work.pool.add(new)
            now = len(work.pool)
            part, primal = work.extended(part, primal, known, now)
            known = now
        elif looks < work.settings.node_looks and work.pool.cut_off(part, primal.pairs, work.halt):
            looks += 1
            part, primal = work.extended(part, primal, known, known)
        else:
            break
    last: Slice | None = work.reduced(part.module, part.module[part.held > 0], node.duals)
    if last is not None and not node.closed:
        last, node.closed = closed(work, last, node.duals, known)
    if last is None:
        return []
    primal = Primal(work.warm(last, part.pair, primal.pairs).pairs, _levels(part, primal, last))
    if node.closed and solve_leaf(work, node, last):
        return []
    if node.closed and node.order == 0:
        start_race(work, last)
    if work.stopped:
        return None
    if work.nodes % 5 == 1:
        work.round(last, primal)
    return _branch(work, node, last, primal, known, threads)


def _climb(work: Work, part: Slice, duals: Duals, primal: Primal) -> tuple[Duals, Primal]:
    """Return the best duals that some chunks of iterations reach, and the last primal solution."""
    settings, relaxation = work.settings, work.relaxation
    best, value = duals, dual_value(relaxation, part, duals)[0]
    for chunk in range(settings.node_chunks):
        duals, primal = ascend(relaxation, part, duals, primal, settings.iterations, work.halt)
        scaled = best_multiple(relaxation, part, duals)
        now = dual_value(relaxation, part, scaled)[0]
        gain = now - value
        if gain > 0:
            value, best = now, scaled
        missing = work.incumbent.cutoff - value
        if work.stopped or missing <= 0 or (chunk >= 2 and gain < 0.02 * missing):
            break
    return best, primal


def _prove(work: Work, node: Node, part: Slice, duals: Duals, known: int) -> list[int]:
    """Raise a node's bound to what the duals prove; return profitable modules that the slice does not know."""
    if node.closed:
        value = safe(work.relaxation, dual_value(work.relaxation, part, duals)[0])
        if value > node.bound:
            node.bound, node.duals = value, duals
        return []
    proof = certify(work.relaxation, work.pool, part, duals, known, halt=work.halt)
    if proof.bound is not None and proof.bound > node.bound:
        node.bound, node.duals = proof.bound, proof.duals
    return proof.new


def _levels(part: Slice, primal: Primal, last: Slice) -> np.ndarray:
    """Return y of another slice, 0 where a module is new."""
    level = dict(zip(part.module.tolist(), primal.modules.tolist(), strict=True))
    return np.array([level.get(module, 0.0) for module in last.module.tolist()])


def _branch(work: Work, node: Node, part: Slice, primal: Primal, known: int, threads: Executor) -> list[Node] | None:
    """Fix one module in stock, or exclude it: the one whose children have the largest bounds, of a few tried.

    None where the time ran out.
    """
    y, free, duals = primal.modules, part.held == 0, node.duals
    score = np.where(free, np.minimum(y, 1.0 - y), -1.0) + 1e-6 * np.where(free, y, 0.0)
    tried = np.argsort(-score)[: work.settings.candidates]
    tried = tried[free[tried]]
    fractional = tried[score[tried] > 0.01]
    tried = fractional if fractional.size else tried[:1]
    held = part.module[part.held > 0]
    used = primal.pairs > 1e-9
    pairs, x = part.pair[used], primal.pairs[used]

    def child(held: np.ndarray, active: np.ndarray) -> Node:
        order = -next(work.newest) - 1
        return Node(node.bound, order, held, active, known, node.closed, duals, pairs, x)

    if not tried.size:  # what else may be held was not known to the slice
        if node.closed or len(work.pool) == known:
            work.lower_floor(node.bound)
            return []
        return [child(held, part.module)]
    chosen = int(tried[0])
    if tried.size > 1:
        value = dual_value(work.relaxation, part, duals)[0]
        slack = min(work.incumbent.cutoff - value, abs(value) + 1.0)
        trials = [(j, up) for j in tried.tolist() for up in (True, False)]
        bounds = list(threads.map(lambda trial: _glimpse(work, part, duals, primal, *trial), trials))
        if work.stopped:
            return None
        gains = np.clip(np.array(bounds).reshape(-1, 2) - value, 1e-4 * slack, slack)
        chosen = int(tried[np.argmax(gains.prod(axis=1))])
    module = part.module[chosen]
    return [child(np.append(held, module), part.module), child(held, part.module[part.module != module])]


def _glimpse(work: Work, part: Slice, duals: Duals, primal: Primal, j: int, held: bool) -> float:
    """Return a child's Lagrangian bound over the slice after a few iterations."""
    flags, modules = part.held.copy(), part.module
    if held:
        flags[j] = 1.0
    else:
        keep = np.arange(modules.size) != j
        modules, flags = modules[keep], flags[keep]
    pairs = np.zeros(work.pool.n_pairs, dtype=bool)
    pairs[part.pair] = True
    child = work.pool.slice(modules, flags, pairs)
    after, best = work.warm(child, part.pair, primal.pairs), -np.inf
    for _ in range(3):  # the bound need not rise from one look to the next
        if work.stopped:
            break
        duals, after = ascend(work.relaxation, child, duals, after, work.settings.iterations // 3, work.halt)
        scaled = best_multiple(work.relaxation, child, duals)
        best = max(best, dual_value(work.relaxation, child, scaled)[0])
    return best
