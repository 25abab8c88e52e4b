"""Free assignment: any part either way. Its complete frontier, its supported points, and the policy behind a point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from atoopt.pareto.filter import nondominated
from atoopt.policy.evaluation import TOLERANCE, Mask
from atoopt.policy.frontier.exact_totals import ExactTotals, exact_totals
from atoopt.policy.frontier.merge import MAX_POINTS, frontier
from atoopt.policy.frontier.scaling import LAST_DIGITS, ROUNDING, Scaled, moves, scaled
from atoopt.policy.frontier.settled import settled
from atoopt.policy.instance import PolicyInstance

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Items:
    """What remains to be decided: groups of parts whose move to MTO saves pallets and adds set-up hours.

    Attributes
    ----------
    instance : PolicyInstance
    data : Scaled
        What each item saves and adds, both above 0.
    base : (n,) array of bool
        The parts made to order before any item moves: settled ones, and those better so in both objectives.
    members : tuple of tuple of int
        The parts of each item.
    contradiction : str
        Why no policy is possible, in words; empty otherwise.
    """

    instance: PolicyInstance
    data: Scaled
    base: Mask
    members: tuple[tuple[int, ...], ...]
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

    @cached_property
    def exactly(self) -> ExactTotals:
        """The evaluator's sums as integers: before any item moves, and what each item changes."""
        return exact_totals(self.instance, self.base, self.members)


def items(instance: PolicyInstance) -> Items:
    """Return what remains to be decided when limits, groups and clear cases are settled."""
    saved, added = moves(instance)
    given = settled(instance)
    base = given == 1
    members, amounts = [], []
    for group in instance.groups:
        if given[group[0]] >= 0:
            continue
        saves, adds = (sum((what[i] for i in group), Fraction(0)) for what in (saved, added))
        if adds <= 0:
            base[list(group)] = True
        else:
            members.append(group)
            amounts.append((saves, adds))
    data = scaled([saves for saves, _ in amounts], [adds for _, adds in amounts])
    return Items(instance, data, base, tuple(members), contradiction(instance))


def contradiction(instance: PolicyInstance) -> str:
    """Return which parts must go together and are fixed apart; nothing if none are."""
    for group in instance.groups:
        fixed = [i for i in group if instance.fixed[i] >= 0]
        if len({int(instance.fixed[i]) for i in fixed}) > 1:
            return f"same_policy joins parts that fixed_policy sets apart: {', '.join(instance.ids[i] for i in fixed)}"
    return ""


@dataclass(frozen=True)
class PolicyFront:
    """Policies of which none dominates another, by ascending pallets.

    Attributes
    ----------
    values : (n, 2) array
        Pallets and set-up hours, those of the evaluator to the last digit.
    complete : bool
        Every non-dominated policy that the limits allow is here, to the resolution.
    resolution : (float, float)
        Differences in pallets and set-up hours up to this count as none: each policy that is not here has one here
        that takes no more than it and this.
    policy : callable
        Position of a point -> the policy behind it.
    """

    values: Floats
    complete: bool
    resolution: tuple[float, float]
    policy: Callable[[int], Mask]

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.values)


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
        Longer lists are thinned, and the front is then not complete; see `atoopt.policy.frontier.merge.frontier`.
    stop : callable
        Asked between merges.

    Raises
    ------
    atoopt.policy.frontier.merge.Stopped
        `stop` said so.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.frontier.assignment import complete_front
    >>> front = complete_front(atoopt.load("instances/policy/plates-60.json"))
    >>> front.complete, len(front) > 60
    (True, True)
    """
    free = items(instance)
    sums = frontier(free.data.added, free.data.saved, max_points=max_points, stop=stop)
    values = np.concatenate([free.exactly.values(changes) for changes in sums.totals(free.exactly.changes)])
    allowed = np.flatnonzero(_within_limits(instance, values) & (not free.contradiction))
    # limits first: of two points that agree within rounding, only one may keep them
    kept = allowed[distinct(values[allowed])]
    error = free.data.error
    if sums.thinned:
        # halves that were thinned, too, may have given another policy than the sum was one of
        claimed = free.exactly.values(np.zeros((1, 2), dtype=object))[0, 0] - sums.saved * free.data.unit[0]
        lost = max(0.0, float((values[:, 0] - claimed).max()))
        error = error[0] + lost, error[1] + sums.thinned * sums.step * free.data.unit[1]
    return PolicyFront(
        values[kept], not sums.thinned, resolution_of(values[kept], error),
        lambda point: free.policy(sums.members(int(kept[point]))),
    )  # fmt: skip


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
    free = items(instance)
    front, order, corner = _supported(free)
    inside = _within_limits(instance, front.values) & (not free.contradiction)
    if instance.process_limits:
        known = [(instance.processes.index(j), limit) for j, limit in instance.process_limits.items()]
        columns, most = [j for j, _ in known], [limit * (1 + TOLERANCE) for _, limit in known]
        inside &= (free.hours(order)[corner][:, columns] <= most).all(axis=1)
    kept = corner[inside]
    return replace(front, values=front.values[inside], policy=lambda point: free.policy(order[: kept[point]]))


def _supported(free: Items) -> tuple[PolicyFront, Ints, Ints]:
    """Return the supported points, the items by ratio, and how many of them each point moves."""
    order = np.argsort(-free.data.saved / free.data.added, kind="stable")
    saved, added = (np.concatenate(([0], np.cumsum(what[order]))) for what in (free.data.saved, free.data.added))
    none = np.zeros((1, 2), dtype=object)
    values = free.exactly.values(np.cumsum(np.vstack([none, free.exactly.changes[order]]), axis=0))
    corner = _corners(saved, added)[::-1]
    corner = corner[distinct(values[corner])]
    values = values[corner]
    resolution = resolution_of(values, free.data.error)
    front = PolicyFront(values, False, resolution, lambda point: free.policy(order[: corner[point]]))
    return front, order, corner


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


def _within_limits(instance: PolicyInstance, values: Floats) -> NDArray[np.bool_]:
    return np.asarray((values <= limits_with_tolerance(instance)).all(axis=1))


def distinct(values: Floats) -> NDArray[np.intp]:
    """Return the positions of the points that no other one dominates, of those that agree to rounding only one.

    Examples
    --------
    >>> distinct(np.array([[1e-9, 5.0], [1.0, 4.0], [np.nextafter(1.0, 2.0), 3.0]])).tolist()
    [0, 2]
    """
    # the bits of doubles from 0 on, read as integers, count last digits: rounding is as fine as the value is small
    return nondominated(np.ascontiguousarray(values + 0.0).view(np.int64), (LAST_DIGITS, LAST_DIGITS))


def resolution_of(values: Floats, error: tuple[float, float]) -> tuple[float, float]:
    """Return the differences that count as none: the values' rounding, and what whole units lose."""
    pallets, hours = (ROUNDING * values.max(axis=0, initial=0.0)).tolist()
    return pallets + error[0], hours + error[1]


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
