"""Branch and bound on the number of modules, on their components, and on the modules, over the pair relaxation."""

from __future__ import annotations

import heapq
import itertools
import math
import os
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from atoopt.solvers.run import Run
from atoopt.stock.dense.lifted import Floats, Lifted
from atoopt.stock.dense.node import Infeasible, Node, bounded
from atoopt.stock.dense.symmetry import interchangeable, orbit
from atoopt.stock.exhaustive import are_few, try_all
from atoopt.stock.incumbent import Incumbent

WHOLE = 1e-4
"""Sums of fractional stocks this near to a whole number are whole."""

ABOUT = 1
"""Of a range, whole numbers so far from the fractional value are nodes of their own."""

ABOUT_KNOWN = 3
"""Likewise about the number of modules of the stock known at the start."""


class Search:
    """The open nodes of an instance, and what is proven.

    Attributes
    ----------
    bound : float
        No allowed stock costs less (or it is the incumbent's cost, once that is proven).
    nodes : int
        Nodes bounded.
    infeasible : bool
        No stock keeps every limit.
    """

    def __init__(self, lifted: Lifted, run: Run, incumbent: Incumbent) -> None:
        self.lifted, self.run, self.incumbent = lifted, run, incumbent
        self.bound = lifted.economy.base
        self.nodes = 0
        self.infeasible = False
        self.dearest = self._dearest()
        self._order = itertools.count()
        self._open: list[Node] = []
        self._known: NDArray[np.bool_] | None = None  # columns that paid elsewhere, for nodes without a parent
        self._running: dict[Future[list[Node] | None], Node] = {}

    def go(self) -> None:
        """Bound the open nodes, least bound first, several at once, until the gap is closed or the time is up."""
        self._open = self._first_nodes()
        workers = self.run.options.threads or os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            while not self.run.stopped and not self._closed():
                while self._open and len(self._running) < workers and self._open[0].bound < self.cutoff:
                    node = heapq.heappop(self._open)
                    self._running[pool.submit(self._process, node)] = node
                done, _ = wait(self._running, timeout=0.1, return_when=FIRST_COMPLETED)
                for future in done:
                    self._take(future)
            self._finish()
        if not self.incumbent.found and all(node.bound >= self.dearest for node in self._open):
            self.infeasible = True

    def _first_nodes(self) -> list[Node]:
        """Return nodes for each number of modules near that of the incumbent, and for the rest; one without it."""
        economy, most, most_extra = self.lifted.economy, *self._most()
        if most < 0:
            return []
        ranges = [(0, most)]
        if self.incumbent.found:
            ranges = _split(0, most, len(self.incumbent.masks), ABOUT_KNOWN)
        known = len(self.incumbent.masks)
        return sorted(
            Node(economy.base + economy.per_module * n[0], abs(n[0] - known), n, (0, most_extra)) for n in ranges
        )

    def _most(self) -> tuple[int, int]:
        """Return the most modules that a stock may hold, and the most components beyond two of so many."""
        extra = self.lifted.extra
        most = min(self.lifted.economy.most_modules, extra.size)
        return most, int(np.sort(extra)[::-1][: max(0, most)].sum())

    def _dearest(self) -> float:
        """Return what no stock costs more than: a node of a higher bound, for lost time, is empty."""
        economy, (most, most_extra) = self.lifted.economy, self._most()
        held = economy.per_module * most + economy.per_extra * most_extra
        operations = self.lifted.instance.most_operations
        return (economy.base + held + economy.per_operation * operations) * (1 + WHOLE)

    @property
    def cutoff(self) -> float:
        """Nodes of at least this bound hold nothing better."""
        return min(self.incumbent.cutoff, self.dearest)

    def _closed(self) -> bool:
        """Tell of the bound; return whether nothing is left that is better, or better by the gap asked for."""
        left = [node.bound for node in (*self._open[:1], *self._running.values())]
        least = min(left, default=math.inf)
        least = min(least, self.cutoff)
        if math.isfinite(least) and least > self.bound:
            self.bound = least
            self.run.report(None, self.bound, f"{len(self._open)} open nodes, {self.nodes} bounded")
        cost = self.incumbent.cost
        within = math.isfinite(cost) and cost - self.bound <= self.run.options.rel_gap * abs(cost)
        return not left or least >= self.cutoff or within

    def _take(self, future: Future[list[Node] | None]) -> None:
        """Replace a node by its children; it stays open where the time ran out."""
        node = self._running.pop(future)
        children = future.result()
        for child in [node] if children is None else children:
            heapq.heappush(self._open, child)

    def _finish(self) -> None:
        """Wait for the nodes under way, which end with the run, and settle the bound."""
        while self._running:
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future)
        self._closed()

    # ---- a node -------------------------------------------------------------------------------

    def _process(self, node: Node) -> list[Node] | None:
        """Bound a node; return its children, none where it is closed, None where the time ran out."""
        fixed = node.ones | node.zeros
        free = [m for m in range(len(self.lifted.modules)) if m not in fixed] if len(node.ones) < node.n[1] else []
        if are_few(self.lifted.instance, len(free)):
            sizes = range(node.n[0], node.n[1] + 1)
            try_all(self.incumbent.offer, self._stock(node.ones), self._stock(free), sizes)
            return []
        if self.run.stopped:
            return None
        if node.start.known is None:
            node.start = replace(node.start, known=self._known)
        try:
            found = bounded(self.lifted, node, self.run, self.incumbent.cutoff)
        except Infeasible:
            return []
        if found is None:
            return None
        self.nodes += 1
        self._known = found.start.known
        node.bound = max(node.bound, found.bound)
        if node.bound >= self.cutoff:
            return []
        if self.nodes % 5 == 1:
            self._round(found.held)
        node.start = found.start
        if found.again:
            return [node]
        return self._branch(node, found.held)

    def _stock(self, places: Iterable[int]) -> list[int]:
        return [self.lifted.modules[m] for m in places]

    def _round(self, held: Floats) -> None:
        """Offer stocks made of the modules held most."""
        ranked = np.argsort(-held, kind="stable")[: 4 * max(1, round(held.sum()))]
        self.incumbent.round_up(self._stock(ranked.tolist()))

    def _branch(self, node: Node, held: Floats) -> list[Node]:
        """Split a node by N, then by D, then by a module and all that exchanges of components make of it."""
        for name, total in (("n", held.sum()), ("d", held @ self.lifted.extra)):
            least, most = getattr(node, name)
            if least < most and (name == "n" or self.lifted.economy.per_extra > 0):
                return [self._child(node, **{name: part}) for part in _split(least, most, float(total))]
        free = [m for m in range(held.size) if m not in node.ones and m not in node.zeros]
        chosen = max(free, key=lambda m: (held[m], -m))
        modules = self.lifted.modules
        fixed = [frozenset(self._stock(places)) for places in (node.ones, node.zeros)]
        classes = interchangeable(self.lifted.instance, fixed)
        place = {modules[m]: m for m in free}
        same = {place[mask] for mask in orbit(modules[chosen], place, classes)}
        children = [self._child(node, ones=node.ones | {chosen})]
        if len(free) - len(same) + len(node.ones) >= node.n[0]:
            children.append(self._child(node, zeros=node.zeros | same))
        return children

    def _child(self, node: Node, **changes: object) -> Node:
        return replace(node, order=-next(self._order), **changes)  # type: ignore[arg-type]


def _split(least: int, most: int, value: float, about: int = ABOUT) -> list[tuple[int, int]]:
    """Return the parts of a range: whole numbers about a value one by one, and what is left on both sides.

    >>> _split(0, 9, 4.5), _split(0, 9, 4.0), _split(0, 1, 0.0)
    ([(0, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 9)], [(0, 2), (3, 3), (4, 4), (5, 5), (6, 9)], [(0, 0), (1, 1)])
    """
    value = min(max(value, least), most)
    first, last = max(least, math.floor(value + WHOLE) - about), min(most, math.ceil(value - WHOLE) + about)
    parts = [(least, first - 1), *((v, v) for v in range(first, last + 1)), (last + 1, most)]
    return [(low, high) for low, high in parts if low <= high]
