"""Method ``threshold``: the paper's steps 1 to 4, over every distinct rule instead of a grid."""

from __future__ import annotations

from typing import Any

import numpy as np

from atoopt.pareto.choose import CHOOSERS
from atoopt.policy.evaluation import Choice, evaluate_mask
from atoopt.policy.frontier.exact import hull_bound
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import choice_of, objective_of
from atoopt.policy.threshold.rules import rules
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run


def solve(instance: PolicyInstance, run: Run) -> Claim:
    """Pick a rule from the frontier of all rules: by the balance line unless the user says otherwise.

    A rule that breaks a limit, a fixed policy or a group is left out.

    Returns
    -------
    Claim
        With the tightest thresholds of the policy. The bound covers every policy, not only rules;
        `restricted_bound` covers the rules, where the pick is the one of least objective.
    """
    objective, choose = objective_of(run.options), choice_of(run.options, "balance")
    table = rules(instance)
    front = table.frontier()
    details: dict[str, Any] = {
        **objective.describe(), "choose": choose, "n_rules": table.n_rules, "front_points": len(front),
    }  # fmt: skip
    bound = hull_bound(instance, objective)
    if not len(front):
        return Claim(bound=bound, message="no threshold rule keeps every limit; use exact or milp", details=details)
    point = CHOOSERS[choose](front.values, objective.weights)
    thresholds = front.thresholds(point)
    mto = thresholds.policy(instance)
    stock = evaluate_mask(instance, np.zeros(instance.n_parts, dtype=np.bool_))
    chosen = evaluate_mask(instance, mto, objective)
    details |= {
        "moved_to_order": int(mto.sum()),
        "all_to_stock": {"pallets": stock.pallets, "setup_hours": stock.setup_hours},
        "pallets_change": _change(chosen.pallets, stock.pallets),
        "setup_hours_change": _change(chosen.setup_hours, stock.setup_hours),
    }
    least = float((front.values @ np.array(objective.weights)).min())
    message = f"the rule that {choose} picks; the bound covers policies that follow no rule, too"
    return Claim(Choice(mto, objective, thresholds), bound, least, message=message, details=details)


def _change(value: float, before: float) -> float | None:
    """Return the relative change, None from nothing."""
    return (value - before) / before if before else None
