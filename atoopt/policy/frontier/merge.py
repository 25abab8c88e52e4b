"""The complete frontier of free assignments, after Nemhauser and Ullmann (1969).

Items (parts, or groups that go together) are merged one by one into the sorted list of non-dominated sums. The
lists of the two halves of the items, of their halves, and so on are kept, see `atoopt.policy.frontier.subsets`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import inner, kernel
from atoopt.policy.frontier.subsets import Frontier, Node

Ints = NDArray[np.int64]

MAX_POINTS = 8_000_000
"""Longer lists are thinned; the whole tree then takes less than 1 GB."""

_END = np.int64(2**62)


class Stopped(Exception):
    """The time was up before the frontier was complete."""


def frontier(
    added: Ints, saved: Ints, *, max_points: int = MAX_POINTS, stop: Callable[[], bool] = lambda: False
) -> Frontier:
    """Return the non-dominated sums over all subsets of items.

    Parameters
    ----------
    added, saved : (n,) arrays of int
        What an item adds and saves, both above 0; sums below 2^61.
    max_points : int
        A list that grows longer keeps only its best point in each of max_points / 2 steps of `added`. The lists of
        the halves may be longer, up to `MAX_POINTS`.
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
    root = builder.build(0, added.size) if added.size else _node([0], [0])
    return Frontier(root, order, builder.thinned, 1 << shift)


def _node(added: list[int], saved: list[int], item: int = -1) -> Node:
    """Return the list of one item, or of none."""
    return Node(np.array(added, np.int64), np.array(saved, np.int64), np.empty(0, np.int32), item=item)


class _Builder:
    """Builds the tree of lists, children before parents."""

    def __init__(self, added: Ints, saved: Ints, max_points: int, shift: int, stop: Callable[[], bool]) -> None:
        self.added, self.saved, self.max_points, self.shift, self.stop = added, saved, max_points, shift, stop
        self.thinned = 0

    def build(self, low: int, high: int) -> Node:
        """Return the list of the items from `low` to `high`."""
        if high - low == 1:
            return _node([0, self.added[low]], [0, self.saved[low]], low)
        middle = (low + high + 1) // 2
        left, right = self.build(low, middle), self.build(middle, high)
        # halves stay whole where they can, so that every sum of the root splits
        most = self.max_points if high - low == self.added.size else max(self.max_points, MAX_POINTS)
        return Node(*self._merged(left, middle, high, most), left, right)

    def _merged(self, start: Node, low: int, high: int, most: int) -> tuple[Ints, Ints, NDArray[np.int32]]:
        """Merge items one by one into a list; two sets of buffers take turns."""
        n = start.added.size
        now = _buffer((start.added, start.saved, np.arange(n, dtype=np.int32)), 4 * n + 4)
        then = _buffer(None, 4 * n + 4)
        for item in range(low, high):
            if self.stop():
                raise Stopped
            if 2 * n + 2 > now[0].size:
                now, then = _buffer([array[:n] for array in now], 4 * n + 4), _buffer(None, 4 * n + 4)
            n = _merge(*now, n, self.added[item], self.saved[item], *then)
            now, then = then, now
            if n > most:
                n = self._thin(now, n)
        added, saved, origin = (array[:n].copy() for array in now)
        return added, saved, origin

    def _thin(self, lists: Any, n: int) -> int:
        """Keep the point that saves most in each step of `added`, and the first one."""
        level = lists[0][:n] >> self.shift
        stays = np.flatnonzero(np.append(level[1:] != level[:-1], True))
        stays = stays if stays[0] == 0 else np.append(0, stays)
        for array in lists:
            array[: stays.size] = array[stays]
        _close(lists, stays.size)
        self.thinned += 1
        return int(stays.size)


def _buffer(content: Any, size: int) -> Any:
    """Return room for the three columns of a list, with some content in it."""
    columns: Any = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int32)
    if content is not None:
        for array, values in zip(columns, content, strict=True):
            array[: values.size] = values
        _close(columns, content[0].size)
    return columns


def _close(columns: Any, n: int) -> None:
    """Put an end behind the last point."""
    columns[0][n] = columns[1][n] = _END
    columns[2][n] = 0


@kernel("frontier")
def _merge(added, saved, origin, n, more_added, more_saved, out_added, out_saved, out_origin):  # type: ignore[no-untyped-def]  # pragma: no cover
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
        i, j, k, best = _step(
            added, saved, origin, i, j, more_added, more_saved, out_added, out_saved, out_origin, k, best
        )
        p, q, r, best2 = _step(
            added, saved, origin, p, q, more_added, more_saved, out_added, out_saved, out_origin, r, best2
        )
    while i + j < np.uint64(steps):
        i, j, k, best = _step(
            added, saved, origin, i, j, more_added, more_saved, out_added, out_saved, out_origin, k, best
        )
    while q < end:
        p, q, r, best2 = _step(
            added, saved, origin, p, q, more_added, more_saved, out_added, out_saved, out_origin, r, best2
        )
    for source in range(room, r):
        out_added[k] = out_added[source]
        out_saved[k] = out_saved[source]
        out_origin[k] = out_origin[source]
        k += one
    out_added[k] = _END
    out_saved[k] = _END
    out_origin[k] = 0
    return np.int64(k)


@inner
def _step(added, saved, origin, i, j, more_added, more_saved, out_added, out_saved, out_origin, k, best):  # type: ignore[no-untyped-def]  # pragma: no cover
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
    u, v = origin[i], origin[j]
    out_origin[k] = v ^ ((u ^ v) & first)
    better = (best - point) >> 63
    taken = np.uint64(-first)
    return i + taken, j + (np.uint64(1) - taken), k + np.uint64(-better), best ^ ((best ^ point) & better)
