"""How hot, for how long, and how dear a broken limit is: all found from what the search itself meets."""

from __future__ import annotations

import math

import numpy as np

from atoopt.stock.annealing.state import Array

BLOCK = 1_000
"""Moves at one temperature and one penalty; the walk can be stopped between blocks."""

FIRST_MOVES, LOOK = 20, 0.05
"""Moves before the first look at the clock, and the seconds from one look to the next: most blocks take less than that,
but where thousands of large products are packed anew a move may take milliseconds."""

HOT = 0.12
"""The share of moves that are accepted where a cycle begins: the stock melts there, and freezes below."""

COOLING = 200.0
"""The temperature at the start of a cycle over the one at its end.

Little is accepted at the cold end, but moves are cheap there, and the penalties that rise and fall go on finding better
stocks: with 10, on 3,000 products and in the same time, answers were 0.2 to 0.7 % dearer on average.
"""

KICK, REHEAT = 2.0, 16.0
"""The temperature at the start of a cycle over that of a kick, and over that after it."""

QUICK = 0.75
"""Blocks of the cooling after a kick, per module held."""

COLD = 0.004
"""Of sampled worsenings, the mean share that is accepted in the descent from the given start."""

SHORTEST, LONGEST = 1.5, 100.0
"""Blocks of the first cycle and of the longest, per module held: each needs its own trials."""

GROWTH = 4.0
"""A cycle over the one before, for slow cooling finds better stocks, and a quick cycle a good one soon."""

SMALL = 0.1
"""A cycle shorter than the rest of the search is worth its time where it takes at most this share of it."""

FILLED = 0.5
"""The share of the rest that a last long cycle takes; kicks, as long as the cycle before them, have what remains."""


def next_length(blocks: float, left: float, n_modules: int) -> float:
    """Return how many blocks the next cycle takes, after one of `blocks`.

    Parameters
    ----------
    blocks : float
        Of the cycle before.
    left : float
        Blocks until the search ends; infinity where nobody knows.
    n_modules : int
        Modules held.

    Examples
    --------
    >>> [next_length(16, left, 10) for left in (50, 1_000, math.inf)]
    [25.0, 64.0, 64.0]
    >>> next_length(600, 1_000, 10)
    500.0
    """
    longest = LONGEST * n_modules
    grown = min(GROWTH * blocks, longest)
    if FILLED * left <= longest and grown > SMALL * left:
        return FILLED * left
    return grown


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


def moves_until_look(made: int, seconds: float) -> int:
    """Return how many moves to make until the next look at the clock, after so many in so many seconds.

    >>> moves_until_look(100, 1.0), moves_until_look(100, 0.0)
    (5, 400)
    """
    return int(np.clip(made * LOOK / max(seconds, 1e-9), 1, min(4 * made, BLOCK)))
