"""What the whole search shares: data, pool, incumbent, settings, counts; a node of the tree."""

from __future__ import annotations

import itertools
import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from atoopt.solvers.run import Run
from atoopt.solvers.threads import HelperThread
from atoopt.stock.column_generation.ascent import Duals, Primal, dual_value
from atoopt.stock.column_generation.bound import safe
from atoopt.stock.column_generation.pool import Pool, Slice
from atoopt.stock.column_generation.relaxation import Floats, Ints, Relaxation
from atoopt.stock.incumbent import Incumbent

GLANCE = 0.1
"""Seconds between two glances at whether to stop."""

ENTRIES = 12_000_000
"""Rows that pairs take part in, of all nodes in work together: what memory goes with, gigabytes at 3,000 products."""


@dataclass(frozen=True)
class Settings:
    """How the search goes; the defaults suit everything that was measured.

    Attributes
    ----------
    iterations : int
        Gradient iterations between two looks at the bound.
    node_chunks : int
        At most so many such chunks at a node.
    node_looks : int
        Looks for cuts at a node.
    node_rounds : int
        Rounds of pricing at a node.
    closed_modules, closed_nodes : int
        A node is closed, and its subtree needs no pricing, if at most so many modules could be held in a
        better stock, and the search for them takes at most so many nodes.
    leaf_modules, leaf_pairs : int
        A closed node with at most so many modules, and pairs (module, product), left goes to the MILP solver.
    leaf_seconds : float
        Time of such a MILP; then the node is branched on.
    candidates : int
        Modules tried before one is branched on.
    """

    iterations: int = 300
    node_chunks: int = 6
    node_rounds: int = 4
    node_looks: int = 1
    closed_modules: int = 5_000
    closed_nodes: int = 200_000
    leaf_modules: int = 120
    leaf_pairs: int = 1_000
    leaf_seconds: float = 10.0
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
    closed : bool
        No better stock of the node holds a module that is not among `active`.
    duals : Duals
        They prove `bound`.
    pairs, x : arrays
        The parent's primal solution, by pairs of the pool; 0 elsewhere.
    """

    bound: float
    order: int
    held: Ints = field(compare=False)
    active: Ints = field(compare=False)
    known: int = field(compare=False)
    closed: bool = field(compare=False)
    duals: Duals = field(compare=False)
    pairs: Ints = field(compare=False)
    x: Floats = field(compare=False)


class Work:
    """Shared by the threads that work on nodes.

    Attributes
    ----------
    pool : Pool
        Only ever grows, so that positions stay.
    nodes, leaves : int
        Nodes bounded, and MILPs solved to the end.
    floor : float
        What closed nodes prove, where the relaxation of the cost is not exact; infinity elsewhere.
    race, raced : HelperThread or None, float
        A MILP of the whole root beside the tree, and the bound that it has proven.
    ended : threading.Event
        Set to let all threads stop.
    halt : (1,) array
        Holds 1 once all is to stop: what compiled code looks at, while `watched`.
    """

    def __init__(self, relaxation: Relaxation, run: Run, incumbent: Incumbent, settings: Settings) -> None:
        self.relaxation, self.run, self.incumbent, self.settings = relaxation, run, incumbent, settings
        self.pool = Pool(relaxation)
        self.nodes = self.leaves = 0
        self.floor = math.inf
        self.race: HelperThread | None = None
        self.raced = -math.inf
        self.ended = threading.Event()
        self.halt = np.zeros(1, dtype=np.int8)
        self.lock = threading.Lock()
        self.newest = itertools.count()

    @property
    def threads(self) -> int:
        """How many threads may work at a time, one core left to annealing."""
        return max(1, (self.run.options.threads or os.cpu_count() or 1) - 1)

    @property
    def nodes_at_once(self) -> int:
        """How many nodes may be in work at a time: one a thread, fewer where that would take gigabytes."""
        return max(1, min(self.threads, ENTRIES // max(1, self.pool.n_entries)))

    @property
    def stopped(self) -> bool:
        """Whether to leave everything as it is."""
        return self.ended.is_set() or self.run.stopped

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep `halt` up to date."""
        left = threading.Event()

        def watch() -> None:
            while not (self.stopped or left.wait(GLANCE)):
                pass
            self.halt[0] = 1

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            left.set()
            watcher.join()

    def lower_floor(self, bound: float) -> None:
        """Note a closed node that was not driven up to the cutoff."""
        if bound < self.incumbent.cutoff:
            with self.lock:
                self.floor = min(self.floor, bound)

    def reduced(self, active: Ints, held: Ints, duals: Duals) -> Slice | None:
        """Lay out the modules and pairs that a better stock can use, those that all such stocks hold fixed.

        The Lagrangian bound of a stock with a module that loses, or without one that profits, is worse by that
        much; likewise if a product uses a module at a loss. None where no stock can be better.
        """
        flags = np.isin(active, held).astype(np.float64)
        part = self.pool.slice(active, flags)
        value, profits, values = dual_value(self.relaxation, part, duals)
        slack = self.incumbent.cutoff - safe(self.relaxation, value)
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

    def extended(self, part: Slice, primal: Primal, known: int, now: int) -> tuple[Slice, Primal]:
        """Lay a slice out anew, with the cuts found since, and the pool's modules from `known` up to `now`."""
        later = np.arange(known, now)
        whole = self.pool.slice(later, np.zeros(later.size))
        useful = np.zeros(self.pool.n_pairs, dtype=bool)
        useful[part.pair] = useful[whole.pair] = True
        flags = np.concatenate([part.held, np.zeros(later.size)])
        longer = self.pool.slice(np.concatenate([part.module, later]), flags, useful)
        return longer, self.warm(longer, part.pair, primal.pairs)

    def warm(self, part: Slice, pairs: Ints, x: Floats) -> Primal:
        """Lay a primal solution by pairs of the pool out for a slice, with the least y that it needs."""
        whole, y = np.zeros(self.pool.n_pairs), np.zeros(part.module.size)
        whole[pairs] = x
        np.maximum.at(y, np.repeat(np.arange(y.size), np.diff(part.start)), whole[part.pair])
        return Primal(whole[part.pair], y)

    def round(self, part: Slice, primal: Primal) -> None:
        """Offer stocks made from the fractional solution."""
        order = np.argsort(-primal.modules)
        ranked = [self.pool.masks[part.module[j]] for j in order if primal.modules[j] > 0.02][:150]
        if ranked:
            self.incumbent.round_up(ranked)
