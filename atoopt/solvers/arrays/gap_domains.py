"""Variables whose domain has gaps (lot sizes 0, 5, 10): written out by whole ones, which solvers know."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from atoopt.base.errors import InputError

MOST_VALUES = 10_000
"""Values of a domain that are written out, a binary variable each."""


@dataclass(frozen=True)
class Gap:
    """A column whose values have gaps: it counts for none but these.

    Attributes
    ----------
    column : int
    low, step : float
        The values are `low` and whole steps above it, unless they are listed.
    values : tuple of float
        Listed, in ascending order.
    """

    column: int
    low: float = 0.0
    step: float = 0.0
    values: tuple[float, ...] = ()

    def nearest(self, value: float) -> float:
        """Return the value that a solver's value means.

        >>> Gap(0, values=(-1.0, 0.1)).nearest(0.0999999), Gap(0, low=0.5, step=2.0).nearest(4.4999)
        (0.1, 4.5)
        """
        if self.values:
            return min(self.values, key=lambda number: abs(number - value))
        return self.low + self.step * round((value - self.low) / self.step)

    def from_origin(self, origin: float) -> Gap:
        """Return the same for a column that is counted from elsewhere."""
        return replace(self, low=self.low - origin, values=tuple(value - origin for value in self.values))


def gap_of(variable: Any, column: int = 0) -> Gap:
    """Return the values of a variable whose domain has gaps and can be written out."""
    low, _, step = variable.domain.get_interval()
    if variable.domain.isfinite() and len(variable.domain) <= MOST_VALUES:
        return Gap(column, values=tuple(sorted(float(value) for value in variable.domain)))
    return Gap(column, low=float(low), step=float(step))


def is_whole(variable: Any) -> bool | None:
    """Return whether a variable takes all whole numbers of an interval, or all numbers (False); None if neither."""
    low, _, step = variable.domain.get_interval()
    if step == 0:
        return False
    return True if step == 1 and (low is None or float(low).is_integer()) else None


@contextmanager
def written_out(model: Any, variables: list[Any]) -> Iterator[None]:
    """While entered, variables with gaps are equal to a sum over whole ones on a block of the model.

    They are whole themselves where all of their values are, and else continuous.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Left as it was found.
    variables : list of Pyomo variables
        Whose domains have gaps.

    Raises
    ------
    InputError
        A domain is neither evenly spaced nor a short list of numbers.
    """
    from pyomo.common.modeling import unique_component_name
    from pyomo.environ import Block, ConstraintList, Integers, Reals, VarList

    sums = Block()
    name = unique_component_name(model, "written_out")
    model.add_component(name, sums)
    sums.counts, sums.rows = VarList(), ConstraintList()
    before = [(variable, variable.domain) for variable in variables]
    try:
        for variable, domain in before:
            total = _sum(variable.name, domain, sums)
            variable.domain = Integers if _has_whole_values(domain) else Reals  # bounds of its own stay
            sums.rows.add(variable == total)
        yield
    finally:
        for variable, domain in before:
            variable.domain = domain
        model.del_component(sums)


def _sum(name: str, domain: Any, sums: Any) -> Any:
    """Return an expression in new whole variables that takes just the values of a domain."""
    from pyomo.environ import Binary, Integers

    low, high, step = domain.get_interval()
    if step and low is not None:
        count = sums.counts.add()
        count.domain = Integers
        count.setlb(0)
        count.setub(None if high is None else math.floor((high - low) / step + 1e-9))
        return low + step * count
    values = _numbers(name, domain)
    chosen = []
    for _ in values:
        chosen.append(sums.counts.add())
        chosen[-1].domain = Binary
    sums.rows.add(sum(chosen) == 1)
    return sum(value * one for value, one in zip(values, chosen, strict=True))


def _has_whole_values(domain: Any) -> bool:
    low, _, step = domain.get_interval()
    if step and low is not None:
        return float(low).is_integer() and float(step).is_integer()
    return all(float(value).is_integer() for value in domain)


def _numbers(name: str, domain: Any) -> list[float]:
    problem = f"has the domain {domain}, which is neither an interval, nor evenly spaced, nor a list of numbers"
    remedy = "write it as a sum over integer or binary variables"
    if not (domain.isdiscrete() and domain.isfinite()) or len(domain) > MOST_VALUES:
        raise InputError(problem, remedy, place=name)
    values = list(domain)
    if any(isinstance(value, str) or not math.isfinite(value) for value in values):
        raise InputError(problem, remedy, place=name)
    return sorted(float(value) for value in values)
