"""The paper's four steps on one instance, and what the threshold rule costs against free assignment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.values import ByValue
from atoopt.pareto.choose import CHOOSERS
from atoopt.policy.evaluation import Evaluation, evaluate_mask
from atoopt.policy.frontier.assignment import TOLERANCE, PolicyFront, complete_front, pallets_above, supported_front
from atoopt.policy.frontier.exact import process_limits_bind
from atoopt.policy.frontier.merge import Stopped
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import PAPER_WEIGHTS, Objective
from atoopt.policy.surprises import surprises
from atoopt.policy.threshold.rules import Rules, ThresholdFrontier, rules

Floats = NDArray[np.float64]


SECONDS = 10.0
"""What the MILP may take that looks for a better policy, where limits on process hours bind."""

FAR = 0.01
"""The share of its pallets from which on a rule is far from free assignment."""


@dataclass(frozen=True, eq=False)
class Report(ByValue):
    """What the four steps give.

    Attributes
    ----------
    instance : PolicyInstance
    rules : Rules
        Steps 1 and 2: every distinct pair of thresholds.
    rule_front : ThresholdFrontier
        Step 3: the non-dominated rules.
    point : int
        Step 4: the position of the chosen one.
    objective : Objective
        With the weights of pallets and set-up hours.
    choose : str
        How it was chosen: balance, utopia or objective.
    free : PolicyFront or None
        Free assignment; None where limits on process hours bind, which its frontier cannot hold.
    """

    compared: ClassVar[tuple[str, ...]] = ("instance", "point", "objective", "choose")

    instance: PolicyInstance
    rules: Rules
    rule_front: ThresholdFrontier
    point: int
    objective: Objective
    choose: str
    free: PolicyFront | None

    def __repr__(self) -> str:
        """Return the chosen rule on one line."""
        chosen = f"{self.chosen.pallets:.6g} pallets, {self.chosen.setup_hours:.6g} set-up hours"
        return f"<policy report of {self.rules.n_rules} rules, chosen by {self.choose}: {chosen}>"

    def _repr_html_(self) -> str:
        return f"<p>{escape(repr(self)[1:-1])}</p>{self.chosen._repr_html_()}"

    @cached_property
    def chosen(self) -> Evaluation:
        """The final policy, with a** and EPQ**."""
        thresholds = self.rule_front.thresholds(self.point)
        return evaluate_mask(self.instance, thresholds.policy(self.instance), self.objective, thresholds)

    @cached_property
    def better(self) -> Evaluation | None:
        """The policy of free assignment with the fewest pallets within the rule's set-up hours, where it is far better.

        None where it saves less than `FAR` of the pallets, or is not known.
        """
        above = self.pallets_above
        if self.free is None or above is None:
            found = self._by_milp()
            return (
                found if found is not None and self.chosen.pallets - found.pallets > FAR * self.chosen.pallets else None
            )
        if not above[self.point] > FAR * self.chosen.pallets:
            return None
        within = np.flatnonzero(self.free.values[:, 1] <= self.chosen.setup_hours * (1 + TOLERANCE))
        return evaluate_mask(self.instance, self.free.policy(int(within[0])), self.objective)

    def _by_milp(self) -> Evaluation | None:
        """Return the best policy known within the rule's set-up hours and every limit."""
        from atoopt.policy.model.milp import solve
        from atoopt.solvers.run import Options, Run

        hours = self.chosen.setup_hours
        limits = self.instance.limits.model_copy(update={"max_setup_hours": hours})
        within = self.instance.replace(limits=limits)
        claim = solve(within, Run(Options(time_limit=SECONDS, threads=1, objective="pallets")))
        found = None if claim.solution is None else evaluate_mask(self.instance, claim.solution.mto, self.objective)
        return None if found is None or found.violations else found

    @cached_property
    def all_to_stock(self) -> Evaluation:
        """The policy that makes every part to stock."""
        return evaluate_mask(self.instance, np.zeros(self.instance.n_parts, dtype=np.bool_))

    @cached_property
    def pallets_above(self) -> Floats | None:
        """For each rule of the front, how many pallets more than free assignment within the same hours."""
        return None if self.free is None else pallets_above(self.free.values, self.rule_front.values)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of ``atoopt policy``."""
        above, front = self.pallets_above, self.rule_front.values
        free = None
        if self.free is not None and above is not None:
            share = above / np.where(front[:, 0] > 0, front[:, 0], 1.0)
            free = {
                "points": len(self.free), "complete": self.free.complete,
                "pallets_above_at_chosen": float(above[self.point]), "share_at_chosen": float(share[self.point]),
                "pallets_above_mean": float(np.nanmean(above)), "pallets_above_most": float(np.nanmax(above)),
                "pallets_above_least": float(np.nanmin(above)),
            }  # fmt: skip
        stock = self.all_to_stock
        return {
            "instance": self.instance.name, "weights": list(self.objective.weights), "choose": self.choose,
            "n_rules": self.rules.n_rules, "front_points": len(self.rule_front),
            "all_to_stock": {"pallets": stock.pallets, "setup_hours": stock.setup_hours},
            "better": None if self.better is None else self.better.to_json(),
            "moved_to_order": len(self.chosen.moved), "solution": self.chosen.to_json(), "free_assignment": free,
            "surprises": {label: list(ids) for label, ids in surprises(self.instance).items() if ids},
        }  # fmt: skip


def report(
    instance: PolicyInstance, *, weights: tuple[float, float] = PAPER_WEIGHTS, choose: str = "balance",
    stop: Callable[[], bool] = lambda: False,
) -> Report:  # fmt: skip
    """Run the paper's steps 1 to 4 over every distinct rule, and set the result against free assignment.

    Parameters
    ----------
    instance : PolicyInstance
    weights : (float, float)
        w_P and w_TS.
    choose : {"balance", "utopia", "objective"}
        See `atoopt.pareto.choose`.
    stop : callable
        Asked while the free frontier is merged; where it says stop, the supported points stand in for it.

    Raises
    ------
    InputError
        An argument has no meaning, or no rule keeps the limits.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.report import report
    >>> found = report(atoopt.load("instances/policy/plates-60.json"))
    >>> bool((found.pallets_above >= -1e-9).all())
    True
    """
    objective = Objective.named("weighted", weights)
    if choose not in CHOOSERS:
        raise InputError(f'is "{choose}"', f"choose one of {', '.join(CHOOSERS)}", place="choose")
    table = rules(instance)
    front = table.frontier()
    if not len(front):
        raise InputError("no threshold rule keeps every limit", "relax a limit, or use atoopt solve", place="limits")
    point = CHOOSERS[choose](front.values, objective.weights)
    return Report(instance, table, front, point, objective, choose, _free(instance, stop))


def _free(instance: PolicyInstance, stop: Callable[[], bool]) -> PolicyFront | None:
    if instance.process_limits and process_limits_bind(instance):
        return None
    try:
        return complete_front(instance, stop=stop)
    except Stopped:
        return supported_front(instance)
