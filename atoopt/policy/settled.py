"""Parts that the limits leave no choice: what is left to decide then has the size of the limits, not of the parts.

A part that alone takes more pallets than are allowed is made to order, whatever the others do. Settling such
parts first keeps arithmetic fine: a limit of 1e-3 pallets is not lost beside a part of a million.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.evaluate import TOLERANCE
from atoopt.policy.instance import PolicyInstance

Floats = NDArray[np.float64]

MARGIN = 2 * TOLERANCE
"""A choice is impossible when it breaks a limit by more than rounding, as the evaluator counts it."""


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
        (np.stack([np.bincount(group_of, amount) for amount in choices], axis=1).astype(np.float64), limit)
        for choices, limit in _limited(instance)
    ]
    while sum(_exclude(open_, amount, limit) for amount, limit in amounts):
        pass  # a choice that is closed raises what the others take at least
    kept: NDArray[np.int8] = np.select([~open_[:, 0], ~open_[:, 1]], [1, 0], -1).astype(np.int8)
    return np.where(instance.fixed >= 0, instance.fixed, kept[group_of])


def _limited(instance: PolicyInstance) -> list[tuple[tuple[Floats, Floats], float]]:
    """Return what each part takes of a limit made to stock and made to order, and the limit, for every limit."""
    limits, found = instance.limits, []
    if limits.max_pallets is not None:
        found.append(((instance.mts_pallets, np.zeros(instance.n_parts)), limits.max_pallets))
    if limits.max_setup_hours is not None:
        found.append(((instance.mts_setup_hours, instance.mto_setup_hours), limits.max_setup_hours))
    for process, limit in instance.process_limits.items():
        j = instance.processes.index(process)
        setup, run = instance.setup_hours_by_process[:, j], instance.run_hours[:, j]
        found.append(((setup * instance.batches_per_year + run, setup * instance.orders_per_year + run), limit))
    return found


def _exclude(open_: NDArray[np.bool_], amount: Floats, limit: float) -> bool:
    """Close the choices that break a limit, unless that leaves a group without any; return whether some were."""
    least = np.where(open_, amount, np.inf).min(axis=1)
    least[~open_.any(axis=1)] = 0.0
    others = least.sum() - least
    above: NDArray[np.bool_] = others[:, None] + amount > limit * (1 + MARGIN)
    breaks = open_ & above & open_.all(axis=1)[:, None]
    breaks[:, 0] &= ~breaks[:, 1]  # both break it: no policy keeps the limits
    open_[breaks] = False
    return bool(breaks.any())
