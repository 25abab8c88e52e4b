"""How far an objective may be from what is proven, and how near it must be to be called optimal."""

from __future__ import annotations

PROOF_TOLERANCE = 1e-6
"""`optimal` needs objective - bound within this, relative to the objective: solver arithmetic."""


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return |objective - bound| / |objective|, 0 where they agree, None where that has no meaning.

    >>> relative_gap(10.0, 9.0), relative_gap(0.0, 0.0), relative_gap(None, 1.0)
    (0.1, 0.0, None)
    """
    if objective is None or bound is None:
        return None
    if objective == bound:
        return 0.0
    return abs(objective - bound) / abs(objective) if objective else None
