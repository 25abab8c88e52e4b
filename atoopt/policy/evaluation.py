"""Pallets and set-up hours of a given policy: the truth that every method is checked against.

Nothing here knows a model or a method; `evaluate` takes an instance and a policy, and recomputes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.base.frozen import read_only
from atoopt.base.values import ByValue
from atoopt.policy.instance import Policy, PolicyInstance
from atoopt.policy.objective import Objective

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 1e-9
"""Limits hold within this share of themselves: rounding of sums only (all terms are positive)."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Thresholds:
    """The paper's rule: a part is made to order when a_i >= a* and EPQ_i <= EPQ*.

    Attributes
    ----------
    agility : float
        a*, pieces/h².
    pieces_per_pallet : float
        EPQ*.
    """

    agility: float
    pieces_per_pallet: float

    def policy(self, instance: PolicyInstance) -> Mask:
        """Return the parts that the rule makes to order, shape (n,)."""
        chosen = (instance.agility >= self.agility) & (instance.pieces_per_pallet <= self.pieces_per_pallet)
        return np.asarray(chosen, dtype=np.bool_)

    def to_json(self) -> dict[str, float]:
        """Return the key ``thresholds`` of the JSON output."""
        return {"agility": self.agility, "pieces_per_pallet": self.pieces_per_pallet}


@dataclass(frozen=True)
class Choice:
    """A policy as a method returns it: the parts made to order, the rule behind it if any, and what for.

    Attributes
    ----------
    mto : (n,) array of bool
    objective : Objective
    thresholds : Thresholds, optional
    """

    mto: Mask
    objective: Objective = field(default_factory=Objective)
    thresholds: Thresholds | None = None


@dataclass(frozen=True, eq=False)
class Evaluation(ByValue):
    """What a policy takes in pallets and hours, and which limits it breaks.

    Attributes
    ----------
    instance : PolicyInstance
    mto : (n,) array of bool
        The parts made to order.
    pallets : float
        P, equations (6) and (7).
    setup_hours : float
        TS, hours a year, equations (8) and (9).
    process_hours : dict of str to float
        Set-up plus run hours a year, per process.
    violations : tuple of str
        Each broken limit in words; empty for a feasible policy.
    objective : Objective
    thresholds : Thresholds or None
    """

    instance: PolicyInstance
    mto: Mask
    pallets: float
    setup_hours: float
    process_hours: dict[str, float]
    violations: tuple[str, ...]
    objective: Objective = field(default_factory=Objective)
    thresholds: Thresholds | None = None

    @property
    def cost(self) -> float:
        """The objective's value: weighted pallets and set-up hours."""
        return self.objective.of(self.pallets, self.setup_hours)

    @property
    def objective_name(self) -> str:
        """What `cost` is, in words."""
        return str(self.objective)

    @property
    def policy(self) -> dict[str, Policy]:
        """Id -> "MTO" or "MTS"."""
        return {name: "MTO" if mto else "MTS" for name, mto in zip(self.instance.ids, self.mto.tolist(), strict=True)}

    @property
    def moved(self) -> tuple[str, ...]:
        """The ids of the parts made to order."""
        return tuple(self.instance.ids[i] for i in np.flatnonzero(self.mto))

    @property
    def feasible(self) -> bool:
        """Whether every limit of the instance holds."""
        return not self.violations

    def to_json(self) -> dict[str, Any]:
        """Return the key ``solution`` of the JSON output."""
        return {
            "policy": self.policy,
            "pallets": self.pallets,
            "setup_hours": self.setup_hours,
            "thresholds": None if self.thresholds is None else self.thresholds.to_json(),
            "process_hours": self.process_hours,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return a row a part: what it is, what it would be either way, and its policy; see `part_table`."""
        from atoopt.policy.data.table import part_table

        table = part_table(self.instance)
        table.columns = table.columns.get_level_values(0)
        return table.assign(policy=list(self.policy.values()))

    def products(self) -> pd.DataFrame:
        """Refuse: a policy has parts.

        Raises
        ------
        InputError
            Always.
        """
        raise InputError("is a policy, which has parts, not products", "use to_frame()", place="result")

    def __repr__(self) -> str:
        """Return pallets, hours and the number of parts in one line."""
        state = "feasible" if self.feasible else "violates: " + "; ".join(self.violations)
        return (
            f"<policy: {int(self.mto.sum())} of {self.mto.size} parts made to order, {self.pallets:.6g} pallets, "
            f"{self.setup_hours:.6g} set-up h/year, {state}>"
        )

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(j)}</td><td>{hours:.2f}</td></tr>" for j, hours in self.process_hours.items())
        return f"<p>{escape(repr(self)[1:-1])}</p><table><tr><th>process</th><th>h/year</th></tr>{rows}</table>"


def evaluate(instance: PolicyInstance, policy: Mapping[str, str], objective: Objective | None = None) -> Evaluation:
    """Evaluate a policy given by part ids.

    Parameters
    ----------
    instance : PolicyInstance
    policy : mapping of str to {"MTO", "MTS"}
        Every part of the instance.
    objective : Objective, optional
        What `Evaluation.cost` adds up; the weighted sum by default.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        A part is missing or unknown, or a value is neither MTO nor MTS.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy import evaluate
    >>> instance = atoopt.load("instances/policy/plates-12.json")
    >>> evaluate(instance, dict.fromkeys(instance.ids, "MTO")).pallets
    0.0
    """
    return evaluate_mask(instance, mask_of(instance, policy), objective)


def mask_of(instance: PolicyInstance, policy: Mapping[str, str]) -> Mask:
    """Return a policy as an array; an unknown part or value is an `InputError`."""
    known = set(instance.ids)
    for name, value in policy.items():
        if name not in known:
            raise InputError(f"{json.dumps(name)} is not the id of a part", "use the instance's ids", place="policy")
        if value not in ("MTO", "MTS"):
            place = f"policy.{name}"
            raise InputError(f"is {json.dumps(value, default=str)[:40]}", 'write "MTO" or "MTS"', place=place)
    for name in instance.ids:
        if name not in policy:
            raise InputError(f"part {json.dumps(name)} is missing", "give every part a policy", place="policy")
    return np.array([policy[name] == "MTO" for name in instance.ids], dtype=np.bool_)


def evaluate_mask(
    instance: PolicyInstance, mto: Mask, objective: Objective | None = None, thresholds: Thresholds | None = None
) -> Evaluation:
    """Evaluate a policy given as an array: True where a part is made to order."""
    mto = read_only(np.array(mto, dtype=np.bool_))
    events = np.where(mto, instance.orders_per_year, instance.batches_per_year)
    pallets, setup = totals(instance, mto)
    by_process = instance.setup_hours_by_process * events[:, None] + instance.run_hours
    hours = {process: math.fsum(by_process[:, j]) for j, process in enumerate(instance.processes)}
    broken = _violations(instance, mto, pallets, setup, hours, thresholds)
    return Evaluation(instance, mto, pallets, setup, hours, broken, objective or Objective(), thresholds)


def totals(instance: PolicyInstance, mto: Mask) -> tuple[float, float]:
    """Return pallets and set-up hours of a policy: sums of the parts' doubles, rounded once."""
    pallets = math.fsum(instance.mts_pallets[~mto])
    return pallets, math.fsum(np.where(mto, instance.mto_setup_hours, instance.mts_setup_hours))


def evaluate_choice(instance: PolicyInstance, choice: Choice) -> Evaluation:
    """Evaluate what a method returned."""
    return evaluate_mask(instance, choice.mto, choice.objective, choice.thresholds)


def exceeds(value: float, limit: float | None) -> bool:
    """Whether a value is above its limit, by more than rounding."""
    return limit is not None and value > limit * (1 + TOLERANCE)


def _violations(
    instance: PolicyInstance, mto: Mask, pallets: float, setup: float, hours: dict[str, float],
    thresholds: Thresholds | None,
) -> tuple[str, ...]:  # fmt: skip
    """Name each limit that the policy breaks."""
    limits = instance.limits
    broken = []
    if exceeds(pallets, limits.max_pallets):
        broken.append(f"pallets {pallets:.9g} are above max_pallets {limits.max_pallets:g}")
    if exceeds(setup, limits.max_setup_hours):
        broken.append(f"setup_hours {setup:.9g} are above max_setup_hours {limits.max_setup_hours:g}")
    for process, limit in instance.process_limits.items():
        if exceeds(hours[process], limit):
            broken.append(f"process {process}: {hours[process]:.9g} h are above process_hours {limit:g}")
    for name, policy in instance.fixed_policy.items():
        if mto[instance.position(name)] != (policy == "MTO"):
            broken.append(f"part {name} is not {policy}, as fixed_policy says")
    for group in instance.same_policy:
        if len({bool(mto[instance.position(name)]) for name in group}) > 1:
            broken.append(f"same_policy: parts {', '.join(group)} do not go together")
    if thresholds is not None:
        wrong = np.flatnonzero(thresholds.policy(instance) != mto)
        if wrong.size:
            broken.append(f"part {instance.ids[wrong[0]]} does not follow the thresholds")
    return tuple(broken)
