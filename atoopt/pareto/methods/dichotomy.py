"""Dichotomy: the extreme supported points, each an optimum of a weighted sum of both objectives.

Of two neighboring points the weights are those at which both are worth the same: a better one lies between them, or
none does. A linear program's front is the line through these points; an integer one has others between them.

Aneja and Nair, "Bicriteria transportation problem", Management Science 25(1), 1979.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from atoopt.pareto.methods.box import Box
from atoopt.pareto.program.scale import STEP

if TYPE_CHECKING:
    from atoopt.pareto.search.outcomes import Pair
    from atoopt.pareto.search.search import Search


def step(search: Search, box: Box) -> list[Box]:
    """Search a box for supported points; one that has none is left, for it may have others."""
    return split_at_supported(search, box) if box.hull else [box]


def split_at_supported(search: Search, box: Box) -> list[Box]:
    """Return the boxes on both sides of a new supported point, or the box itself marked as without one.

    Raises
    ------
    Unproven
        The solve ended without a proof.
    """
    upper, lower = (box.west, box.top), (box.right, box.south)
    weights = _weights(search, box)
    point = search.supported(weights)
    if point is None:
        return []
    new, worth = point.values, weights[0] * upper[0] + weights[1] * upper[1]
    if not (upper[0] < new[0] < lower[0] and lower[1] < new[1] < upper[1]):
        return [box._replace(hull=False)]
    gain = worth - (weights[0] * new[0] + weights[1] * new[1])
    smallest = 0.5 if all(search.scale.whole) else STEP * (weights[0] * (lower[0] - upper[0]))
    further = gain > smallest
    return [Box.between(upper, new, hull=further), Box.between(new, lower, hull=further)]


def _weights(search: Search, box: Box) -> Pair:
    """Return the weights at which both corner points are worth the same, whole ones where the values are."""
    first, second = box.top - box.south, box.right - box.west
    if all(search.scale.whole):
        divisor = math.gcd(round(first), round(second))
        return first / divisor, second / divisor
    largest = max(first, second)
    return first / largest, second / largest
