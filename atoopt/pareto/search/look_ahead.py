"""The second stage of a lexicographic pair, done by the solve that the walk's next step needs anyway.

The first stage gives a solution of the least first objective within a level of the second. It is the point to find
if no solution with less of the second is as good in the first, and that is what the next step of the walk asks: the
least first objective, one step of the second below. Where it finds one that is as good, that is the better candidate;
where not, its answer is kept for the next step. So a point takes one solve, not two. The second objective must be
whole: between it and one step below there is nothing that could be missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from atoopt.pareto.program.compile import Floats

if TYPE_CHECKING:
    from atoopt.pareto.search.outcomes import Pair
    from atoopt.pareto.search.search import Search


ROUNDING = 0.01
"""Share of a step by which values differ that are the same."""


def last_of_equals(search: Search, which: int, limits: Pair, columns: Floats, floor: float) -> Floats:
    """Return the solution of least other objective among those as good as `columns` in objective `which`.

    Parameters
    ----------
    search : Search
        Its ``ahead`` then holds the answer of the next step.
    which : {0, 1}
    limits : (float, float)
        Of the solve that gave `columns`.
    columns : array
    floor : float
        No solution as good in objective `which` has less than this of the other.

    Raises
    ------
    Unproven
        A solve ended without a proof.
    """
    other = 1 - which
    weights = (1.0, 0.0) if which == 0 else (0.0, 1.0)
    most = search.scale.values(search.program, columns)[which] + ROUNDING * search.scale.steps[which]
    while True:
        values = search.scale.values(search.program, columns)
        level = values[other] - search.scale.steps[other]
        if level < floor:
            return columns
        below = (limits[0], level) if which == 0 else (level, limits[1])
        better = search.solve(weights, below)
        if better is None or search.scale.values(search.program, better)[which] > most:
            search.ahead = (weights, below, better)
            return columns
        columns = better
