"""Decomposition: the best stock with a bound over every set of components, at real size.

The dual of the assignment relaxation is climbed by a first-order method over a pool of modules; modules that
pay are priced over all sets by branch and bound; what is left of the gap is closed by branching on modules,
where reduced profits exclude nearly all of them, and by MILPs over the few that remain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.candidates import closed_sets, given
from atoopt.stock.decomposition.helper import annealing_beside
from atoopt.stock.decomposition.incumbent import Incumbent
from atoopt.stock.decomposition.relaxation import relax
from atoopt.stock.decomposition.tree import Settings, Tree
from atoopt.stock.instance import StockInstance

FIRST_MODULES = 400
"""The pool starts with at most so many intersections of products, and so many best sellers."""


def solve(
    instance: StockInstance, run: Run, start: Iterable[int] | None = None, settings: Settings | None = None
) -> Claim:
    """Find the best stock and prove a bound over all that the instance allows.

    Parameters
    ----------
    instance : StockInstance
    run : Run
    start : iterable of int, optional
        The modules of a known stock, as bits.
    settings : Settings, optional

    Returns
    -------
    Claim

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Run
    >>> claim = solve(atoopt.load("instances/stock/uniform-5.json"), Run())
    >>> round(claim.bound, 4)
    38.0968
    """
    relaxation = relax(instance)
    incumbent = Incumbent(instance, run)
    tree = Tree(relaxation, run, incumbent, settings or Settings())
    for stock in ([], start or []):
        incumbent.offer(stock)
    if instance.candidate_masks is not None:
        first = list(given(instance).masks)
    else:
        shared = sorted(closed_sets(instance, FIRST_MODULES).masks, key=lambda mask: mask.bit_count())
        best_sellers = sorted(range(instance.n_products), key=lambda k: -instance.shares[k])[:FIRST_MODULES]
        first = shared[:FIRST_MODULES] + [instance.product_masks[k] for k in best_sellers]
    tree.pool.add([*first, *(start or [])])
    # every product whole is the fastest stock there is, if the instance allows it
    incumbent.offer(instance.product_masks)
    incumbent.offer(first)
    with annealing_beside(incumbent):
        tree.search()
    if tree.infeasible:
        return Claim(infeasible=True, details={"solver": "highs"})
    return Claim(
        solution=incumbent.masks if incumbent.found else None,
        bound=tree.bound if math.isfinite(tree.bound) else None,
        details={
            "solver": "highs", "modules_generated": len(tree.pool), "nodes": tree.nodes, "milps": tree.leaves,
        },
    )  # fmt: skip
