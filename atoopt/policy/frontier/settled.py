"""Parts that the limits leave no choice: what is left to decide then has the size of the limits, not of the parts.

A part that alone takes more pallets than are allowed is made to order, whatever the others do. Settling such
parts first keeps arithmetic fine: a limit of 1e-3 pallets is not lost beside a part of a million.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.evaluation import TOLERANCE
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.objective import Objective

Floats = NDArray[np.float64]

MARGIN = 2 * TOLERANCE
"""A choice is impossible when it breaks a limit by more than rounding, as the evaluator counts it."""


class Limited(NamedTuple):
    """A quantity that has a limit, or is an objective.

    Attributes
    ----------
    name : str
        Of its limit.
    amounts : ((n,) array, (n,) array)
        What each part takes of it made to stock, and made to order; at least 0.
    limit : float
        Infinity for none.
    is_objective : bool
        Pallets or set-up hours.
    """

    name: str
    amounts: tuple[Floats, Floats]
    limit: float
    is_objective: bool


def limited(instance: PolicyInstance) -> list[Limited]:
    """Return pallets, set-up hours, and the hours of each process that has a limit."""
    limits = instance.limits.max_pallets, instance.limits.max_setup_hours
    pallets, hours = (math.inf if limit is None else limit for limit in limits)
    found = [
        Limited("max_pallets", (instance.mts_pallets, np.zeros(instance.n_parts)), pallets, True),
        Limited("max_setup_hours", (instance.mts_setup_hours, instance.mto_setup_hours), hours, True),
    ]
    for process, limit in instance.process_limits.items():
        j = instance.processes.index(process)
        setup, run = instance.setup_hours_by_process[:, j], instance.run_hours[:, j]
        to_stock, to_order = setup * instance.batches_per_year + run, setup * instance.orders_per_year + run
        found.append(Limited(process, (to_stock, to_order), limit, False))
    return found


def settled(instance: PolicyInstance) -> NDArray[np.int8]:
    """Return 1 where a part must be made to order, 0 where to stock, -1 where it may be either.

    By `fixed_policy`, by its group, or because one of the two would break a limit even if all others took as
    little of it as they can. Where no policy keeps the limits, any answer is right.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/policy/plates-12.json")
    >>> settled(instance.replace(limits={"max_pallets": 0.0}, fixed_policy={})).tolist()
    [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    """
    group_of = np.empty(instance.n_parts, dtype=np.int64)
    for g, group in enumerate(instance.groups):
        group_of[list(group)] = g
    open_ = np.ones((len(instance.groups), 2), dtype=np.bool_)  # may the group be made to stock, to order?
    for i in np.flatnonzero(instance.fixed >= 0):
        open_[group_of[i], 1 - instance.fixed[i]] = False
    amounts = [
        (np.stack([np.bincount(group_of, amount) for amount in quantity.amounts], axis=1), quantity.limit)
        for quantity in limited(instance) if quantity.limit < math.inf
    ]  # fmt: skip
    while sum(_exclude(open_, amount, limit) for amount, limit in amounts):
        pass  # a choice that is closed raises what the others take at least
    kept: NDArray[np.int8] = np.select([~open_[:, 0], ~open_[:, 1]], [1, 0], -1).astype(np.int8)
    return np.where(instance.fixed >= 0, instance.fixed, kept[group_of])


def _exclude(open_: NDArray[np.bool_], amount: NDArray[Any], limit: float) -> bool:
    """Close the choices that break a limit, unless that leaves a group without any; return whether some were."""
    least = np.where(open_, amount, np.inf).min(axis=1)
    least[open_.sum(axis=1) == 0] = 0.0
    breaks = np.greater((least.sum() - least)[:, None] + amount, limit * (1 + MARGIN))
    breaks = np.logical_and(breaks, open_.sum(axis=1, keepdims=True) == 2)
    breaks[breaks.sum(axis=1) == 2] = False  # both break it: no policy keeps the limits
    open_[breaks] = False
    return bool(breaks.any())


def within_cost(instance: PolicyInstance, objective: Objective, cost: float | None) -> PolicyInstance:
    """Return the instance with limits that every policy keeps that costs no more than this (None: unknown)."""
    if cost is None:
        return instance
    most: dict[str, float | None] = {}
    for name, weight in zip(("max_pallets", "max_setup_hours"), objective.weights, strict=True):
        limit = getattr(instance.limits, name)
        implied = cost / weight if weight else math.inf
        most[name] = limit if implied == math.inf else min(implied, math.inf if limit is None else limit)
    return instance.replace(limits=instance.limits.model_copy(update=most))
