"""Leaves: nodes whose columns are enumerated, solved to the end by trying all stocks or by a MILP."""

from __future__ import annotations

import math
from collections.abc import Callable

from atoopt.solvers.running.threads import HelperThread
from atoopt.stock.column_generation.master.lagrangian import safe
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.relaxation import Ints
from atoopt.stock.column_generation.restricted_milp import solve_milp
from atoopt.stock.column_generation.search import Node, Search
from atoopt.stock.cost import cost_equation, limits_of
from atoopt.stock.enumeration.exhaustive import are_few, try_all
from atoopt.stock.evaluation import evaluate_masks


def least_cost_with(search: Search, fixed: Ints) -> float:
    """Return what a stock with these modules costs at least, where it costs to save an operation.

    The evaluator uses the fewest pieces whatever that costs, so that each module more saves, and costs, no less: the
    relaxation, in which a product may use more pieces than it must, does not know that.
    """
    relaxation = search.relaxation
    instance, cost = relaxation.instance, cost_equation(relaxation.instance)
    stock = evaluate_masks(instance, [search.pool.masks[p] for p in fixed])
    operations = min(float(instance.shares @ stock.operations), limits_of(instance).operations)
    return safe(relaxation, cost.base + cost.per_module * fixed.size + cost.per_operation * operations)


def solve_leaf(search: Search, node: Node, master: RestrictedMaster) -> bool:
    """Try all stocks of an enumerated node where these are few, or solve a small one by MILP; return whether it ends.

    It does not where the MILP proves less than the cutoff: the solver's tolerances are its own, and where saving an
    operation costs, the MILP is a relaxation. Such nodes are branched on until their stocks are few.
    """
    leaf, free = search.parameters.leaf, master.module[master.fixed == 0]
    if are_few(search.relaxation.instance, free.size):
        fixed, others = ([search.pool.masks[p] for p in places] for places in (master.fixed_modules, free))
        try_all(search.incumbent.offer, fixed, others)
        return True
    if master.module.size > leaf.max_modules or master.pair.size > leaf.max_pairs:
        return False

    def raise_bound(bound: float) -> None:
        node.bound = max(node.bound, bound)

    for integral_use in (False, True):
        if not _solve(search, master, integral_use, leaf.seconds, raise_bound):
            return False
        if node.bound >= search.cutoff:
            search.statistics.leaves += 1
            return True
    return False


def start_milp_beside(search: Search, master: RestrictedMaster) -> None:
    """Solve the enumerated root by one MILP in a thread of its own, if it is not too large; its bound is the search's.

    Not where the run may use one thread only.
    """
    leaf = search.parameters.leaf

    def raise_bound(bound: float) -> None:
        search.bound_beside = max(search.bound_beside, bound)

    is_small = master.module.size <= leaf.max_modules_beside and master.pair.size <= leaf.max_pairs_beside
    if is_small and search.run.options.threads != 1:
        search.milp_beside = HelperThread(lambda: _solve(search, master, False, math.inf, raise_bound))
        search.milp_beside.start()


def _solve(
    search: Search, master: RestrictedMaster, integral_use: bool, seconds: float, raise_bound: Callable[[float], None]
) -> bool:
    """Solve the MILP of a restricted master, telling of each bound; return whether it was solved to the end."""
    place = {int(p): i for i, p in enumerate(master.module)}
    start = [place.get(search.pool.position.get(mask, -1), -1) for mask in search.incumbent.masks]
    verdict = solve_milp(
        master, integral_use=integral_use, start=start if all(p >= 0 for p in start) else None,
        time_limit=min(search.run.remaining, seconds), should_stop=lambda: search.stopped, on_bound=raise_bound,
    )  # fmt: skip
    if verdict.modules is not None:
        search.incumbent.offer(search.pool.masks[p] for p in master.module[verdict.modules])
    if verdict.bound is not None:
        raise_bound(verdict.bound)
    return verdict.is_solved
