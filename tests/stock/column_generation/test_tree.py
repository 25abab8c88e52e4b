"""The tree by itself: whatever its settings, it comes to the best stock, and proves no more than that it costs."""

from __future__ import annotations

import pytest

from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, StockInstance
from atoopt.stock.branch_and_bound import BranchAndBound
from atoopt.stock.column_generation.branch_and_price import branch_and_price
from atoopt.stock.column_generation.column_enumeration import EnumerationParameters
from atoopt.stock.column_generation.parameters import NodeParameters, Parameters
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.column_generation.search import Node, Search
from atoopt.stock.data.generate import uniform
from atoopt.stock.incumbent import Incumbent
from tests.stock.column_generation.helpers import NO_LEAVES, parameters
from tests.stock.small import Deaf, held_at_all, least_cost, small_instance

BRANCHING = parameters(iterations=60, leaf=NO_LEAVES)
"""No MILPs: stocks come from nodes where one is left."""

OPEN = parameters(iterations=60, leaf=NO_LEAVES, enumeration=EnumerationParameters(max_nodes=0))
"""No node is ever enumerated: where nothing is left to branch on, its bound is the floor."""

ONCE = NodeParameters(max_runs=1, pricing_rounds=1, separations=0)
HASTY = parameters(iterations=15, candidates=1, node=ONCE)
"""Bounds far from the best that could be proven."""

FEW_LISTED = parameters(iterations=15, node=ONCE, enumeration=EnumerationParameters(max_columns=1))
"""Nodes are enumerated only where one or two modules are within the gap."""

PARAMETERS = {
    "default": Parameters(), "branching": BRANCHING, "open": OPEN, "hasty": HASTY, "few listed": FEW_LISTED,
}  # fmt: skip


def searched(
    instance: StockInstance, parameters: Parameters, margin: float
) -> tuple[Search, BranchAndBound[Node], Deaf, float]:
    """Return a search and its tree, at their end, for stocks better than so far above the optimum, which is told."""
    best = least_cost(instance)
    incumbent = Deaf(instance, best + margin * max(1.0, abs(best)))
    search = Search(relax(instance), incumbent.run, incumbent, parameters)
    if instance.candidate_masks is not None:
        search.pool.add(held_at_all(instance))
    tree = branch_and_price(search)
    assert not incumbent.run.stopped
    return search, tree, incumbent, best


@pytest.mark.parametrize("settings", PARAMETERS)
@pytest.mark.parametrize("margin", [1e-4, 0.2])
def test_the_search_comes_to_the_best_stock(settings: str, margin: float) -> None:
    """Told of no stock but of a cost a little above the optimum, it ends with the optimum; or says what it lacks."""
    exact = 0
    for seed in range(16):
        search, tree, incumbent, best = searched(small_instance(seed), PARAMETERS[settings], margin)
        if search.relaxation.reward >= 0 and settings not in ("open", "few listed"):
            assert incumbent.offered == pytest.approx(best, rel=1e-7), seed
            assert tree.bound >= best - 1e-6 * max(1.0, abs(best)), seed
            exact += 1
        assert min(incumbent.offered, tree.bound) <= best + 1e-7 * max(1.0, abs(best)), seed
    assert exact > 8 or settings in ("open", "few listed")


def test_where_usage_pays_for_slowness_a_leaf_is_no_proof() -> None:
    """A saved operation costs more than it saves, so that a closed node's MILP may lack the best stock: it is found."""
    proven = 0
    for seed in range(24):
        preassembly, fixed = (1.0, 2.0, 4.0)[seed % 3], (0.0, 0.05, 0.2)[seed // 3 % 3]
        costs = Costs(preassembly=preassembly, fixed_transport=fixed, variable_transport=0.0, final_assembly=0.5)
        instance = small_instance(seed).replace(cost_basis="usage", costs=costs)
        search, tree, incumbent, best = searched(instance, Parameters(), 0.3)
        assert search.relaxation.reward < 0
        assert min(incumbent.offered, tree.bound) <= best + 1e-7 * max(1.0, abs(best)), seed
        proven += incumbent.offered == pytest.approx(best, abs=1e-6)
    assert proven > 20


def test_what_was_not_searched_is_not_called_infeasible() -> None:
    """Without a stock, and stopped before the first node: nothing is known. Searched to its end: infeasible."""
    instance = uniform(4).replace(max_modules=5, max_mean_assembly_time=0.5)
    for stopped in (True, False):
        run = Run(Options(threads=2, time_limit=60.0))
        if stopped:
            run.interrupted.set()
        tree = branch_and_price(Search(relax(instance), run, Incumbent(instance, run)))
        assert bool(tree.open) == stopped
