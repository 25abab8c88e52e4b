"""The tree over the pair relaxation: split on the number of modules, on their components, and on the modules."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from atoopt.solvers.run import Run
from atoopt.stock.branch_and_bound import Statistics
from atoopt.stock.cost import limits_of
from atoopt.stock.dense.bounding import bounded
from atoopt.stock.dense.node import Node
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from atoopt.stock.dense.parameters import SPLIT, SplitParameters
from atoopt.stock.dense.program import Infeasible
from atoopt.stock.dense.rows import Floats
from atoopt.stock.dense.symmetry import interchangeable, orbit
from atoopt.stock.enumeration.exhaustive import are_few, try_all
from atoopt.stock.incumbent import Incumbent


class DenseTree:
    """What branch and bound asks of the pair relaxation, see `atoopt.stock.branch_and_bound.Tree`.

    Attributes
    ----------
    dearest : float
        No stock costs more: a node of a higher bound, for lost time, is empty.
    statistics : Statistics
    """

    bound_beside = -math.inf

    def __init__(
        self, relaxation: PairRelaxation, run: Run, incumbent: Incumbent, parameters: SplitParameters = SPLIT
    ) -> None:
        self.relaxation, self.run, self.incumbent, self.parameters = relaxation, run, incumbent, parameters
        self.statistics = Statistics()
        self.dearest = self._dearest()
        self._order = itertools.count()
        self._known: NDArray[np.bool_] | None = None  # columns that paid elsewhere, for nodes without a parent

    @property
    def cutoff(self) -> float:
        """Nodes of at least this bound hold nothing better."""
        return min(self.incumbent.cutoff, self.dearest)

    @property
    def ceiling(self) -> float:
        """No bound above the cutoff is claimed."""
        return self.cutoff

    def end(self) -> None:
        """Do nothing: nodes in work end with the run."""

    def first_nodes(self) -> list[Node]:
        """Return nodes for each number of modules near that of the incumbent, and for the rest; one without it."""
        equation, (most, most_extra) = self.relaxation.equation, self._largest()
        if most < 0:
            return []
        ranges, known = [(0, most)], len(self.incumbent.masks)
        if self.incumbent.found:
            ranges = split(0, most, known, self.parameters.around_known, self.parameters.whole)
        return [Node(equation.base + equation.module(2) * n[0], abs(n[0] - known), n, (0, most_extra)) for n in ranges]

    def process(self, node: Node) -> list[Node] | None:
        """Bound a node; return its children, none where it is closed, None where the time ran out."""
        if self._try_all(node):
            return []
        if self.run.stopped:
            return None
        if node.start.known is None:
            node.start = replace(node.start, known=self._known)
        try:
            result = bounded(self.relaxation, node, self.run, self.incumbent.cutoff)
        except Infeasible:
            return []
        if result is None:
            return None
        self.statistics.nodes += 1
        self._known = result.start.known
        node.bound = max(node.bound, result.bound)
        if node.bound >= self.cutoff:
            return []
        if self.statistics.is_due(self.parameters.round_every):
            self._round_up(result.y)
        node.start = result.start
        return [node] if result.again else self.branch(node, result.y)

    def branch(self, node: Node, y: Floats) -> list[Node]:
        """Split a node by N, then by D, then by a module and all that exchanges of components make of it."""
        relaxation = self.relaxation
        for name, total in (("number", y.sum()), ("extra", y @ relaxation.extra)):
            least, most = getattr(node, name)
            if least < most and (name == "number" or relaxation.equation.per_join > 0):
                parts = split(least, most, float(total), self.parameters.around, self.parameters.whole)
                return [self._child(node, **{name: part}) for part in parts]
        return self._branch_on_module(node, y)

    def _branch_on_module(self, node: Node, y: Floats) -> list[Node]:
        """Fix the module of largest y in stock; or exclude it, with all that exchanges of components make of it."""
        free = [m for m in range(y.size) if m not in node.ones and m not in node.zeros]
        chosen, modules = max(free, key=lambda m: (y[m], -m)), self.relaxation.modules
        fixed = [frozenset(self._masks(places)) for places in (node.ones, node.zeros)]
        classes = interchangeable(self.relaxation.instance, fixed)
        place = {modules[m]: m for m in free}
        same = {place[mask] for mask in orbit(modules[chosen], place, classes)}
        children = [self._child(node, ones=node.ones | {chosen})]
        if len(free) - len(same) + len(node.ones) >= node.number[0]:
            children.append(self._child(node, zeros=node.zeros | same))
        return children

    def _child(self, node: Node, **changes: object) -> Node:
        return replace(node, order=-next(self._order), **changes)  # type: ignore[arg-type]

    def _try_all(self, node: Node) -> bool:
        """Try all stocks of a node if these are few; return whether they are."""
        fixed, modules = node.ones | node.zeros, self.relaxation.modules
        free = [m for m in range(len(modules)) if m not in fixed] if len(node.ones) < node.number[1] else []
        if not are_few(self.relaxation.instance, len(free)):
            return False
        sizes = range(node.number[0], node.number[1] + 1)
        try_all(self.incumbent.offer, self._masks(node.ones), self._masks(free), sizes)
        return True

    def _masks(self, places: Iterable[int]) -> list[int]:
        return [self.relaxation.modules[m] for m in places]

    def _round_up(self, y: Floats) -> None:
        """Offer stocks made of the modules of largest y."""
        n = self.parameters.modules_rounded * max(1, round(y.sum()))
        self.incumbent.round_up(self._masks(np.argsort(-y, kind="stable")[:n].tolist()))

    def _largest(self) -> tuple[int, int]:
        """Return the most modules that a stock may hold, and the most components beyond two of so many."""
        extra = self.relaxation.extra
        most = limits_of(self.relaxation.instance).room(extra.size)
        return most, int(np.sort(extra)[::-1][: max(0, most)].sum())

    def _dearest(self) -> float:
        """Return what no stock costs more than."""
        equation, (most, most_extra) = self.relaxation.equation, self._largest()
        modules = equation.module(2) * most + equation.per_join * most_extra
        operations = self.relaxation.instance.most_operations
        return (equation.base + modules + equation.per_operation * operations) * (1 + self.parameters.whole)


def split(least: int, most: int, value: float, around: int, whole: float = SPLIT.whole) -> list[tuple[int, int]]:
    """Return the parts of a range: whole numbers around a value one by one, and what is left on both sides.

    >>> split(0, 9, 4.5, 1), split(0, 1, 0.0, 1)
    ([(0, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 9)], [(0, 0), (1, 1)])
    >>> split(0, 9, 4.0, 1)
    [(0, 2), (3, 3), (4, 4), (5, 5), (6, 9)]
    """
    value = min(max(value, least), most)
    first, last = max(least, math.floor(value + whole) - around), min(most, math.ceil(value - whole) + around)
    parts = [(least, first - 1), *((v, v) for v in range(first, last + 1)), (last + 1, most)]
    return [(low, high) for low, high in parts if low <= high]
