"""Dense demand over few components: a relaxation of pairs of modules, and branch and bound over it.

Where nearly every set of components is a product, the relaxations of *assignment* and *pattern* are loose, and
pricing does not help: all modules are known. The bound comes from `lifted`, symmetry from `symmetry`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.candidates import default_candidates
from atoopt.stock.decomposition.helper import annealing_beside
from atoopt.stock.decomposition.incumbent import Incumbent
from atoopt.stock.dense.economy import economy_of
from atoopt.stock.dense.lifted import Lifted
from atoopt.stock.dense.search import Search
from atoopt.stock.dense.symmetry import interchangeable
from atoopt.stock.instance import StockInstance


def solve(instance: StockInstance, run: Run, start: Iterable[int] | None = None) -> Claim:
    """Find the best stock and prove a bound over all that the instance allows.

    Parameters
    ----------
    instance : StockInstance
        Its candidate modules and the partitions of its products can be listed, see `suits`.
    run : Run
        ``options.threads`` nodes are bounded at once (all cores if None).
    start : iterable of int, optional
        The modules of a known stock, as bits.

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
    incumbent = Incumbent(instance, run)
    for stock in ([], default_candidates(instance).masks, start or []):
        incumbent.offer(stock)
    search = Search(Lifted(instance), run, incumbent)
    with annealing_beside(incumbent):
        search.go()
    if search.infeasible:
        return Claim(infeasible=True, details={"solver": "highs"})
    classes = [list(instance.names(mask)) for mask in interchangeable(instance)]
    return Claim(
        solution=incumbent.masks if incumbent.found else None,
        bound=search.bound if math.isfinite(search.bound) else None,
        details={"solver": "highs", "relaxation": "pairs", "nodes": search.nodes, "interchangeable": classes},
    )


def suits(instance: StockInstance) -> bool:
    """Whether the relaxation holds: a saved operation must not cost more than it saves."""
    return economy_of(instance).per_operation > 0
