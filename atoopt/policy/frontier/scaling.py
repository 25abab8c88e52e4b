"""What parts save and add when they move to order, in whole units, so that sums compare exactly.

Moving part i from MTS to MTO saves B_i / (2 EPQ_i) pallets and adds Ts_i (O_i - D_i / B_i) set-up hours. In
floating point, sums that are equal differ in the last digit, and a frontier fills with twins of one point.
Where the decimals of the file have a common denominator that fits a machine word, the units are exact;
otherwise they are the finest that a machine word allows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.instance import PolicyInstance

Ints = NDArray[np.int64]

BITS = 60
"""All sums stay below 2^60 units: a machine word holds them and what a merge adds to them."""

LAST_DIGITS = 16
"""Two values of the evaluator that agree in the file's decimals differ by less than this many last digits.

Reading and computing a part's terms takes at most seven roundings, each of at most half a last digit of a term, all
terms are positive, and a value has up to two digits where its terms have one.
"""

ROUNDING = LAST_DIGITS * 2.0**-52
"""The same as a share of the value, at most."""


@dataclass(frozen=True)
class Scaled:
    """What moves save and add, in whole units.

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
    def error(self) -> tuple[float, float]:
        """How far two sums may be from their difference in units, in pallets and hours: 0 where exact."""
        if self.exact:
            return 0.0, 0.0
        # a term that is not 0 is off by at most one unit, and is in one of the two sums, or in both and cancels
        return int(np.count_nonzero(self.saved)) * self.unit[0], int(np.count_nonzero(self.added)) * self.unit[1]


def moves(instance: PolicyInstance) -> tuple[list[Fraction], list[Fraction]]:
    """Return what each part saves in pallets and adds in hours a year, exactly as the file's decimals say.

    Examples
    --------
    >>> import atoopt
    >>> saved, added = moves(atoopt.load("instances/policy/plates-12.json"))
    >>> saved[0], added[0]
    (Fraction(50, 3), Fraction(126, 5))
    """
    saved, added = [], []
    for part, pieces in zip(instance.parts, instance.pieces_per_pallet.tolist(), strict=True):
        batch = _exact(part.batch_pieces)
        saved.append(batch / (2 * _exact(pieces)))
        events = _exact(part.orders_per_year) - _exact(part.annual_demand) / batch
        added.append(events * sum(map(_exact, part.setup_hours.values()), Fraction(0)))
    return saved, added


def scaled(saved: Sequence[Fraction], added: Sequence[Fraction]) -> Scaled:
    """Return amounts in whole units.

    Examples
    --------
    >>> data = scaled([Fraction(1, 4), Fraction(3)], [Fraction(1, 3), Fraction(-2)])
    >>> data.saved.tolist(), data.added.tolist(), data.exact
    ([1, 12], [1, -6], True)
    """
    # set-up hours first: batches divide them, so that their denominators grow too large after a few parts
    hours = _common(added)
    pallets = None if hours is None else _common(saved)
    if hours is not None and pallets is not None:
        return Scaled(pallets[0], hours[0], (pallets[1], hours[1]), True)
    (saved_units, pallet_unit), (added_units, hour_unit) = _rounded(saved), _rounded(added)
    return Scaled(saved_units, added_units, (pallet_unit, hour_unit), False)


def _common(values: Sequence[Fraction]) -> tuple[Ints, float] | None:
    """Return the values over their common denominator, and one unit; None where the sums would not fit."""
    denominator, total = 1, 0
    for value in values:
        denominator = math.lcm(denominator, value.denominator)
        total += math.ceil(abs(value))
        if total * denominator > 2**BITS:
            return None
    return np.array([int(value * denominator) for value in values], dtype=np.int64), 1.0 / denominator


def _rounded(values: Sequence[Fraction]) -> tuple[Ints, float]:
    """Return the values in the finest units that fit; what is not 0 stays so."""
    exponent = max(math.frexp(math.fsum(abs(float(value)) for value in values))[1] - BITS, -1000)
    unit = Fraction(2) ** exponent
    units = [(round(value / unit) or (value > 0) - (value < 0)) for value in values]
    return np.array(units, dtype=np.int64), float(unit)


def _exact(value: float) -> Fraction:
    return Fraction(Decimal(repr(float(value))))
