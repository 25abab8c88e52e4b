"""The paper's rule with two thresholds, made exact: every distinct rule is evaluated, none by stepping.

A part is made to order when a_i >= a* and EPQ_i <= EPQ*. Only the parts' own values tell rules apart; so with
the agilities in descending and the pallet quantities in ascending order, each rule is a corner of a table, and
its sums are the two-dimensional prefix sums of that table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.pareto.filter import nondominated
from atoopt.policy.evaluation import TOLERANCE, Thresholds, evaluate_mask, totals
from atoopt.policy.frontier.assignment import distinct, limits_with_tolerance, resolution_of
from atoopt.policy.frontier.scaling import Scaled, moves, scaled
from atoopt.policy.frontier.settled import settled
from atoopt.policy.instance import PolicyInstance
from atoopt.policy.part import Limits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 4_000_000
"""Rules evaluated at a time: memory stays bounded whatever the number of distinct values."""


@dataclass(frozen=True)
class Rules:
    """Every distinct rule of an instance, as corners (row, column) of a table.

    Row r lets the r + 1 highest agilities be made to order, column c the c + 1 lowest pallet quantities.
    The rule that makes nothing to order comes besides; it has the row -1.

    Attributes
    ----------
    instance : PolicyInstance
    agility : (n_rows,) array
        Distinct values, descending.
    pieces_per_pallet : (n_columns,) array
        Distinct values, ascending.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.threshold.rules import rules
    >>> table = rules(atoopt.load("instances/policy/plates-12.json"))
    >>> table.n_rules == table.agility.size * table.pieces_per_pallet.size + 1
    True
    """

    instance: PolicyInstance
    agility: Floats
    pieces_per_pallet: Floats

    @cached_property
    def data(self) -> Scaled:
        """What each part saves and adds."""
        return scaled(*moves(self.instance))

    @property
    def n_rules(self) -> int:
        """The number of corners, the rule that makes nothing to order included."""
        return self.agility.size * self.pieces_per_pallet.size + 1

    @cached_property
    def _row(self) -> Ints:
        return np.asarray(np.searchsorted(-self.agility, -self.instance.agility), dtype=np.int64)

    @cached_property
    def _column(self) -> Ints:
        return np.asarray(np.searchsorted(self.pieces_per_pallet, self.instance.pieces_per_pallet), dtype=np.int64)

    def sums(self, weight: NDArray[Any]) -> NDArray[Any]:
        """Return, for each rule, the sum of a weight over the parts made to order, shape (n_rows, n_columns)."""
        return np.concatenate(list(self._blocks(weight)))

    def _blocks(self, weight: NDArray[Any]) -> Iterator[NDArray[Any]]:
        """Yield `sums` a block of rows at a time."""
        above = np.zeros(self.pieces_per_pallet.size, dtype=weight.dtype)
        for low, high in self._ranges():
            table = np.zeros((high - low, above.size), dtype=weight.dtype)
            inside = (self._row >= low) & (self._row < high)
            np.add.at(table, (self._row[inside] - low, self._column[inside]), weight[inside])
            np.cumsum(table, axis=0, out=table)
            table += above
            above = table[-1].copy()
            yield np.cumsum(table, axis=1, out=table)

    def _ranges(self) -> Iterator[tuple[int, int]]:
        rows = max(1, BLOCK // self.pieces_per_pallet.size)
        for low in range(0, self.agility.size, rows):
            yield low, min(low + rows, self.agility.size)

    def values(self, saved: Ints, added: Ints) -> Floats:
        """Return pallets and set-up hours, shape (..., 2), of rules that save and add so many units."""
        return _values(self.data, (0.0, math.fsum(self.instance.mts_setup_hours)), saved, added)

    def all_values(self) -> Floats:
        """Return pallets and set-up hours of every rule, shape (n_rules, 2), the empty rule last.

        Limits are not looked at; see `frontier`.
        """
        saved, added = (self.sums(w).ravel() for w in (self.data.saved, self.data.added))
        return self.values(np.append(saved, 0), np.append(added, 0))

    def frontier(self) -> ThresholdFrontier:
        """Return the non-dominated ones of the rules that respect every limit, fixed policy and group."""
        open_ = _Open.of(self.instance)
        corners = np.concatenate([np.array([[-1, -1]]), *self._candidates(open_)])
        policies = [self.policy(*corner) for corner in corners.tolist()]
        constrained = self.instance.limits != Limits() or self.instance.fixed_policy or self.instance.same_policy
        kept = [i for i, mto in enumerate(policies) if not constrained or evaluate_mask(self.instance, mto).feasible]
        values = np.array([totals(self.instance, policies[i]) for i in kept]).reshape(-1, 2)
        best = distinct(values)
        resolution = resolution_of(values[best], open_.data.error)
        return ThresholdFrontier(self, values[best], corners[kept][best], resolution)

    def _candidates(self, open_: _Open) -> Iterator[Ints]:
        """Yield the corners, a block of rows at a time, that no other one of the block dominates in whole units."""
        blocks = zip(
            self._ranges(), self._blocks(open_.data.saved), self._blocks(open_.data.added), self._allowed(open_),
            strict=True,
        )  # fmt: skip
        for (low, _), saved, added, allowed in blocks:
            places = np.flatnonzero(allowed)
            best = nondominated(np.stack([-saved.ravel()[places], added.ravel()[places]], axis=1))
            row, column = np.divmod(places[best], saved.shape[1])
            yield np.stack([row + low, column], axis=1)

    def _allowed(self, open_: _Open) -> Iterator[NDArray[np.bool_]]:
        """Yield, a block of rows at a time, which rules respect the instance's limits, fixed policies and groups."""
        instance, limits = self.instance, self.instance.limits
        tests: list[Iterator[NDArray[np.bool_]]] = []
        if limits.max_pallets is not None or limits.max_setup_hours is not None:
            tests.append(self._within_objectives(open_))
        for process, limit in instance.process_limits.items():
            tests.append(self._within_hours(open_, process, limit))
        if (open_.given >= 0).any():
            # a part settled to stock counts 1 where the rule moves it; one settled to order counts 1 where it does not
            wrong = np.select([open_.given == 0, open_.given == 1], [1, -1], 0)
            tests.append(self._counts(wrong, (-int((open_.given == 1).sum()),)))
        for group in instance.groups:
            if len(group) > 1:
                member = np.zeros(instance.n_parts, np.int64)
                member[list(group)] = 1
                tests.append(self._counts(member, (0, len(group))))
        for low, high in self._ranges():
            allowed = self._tight(low, high)
            for test in tests:
                allowed &= next(test)
            yield allowed

    def _tight(self, low: int, high: int) -> NDArray[np.bool_]:
        """Return which corners of some rows are the first to let their parts in; the others repeat an earlier one."""
        first_column = np.full(self.agility.size, self.pieces_per_pallet.size)
        np.minimum.at(first_column, self._row, self._column)
        first_row = np.full(self.pieces_per_pallet.size, self.agility.size)
        np.minimum.at(first_row, self._column, self._row)
        rows, columns = np.arange(low, high), np.arange(first_row.size)
        return np.asarray((columns >= first_column[low:high, None]) & (rows[:, None] >= first_row))

    def _within_objectives(self, open_: _Open) -> Iterator[NDArray[np.bool_]]:
        bounds = limits_with_tolerance(self.instance)
        for saved, added in zip(self._blocks(open_.data.saved), self._blocks(open_.data.added), strict=True):
            yield np.asarray((_values(open_.data, open_.start, saved, added) <= bounds).all(axis=-1))

    def _counts(self, weight: Ints, wanted: tuple[int, ...]) -> Iterator[NDArray[np.bool_]]:
        """Yield, a block at a time, where a sum is one of the wanted numbers."""
        for table in self._blocks(weight):
            yield np.isin(table, wanted)

    def _within_hours(self, open_: _Open, process: str, limit: float) -> Iterator[NDArray[np.bool_]]:
        j = self.instance.processes.index(process)
        setup, is_open = self.instance.setup_hours_by_process[:, j], open_.given < 0
        events = np.where(open_.given == 1, self.instance.orders_per_year, self.instance.batches_per_year)
        base = math.fsum(self.instance.run_hours[:, j] + setup * events)
        more = np.where(is_open, setup * (self.instance.orders_per_year - self.instance.batches_per_year), 0.0)
        for table in self._blocks(more):
            yield base + table <= limit * (1 + TOLERANCE)

    def policy(self, row: int, column: int) -> NDArray[np.bool_]:
        """Return the parts that a rule makes to order."""
        return np.asarray((self._row <= row) & (self._column <= column))

    def thresholds(self, row: int, column: int) -> Thresholds:
        """Return a** and EPQ**: the tightest thresholds of the parts that a rule makes to order.

        Nothing made to order: the highest agility and no pieces per pallet.
        """
        chosen = self.policy(row, column)
        if not chosen.any():
            return Thresholds(float(self.agility[0]), 0.0)
        a, epq = self.instance.agility[chosen], self.instance.pieces_per_pallet[chosen]
        return Thresholds(float(a.min()), float(epq.max()))


@dataclass(frozen=True)
class ThresholdFrontier:
    """The non-dominated rules.

    Attributes
    ----------
    rules : Rules
    values : (n, 2) array
        Pallets and set-up hours, by ascending pallets.
    corners : (n, 2) array of int
        Row and column of each rule.
    resolution : (float, float)
        Differences in pallets and set-up hours up to this count as none.
    """

    rules: Rules
    values: Floats
    corners: Ints
    resolution: tuple[float, float]

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.values)

    def thresholds(self, point: int) -> Thresholds:
        """Return a** and EPQ** of a point."""
        row, column = self.corners[point].tolist()
        return self.rules.thresholds(row, column)


def rules(instance: PolicyInstance) -> Rules:
    """Return every distinct threshold rule of an instance."""
    agility = np.unique(instance.agility)[::-1]
    return Rules(instance, agility, np.unique(instance.pieces_per_pallet))


@dataclass(frozen=True)
class _Open:
    """What rules save and add in the parts that limits leave open; fine units, however large the others are.

    Attributes
    ----------
    given : (n,) array of int
        As `atoopt.policy.frontier.settled.settled` says.
    data : Scaled
        0 for the settled parts.
    start : (float, float)
        Pallets and hours of the settled parts, and of the open ones hours made to stock.
    """

    given: NDArray[np.int8]
    data: Scaled
    start: tuple[float, float]

    @classmethod
    def of(cls, instance: PolicyInstance) -> _Open:
        """Return the open parts of an instance."""
        given = settled(instance)
        amounts = ([x if i < 0 else Fraction(0) for x, i in zip(xs, given, strict=True)] for xs in moves(instance))
        hours = np.where(given == 1, instance.mto_setup_hours, instance.mts_setup_hours)
        return cls(given, scaled(*amounts), (math.fsum(instance.mts_pallets[given == 0]), math.fsum(hours)))


def _values(data: Scaled, start: tuple[float, float], saved: Ints, added: Ints) -> Floats:
    """Return pallets and set-up hours, shape (..., 2), where so many units are saved and added."""
    pallets = start[0] + (int(data.saved.sum()) - saved) * data.unit[0]
    return np.stack([pallets, start[1] + added * data.unit[1]], axis=-1)


def grid(table: Rules, n_agility: int = 2400, n_pallet: int = 120) -> Ints:
    """Return the corners that the paper's way reaches: equal steps in a* and EPQ*, from least to greatest value.

    The paper evaluates 2.88e5 pairs; how it divides them is not printed, and 2400 by 120 is our guess
    (*inferred*).

    Returns
    -------
    (n, 2) array of int
        The distinct corners reached, row -1 for the rule that makes nothing to order.

    Examples
    --------
    >>> import atoopt
    >>> table = rules(atoopt.load("instances/policy/plates-12.json"))
    >>> len(grid(table)) <= table.n_rules
    True
    """
    a = np.linspace(table.agility[-1], table.agility[0], n_agility)
    epq = np.linspace(table.pieces_per_pallet[0], table.pieces_per_pallet[-1], n_pallet)
    rows = np.unique(np.searchsorted(-table.agility, -a, side="right")) - 1
    columns = np.unique(np.searchsorted(table.pieces_per_pallet, epq, side="right")) - 1
    return np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1).reshape(-1, 2)
