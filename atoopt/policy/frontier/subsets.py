"""The subset of items behind each sum of a frontier.

The lists of the two halves of the items, of their halves, and so on are kept: they are a small share of the
whole. A point remembers which point of the left half it came from, and so splits into one point of either half,
down to single items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Objects = NDArray[np.object_]

CHUNK = 2**17
"""Points whose exact sums are held at a time."""


@dataclass(frozen=True)
class Node:
    """The list of some items: its points, and where they come from.

    Attributes
    ----------
    added, saved : (n_points,) arrays of int
        Both strictly ascending, from the empty set on.
    origin : (n_points,) array of int
        The point of the left half behind each point; empty for a single item.
    left, right : Node or None
        The lists of the two halves.
    item : int
        Of a single item.
    """

    added: Ints
    saved: Ints
    origin: NDArray[np.int32]
    left: Node | None = None
    right: Node | None = None
    item: int = -1

    def split(self, points: Ints) -> tuple[Ints, Ints]:
        """Return the point of the left and of the right half behind each point.

        Where lists were thinned, the right one may be gone; then another pair that adds no more and saves the most.
        """
        assert self.left is not None
        assert self.right is not None
        i = self.origin[points].astype(np.int64)
        added, saved = self.added[points] - self.left.added[i], self.saved[points] - self.left.saved[i]
        j = np.searchsorted(self.right.added, added, side="right") - 1
        for gone in np.flatnonzero((self.right.added[j] != added) | (self.right.saved[j] != saved)).tolist():
            i[gone], j[gone] = self._best_pair(int(self.added[points[gone]]))
        return i, j

    def _best_pair(self, added: int) -> tuple[int, int]:
        """Return the pair of the halves' points that saves the most and adds no more than this."""
        assert self.left is not None
        assert self.right is not None
        i = np.arange(np.searchsorted(self.left.added, added, side="right"))
        j = np.searchsorted(self.right.added, added - self.left.added[i], side="right") - 1
        best = int(np.argmax(self.left.saved[i] + self.right.saved[j]))
        return best, int(j[best])

    def totals(self, points: Ints, amounts: Objects) -> Objects:
        """Return the sums of the items' amounts, row by row, over the subsets behind some points."""
        if self.left is None or self.right is None:
            sums = np.zeros((points.size, amounts.shape[1]), dtype=object)
            if points.any():  # point 0 is the empty set
                sums[points > 0] = amounts[self.item]
            return sums
        return np.asarray(
            sum(
                half.totals(np.arange(half.added.size), amounts)[at]
                if half.added.size < at.size else half.totals(at, amounts)
                for half, at in zip((self.left, self.right), self.split(points), strict=True)
            )
        )  # fmt: skip

    def members(self, point: int) -> list[int]:
        """Return the items of the subset behind a point."""
        if point == 0:
            return []  # the empty set
        if self.left is None or self.right is None:
            return [self.item]
        (i,), (j,) = self.split(np.array([point]))
        return self.left.members(int(i)) + self.right.members(int(j))


@dataclass(frozen=True)
class Frontier:
    """The non-dominated sums of subsets of items: most saved for what is added.

    Attributes
    ----------
    root : Node
        The list of all items.
    order : (n,) array of int
        The items in the order of the merges.
    thinned : int
        How many times a list was thinned; 0 for the complete frontier.
    step : int
        Each thinning loses no more than this much of `added`.
    """

    root: Node
    order: Ints
    thinned: int
    step: int

    @property
    def added(self) -> Ints:
        """What is added, strictly ascending, from the empty set on."""
        return self.root.added

    @property
    def saved(self) -> Ints:
        """What is saved, strictly ascending."""
        return self.root.saved

    def __len__(self) -> int:
        """Return the number of points."""
        return self.added.size

    def members(self, point: int) -> Ints:
        """Return the items of the subset behind a point.

        Where lists were thinned, a half may be gone; then the subset adds no more and saves nearly as much.
        """
        return np.sort(self.order[self.root.members(point)])

    def totals(self, amounts: Objects) -> Iterator[Objects]:
        """Yield, for some points at a time, the sums of exact amounts over the items of their subsets.

        Parameters
        ----------
        amounts : (n, k) array of object
            Python integers, a row an item.
        """
        by_place = amounts[self.order]
        for low in range(0, len(self), CHUNK):
            yield self.root.totals(np.arange(low, min(low + CHUNK, len(self))), by_place)
