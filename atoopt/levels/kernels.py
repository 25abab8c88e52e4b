"""The kernels of stock levels, called once each: how they are compiled."""

from __future__ import annotations

import numpy as np


def exact() -> None:
    """Compile the sum over a joint distribution."""
    from atoopt.levels.exact_kernel import joint_probability

    ones = np.ones((2, 2))
    joint_probability(np.array([2, 2]), ones, np.ones((1, 2), dtype=np.bool_), ones[:1], np.array([2]))
