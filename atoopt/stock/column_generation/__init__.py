"""Column generation: the best stock with a bound over every set of components, at real size (method `decomposition`).

The restricted master, an assignment relaxation over the modules known, is solved by a first-order method; pricing
looks for modules that pay over all sets; what is left of the gap is closed by branch and price, where reduced-cost
fixing excludes nearly all modules, and by MILPs over the few that remain. Dense demand over few components goes to
`atoopt.stock.dense`.

In reading order: `relaxation` (the problem as data), `column_pool`, `master/` (the restricted master, its Lagrangian
bound, PDHG), `pricing/` (pricing, repaired duals, the dual bound), `cuts/` (cliques, envelopes, their separation),
`root` (the loop of column generation), `reduced_cost_fixing`, `column_enumeration`, `restricted_milp` and `leaf`,
`node`, `strong_branching`, `branch_and_price`; `search` is what they share, `parameters` all their numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Progress, Run
from atoopt.stock import dense
from atoopt.stock.annealing.beside import annealing_beside
from atoopt.stock.branch_and_bound import BranchAndBound
from atoopt.stock.candidates import closed_sets, given
from atoopt.stock.column_generation.branch_and_price import branch_and_price
from atoopt.stock.column_generation.parameters import Parameters
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.column_generation.search import Node, Search
from atoopt.stock.cost import least_cost, limits_of
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.heuristics.sequences import fastest_stock
from atoopt.stock.incumbent import Incumbent
from atoopt.stock.instance import Costs, StockInstance
from atoopt.stock.ready import FOR_DECOMPOSITION, FOR_DENSE, ready
from atoopt.stock.start import first_stock

UNLISTED = "there are too many modules that a better stock could hold to look at each of them"


def solve(
    instance: StockInstance, run: Run, start: Iterable[int] | None = None, parameters: Parameters | None = None,
    incumbent: Incumbent | None = None,
) -> Claim:  # fmt: skip
    """Find the best stock and prove a bound over all that the instance allows.

    Parameters
    ----------
    instance : StockInstance
    run : Run
    start : iterable of int, optional
        The modules of a known stock, as bits.
    parameters : Parameters, optional
    incumbent : Incumbent, optional
        The best stock known, which others better while this searches; by default annealing does so.

    Returns
    -------
    Claim

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Progress, Run
    >>> claim = solve(atoopt.load("instances/stock/uniform-5.json"), Run())
    >>> round(claim.bound, 4)
    38.0968
    """
    ready(instance, run, groups_of_decomposition(instance))
    scale = _cost_scale(instance)
    if scale != 1.0:
        return _solve_scaled(instance, run, start, parameters, incumbent, scale)
    if incumbent is None:
        incumbent = Incumbent(instance, run)
        for stock in ([], start or first_stock(instance, run) or []):
            incumbent.offer(stock)
        with annealing_beside(incumbent):
            return _search(instance, run, incumbent, parameters)
    return _search(instance, run, incumbent, parameters)


def _search(instance: StockInstance, run: Run, incumbent: Incumbent, parameters: Parameters | None) -> Claim:
    """Bound and branch, from the best stock known."""
    if incumbent.found and run.stopped:
        return Claim(incumbent.masks, bound=least_cost(instance), details={"solver": "highs"})
    if not incumbent.found and _surely_infeasible(instance):
        return Claim(infeasible=True, details={"solver": "highs"})
    if parameters is None and dense.suits(instance):
        return dense.solve(instance, run, incumbent=incumbent)
    if not incumbent.found:
        incumbent.offer(fastest_stock(instance))
    search = Search(relax(instance), run, incumbent, parameters or Parameters())
    search.pool.add(_first_modules(instance, incumbent, search.parameters.root.first_modules))
    return _claim(search, branch_and_price(search))


def _claim(search: Search, tree: BranchAndBound[Node]) -> Claim:
    """Return what a search has come to."""
    incumbent, pool = search.incumbent, search.pool
    if not tree.open and not incumbent.found:
        return Claim(infeasible=True, details={"solver": "highs"})
    return Claim(
        solution=incumbent.masks if incumbent.found else None,
        bound=tree.bound if math.isfinite(tree.bound) else None,
        unproven=UNLISTED if search.floor < incumbent.cutoff else "",
        details={
            "solver": "highs", "modules_generated": len(pool), "cuts": pool.cliques.n_cuts,
            "envelope_cuts": len(pool.envelopes), "nodes": search.statistics.nodes, "milps": search.statistics.leaves,
        },
    )  # fmt: skip


def _first_modules(instance: StockInstance, incumbent: Incumbent, n: int) -> list[int]:
    """Return the listed candidates, or some intersections of products and best sellers; and those of the best stock."""
    if instance.candidate_masks is not None:
        return list(given(instance).masks)
    shared = sorted(closed_sets(instance, n).masks, key=lambda mask: mask.bit_count())
    best_sellers = sorted(range(instance.n_products), key=lambda k: -instance.shares[k])[:n]
    sold = [piece for k in best_sellers for piece in instance.pieces(instance.product_masks[k])]
    return shared[:n] + sold + list(incumbent.masks)


def _surely_infeasible(instance: StockInstance) -> bool:
    """Whether the single components alone are too many, or even the fastest stock too slow."""
    if limits_of(instance).modules < 0:
        return True
    return not evaluate_masks(instance.replace(max_modules=None), fastest_stock(instance)).feasible


def _cost_scale(instance: StockInstance) -> float:
    """Return the power of two that the costs are divided by, so that absolute tolerances suit them."""
    c = instance.costs
    largest = max(
        c.preassembly, c.fixed_transport, c.variable_transport, c.final_assembly * instance.time_per_operation
    )
    return 1.0 if largest == 0 or 0.1 <= largest <= 1e4 else 2.0 ** math.frexp(largest)[1]


def _solve_scaled(
    instance: StockInstance, run: Run, start: Iterable[int] | None, parameters: Parameters | None,
    incumbent: Incumbent | None, scale: float,
) -> Claim:  # fmt: skip
    """Solve with the costs divided by `scale`; what is reported and claimed is multiplied back."""

    def listen(progress: Progress, note: str) -> None:
        incumbent, bound = (None if x is None else x * scale for x in (progress.incumbent, progress.bound))
        run.report(incumbent, bound, note)

    costs = Costs(**{name: value / scale for name, value in instance.costs.model_dump().items()})
    inner, scaled = Run(run.options, listen, run.log, interrupted=run.interrupted, started=run.started), None
    if incumbent is not None:
        scaled = Incumbent(instance.replace(costs=costs), inner)
        incumbent.followers.append(scaled)
        scaled.offer(incumbent.masks)
    claim = solve(instance.replace(costs=costs), inner, start, parameters, scaled)
    if claim.bound is not None:
        claim.bound *= scale
    return claim


def groups_of_decomposition(instance: StockInstance) -> tuple[str, ...]:
    """Return which groups decomposition calls."""
    from atoopt.stock import dense

    return FOR_DENSE if dense.suits(instance) else FOR_DECOMPOSITION
