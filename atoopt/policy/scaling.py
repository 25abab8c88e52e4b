"""Savings and additions of every part in whole units, so that sums compare exactly.

Moving part i from MTS to MTO saves B_i / (2 EPQ_i) pallets and adds Ts_i (O_i - D_i / B_i) set-up hours. In
floating point, sums that are equal differ in the last digit, and a frontier fills with twins of one point.
Where the decimals of the file have a common denominator that fits a machine word, the units are exact;
otherwise they are a fixed fine share of the range.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.instance import PolicyInstance
from atoopt.policy.part import Part

Ints = NDArray[np.int64]

FINE = 2**52
"""Units in the range of an objective where no common denominator fits: sums of 5,000 roundings stay below
6e-13 of the range."""

FLOATS = 4
"""Units by which two sums of floats may differ on top of the roundings of their terms."""

_MOST = 2**60


@dataclass(frozen=True)
class Scaled:
    """What each part saves and adds when it moves from MTS to MTO.

    Attributes
    ----------
    saved : (n,) array of int
        Pallets, in units of ``unit[0]`` pallets; at least 0.
    added : (n,) array of int
        Set-up hours, in units of ``unit[1]`` hours a year; below 0 where MTO needs fewer.
    unit : (float, float)
    exact : bool
        Whether the units lose nothing.
    """

    saved: Ints
    added: Ints
    unit: tuple[float, float]
    exact: bool

    @property
    def tolerance(self) -> tuple[float, float]:
        """Differences, in units, that are rounding: 0 where exact."""
        if self.exact:
            return 0.0, 0.0
        units = float(self.saved.size + FLOATS)  # each term of two equal sums is off by half a unit
        return units, units


def scaled(instance: PolicyInstance) -> Scaled:
    """Return the parts' savings and additions in whole units.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.policy.scaling import scaled
    >>> data = scaled(atoopt.load("instances/policy/plates-12.json"))
    >>> data.exact, data.saved.shape
    (True, (12,))
    """
    # set-up hours first: batches divide them, so that their denominators grow too large after a few parts
    added = _common(map(_added, instance.parts))
    if added is not None:
        saved = _common(_saved(instance, part, i) for i, part in enumerate(instance.parts))
        if saved is not None:
            return Scaled(saved[0], added[0], (saved[1], added[1]), True)
    # MTO less MTS hours as fractions: a difference of floats is off by more than its own last digit
    floats = instance.mts_pallets, np.array([float(_added(part)) for part in instance.parts])
    (saved_units, pallets), (added_units, hours) = map(_rounded, floats)
    return Scaled(saved_units, added_units, (pallets, hours), False)


def _saved(instance: PolicyInstance, part: Part, i: int) -> Fraction:
    return _exact(part.batch_pieces) / (2 * _exact(float(instance.pieces_per_pallet[i])))


def _added(part: Part) -> Fraction:
    events = _exact(part.orders_per_year) - _exact(part.annual_demand) / _exact(part.batch_pieces)
    return events * sum(map(_exact, part.setup_hours.values()), Fraction(0))


def _common(values: Iterable[Fraction]) -> tuple[Ints, float] | None:
    """Return the values over their common denominator, and one unit; None where the sums would not fit."""
    numbers: list[Fraction] = []
    denominator, total = 1, 0
    for value in values:
        numbers.append(value)
        denominator = math.lcm(denominator, value.denominator)
        total += math.ceil(abs(value))
        if total * denominator > _MOST:
            return None
    return np.array([int(value * denominator) for value in numbers], dtype=np.int64), 1.0 / denominator


def _rounded(values: NDArray[np.float64]) -> tuple[Ints, float]:
    range_ = math.fsum(np.abs(values))
    unit = range_ / FINE if range_ > 0 else 1.0
    return np.rint(values / unit).astype(np.int64), unit


def _exact(value: float) -> Fraction:
    return Fraction(repr(float(value)))
