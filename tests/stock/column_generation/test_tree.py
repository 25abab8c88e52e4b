"""The tree by itself: whatever its settings, it comes to the best stock, and proves no more than that it costs."""

from __future__ import annotations

import pytest

from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, StockInstance
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.column_generation.tree import Tree
from atoopt.stock.column_generation.work import Settings
from atoopt.stock.data.generate import uniform
from atoopt.stock.incumbent import Incumbent
from tests.stock.small import Deaf, held_at_all, least_cost, small_instance

BRANCHING = Settings(leaf_modules=0, leaf_pairs=0, iterations=60)
"""No MILPs: stocks come from nodes where one is left."""

OPEN = Settings(leaf_modules=0, leaf_pairs=0, closed_nodes=0, iterations=60)
"""No node is ever closed: where nothing is left to branch on, its bound is the floor."""

HASTY = Settings(iterations=15, node_chunks=1, node_rounds=1, node_looks=0, candidates=1)
"""Bounds far from the best that could be proven."""

FEW_LISTED = Settings(iterations=15, node_chunks=1, node_rounds=1, node_looks=0, closed_modules=1)
"""Nodes are closed only where one or two modules are within the gap."""

SETTINGS = {"default": Settings(), "branching": BRANCHING, "open": OPEN, "hasty": HASTY, "few listed": FEW_LISTED}


def searched(instance: StockInstance, settings: Settings, margin: float) -> tuple[Tree, Deaf, float]:
    """Return a tree that was searched to its end for stocks better than so far above the optimum, which is told."""
    best = least_cost(instance)
    incumbent = Deaf(instance, best + margin * max(1.0, abs(best)))
    tree = Tree(relax(instance), incumbent.run, incumbent, settings)
    if instance.candidate_masks is not None:
        tree.work.pool.add(held_at_all(instance))
    tree.search()
    assert not incumbent.run.stopped
    return tree, incumbent, best


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("margin", [1e-4, 0.2])
def test_the_search_comes_to_the_best_stock(settings: str, margin: float) -> None:
    """Told of no stock but of a cost a little above the optimum, it ends with the optimum; or says what it lacks."""
    exact = 0
    for seed in range(16):
        tree, incumbent, best = searched(small_instance(seed), SETTINGS[settings], margin)
        if tree.work.relaxation.reward >= 0 and settings not in ("open", "few listed"):
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
        tree, incumbent, best = searched(instance, Settings(), 0.3)
        assert tree.work.relaxation.reward < 0
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
        tree = Tree(relax(instance), run, Incumbent(instance, run), Settings())
        tree.search()
        assert tree.infeasible == (not stopped)
