"""What the whole search shares: pool, incumbent, parameters, flags and counts; and a node of the tree."""

from __future__ import annotations

import itertools
import math
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from atoopt.solvers.run import Run
from atoopt.solvers.running.threads import HelperThread
from atoopt.stock.branch_and_bound import Statistics
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster
from atoopt.stock.column_generation.parameters import DEFAULTS, Parameters
from atoopt.stock.column_generation.relaxation import Floats, Ints, Relaxation
from atoopt.stock.incumbent import Incumbent


@dataclass(order=True)
class Node:
    """Some modules fixed in stock, some excluded; the open node of least bound comes first.

    Attributes
    ----------
    bound : float
    order : int
        Breaks ties, the newest first.
    fixed, active : arrays of int
        Positions in the pool of the modules fixed in stock, and of those not excluded (fixed ones included).
    known : int
        Size of the pool when the node was made; what came later is not excluded.
    is_enumerated : bool
        No better stock of the node holds a module that is not among `active`.
    duals : Duals
        They prove `bound`.
    pairs, x : arrays
        The parent's primal solution, by pairs of the pool; 0 elsewhere.
    """

    bound: float
    order: int
    fixed: Ints = field(compare=False)
    active: Ints = field(compare=False)
    known: int = field(compare=False)
    is_enumerated: bool = field(compare=False)
    duals: Duals = field(compare=False)
    pairs: Ints = field(compare=False)
    x: Floats = field(compare=False)


class Search:
    """Shared by the threads that work on nodes.

    Attributes
    ----------
    pool : ColumnPool
        Modules only ever come, so that positions stay.
    statistics : Statistics
    floor : float
        What is proven where the relaxation of the cost is not exact, and a node is left with nothing to branch on;
        infinity elsewhere.
    milp_beside : HelperThread or None
        A MILP of the whole root beside the tree.
    bound_beside : float
        What it has proven.
    trials : ThreadPoolExecutor or None
        For strong branching; None outside `at_work`.
    ended : threading.Event
        Set to let all threads stop.
    halt : (1,) array
        Holds 1 once all is to stop: what compiled code looks at, while `at_work`.
    newest : iterator of int
        Numbers nodes.
    """

    def __init__(
        self, relaxation: Relaxation, run: Run, incumbent: Incumbent, parameters: Parameters = DEFAULTS
    ) -> None:
        self.relaxation, self.run, self.incumbent, self.parameters = relaxation, run, incumbent, parameters
        self.pool = ColumnPool(relaxation)
        self.statistics = Statistics()
        self.floor = math.inf
        self.milp_beside: HelperThread | None = None
        self.bound_beside = -math.inf
        self.trials: ThreadPoolExecutor | None = None
        self.ended = threading.Event()
        self.halt = np.zeros(1, dtype=np.int8)
        self.newest = itertools.count(1)
        self._lock = threading.Lock()

    @property
    def cutoff(self) -> float:
        """Nodes of at least this bound hold nothing better."""
        return self.incumbent.cutoff

    @property
    def threads(self) -> int:
        """How many threads may work at a time, one core left to annealing."""
        return max(1, (self.run.options.threads or os.cpu_count() or 1) - 1)

    @property
    def nodes_at_once(self) -> int:
        """How many nodes may be in work at a time: one a thread, fewer where that would take gigabytes."""
        return max(1, min(self.threads, self.parameters.resources.max_entries // max(1, self.pool.n_entries)))

    @property
    def stopped(self) -> bool:
        """Whether to leave everything as it is."""
        return self.ended.is_set() or self.run.stopped

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep `halt` up to date, and have threads for trials."""
        left = threading.Event()

        def watch() -> None:
            while not (self.stopped or left.wait(self.parameters.resources.glance_seconds)):
                pass
            self.halt[0] = 1

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            with ThreadPoolExecutor(self.threads) as self.trials:
                yield
        finally:
            left.set()
            watcher.join()

    def lower_floor(self, bound: float) -> None:
        """Note a node with nothing to branch on that was not driven up to the cutoff."""
        if bound < self.cutoff:
            with self._lock:
                self.floor = min(self.floor, bound)

    def round_up(self, master: RestrictedMaster, primal: Primal) -> None:
        """Offer stocks made of the modules that a fractional solution holds most of."""
        rounding = self.parameters.rounding
        order = np.argsort(-primal.modules)
        ranked = [self.pool.masks[master.module[j]] for j in order if primal.modules[j] > rounding.least_level]
        if ranked:
            self.incumbent.round_up(ranked[: rounding.max_modules])
