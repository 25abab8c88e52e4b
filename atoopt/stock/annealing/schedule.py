"""How hot, for how long, and how dear a broken limit is: all found from what the search itself meets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from atoopt.stock.annealing.state import Array

BLOCK = 500
"""Moves at one temperature and one penalty; the walk can be stopped between blocks."""

FIRST_CYCLE, LONGEST_CYCLE = 20, 160
"""Blocks from hot to cold: cycles double up to the longest, so that good stocks come early."""

HOT, WARM, COLD = 0.05, 0.02, 0.004
"""Of sampled worsenings, the mean share that is accepted at the start, at a reheat and at the end of a cycle."""


class Cycle(NamedTuple):
    """A descent of the temperature: number of blocks, share accepted at its start, whether from the best stock."""

    blocks: int
    accepted: float
    from_best: bool


def cycles() -> Iterator[Cycle]:
    """Yield cycles without end: hot ones that forget where they began, and reheats of the best stock in turn.

    >>> from itertools import islice
    >>> [cycle.blocks for cycle in islice(cycles(), 5)]
    [20, 40, 80, 160, 160]
    """
    blocks, turn = FIRST_CYCLE, 0
    while True:
        reheat = turn % 2 == 1
        yield Cycle(blocks, WARM if reheat else HOT, reheat)
        blocks, turn = min(2 * blocks, LONGEST_CYCLE), turn + 1


def temperature_for(increases: Array, accepted: float) -> float:
    """Return the temperature at which these increases are accepted with this mean probability.

    >>> round(temperature_for(np.array([1.0, 1.0]), math.exp(-2.0)), 6)
    0.5
    """
    if increases.size == 0:
        return 1.0  # nothing near is worse: any temperature will do
    low, high = float(increases.min()) * 1e-3, float(increases.max()) / -math.log(accepted)
    for _ in range(60):
        middle = math.sqrt(low * high)
        if np.exp(-increases / middle).mean() < accepted:
            low = middle
        else:
            high = middle
    return high


def adapt_penalty(penalty: Array, kept: Array) -> None:
    """Change the penalties so that each limit is kept about half the time, for the best stocks lie at the limits.

    Parameters
    ----------
    penalty : (3,) array
        Changed in place.
    kept : (3,) array
        The share of the last block's moves after which each limit was kept.
    """
    for i, share in enumerate(kept):
        if share == 0.0:
            penalty[i] *= 1.3
        elif share < 0.3:
            penalty[i] *= 1.1
        elif share > 0.7:
            penalty[i] /= 1.1
    np.clip(penalty, 1e-6, 1e12, out=penalty)
