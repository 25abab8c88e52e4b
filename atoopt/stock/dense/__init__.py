"""Dense demand over few components: a relaxation of pairs of modules, and branch and bound over it.

Where nearly every set of components is a product, the relaxations of *assignment* and *pattern* are loose, and
pricing does not help: all modules are known.

In reading order: `pair_relaxation` (with `pair_columns` and `pair_rows`), `gaps` (cuts), `node`, `program` (the linear
program of a node), `bounding`, `symmetry`, `tree`; `parameters` are all their numbers.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.annealing.beside import annealing_beside
from atoopt.stock.branch_and_bound import BranchAndBound
from atoopt.stock.candidates import default_candidates, few_subsets
from atoopt.stock.cost import cost_equation
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from atoopt.stock.dense.parameters import SEARCH, SUITS
from atoopt.stock.dense.symmetry import interchangeable
from atoopt.stock.dense.tree import DenseTree
from atoopt.stock.incumbent import Incumbent
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import n_partitions


def solve(
    instance: StockInstance, run: Run, start: Iterable[int] | None = None, incumbent: Incumbent | None = None
) -> Claim:
    """Find the best stock and prove a bound over all that the instance allows.

    Parameters
    ----------
    instance : StockInstance
        Its candidate modules and the partitions of its products can be listed, see `suits`.
    run : Run
        ``options.threads`` nodes are bounded at once (all cores if None).
    start : iterable of int, optional
        The modules of a known stock, as bits.
    incumbent : Incumbent, optional
        The best stock known, which others better while this searches; by default annealing does so, for a while.

    Returns
    -------
    Claim

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Options, Run
    >>> claim = solve(atoopt.load("instances/stock/uniform-5.json"), Run(Options(threads=1)))
    >>> round(claim.bound, 3)
    38.097
    """
    if incumbent is None:
        incumbent = Incumbent(instance, run)
        for stock in ([], start or []):
            incumbent.offer(stock)
        with annealing_beside(incumbent, seconds=SUITS.annealing_seconds):
            return _search(instance, run, incumbent)
    return _search(instance, run, incumbent)


def _search(instance: StockInstance, run: Run, incumbent: Incumbent) -> Claim:
    """Bound and branch, from the best stock known."""
    if not incumbent.found:
        incumbent.offer(default_candidates(instance).masks)
    tree = DenseTree(PairRelaxation(instance), run, incumbent)
    search = BranchAndBound(tree, run, incumbent, tree.relaxation.equation.base, SEARCH)
    search.search(tree.first_nodes(), run.options.threads or os.cpu_count() or 1)
    if not search.open and not incumbent.found:
        return Claim(infeasible=True, details={"solver": "highs"})
    classes = [list(instance.names(mask)) for mask in interchangeable(instance)]
    return Claim(
        solution=incumbent.masks if incumbent.found else None,
        bound=search.bound if math.isfinite(search.bound) else None,
        details={
            "solver": "highs", "relaxation": "pairs", "nodes": tree.statistics.nodes, "interchangeable": classes,
        },
    )  # fmt: skip


def suits(instance: StockInstance) -> bool:
    """Whether the demand is dense: few candidate modules, but many partitions of the products into them.

    Up to 8,000 partitions, *pattern* as a whole is solved sooner; the relaxation needs a saved operation to save
    money.

    Examples
    --------
    >>> from atoopt.stock.data.generate import log_normal
    >>> [suits(log_normal(q)) for q in (7, 8)]
    [False, True]
    """
    if cost_equation(instance).per_operation <= 0 or not few_subsets(instance, SUITS.max_subsets):
        return False
    candidates = default_candidates(instance)
    if len(candidates.masks) > SUITS.max_modules:
        return False
    most = SUITS.max_partitions
    return SUITS.least_partitions < n_partitions(instance, candidates, most) <= most
