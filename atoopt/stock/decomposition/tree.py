"""Branch and bound on the modules held, each node bounded by its Lagrangian dual over all sets of components."""

from __future__ import annotations

import heapq
import itertools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from atoopt.solvers.run import Run
from atoopt.stock.decomposition.ascent import Duals, Primal, ascend, dual_value, first_duals
from atoopt.stock.decomposition.bound import certify, modules_within
from atoopt.stock.decomposition.incumbent import Incumbent
from atoopt.stock.decomposition.master import solve_master
from atoopt.stock.decomposition.pool import Pool, Slice
from atoopt.stock.decomposition.relaxation import Floats, Ints, Relaxation

ENOUGH = 5e-7
"""A node within this of the incumbent, relative, cannot improve it worth mentioning; proofs allow 1e-6."""


@dataclass(frozen=True)
class Settings:
    """How the search goes; the defaults suit everything that was measured.

    Attributes
    ----------
    iterations : int
        Gradient iterations between two looks at the bound.
    root_stalls, node_chunks : int
        Such chunks without progress before cuts are looked for at the root; at most so many at a node.
    cut_looks : int
        Looks for cuts at the root.
    node_rounds : int
        Rounds of pricing at a node.
    leaf_modules, leaf_pairs : int
        A node with at most so many modules, and pairs (module, product), left goes to the MILP solver.
    leaf_seconds : float
        Time of such a MILP; then the node is branched on.
    leaf_nodes : int
        Nodes of the search for these modules.
    candidates : int
        Modules tried before one is branched on.
    """

    iterations: int = 300
    root_stalls: int = 4
    node_chunks: int = 6
    cut_looks: int = 8
    node_rounds: int = 4
    leaf_modules: int = 120
    leaf_pairs: int = 1_000
    leaf_seconds: float = 10.0
    leaf_nodes: int = 200_000
    candidates: int = 4


@dataclass(order=True)
class Node:
    """Some modules fixed in stock, some excluded; the open node of least bound comes first.

    Attributes
    ----------
    bound : float
    order : int
        Breaks ties, the newest first.
    held, active : arrays of int
        Positions in the pool of the modules fixed in stock, and of those not excluded (held ones included).
    known : int
        Size of the pool when the node was made; what came later is not excluded.
    duals : Duals
        They prove `bound`.
    pairs, x : arrays
        The parent's primal solution, by pairs of the pool.
    """

    bound: float
    order: int
    held: Ints = field(compare=False)
    active: Ints = field(compare=False)
    known: int = field(compare=False)
    duals: Duals = field(compare=False)
    pairs: Ints = field(compare=False)
    x: Floats = field(compare=False)


class Tree:
    """The search; `bound` is valid at every moment.

    Attributes
    ----------
    bound : float
        No allowed stock costs less (or it is the incumbent's cost, once that is proven).
    nodes, leaves : int
        Nodes bounded, and MILPs solved to the end.
    """

    def __init__(self, relaxation: Relaxation, run: Run, incumbent: Incumbent, settings: Settings) -> None:
        self.relaxation, self.run, self.incumbent, self.settings = relaxation, run, incumbent, settings
        self.pool = Pool(relaxation)
        self.bound = relaxation.trivial_bound
        self.open: list[Node] = []
        self.nodes = self.leaves = 0
        self.floor = math.inf
        self.infeasible = False
        self._count = itertools.count()

    @property
    def cutoff(self) -> float:
        """Nodes of at least this bound are of no interest."""
        cost = self.incumbent.cost
        return cost - ENOUGH * max(1.0, abs(cost)) if math.isfinite(cost) else math.inf

    def search(self) -> None:
        """Bound the root, then open nodes, least bound first, until the gap is closed or the time is up."""
        root = self._root()
        if root is not None:
            heapq.heappush(self.open, root)
        while self.open and not self.run.stopped:
            node = self.open[0]
            self._raise_bound(node.bound, f"{len(self.open)} open nodes")
            if node.bound >= self.cutoff or self._within_gap():
                break
            children = self._process(node)
            heapq.heappop(self.open)
            if children is None:  # stopped half-way: the node stays open
                heapq.heappush(self.open, node)
                break
            for child in children:
                heapq.heappush(self.open, child)
        if not self.open or self.open[0].bound >= self.cutoff:
            self._raise_bound(self.cutoff, "all nodes closed")
        self.infeasible = not self.open and not self.incumbent.found

    # ---- the root -----------------------------------------------------------------------------

    def _root(self) -> Node | None:
        """Generate modules until none pays; return the root node."""
        relaxation, settings = self.relaxation, self.settings
        duals, x = first_duals(relaxation), np.zeros(0)
        best, best_value, stalled, looks = duals, -math.inf, 0, 0
        for round_ in itertools.count():
            part = self.pool.whole()
            x = np.concatenate([x, np.zeros(part.pair.size - x.size)])
            duals, primal = ascend(relaxation, part, duals, x, settings.iterations)
            x = primal.pairs
            proof = certify(relaxation, self.pool, part, duals)
            gap = max(min(self.cutoff, 1e9) - self.bound, 1e-9)
            stalled += 1
            if proof.bound is not None:
                if proof.bound > best_value + 0.003 * gap:
                    stalled = 0
                if proof.bound > best_value:
                    best, best_value = proof.duals, proof.bound
            added = self.pool.add(proof.new)
            note = f"round {round_}, {len(self.pool)} modules, {self.pool.n_pairs} pairs, {len(proof.new)} new"
            self._raise_bound(best_value, note)
            if round_ % 4 == 3:
                self._round(part, primal)
            if self.bound >= self.cutoff or self._within_gap() or self.run.stopped:
                break
            if stalled >= settings.root_stalls and not (added and round_ < 60):
                if looks == settings.cut_looks or not self.pool.cut_off(part, x):
                    break
                looks, stalled = looks + 1, 0
        # pricing at the best duals once more puts all that pays there into the pool
        proof = certify(relaxation, self.pool, self.pool.whole(), best)
        self.pool.add(proof.new)
        everything = np.arange(len(self.pool))
        return Node(
            self.bound, 0, np.zeros(0, dtype=np.int64), everything, len(self.pool), proof.duals, everything[:0],
            np.zeros(0),
        )  # fmt: skip

    # ---- a node -------------------------------------------------------------------------------

    def _process(self, node: Node) -> list[Node] | None:
        """Bound a node; return its children, none where it is closed, None where the time ran out."""
        self.nodes += 1
        active = np.concatenate([node.active, np.arange(node.known, len(self.pool))])
        part = self._reduced(active, node.held, node.duals)
        if part is None:
            return []
        duals = latest = node.duals
        primal = Primal(self._warm(part, node.pairs, node.x), np.zeros(part.module.size))
        for _ in range(self.settings.node_rounds):
            latest, primal = self._climb(part, latest, primal)
            proof = certify(self.relaxation, self.pool, part, latest)
            if proof.bound is not None and proof.bound > node.bound:
                node.bound, duals = proof.bound, proof.duals
            if node.bound >= self.cutoff:
                return []
            if self.run.stopped:
                return None
            size = len(self.pool)
            if not self.pool.add(proof.new):
                break
            part, primal = self._extended(part, primal, size)
        known = len(self.pool)
        if self._leaf(node, part, duals):
            return []
        if self.run.stopped:
            return None
        if self.nodes % 5 == 1:
            self._round(part, primal)
        return self._branch(part, duals, node.bound, primal, known)

    def _climb(self, part: Slice, duals: Duals, primal: Primal) -> tuple[Duals, Primal]:
        """Return the best duals that some chunks of iterations reach, and the last primal solution."""
        settings, relaxation = self.settings, self.relaxation
        best, value = duals, dual_value(relaxation, part, duals)[0]
        for chunk in range(settings.node_chunks):
            duals, primal = ascend(relaxation, part, duals, primal.pairs, settings.iterations)
            now = dual_value(relaxation, part, duals)[0]
            gain = now - value
            if gain > 0:
                value, best = now, duals
            if self.run.stopped or value >= self.cutoff or (chunk >= 2 and gain < 0.02 * (self.cutoff - value)):
                break
        return best, primal

    def _reduced(self, active: Ints, held: Ints, duals: Duals) -> Slice | None:
        """Lay out the modules and pairs that a better stock can use, those that all such stocks hold fixed.

        The Lagrangian bound of a stock with a module that loses, or without one that profits, is worse by that
        much; likewise if a product uses a module at a loss. None where no stock can be better.
        """
        flags = np.isin(active, held).astype(np.float64)
        part = self.pool.slice(active, flags)
        value, profits, values = dual_value(self.relaxation, part, duals)
        slack = self.cutoff - value
        if not math.isfinite(slack):
            return part
        if slack <= 0:
            return None
        kept = (profits >= -slack) | (flags > 0)
        flags = np.where(profits > slack, 1.0, flags)
        useful = np.zeros(self.pool.n_pairs, dtype=bool)
        owner = np.repeat(np.arange(active.size), np.diff(part.start))
        loss = np.where(flags > 0, 0.0, np.minimum(profits, 0.0))
        useful[part.pair] = np.minimum(values, 0.0) + loss[owner] >= -slack
        return self.pool.slice(active[kept], flags[kept], useful)

    def _extended(self, part: Slice, primal: Primal, known: int) -> tuple[Slice, Primal]:
        """Add the modules that have come into the pool since it had `known` ones."""
        if known == len(self.pool):
            return part, primal
        later = np.arange(known, len(self.pool))
        whole = self.pool.slice(later, np.zeros(later.size))
        useful = np.zeros(self.pool.n_pairs, dtype=bool)
        useful[part.pair] = useful[whole.pair] = True
        flags = np.concatenate([part.held, np.zeros(later.size)])
        longer = self.pool.slice(np.concatenate([part.module, later]), flags, useful)
        y = np.concatenate([primal.modules, np.zeros(later.size)])
        return longer, Primal(self._warm(longer, part.pair, primal.pairs), y)

    def _leaf(self, node: Node, part: Slice, duals: Duals) -> bool:
        """Solve a node by MILP if few modules are left, over all sets; return whether it is closed."""
        settings, known = self.settings, len(self.pool)
        gap = self.cutoff - dual_value(self.relaxation, part, duals)[0]
        most = settings.leaf_modules + len(self.pool)
        masks, complete = modules_within(self.relaxation, self.pool, duals, gap, most, settings.leaf_nodes)
        if not complete:
            return False
        excluded = np.ones(known, dtype=bool)
        excluded[part.module] = False
        left = [p for p in map(self.pool.position.get, masks) if p is None or not excluded[p]]
        if len(left) > settings.leaf_modules:
            return False
        self.pool.add(masks)
        held = part.module[part.held > 0]
        places = {self.pool.position[mask] for mask in masks if mask in self.pool.position}
        places = {p for p in places if p >= known or not excluded[p]}
        last = self._reduced(np.array(sorted(places.union(held.tolist())), dtype=np.int64), held, duals)
        if last is None:
            return True
        if last.held.all():  # one stock is left
            self.incumbent.offer(self.pool.masks[p] for p in last.module)
            return True
        return last.pair.size <= settings.leaf_pairs and self._solve_leaf(node, last)

    def _solve_leaf(self, node: Node, last: Slice) -> bool:
        """Solve the MILP over a slice that has all that a better stock of the node can hold."""
        position = {int(p): i for i, p in enumerate(last.module)}
        known = [self.pool.position.get(mask, -1) for mask in self.incumbent.masks]
        start = [position[p] for p in known] if all(p in position for p in known) else None
        for whole_use in (False, True):
            solved = self._solve_master(node, last, start, whole_use)
            if not solved or node.bound >= self.cutoff:
                break
        if solved:
            self.leaves += 1
            if node.bound < self.cutoff:
                # only where the relaxation of the cost is not exact
                self.floor = min(self.floor, node.bound)
        return solved

    def _solve_master(self, node: Node, last: Slice, start: list[int] | None, whole_use: bool) -> bool:
        """Raise a node's bound by a MILP; return whether that was solved to the end."""
        others = min((other.bound for other in self.open if other is not node), default=math.inf)
        seconds = self.settings.leaf_seconds * (6 if self.nodes == 1 else 1)  # small instances need no tree
        verdict = solve_master(
            self.relaxation, last, whole_use=whole_use, start=start,
            time_limit=min(self.run.remaining, seconds), threads=self.run.options.threads or 1,
            should_stop=lambda: self.run.stopped,
            on_bound=lambda bound: self._raise_bound(min(bound, others), "MILP"),
        )  # fmt: skip
        if verdict.modules is not None:
            self.incumbent.offer(self.pool.masks[p] for p in last.module[verdict.modules])
        node.bound = max(node.bound, verdict.bound or -math.inf)
        return verdict.solved

    def _branch(self, part: Slice, duals: Duals, value: float, primal: Primal, known: int) -> list[Node]:
        """Fix one module in stock, or exclude it: the one whose children have the largest bounds, of a few tried."""
        y, free = primal.modules, part.held == 0
        score = np.where(free, np.minimum(y, 1.0 - y), -1.0) + 1e-6 * np.where(free, y, 0.0)
        tried = np.argsort(-score)[: self.settings.candidates]
        tried = tried[free[tried]]
        fractional = tried[score[tried] > 0.01]
        tried = fractional if fractional.size else tried[:1]
        if not tried.size:  # what else may be held was not known to the slice
            if len(self.pool) == known:
                self.floor = min(self.floor, value)
                return []
            held = part.module[part.held > 0]
            return [Node(value, -next(self._count), held, part.module, known, duals, part.pair, primal.pairs)]
        chosen = int(tried[0])
        if tried.size > 1:
            slack = min(self.cutoff - value, abs(value) + 1.0)
            pairs = [(j, held) for j in tried.tolist() for held in (True, False)]
            # Threads, for the iterations leave Python's lock.
            with ThreadPoolExecutor(self.run.options.threads or os.cpu_count()) as threads:
                bounds = list(threads.map(lambda pair: self._glimpse(part, duals, primal, *pair), pairs))
            gains = np.clip(np.array(bounds).reshape(-1, 2) - value, 1e-4 * slack, slack)
            chosen = int(tried[np.argmax(gains.prod(axis=1))])
        held = part.module[part.held > 0]
        module = part.module[chosen]
        x = primal.pairs

        def child(held: Ints, active: Ints) -> Node:
            return Node(value, -next(self._count), held, active, known, duals, part.pair, x)

        return [child(np.append(held, module), part.module), child(held, part.module[part.module != module])]

    def _glimpse(self, part: Slice, duals: Duals, primal: Primal, j: int, held: bool) -> float:
        """Return a child's Lagrangian bound over the slice after a few iterations."""
        flags = part.held.copy()
        modules = part.module
        if held:
            flags[j] = 1.0
        else:
            keep = np.arange(modules.size) != j
            modules, flags = modules[keep], flags[keep]
        pairs = np.zeros(self.pool.n_pairs, dtype=bool)
        pairs[part.pair] = True
        child = self.pool.slice(modules, flags, pairs)
        x, best = self._warm(child, part.pair, primal.pairs), -math.inf
        for _ in range(3):  # the bound need not rise from one look to the next
            duals, after = ascend(self.relaxation, child, duals, x, self.settings.iterations // 3)
            best, x = max(best, dual_value(self.relaxation, child, duals)[0]), after.pairs
        return best

    # ---- small things -------------------------------------------------------------------------

    def _warm(self, part: Slice, pairs: Ints, x: Floats) -> Floats:
        """Lay a primal solution by pairs of the pool out for a slice."""
        whole = np.zeros(self.pool.n_pairs)
        whole[pairs] = x
        return whole[part.pair]

    def _round(self, part: Slice, primal: Primal) -> None:
        """Offer stocks made from the fractional solution."""
        order = np.argsort(-primal.modules)
        ranked = [self.pool.masks[part.module[j]] for j in order if primal.modules[j] > 0.02][:150]
        if ranked:
            self.incumbent.round_up(ranked)

    def _within_gap(self) -> bool:
        wanted = self.run.options.rel_gap
        return wanted > 0 and self.incumbent.cost - self.bound <= wanted * abs(self.incumbent.cost)

    def _raise_bound(self, bound: float, note: str) -> None:
        bound = min(bound, self.incumbent.cost, self.floor)
        if bound > self.bound and math.isfinite(bound):
            self.bound = bound
        self.run.report(self.incumbent.cost, self.bound, f"{note}, {self.nodes} nodes, {self.leaves} leaves")
