"""The kernels of the policy problem, called once each: how they are compiled."""

from __future__ import annotations

import numpy as np


def frontier() -> None:
    """Compile the merging of frontiers, and what finds the policy behind a point."""
    from atoopt.policy.frontier.merge import frontier as merged

    merged(np.array([1, 2, 4]), np.array([3, 1, 2])).members(3)
