"""Method ``auto``: Lagrangian relaxation and fixing; the whole model for another solver or a model file."""

from __future__ import annotations

from atoopt.diversity.instance import DiversityInstance
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run


def solve(instance: DiversityInstance, run: Run) -> Claim:
    """Minimize the give-away within P variants; see `atoopt.diversity.lagrangian.solve`."""
    options = run.options
    if options.model is not None or options.command is not None or options.solver != "highs" or options.solver_options:
        from atoopt.diversity.model import milp

        claim, picked = milp.solve(instance, run), "milp"
    else:
        from atoopt.diversity.lagrangian import solve as lagrangian

        claim, picked = lagrangian.solve(instance, run), "lagrangian"
    claim.details = {"picked": picked} | claim.details
    return claim
