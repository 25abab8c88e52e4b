"""Free assignment: any part either way. Its complete frontier, its supported points, and the policy behind a point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from atoopt.pareto.filter import nondominated
from atoopt.policy.evaluate import TOLERANCE, Mask
from atoopt.policy.frontier import MAX_POINTS, Frontier, frontier
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.scaling import Scaled, scaled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Items:
    """What remains to be decided: groups of parts whose move to MTO saves pallets and adds set-up hours.

    Attributes
    ----------
    instance : PolicyInstance
    data : Scaled
    base : (n,) array of bool
        The parts made to order before any item moves: fixed ones, and those better so in both objectives.
    members : tuple of tuple of int
        The parts of each item.
    saved, added : (n_items,) arrays of int
        Both above 0.
    contradiction : str
        Why no policy is possible, in words; empty otherwise.
    """

    instance: PolicyInstance
    data: Scaled
    base: Mask
    members: tuple[tuple[int, ...], ...]
    saved: Ints
    added: Ints
    contradiction: str = ""

    @cached_property
    def _part(self) -> Ints:
        """The parts of all items, item after item."""
        return np.array([i for group in self.members for i in group], dtype=np.int64)

    @cached_property
    def _item(self) -> Ints:
        """The item of each of them."""
        return np.repeat(np.arange(len(self.members)), [len(group) for group in self.members])

    def policy(self, chosen: Ints) -> Mask:
        """Return the policy in which these items move."""
        moves = np.zeros(len(self.members), dtype=np.bool_)
        moves[chosen] = True
        mto = self.base.copy()
        mto[self._part] = moves[self._item]
        return mto

    def hours(self, order: Ints) -> Floats:
        """Return hours a year per process, shape (n_items + 1, m), as the items move one by one in this order."""
        setup, batches, orders = (
            self.instance.setup_hours_by_process, self.instance.batches_per_year[:, None],
            self.instance.orders_per_year[:, None],
        )  # fmt: skip
        start = self.instance.run_hours + setup * np.where(self.base[:, None], orders, batches)
        more = np.zeros((len(self.members), setup.shape[1]))
        np.add.at(more, self._item, (setup * (orders - batches))[self._part])
        return np.cumsum(np.vstack([start.sum(axis=0), more[order]]), axis=0)

    def values(self, saved: Ints, added: Ints) -> Floats:
        """Return pallets and set-up hours, shape (n, 2), where items have saved and added so many units."""
        free = np.zeros(self.base.size, dtype=np.bool_)
        free[self._part] = True
        always = float(self.instance.mts_pallets[~self.base & ~free].sum())
        hours = np.where(self.base, self.instance.mto_setup_hours, self.instance.mts_setup_hours)
        pallets = always + (int(self.saved.sum()) - saved) * self.data.unit[0]  # 0 when nothing is in stock
        return np.stack([pallets, float(hours.sum()) + added * self.data.unit[1]], axis=-1)


def items(instance: PolicyInstance) -> Items:
    """Return what remains to be decided when fixed policies, groups and clear cases are settled."""
    data = scaled(instance)
    base = np.zeros(instance.n_parts, dtype=np.bool_)
    members, saved, added = [], [], []
    contradiction = ""
    for group in instance.groups:
        index = list(group)
        fixed = {int(value) for value in instance.fixed[index]} - {-1}
        if len(fixed) > 1:
            names = ", ".join(instance.ids[i] for i in group if instance.fixed[i] >= 0)
            contradiction = contradiction or f"same_policy joins parts that fixed_policy sets apart: {names}"
        saves, adds = int(data.saved[index].sum()), int(data.added[index].sum())
        if fixed:
            base[index] = bool(max(fixed))
        elif adds <= 0:
            base[index] = True
        elif saves > 0:
            members.append(group)
            saved.append(saves)
            added.append(adds)
    numbers = np.array(saved, dtype=np.int64), np.array(added, dtype=np.int64)
    return Items(instance, data, base, tuple(members), *numbers, contradiction)


@dataclass(frozen=True)
class PolicyFront:
    """Policies of which none dominates another, by ascending pallets.

    Attributes
    ----------
    items : Items
    values : (n, 2) array
        Pallets and set-up hours.
    complete : bool
        Every non-dominated policy that the limits allow is here, to the resolution.
    resolution : (float, float)
        Differences in pallets and set-up hours up to this count as rounding; 0 where all sums are exact.
    """

    items: Items
    values: Floats
    complete: bool
    resolution: tuple[float, float]
    _chosen: Callable[[int], Ints]

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.values)

    def policy(self, point: int) -> Mask:
        """Return the policy behind a point."""
        return self.items.policy(self._chosen(point))


def complete_front(
    instance: PolicyInstance, *, max_points: int = MAX_POINTS, stop: Callable[[], bool] = lambda: False
) -> PolicyFront:
    """Return the complete frontier of free assignments within the limits on pallets and set-up hours.

    Limits on the objectives only cut the frontier's ends off: what dominates an allowed policy is allowed.
    Limits on process hours are **not** looked at; they need the MILP.

    Parameters
    ----------
    instance : PolicyInstance
    max_points : int
        Longer lists are thinned, and the front is then not complete; see `atoopt.policy.frontier.frontier`.
    stop : callable
        Asked between merges.

    Raises
    ------
    atoopt.policy.frontier.Stopped
        `stop` said so.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.assignment import complete_front
    >>> front = complete_front(atoopt.load("instances/policy/plates-60.json"))
    >>> front.complete, len(front) > 60
    (True, True)
    """
    free = items(instance)
    sums = frontier(free.added, free.saved, max_points=max_points, stop=stop)
    values = free.values(sums.saved, sums.added)
    inside = (values <= limits_with_tolerance(instance)).all(axis=1) & (not free.contradiction)
    allowed = np.flatnonzero(inside)
    # limits first: of two points that agree within rounding, only one may keep them
    points = np.stack([-sums.saved[allowed], sums.added[allowed]], axis=1)
    kept = allowed[nondominated(points, free.data.tolerance)]
    return _front(free, sums, kept, values[kept])


def _front(free: Items, sums: Frontier, kept: NDArray[np.intp], values: Floats) -> PolicyFront:
    unit = free.data.unit
    near = (free.data.tolerance[0] * unit[0], free.data.tolerance[1] * unit[1])
    if sums.thinned:
        near = (near[0], near[1] + sums.thinned * sums.step * unit[1])
    return PolicyFront(free, values, not sums.thinned, near, lambda point: sums.members(int(kept[point])))


def supported_front(instance: PolicyInstance) -> PolicyFront:
    """Return the extreme supported points: every policy that is best for some weights, and no other.

    They are the prefix sums of the items by the ratio of what they save and add; limits are not looked at.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/policy/plates-60.json")
    >>> len(supported_front(instance)) <= instance.n_parts + 1
    True
    """
    return _supported(items(instance))[0]


def supported_within_limits(instance: PolicyInstance) -> PolicyFront:
    """Return the extreme supported points that keep every limit, process hours among them.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/policy/plates-60.json")
    >>> len(supported_within_limits(instance.replace(limits={"max_pallets": 20.0}))) < len(supported_front(instance))
    True
    """
    front, order, corner = _supported(items(instance))
    inside = (front.values <= limits_with_tolerance(instance)).all(axis=1) & (not front.items.contradiction)
    if instance.process_limits:
        known = [(instance.processes.index(j), limit) for j, limit in instance.process_limits.items()]
        columns, most = [j for j, _ in known], [limit * (1 + TOLERANCE) for _, limit in known]
        inside &= (front.items.hours(order)[corner][:, columns] <= most).all(axis=1)
    kept = corner[inside]
    return replace(front, values=front.values[inside], _chosen=lambda point: order[: kept[point]])


def _supported(free: Items) -> tuple[PolicyFront, Ints, Ints]:
    """Return the supported points, the items by ratio, and how many of them each point moves."""
    order = np.argsort(-free.saved / free.added, kind="stable")
    saved, added = (np.concatenate(([0], np.cumsum(what[order]))) for what in (free.saved, free.added))
    corner = _corners(saved, added)[::-1]
    unit = free.data.unit
    near = (free.data.tolerance[0] * unit[0], free.data.tolerance[1] * unit[1])
    values = free.values(saved[corner], added[corner])
    return PolicyFront(free, values, False, near, lambda point: order[: corner[point]]), order, corner


def _corners(saved: Ints, added: Ints) -> NDArray[np.intp]:
    """Return the prefixes at which the ratio changes: between them the points lie on one line."""
    if saved.size < 3:
        return np.arange(saved.size)
    steps = [(int(s), int(a)) for s, a in zip(np.diff(saved), np.diff(added), strict=True)]
    bends = [s * next_a != next_s * a for (s, a), (next_s, next_a) in pairwise(steps)]
    return np.concatenate(([0], np.flatnonzero(bends) + 1, [saved.size - 1]))


def limits_with_tolerance(instance: PolicyInstance) -> tuple[float, float]:
    """Return the most pallets and set-up hours that count as within the limits; infinity for no limit."""
    limits = instance.limits.max_pallets, instance.limits.max_setup_hours
    pallets, hours = (np.inf if limit is None else limit * (1 + TOLERANCE) for limit in limits)
    return pallets, hours


def pallets_above(front: Floats, values: Floats) -> Floats:
    """Return how many more pallets each point takes than the front does within the same set-up hours.

    Parameters
    ----------
    front, values : (n, 2) and (m, 2) arrays
        Pallets and set-up hours; the front by ascending pallets.

    Returns
    -------
    (m,) array
        At least 0 (up to rounding) where no point dominates the front; NaN where the front has no point
        within those hours.

    Examples
    --------
    >>> pallets_above(np.array([[1.0, 9.0], [4.0, 5.0]]), np.array([[6.0, 7.0], [3.0, 9.0]]))
    array([2., 2.])
    """
    hours = -front[:, 1]  # ascending
    first = np.searchsorted(hours, -values[:, 1] * (1 + TOLERANCE), side="left")
    best = np.append(front[:, 0], np.nan)[np.minimum(first, len(front))]
    return np.asarray(values[:, 0] - best)
