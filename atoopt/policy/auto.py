"""Method ``auto``: pick a method by the limits and the size, and say which and why."""

from __future__ import annotations

from atoopt.policy.frontier import exact
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.model import milp
from atoopt.policy.objective import choice_of
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run

LARGE = 1500
"""Parts from which the complete frontier takes seconds: where limits bind, the MILP needs less."""

MANY_COUPLED = 100
"""Parts from which lists merged in process hours, too, grow too long; the MILP need not wait for that."""


def solve(instance: PolicyInstance, run: Run) -> Claim:
    """Solve by ``exact`` or ``milp``, whichever suits the instance."""
    method, reason = pick(instance, run)
    claim = {"exact": exact.solve, "milp": milp.solve}[method](instance, run)
    claim.message = "; ".join(filter(None, [f"auto chose {method}: {reason}", claim.message]))
    claim.details |= {"picked": method, "why": reason}
    return claim


def pick(instance: PolicyInstance, run: Run) -> tuple[str, str]:
    """Return the method and the reason."""
    if run.options.model is not None:
        return "milp", "a model file was given"
    if run.options.command is not None:
        return "milp", "a command was given"
    if choice_of(run.options, "objective") != "objective":
        return "exact", "a point of the front was asked for"
    if instance.n_parts > MANY_COUPLED and instance.process_limits and exact.process_limits_bind(instance):
        return "milp", f"process_hours couple over {MANY_COUPLED} parts"
    limits = instance.limits
    if instance.n_parts > LARGE and (limits.max_pallets is not None or limits.max_setup_hours is not None):
        return "milp", f"over {LARGE} parts with limits"
    return "exact", "the lists of sums stay short"
