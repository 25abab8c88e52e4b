"""Branch and bound on the modules held, each node bounded by its Lagrangian dual over all sets of components."""

from __future__ import annotations

import heapq
import math
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from atoopt.solvers.run import Run
from atoopt.stock.column_generation.branching import process
from atoopt.stock.column_generation.relaxation import Relaxation
from atoopt.stock.column_generation.root import bound_root
from atoopt.stock.column_generation.work import Node, Settings, Work
from atoopt.stock.incumbent import Incumbent

LOOK = 0.5
"""Seconds between two looks at the clock and at the bounds of the nodes in work."""

Running = dict[Future[list[Node] | None], Node]


class Tree:
    """The search; `bound` is valid at every moment.

    Attributes
    ----------
    bound : float
        No allowed stock costs less (or it is the incumbent's cost, once that is proven).
    infeasible : bool
        No stock is allowed at all.
    work : Work
    """

    def __init__(self, relaxation: Relaxation, run: Run, incumbent: Incumbent, settings: Settings) -> None:
        self.work = Work(relaxation, run, incumbent, settings)
        self.bound = relaxation.trivial_bound
        self.infeasible = False

    def search(self) -> None:
        """Bound the root, then open nodes, least bound first, until the gap is closed or the time is up."""
        work = self.work
        n = work.threads
        # Threads, for the compiled code and HiGHS leave Python's lock.
        with work.watched(), ThreadPoolExecutor(n) as nodes, ThreadPoolExecutor(n) as trials:
            root = bound_root(work, self._told)
            rest = self._open_nodes([root], nodes, trials, work.nodes_at_once)
        if not rest:
            self._told(work.incumbent.cutoff, "all nodes closed")
        self.infeasible = not rest and not work.incumbent.found

    def _open_nodes(
        self, open_: list[Node], nodes: ThreadPoolExecutor, trials: ThreadPoolExecutor, most: int
    ) -> list[Node]:
        """Work on the nodes of least bound, `most` at a time; return those that are left."""
        work, running = self.work, Running()
        try:
            while not work.stopped:
                left = [node.bound for node in (*running.values(), *open_[:1])]
                if left and self._told(min(left), f"{len(open_) + len(running)} open nodes"):
                    break
                while open_ and len(running) < most and open_[0].bound < work.incumbent.cutoff:
                    node = heapq.heappop(open_)
                    running[nodes.submit(process, work, node, trials)] = node
                if not running:
                    return []
                done, _ = wait(running, LOOK, FIRST_COMPLETED)
                _collect(done, running, open_)
        finally:
            work.ended.set()
            wait(running)
            if work.race is not None:
                work.race.join()
        if work.race is not None:
            work.race.finish()
        _collect(set(running), running, open_)
        return [node for node in open_ if max(node.bound, work.raced) < work.incumbent.cutoff]

    def _told(self, bound: float, note: str) -> bool:
        """Raise the bound and report; return whether the gap is as small as was asked for."""
        work = self.work
        cost, wanted = work.incumbent.cost, work.run.options.rel_gap
        bound = min(max(bound, work.raced), cost, work.floor)
        if bound > self.bound and math.isfinite(bound):
            self.bound = bound
        work.run.report(cost, self.bound, f"{note}, {work.nodes} nodes, {work.leaves} leaves")
        return work.raced >= work.incumbent.cutoff or (wanted > 0 and cost - self.bound <= wanted * abs(cost))


def _collect(done: set[Future[list[Node] | None]], running: Running, open_: list[Node]) -> None:
    """Put the children of finished nodes among the open ones; a node that was broken off stays open."""
    for future in done:
        node = running.pop(future)
        children = future.result()
        for left in [node] if children is None else children:
            heapq.heappush(open_, left)
