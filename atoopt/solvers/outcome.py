"""How a solve ended, in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import highspy

Outcome = Literal["optimal", "infeasible", "unbounded", "stopped", "failed"]


def outcome_of(status: highspy.HighsModelStatus) -> Outcome:
    """Return what a status of HiGHS says of a solve."""
    import highspy  # not above: a process with OR-Tools in it may not load HiGHS

    kinds = highspy.HighsModelStatus
    if status in (kinds.kOptimal, kinds.kModelEmpty):
        return "optimal"
    if status == kinds.kInfeasible:
        return "infeasible"
    if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        return "unbounded"
    if status in (kinds.kSolveError, kinds.kModelError, kinds.kPresolveError, kinds.kPostsolveError):
        return "failed"
    return "stopped"
