"""How hot, for how long, and how dear a broken limit is: all found from what the search itself meets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from atoopt.stock.annealing.state import Array

BLOCK = 1_000
"""Moves at one temperature and one penalty; the walk can be stopped between blocks."""

FIRST_CYCLE, CYCLE = 20, 160
"""Blocks from hot to cold: a quick first cycle, so that a good stock comes early, then longer ones."""

FEW = 12
"""Cycles are longer in proportion for stocks of more modules than this: each needs its own trials."""

HOT, WARM, COLD = 0.05, 0.02, 0.004
"""Of sampled worsenings, the mean share that is accepted at the start, at a reheat and at the end of a cycle."""


class Cycle(NamedTuple):
    """A descent of the temperature: number of blocks, share accepted at its start, whether from the best stock."""

    blocks: int
    accepted: float
    from_best: bool


def cycles() -> Iterator[Cycle]:
    """Yield cycles without end, hot ones and reheats of the best stock in turn, for stocks of few modules.

    >>> from itertools import islice
    >>> [cycle.blocks for cycle in islice(cycles(), 5)]
    [20, 160, 160, 160, 160]
    """
    yield Cycle(FIRST_CYCLE, HOT, False)
    while True:
        yield Cycle(CYCLE, HOT, False)
        yield Cycle(CYCLE, WARM, True)


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
