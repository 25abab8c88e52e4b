"""Balanced box: the largest unexplored box next, halved, so that at any moment the points cover the whole front.

A box is searched up to the middle of one side. The best point there leaves two boxes, of which each has at
most half the area; where there is none, the next point above the middle settles the upper half as well, for halving
alone would go on until the box is as small as rounding.

Boland, Charkhgard and Savelsbergh, "A criterion space search algorithm for biobjective integer programming: the
balanced box method", INFORMS Journal on Computing 27(4), 2015.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from atoopt.pareto.methods.box import Box

if TYPE_CHECKING:
    from atoopt.pareto.search.search import Search


def step(search: Search, box: Box) -> list[Box]:
    """Search half a box; return what is left of the box.

    Raises
    ------
    Unproven
        A solve ended without a proof.
    Crawling
        The front is continuous here.
    """
    ranges = search.ranges
    width, height = (box.right - box.left) / ranges[0], (box.top - box.bottom) / ranges[1]
    which = 0 if height >= width else 1
    other = 1 - which
    middle = (box.low(other) + box.high(other)) / 2
    if search.scale.whole[other]:
        middle = float(math.floor(middle))
    point = search.below(box, which, middle)
    if point is not None:
        search.watch(point, which, middle)
        return [box.above(which, middle, point.values), box.beyond(which, point.values)]
    upper = box.upper_half(which, middle)
    point = search.next_point(upper, which)
    return [] if point is None else [upper.beyond(which, point.values)]
