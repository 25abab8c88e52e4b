"""The evaluator's sums without the evaluator: exact integers behind every point of a frontier, rounded once.

The terms that the evaluator adds are doubles: whole multiples of one power of two. Their sums as Python integers,
rounded at the end, are what `math.fsum` gives, however many points there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.policy.instance import PolicyInstance

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


@dataclass(frozen=True)
class ExactTotals:
    """Pallets and set-up hours in exact units.

    Attributes
    ----------
    start : (2,) array of object
        Before any item moves to order, in units.
    changes : (n_items, 2) array of object
        What each item adds to both as it moves.
    per_unit : (int, int)
        Units that make a pallet, an hour.
    """

    start: Objects
    changes: Objects
    per_unit: tuple[int, int]

    def values(self, changes: Objects) -> Floats:
        """Return pallets and set-up hours, shape (n, 2), after these changes; each is rounded once."""
        # a quotient of Python integers is correctly rounded, as math.fsum is
        return np.asarray((self.start + changes) / np.array(self.per_unit, dtype=object), dtype=np.float64)


def exact_totals(instance: PolicyInstance, base: NDArray[np.bool_], members: Sequence[Sequence[int]]) -> ExactTotals:
    """Return the sums of a policy, and what items (groups of parts that it makes to stock) change as they move."""
    pallets, per_pallet = _whole(instance.mts_pallets)
    hours, per_hour = _whole(np.concatenate([instance.mts_setup_hours, instance.mto_setup_hours]))
    n = instance.n_parts
    start = [
        sum(pallets[i] for i in range(n) if not base[i]),
        sum(hours[i + n if base[i] else i] for i in range(n)),
    ]
    changes = [[-sum(pallets[i] for i in group), sum(hours[i + n] - hours[i] for i in group)] for group in members]
    shaped = np.array(changes, dtype=object).reshape(-1, 2)
    return ExactTotals(np.array(start, dtype=object), shaped, (per_pallet, per_hour))


def _whole(values: Floats) -> tuple[list[int], int]:
    """Return doubles as whole multiples of a power of two, and how many of these make 1."""
    fractions = [value.as_integer_ratio() for value in values.tolist()]
    most = max((denominator for _, denominator in fractions), default=1)
    return [numerator * (most // denominator) for numerator, denominator in fractions], most
