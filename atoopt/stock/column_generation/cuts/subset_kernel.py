"""Rows of words as sets of components: what compiled code asks of them.

In loops over words without an early end: the sets have few words, and a branch would cost more.
"""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import inner


@inner
def intersects(sets, i, others, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether two rows share an element."""
    shared = np.uint64(0)
    for w in range(sets.shape[1]):
        shared |= sets[i, w] & others[j, w]
    return shared != 0


@inner
def is_within(sets, i, others, j):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether one row is a subset of another."""
    beyond = np.uint64(0)
    for w in range(sets.shape[1]):
        beyond |= sets[i, w] & ~others[j, w]
    return beyond == 0


@inner
def contains_one(sets, first, last, modules, i):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return whether a module contains one of the sets ``first:last`` of a cut: whether the cut counts it."""
    j = first
    while j < last and not is_within(sets, j, modules, i):
        j += 1
    return j < last


@inner
def copy_rows(target, at, source, n):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Copy the first n rows; in loops, for what copies slices takes a second to compile."""
    for i in range(n):
        for w in range(source.shape[1]):
            target[at + i, w] = source[i, w]
