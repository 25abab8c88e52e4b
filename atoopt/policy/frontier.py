"""The complete frontier of free assignments, after Nemhauser and Ullmann (1969), and the policy behind each point.

Items (parts, or groups that go together) are merged one by one into the sorted list of non-dominated sums.
The lists of the two halves of the items, of their halves, and so on are kept: they are a small share of the
whole, and a point splits into one point of either half, down to single items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import inner, kernel

Ints = NDArray[np.int64]

MAX_POINTS = 8_000_000
"""Longer lists are thinned; the whole tree then takes less than 1 GB."""

_END = np.int64(2**62)


class Stopped(Exception):
    """The time was up before the frontier was complete."""


@dataclass(frozen=True)
class Frontier:
    """The non-dominated sums of subsets of items: most saved for what is added.

    Attributes
    ----------
    added, saved : (n_points,) arrays of int
        Both strictly ascending, from the empty set on.
    tree : tuple of arrays
        The two long lists of all nodes, each node's start in them, its children and item, the root.
    order : (n,) array of int
        The items in the order of the merges.
    thinned : int
        How many times a list was thinned; 0 for the complete frontier.
    step : int
        Each thinning loses no more than this much of `added`.
    """

    added: Ints
    saved: Ints
    tree: tuple[Ints, Ints, Ints, Ints, Ints]
    order: Ints
    thinned: int
    step: int

    def __len__(self) -> int:
        """Return the number of points."""
        return self.added.size

    def members(self, point: int) -> Ints:
        """Return the items of the subset behind a point.

        The two halves of a point are found by one pass over the lists of the halves, not by search. Where
        lists were thinned, a half may be gone; then the subset adds no more and saves nearly as much.
        """
        if self.tree[0].size == 0:
            return np.empty(0, np.int64)
        return np.sort(self.order[_members(*self.tree, point)])


def frontier(
    added: Ints, saved: Ints, *, max_points: int = MAX_POINTS, stop: Callable[[], bool] = lambda: False
) -> Frontier:
    """Return the non-dominated sums over all subsets of items.

    Parameters
    ----------
    added, saved : (n,) arrays of int
        What an item adds and saves, both above 0; sums below 2^61.
    max_points : int
        A list that grows longer keeps only its best point in each of max_points / 2 steps of `added`.
    stop : callable
        Asked between merges.

    Raises
    ------
    Stopped
        `stop` said so.

    Examples
    --------
    >>> result = frontier(np.array([1, 2, 4]), np.array([3, 1, 2]))
    >>> result.added.tolist(), result.saved.tolist()
    ([0, 1, 3, 5, 7], [0, 3, 4, 5, 6])
    >>> result.members(3).tolist()
    [0, 2]
    """
    total = int(added.sum()) if added.size else 0
    shift = max(0, (2 * total // max_points).bit_length())
    # large items first: the lists then grow late, which saves a fifth of the merging
    order = np.argsort(-(added / max(total, 1) + saved / max(int(saved.sum()), 1)), kind="stable")
    builder = _Builder(added[order], saved[order], max_points, shift, stop)
    root_added, root_saved = builder.build(0, added.size) if added.size else (np.zeros(1, np.int64),) * 2
    return Frontier(root_added, root_saved, builder.tree(), order, builder.thinned, 1 << shift)


class _Builder:
    """Builds the tree of lists, children before parents."""

    def __init__(self, added: Ints, saved: Ints, max_points: int, shift: int, stop: Callable[[], bool]) -> None:
        self.added, self.saved, self.max_points, self.shift, self.stop = added, saved, max_points, shift, stop
        self.lists: list[tuple[Ints, Ints]] = []
        self.children: list[tuple[int, int, int]] = []  # left, right, item; -1 for none
        self.thinned = 0

    def build(self, low: int, high: int) -> tuple[Ints, Ints]:
        """Return the list of the items from `low` to `high`; it is the last node then."""
        if high - low == 1:
            self.lists.append((np.array([0, self.added[low]]), np.array([0, self.saved[low]])))
            self.children.append((-1, -1, low))
            return self.lists[-1]
        middle = (low + high + 1) // 2
        left = self.build(low, middle)
        left_node = len(self.lists) - 1
        self.build(middle, high)
        self.children.append((left_node, len(self.lists) - 1, -1))
        self.lists.append(self._merged(left, middle, high))
        return self.lists[-1]

    def _merged(self, start: tuple[Ints, Ints], low: int, high: int) -> tuple[Ints, Ints]:
        """Merge items one by one into a list; two pairs of buffers take turns."""
        n = start[0].size
        now = _buffer(start, 4 * n + 4)
        then = _buffer(None, 4 * n + 4)
        for item in range(low, high):
            if self.stop():
                raise Stopped
            if 2 * n + 2 > now[0].size:
                now, then = _buffer((now[0][:n], now[1][:n]), 4 * n + 4), _buffer(None, 4 * n + 4)
            n = _merge(*now, n, self.added[item], self.saved[item], *then)
            now, then = then, now
            if n > self.max_points:
                n = self._thin(now, n)
        return now[0][:n].copy(), now[1][:n].copy()

    def _thin(self, both: tuple[Ints, Ints], n: int) -> int:
        """Keep the point that saves most in each step of `added`, and the first one."""
        level = both[0][:n] >> self.shift
        stays = np.flatnonzero(np.append(level[1:] != level[:-1], True))
        stays = stays if stays[0] == 0 else np.append(0, stays)
        for array in both:
            array[: stays.size] = array[stays]
            array[stays.size] = _END
        self.thinned += 1
        return int(stays.size)

    def tree(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Return all lists as two long ones, with the start of each node's, and the nodes' children and item."""
        if not self.lists:
            return (np.empty(0, np.int64),) * 5
        sizes = [added.size for added, _ in self.lists]
        start = np.concatenate(([0], np.cumsum(sizes)))
        children = np.array(self.children, dtype=np.int64)
        long_lists = (np.concatenate([pair[side] for pair in self.lists]) for side in (0, 1))
        return (*long_lists, start, children, np.array([len(self.lists) - 1]))  # type: ignore[return-value]


def _buffer(content: tuple[Ints, Ints] | None, size: int) -> tuple[Ints, Ints]:
    both = np.empty(size, np.int64), np.empty(size, np.int64)
    if content is not None:
        for array, values in zip(both, content, strict=True):
            array[: values.size] = values
            array[values.size] = _END
    return both


@kernel("frontier")
def _merge(added, saved, n, more_added, more_saved, out_added, out_saved):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Merge a list with itself shifted by one item, and keep what is not dominated; return the new length.

    The list is cut in two at one value of `added`, and both parts are merged in turns: their steps do not wait
    for each other. The second part goes behind the room of the first, and is moved up at the end.
    """
    one = np.uint64(1)
    j2 = n // 2
    i2 = np.searchsorted(added[:n], added[j2] + more_added)
    steps = i2 + j2
    room = np.uint64(steps + 1)
    i, j, k, best = np.uint64(0), np.uint64(0), np.uint64(0), np.int64(-1)
    p, q, r, best2 = np.uint64(i2), np.uint64(j2), room, np.int64(-1)
    if j2 > 0:
        best2 = saved[j2 - 1] + more_saved
    if i2 > 0:
        best2 = max(best2, saved[i2 - 1])
    end = np.uint64(n)
    for _ in range(min(steps, 2 * n - steps - 1)):
        if q >= end:
            break
        i, j, k, best = _step(added, saved, i, j, more_added, more_saved, out_added, out_saved, k, best)
        p, q, r, best2 = _step(added, saved, p, q, more_added, more_saved, out_added, out_saved, r, best2)
    while i + j < np.uint64(steps):
        i, j, k, best = _step(added, saved, i, j, more_added, more_saved, out_added, out_saved, k, best)
    while q < end:
        p, q, r, best2 = _step(added, saved, p, q, more_added, more_saved, out_added, out_saved, r, best2)
    for source in range(room, r):
        out_added[k] = out_added[source]
        out_saved[k] = out_saved[source]
        k += one
    out_added[k] = _END
    out_saved[k] = _END
    return np.int64(k)


@inner
def _step(added, saved, i, j, more_added, more_saved, out_added, out_saved, k, best):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Write the next point of a merge: i in the list, j in the shifted one, k in the output.

    The choice between the two lists, and whether a point is kept, are coin tosses that no branch predictor
    learns; so both are arithmetic on sign bits, and a point that is not kept is overwritten by the next.
    """
    a, b = added[i], added[j] + more_added
    s, t = saved[i], saved[j] + more_saved
    # all ones where the unshifted point comes first: it adds less, or as much and saves no less
    first = ((a - b) >> 63) | (((a - b - 1) >> 63) & ~((s - t) >> 63))
    point = t ^ ((s ^ t) & first)
    out_added[k] = b ^ ((a ^ b) & first)
    out_saved[k] = point
    better = (best - point) >> 63
    taken = np.uint64(-first)
    return i + taken, j + (np.uint64(1) - taken), k + np.uint64(-better), best ^ ((best ^ point) & better)


@kernel("frontier")
def _members(added, saved, start, children, root, point):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Walk down the tree: each node's point is split into one of the left and one of the right child."""
    n_items = (children.shape[0] + 1) // 2
    found = np.empty(n_items, np.int64)
    n_found = 0
    nodes, points = np.empty(n_items + 64, np.int64), np.empty(n_items + 64, np.int64)
    nodes[0], points[0] = root[0], point
    depth = 1
    while depth > 0:
        depth -= 1
        node, at = nodes[depth], points[depth]
        if at == 0:
            continue  # the empty set
        left, right = children[node, 0], children[node, 1]
        if left < 0:
            found[n_found] = children[node, 2]
            n_found += 1
            continue
        want_added, want_saved = added[start[node] + at], saved[start[node] + at]
        j = start[right + 1] - 1
        best_i, best_j, best_saved = start[left], start[right], np.int64(-1)
        for i in range(start[left], start[left + 1]):
            while j >= start[right] and added[j] > want_added - added[i]:
                j -= 1
            if j < start[right]:
                break
            if saved[i] + saved[j] > best_saved:
                best_i, best_j, best_saved = i, j, saved[i] + saved[j]
                if best_saved >= want_saved:
                    break
        nodes[depth], points[depth] = left, best_i - start[left]
        nodes[depth + 1], points[depth + 1] = right, best_j - start[right]
        depth += 2
    return found[:n_found]
