"""Which answers of HiGHS are confirmed by a second solve: the model and the work decide, never the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

SMALL = 100
"""Iterations: one of many answers that took no more is confirmed, for small models are where HiGHS was seen to err (a
false optimum of 14 binaries after two nodes and eight iterations), and it costs little."""

LITTLE = (100, 3000)
"""The same for a model that is solved once."""


class Columns(Protocol):
    """What is asked of a model."""

    @property
    def lower(self) -> NDArray[np.float64]: ...
    @property
    def upper(self) -> NDArray[np.float64]: ...
    @property
    def integer(self) -> NDArray[np.bool_]: ...


def is_risky(model: Columns) -> bool:
    """Return whether a model has whole columns without a bound: HiGHS's presolve errs on some (its issue 3274)."""
    free = ~(np.isfinite(model.lower) & np.isfinite(model.upper))
    return bool((free & model.integer).any())


@dataclass(frozen=True)
class Work:
    """What a solve took, in counts that do not depend on the machine.

    Attributes
    ----------
    nodes, iterations : int
        Of branch and bound, and of the simplex method over all nodes.
    """

    nodes: int
    iterations: int

    @classmethod
    def of(cls, highs: Any) -> Work:
        """Return the work of the last solve."""
        info = highs.getInfo()
        return cls(max(0, int(info.mip_node_count)), max(0, int(info.simplex_iteration_count)))

    @property
    def is_small(self) -> bool:
        """Whether to do it again costs little beside many solves."""
        return self.iterations <= SMALL

    @property
    def costs_little(self) -> bool:
        """Whether to do it once again costs little."""
        return self.nodes <= LITTLE[0] and self.iterations <= LITTLE[1]
