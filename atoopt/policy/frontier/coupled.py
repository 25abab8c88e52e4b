"""The complete front where limits on process hours couple the parts: sums merged in every limited quantity.

What limits the parts share is a quantity to minimize beside pallets and set-up hours: of two partial policies, the
one that takes no less of anything is dropped. All terms are positive, so that a sum of doubles is off by a share of
itself only, however different the parts are. Lists grow quickly with the number of limits; where they grow too long
the model decides, see `atoopt.policy.model.milp`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.evaluation import Mask, evaluate_mask
from atoopt.policy.frontier.assignment import PolicyFront, contradiction, distinct, resolution_of
from atoopt.policy.frontier.merge import Stopped
from atoopt.policy.frontier.settled import MARGIN, Limited, limited, settled
from atoopt.policy.instance import PolicyInstance

Floats = NDArray[np.float64]

MOST_SUMS = 30_000
"""Partial policies kept at a time; more than that, and the lists would take minutes."""


@dataclass(frozen=True)
class _Step:
    """One item decided: for each partial policy kept, the one that it goes on from, and whether the item moves."""

    group: tuple[int, ...]
    origin: NDArray[np.intp]
    moved: Mask


def coupled_front(
    instance: PolicyInstance, *, most_sums: int = MOST_SUMS, stop: Callable[[], bool] = lambda: False
) -> PolicyFront | None:
    """Return the complete front within every limit; None where the lists grow too long.

    Raises
    ------
    atoopt.policy.frontier.merge.Stopped
        `stop` said so.

    Examples
    --------
    >>> import atoopt
    >>> front = coupled_front(atoopt.load("instances/policy/plates-12.json"))
    >>> front.complete, len(front)
    (True, 19)
    """
    given = settled(instance)
    open_ = [group for group in instance.groups if given[group[0]] < 0]
    quantities = _quantities(instance)
    amounts = np.array([_of_groups(quantity, open_) for quantity in quantities])  # per quantity, item and choice
    order = np.argsort(-(amounts.max(axis=2) / amounts.max(axis=(1, 2), initial=1e-300)[:, None]).sum(axis=0))
    base = np.array([_settled_sum(quantity, given) for quantity in quantities])
    rest = np.array([math.fsum(least) for least in amounts.min(axis=2)])
    sums, steps = base[None, :], []
    for item in order.tolist():
        if stop():
            raise Stopped
        rest = np.maximum(rest - amounts[:, item].min(axis=1), 0.0)
        both = np.concatenate([sums + amounts[:, item, 0], sums + amounts[:, item, 1]])
        kept = _undominated(both, [quantity.limit for quantity in quantities], rest)
        if kept.size > most_sums:
            return None
        steps.append(_Step(open_[item], kept % len(sums), kept >= len(sums)))
        sums = both[kept]
    return _front(instance, given == 1, len(sums), steps)


def _quantities(instance: PolicyInstance) -> list[Limited]:
    """Return pallets, set-up hours and the process hours that some policy could break."""
    found = limited(instance)
    return [
        quantity for quantity in found
        if quantity.is_objective or math.fsum(np.maximum(*quantity.amounts)) > quantity.limit
    ]  # fmt: skip


def _of_groups(quantity: Limited, groups: list[tuple[int, ...]]) -> Floats:
    """Return what each group takes made to stock and to order, shape (n_groups, 2)."""
    sums = [[math.fsum(amount[list(group)]) for amount in quantity.amounts] for group in groups]
    return np.array(sums, dtype=np.float64).reshape(-1, 2)


def _settled_sum(quantity: Limited, given: NDArray[np.int8]) -> float:
    return math.fsum(np.select([given == 0, given == 1], quantity.amounts, 0.0))


def _undominated(sums: Floats, limits: list[float], rest: Floats) -> NDArray[np.intp]:
    """Return the positions of the partial policies that can keep the limits and that no other makes needless."""
    import moocore

    # the rest is what remains of a difference: off by a share of the sum that it was taken from
    possible = np.flatnonzero((sums + rest * (1 - MARGIN) <= np.array(limits) * (1 + MARGIN)).all(axis=1))
    if possible.size < 2:
        return possible
    return possible[moocore.is_nondominated(sums[possible])]


def _front(instance: PolicyInstance, base: Mask, n_sums: int, steps: list[_Step]) -> PolicyFront:
    """Return the front of the full policies: the evaluator says which are allowed, and what they take."""
    policies = np.repeat(base[None, :], n_sums, axis=0)
    at = np.arange(n_sums)
    for step in reversed(steps):
        policies[:, list(step.group)] = step.moved[at, None]
        at = step.origin[at]
    if contradiction(instance):
        policies = policies[:0]
    found = [evaluate_mask(instance, mto) for mto in policies]
    allowed = [i for i, evaluation in enumerate(found) if evaluation.feasible]
    values = np.array([(found[i].pallets, found[i].setup_hours) for i in allowed]).reshape(-1, 2)
    kept = distinct(values)
    chosen = policies[allowed][kept]
    # a partial sum is rounded once an item: two policies may change their order by that
    rounding = len(steps) * np.finfo(np.float64).eps * values.max(axis=0, initial=0.0)
    resolution = resolution_of(values[kept], (float(rounding[0]), float(rounding[1])))
    return PolicyFront(values[kept], True, resolution, lambda point: chosen[point])
