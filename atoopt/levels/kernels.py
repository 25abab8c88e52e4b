"""The kernels of stock levels, called once each: how they are compiled."""

from __future__ import annotations

import numpy as np


def levels() -> None:
    """Compile the sum over a joint distribution, and what a unit changes over scenarios."""
    from atoopt.levels.exact_kernel import joint_probability
    from atoopt.levels.search.scenario_kernel import count_changes, shift

    ones = np.ones((2, 2))
    joint_probability(np.array([2, 2]), ones, np.ones((1, 2), dtype=np.bool_), ones[:1], np.array([2]))
    short, some = np.zeros((2, 2), dtype=np.int16), np.array([0, 1])
    count_changes(short, some, some, 0, some.copy())
    shift(short, some, some, 1, some.copy())
