"""The epsilon-constraint method: one objective is minimized while the other is bounded, step by step.

Supported points come first, from weighted sums, which are the easier problems: between two of them a walk has a
start for every solve, and a small range. Where solves end at their roots there is little to save, and the walk takes
the whole front at once. A step is one solve with weights 1 and range + 1 where both objectives are whole (augmented),
else two: the second minimizes the bounded objective among the optima of the first (lexicographic), so that no weakly
dominated point gets in; where that one is whole, the next step's solve does this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atoopt.pareto.methods.box import Box
from atoopt.pareto.methods.dichotomy import split_at_supported
from atoopt.pareto.search.exchange import look_around

if TYPE_CHECKING:
    from atoopt.pareto.search.search import Search


def step(search: Search, box: Box) -> list[Box]:
    """Find the next point of a box; return what is left of the box.

    Raises
    ------
    Unproven
        A solve ended without a proof.
    Crawling
        The front is continuous here.
    """
    if box.hull and not (search.one_by_one and search.tuning.ends_at_root()):
        return split_at_supported(search, box)
    look_around(search, box)
    which = minimized(search)
    point = search.next_point(box, which, walking=True)
    if point is None:
        return []
    search.watch(point, which, box.high(1 - which) - search.scale.steps[1 - which])
    # the tree may grow along the front: then what is left is split after all
    return [box.beyond(which, point.values)._replace(hull=box.hull)]


def minimized(search: Search) -> int:
    """Return the objective to minimize: the bounded one should take few values, whole ones at best."""
    if search.scale.whole[0] != search.scale.whole[1]:
        return int(search.scale.whole[0])
    first, second = search.program.objectives
    return int(first.discrete and not second.discrete)
