"""One branch and bound: open nodes in a queue by bound, several in work at once, and a bound valid at every moment.

What a node is, how it is bounded and split, is the matter of a `Tree`: column generation and the relaxation of pairs
(`atoopt.stock.dense`) are two.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from atoopt.solvers.run import Run
from atoopt.stock.incumbent import Incumbent


class Node(Protocol):
    """A part of all stocks; nodes are ordered by their bounds.

    Attributes
    ----------
    bound : float
        No stock of the node costs less.
    """

    bound: float

    def __lt__(self, other: Any) -> bool:
        """Whether this node is to be worked on before the other."""


N = TypeVar("N", bound=Node)


class Tree(Protocol[N]):
    """What branch and bound asks of a relaxation.

    Attributes
    ----------
    cutoff : float
        Nodes of at least this bound hold nothing better.
    ceiling : float
        No bound above this is claimed, whatever the open nodes say.
    bound_beside : float
        A bound on all stocks that was proven beside the tree; -infinity where nothing else is at work.
    statistics : Statistics
    """

    @property
    def cutoff(self) -> float: ...
    @property
    def ceiling(self) -> float: ...
    @property
    def bound_beside(self) -> float: ...
    @property
    def statistics(self) -> Statistics: ...

    def process(self, node: N) -> list[N] | None:
        """Bound a node, raising its bound; return its children, none where it is done, None if the time ran out."""

    def end(self) -> None:
        """Let the nodes in work come back soon, and wait for what goes on beside the tree."""


@dataclass
class Statistics:
    """What a search has done.

    Attributes
    ----------
    nodes : int
        Nodes bounded.
    leaves : int
        Nodes solved to the end by a MILP.
    """

    nodes: int = 0
    leaves: int = 0

    def is_due(self, every: int) -> bool:
        """Whether it is the turn of what is done at the first of so many nodes."""
        return self.nodes % every == 1

    def __str__(self) -> str:
        return f"{self.nodes} nodes, {self.leaves} leaves"


@dataclass(frozen=True)
class SearchParameters:
    """How the queue is worked on.

    Attributes
    ----------
    look_seconds : float
        Between two looks at the clock and at the bounds of the nodes in work: unnoticed by who waits, and too seldom
        to take time from the nodes.
    """

    look_seconds: float = 0.5


SEARCH = SearchParameters()


class BranchAndBound(Generic[N]):
    """The search of a tree, nodes of least bound first.

    Attributes
    ----------
    bound : float
        No allowed stock costs less (or it is the incumbent's cost, once that is proven).
    open : list of Node
        A heap; after the search those that it has left open.
    """

    def __init__(
        self, tree: Tree[N], run: Run, incumbent: Incumbent, bound: float,
        parameters: SearchParameters = SEARCH,
    ) -> None:  # fmt: skip
        self.tree, self.run, self.incumbent, self.bound = tree, run, incumbent, bound
        self.parameters = parameters
        self.open: list[N] = []
        self._in_work: dict[Future[list[N] | None], N] = {}

    def search(self, nodes: Iterable[N], workers: int) -> None:
        """Work on the nodes of least bound, so many at once, until the gap is closed or the time is up."""
        self.open = sorted(nodes)
        with ThreadPoolExecutor(workers) as threads:  # for compiled code and HiGHS leave Python's lock
            try:
                while not (self.run.stopped or self._is_closed()):
                    self._submit(threads, workers)
                    self._collect(wait(self._in_work, self.parameters.look_seconds, FIRST_COMPLETED).done)
            finally:
                self.tree.end()
                wait(self._in_work)
            self._collect(set(self._in_work))
        self.open = [node for node in self.open if max(node.bound, self.tree.bound_beside) < self.tree.cutoff]
        self.tell(self._least_bound(), f"{len(self.open)} open nodes" if self.open else "all nodes closed")

    def tell(self, least: float, note: str) -> bool:
        """Raise the bound to what it is if no open node has less than this; return whether the gap is small enough."""
        bound = min(max(least, self.tree.bound_beside), self.tree.ceiling)
        if bound > self.bound and math.isfinite(bound):
            self.bound = bound
        cost, wanted = self.incumbent.cost, self.run.options.rel_gap
        self.run.report(cost, self.bound, f"{note}, {self.tree.statistics}")
        return wanted > 0 and math.isfinite(cost) and cost - self.bound <= wanted * abs(cost)

    def _is_closed(self) -> bool:
        """Tell of the bound; return whether nothing better is left, or nothing better by the gap asked for."""
        least = self._least_bound()
        n_open = len(self.open) + len(self._in_work)
        return n_open == 0 or self.tell(least, f"{n_open} open nodes") or least >= self.tree.cutoff

    def _least_bound(self) -> float:
        """Return what the open nodes prove together: the cutoff where none has less."""
        bounds = [node.bound for node in (*self.open[:1], *self._in_work.values())]
        return min(max(min(bounds, default=math.inf), self.tree.bound_beside), self.tree.cutoff)

    def _submit(self, threads: ThreadPoolExecutor, workers: int) -> None:
        """Put nodes in work, as long as there are workers and nodes that may hold something better."""
        while self.open and len(self._in_work) < workers and self.open[0].bound < self.tree.cutoff:
            node = heapq.heappop(self.open)
            self._in_work[threads.submit(self.tree.process, node)] = node

    def _collect(self, done: set[Future[list[N] | None]]) -> None:
        """Put children in place of their nodes; a node that was broken off stays open."""
        for future in done:
            node = self._in_work.pop(future)
            children = future.result()
            for left in [node] if children is None else children:
                heapq.heappush(self.open, left)
