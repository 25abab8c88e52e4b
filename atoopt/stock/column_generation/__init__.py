"""Decomposition: the best stock with a bound over every set of components, at real size.

The dual of the assignment relaxation is climbed by a first-order method over a pool of modules; modules that
pay are priced over all sets by branch and bound; what is left of the gap is closed by branching on modules,
where reduced profits exclude nearly all of them, and by MILPs over the few that remain. Dense demand over few
components goes to `atoopt.stock.dense`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Progress, Run
from atoopt.stock import dense
from atoopt.stock.annealing.beside import annealing_beside
from atoopt.stock.candidates import closed_sets, given
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.column_generation.tree import Tree
from atoopt.stock.column_generation.work import Settings
from atoopt.stock.evaluate import evaluate_masks
from atoopt.stock.fronts.economy import least_cost
from atoopt.stock.heuristics.construct import fastest_stock
from atoopt.stock.incumbent import Incumbent
from atoopt.stock.instance import Costs, StockInstance
from atoopt.stock.ready import FOR_DECOMPOSITION, FOR_DENSE, ready
from atoopt.stock.start import first_stock

FIRST_MODULES = 400
"""The pool starts with at most so many intersections of products, and so many best sellers."""

UNLISTED = "there are too many modules that a better stock could hold to look at each of them"


def solve(
    instance: StockInstance, run: Run, start: Iterable[int] | None = None, settings: Settings | None = None,
    incumbent: Incumbent | None = None,
) -> Claim:  # fmt: skip
    """Find the best stock and prove a bound over all that the instance allows.

    Parameters
    ----------
    instance : StockInstance
    run : Run
    start : iterable of int, optional
        The modules of a known stock, as bits.
    settings : Settings, optional
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
        return _solve_scaled(instance, run, start, settings, incumbent, scale)
    if incumbent is None:
        incumbent = Incumbent(instance, run)
        for stock in ([], start or first_stock(instance, run) or []):
            incumbent.offer(stock)
        with annealing_beside(incumbent):
            return _search(instance, run, incumbent, settings)
    return _search(instance, run, incumbent, settings)


def _search(instance: StockInstance, run: Run, incumbent: Incumbent, settings: Settings | None) -> Claim:
    """Bound and branch, from the best stock known."""
    if incumbent.found and run.stopped:
        return Claim(incumbent.masks, bound=least_cost(instance), details={"solver": "highs"})
    if not incumbent.found and _surely_infeasible(instance):
        return Claim(infeasible=True, details={"solver": "highs"})
    if settings is None and dense.suits(instance):
        return dense.solve(instance, run, incumbent=incumbent)
    if not incumbent.found:
        incumbent.offer(fastest_stock(instance))
    tree = Tree(relax(instance), run, incumbent, settings or Settings())
    tree.work.pool.add(_first_modules(instance, incumbent))
    tree.search()
    if tree.infeasible:
        return Claim(infeasible=True, details={"solver": "highs"})
    return Claim(
        solution=incumbent.masks if incumbent.found else None,
        bound=tree.bound if math.isfinite(tree.bound) else None,
        unproven=UNLISTED if tree.work.floor < incumbent.cutoff else "",
        details={
            "solver": "highs", "modules_generated": len(tree.work.pool), "cuts": len(tree.work.pool.cuts),
            "envelope_cuts": len(tree.work.pool.envelopes),
            "nodes": tree.work.nodes, "milps": tree.work.leaves,
        },
    )  # fmt: skip


def _first_modules(instance: StockInstance, incumbent: Incumbent) -> list[int]:
    """Return the listed candidates, or some intersections of products and best sellers; and those of the best stock."""
    if instance.candidate_masks is not None:
        return list(given(instance).masks)
    shared = sorted(closed_sets(instance, FIRST_MODULES).masks, key=lambda mask: mask.bit_count())
    best_sellers = sorted(range(instance.n_products), key=lambda k: -instance.shares[k])[:FIRST_MODULES]
    sold = [piece for k in best_sellers for piece in instance.pieces(instance.product_masks[k])]
    return shared[:FIRST_MODULES] + sold + list(incumbent.masks)


def _surely_infeasible(instance: StockInstance) -> bool:
    """Whether the single components alone are too many, or even the fastest stock too slow."""
    if instance.max_modules is not None and instance.max_modules < instance.n_components:
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
    instance: StockInstance, run: Run, start: Iterable[int] | None, settings: Settings | None,
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
    claim = solve(instance.replace(costs=costs), inner, start, settings, scaled)
    if claim.bound is not None:
        claim.bound *= scale
    return claim


def groups_of_decomposition(instance: StockInstance) -> tuple[str, ...]:
    """Return which groups decomposition calls."""
    from atoopt.stock import dense

    return FOR_DENSE if dense.suits(instance) else FOR_DECOMPOSITION
