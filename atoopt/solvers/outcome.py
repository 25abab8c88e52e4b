"""How a solve ended, in our words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import highspy

Outcome = Literal["optimal", "infeasible", "unbounded", "stopped", "failed"]


@dataclass(frozen=True)
class Answer:
    """What a solver returned.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
        `optimal` within the gap asked for; `stopped` at a limit or by the user.
    objective : float or None
        Of the incumbent, None where there is none.
    bound : float or None
        The dual bound, None where none is known.
    version : str
        Of the solver.
    message : str
        What the outcome leaves open, in one line.
    """

    outcome: Outcome
    objective: float | None
    bound: float | None
    version: str = field(default="", repr=False, compare=False)
    message: str = field(default="", repr=False, compare=False)


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
