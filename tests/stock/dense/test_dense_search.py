"""The dense search by itself: it comes to the best stock, whatever it branches on and whatever may be exchanged."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from atoopt.sets.bitsets import positions_of
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, StockInstance
from atoopt.stock.branch_and_bound import BranchAndBound
from atoopt.stock.cost import cost_equation
from atoopt.stock.data import generate
from atoopt.stock.dense.node import Node
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from atoopt.stock.dense.program import Infeasible, Program
from atoopt.stock.dense.symmetry import exchanged, interchangeable
from atoopt.stock.dense.tree import DenseTree
from atoopt.stock.evaluation import Evaluation
from atoopt.stock.incumbent import Incumbent
from tests.stock.small import Deaf, evaluated, least_cost, several, small_instance


def search_of(instance: StockInstance, incumbent: Incumbent) -> BranchAndBound[Node]:
    """Return a search, at its end."""
    tree = DenseTree(PairRelaxation(instance), incumbent.run, incumbent)
    search = BranchAndBound(tree, incumbent.run, incumbent, tree.relaxation.equation.base)
    search.search(tree.first_nodes(), 2)
    return search


def searched(instance: StockInstance, margin: float) -> tuple[BranchAndBound[Node], Deaf, float]:
    """Return a search that was ended for stocks better than so far above the optimum, which is told."""
    best = least_cost(instance)
    incumbent = Deaf(instance, best + margin * max(1.0, abs(best)))
    search = search_of(instance, incumbent)
    assert not incumbent.run.stopped
    return search, incumbent, best


@pytest.mark.parametrize("margin", [1e-4, 0.1])
def test_the_search_comes_to_the_best_stock(margin: float) -> None:
    """Told of no stock but of a cost a little above the optimum, it ends with the optimum."""
    n = 0
    for seed in range(24):
        instance = small_instance(seed)
        if cost_equation(instance).per_operation > 0:
            search, incumbent, best = searched(instance, margin)
            assert incumbent.offered == pytest.approx(best, rel=1e-7), seed
            assert search.bound == pytest.approx(search.tree.cutoff)
            n += 1
    assert n > 12


@pytest.mark.parametrize("limit", [0.4, 0.8, 1.2])
@pytest.mark.parametrize("price", [0.5, 4.0])
def test_no_optimum_is_lost_to_symmetry(limit: float, price: float) -> None:
    """Where all components, or two pairs of them, may be exchanged, one of the best stocks is still come to."""
    costs = Costs(preassembly=0.4, fixed_transport=0.2, variable_transport=0.1, final_assembly=price)
    whole = generate.uniform(4)
    pairs = tuple(product for product in whole.products if len(product.components) != 3)
    listed = tuple(product.components for product in whole.products if len(product.components) in (2, 4))
    for products, most in ((whole.products, None), (pairs, None), (pairs, 7)):
        instance = whole.replace(
            products=products, max_mean_assembly_time=limit, costs=costs, max_modules=most, candidate_modules=listed
        )
        _, incumbent, best = searched(instance, 0.02)
        assert incumbent.offered == pytest.approx(best, rel=1e-7)


def test_liaisons_and_lists_tell_components_apart() -> None:
    """Exchanging interchangeable ones turns each module that may be held into one that may be."""
    whole = generate.uniform(4)
    pairs, classes = list(combinations(whole.components, 2)), 0
    modules = [mask for mask in range(16) if mask & (mask - 1)]
    for chosen in range(1 << len(pairs)):
        some = tuple(pair for i, pair in enumerate(pairs) if chosen >> i & 1)
        for instance in (whole.replace(liaisons=some), whole.replace(candidate_modules=some)):
            allowed = {mask for mask in modules if instance.allows(mask)}
            for members in map(positions_of, interchangeable(instance)):
                classes += 1
                for one, other in combinations(members, 2):
                    assert {exchanged(mask, one, other) for mask in allowed} == allowed, some
    assert 40 < classes < 200


def test_a_held_module_tells_its_components_apart() -> None:
    """What is fixed in stock, or excluded, stays so: only exchanges within it and beside it are left."""
    whole = generate.uniform(4)
    for fixed, left in ((0b0011, [0b0011, 0b1100]), (0b0111, [0b0111]), (0b1111, [0b1111])):
        assert interchangeable(whole, [frozenset({fixed})]) == left
    assert interchangeable(whole, [frozenset({0b0011}), frozenset({0b0101})]) == []
    assert interchangeable(whole, [frozenset({0b0011, 0b0101})]) == [0b0110]


def in_node(node: Node, stock: Evaluation, relaxation: PairRelaxation) -> bool:
    """Whether a stock is one of a node's."""
    held = {m for m, mask in enumerate(relaxation.modules) if mask in several(stock)}
    extra = sum(relaxation.extra[m] for m in held)
    counts = node.number[0] <= len(held) <= node.number[1] and node.extra[0] <= extra <= node.extra[1]
    return counts and node.ones <= held and not node.zeros & held


def test_children_cover_a_node() -> None:
    """Each stock of a node is in exactly one child by N and by D; by a module, it or an exchanged twin is in one."""
    split = by_module = 0
    for seed in range(24):
        instance = small_instance(seed)
        incumbent, random = Deaf(instance, 1e6), np.random.default_rng(seed)
        relaxation = PairRelaxation(instance)
        tree = DenseTree(relaxation, incumbent.run, incumbent)
        stocks = evaluated(instance)
        nodes = tree.first_nodes()
        assert all(sum(in_node(node, stock, relaxation) for node in nodes) == 1 for stock in stocks), seed
        for _ in range(12):
            node = nodes[int(random.integers(len(nodes)))]
            if len(node.ones) == node.number[1] or len(node.ones) + len(node.zeros) == len(relaxation.modules):
                continue
            children = tree.branch(node, random.uniform(0, 1, len(relaxation.modules)))
            of_node = [stock for stock in stocks if in_node(node, stock, relaxation)]
            of_children = [stock for stock in of_node if any(in_node(child, stock, relaxation) for child in children)]
            if children[0].ones == node.ones:
                assert len(of_children) == len(of_node), seed
                split += 1
            else:
                best = min((stock.cost for stock in of_node), default=math.inf)
                assert min((stock.cost for stock in of_children), default=math.inf) == pytest.approx(best), seed
                by_module += 1
            assert all(sum(in_node(child, stock, relaxation) for child in children) <= 1 for stock in of_node)
            nodes += children
    assert min(split, by_module) > 30


def test_duals_of_a_node_prove_a_bound() -> None:
    """Of its stocks none costs less than the program's duals say, exact or off, with modules held or excluded."""
    near = empty = 0
    for seed in range(24):
        instance = small_instance(seed)
        if cost_equation(instance).per_operation <= 0:
            continue
        relaxation, random = PairRelaxation(instance), np.random.default_rng(seed)
        m, extra = len(relaxation.modules), int(relaxation.extra.sum())
        for _ in range(4):
            ones = frozenset(np.flatnonzero(random.random(m) < 0.2).tolist())
            zeros = frozenset(np.flatnonzero(random.random(m) < 0.2).tolist()) - ones
            node = Node(0.0, 0, (int(random.integers(0, 3)), int(random.integers(2, m + 1))), (0, extra), ones, zeros)
            best = min((s.cost for s in evaluated(instance) if in_node(node, s, relaxation)), default=math.inf)
            program = Program(relaxation, node)
            program.known = program.allowed.copy()
            try:
                solved = program.solve(60.0)
            except Infeasible:
                assert best == math.inf, seed
                empty += 1
                continue
            assert solved is not None
            for noise in (0.0, 0.01, 0.3):
                bound, _ = program.proof(solved.duals + noise * random.standard_normal(solved.duals.size))
                assert bound <= best + 1e-9, seed
                near += best - 0.2 * abs(best) < bound
            # of each product one partition is chosen: what its row is worth, the partitions cost more
            shifted = solved.duals.copy()
            shifted[np.unique(relaxation.partitions.product)] += random.uniform(
                -1.0, 1.0, np.unique(relaxation.partitions.product).size
            )
            assert program.proof(shifted)[0] == pytest.approx(program.proof(solved.duals)[0])
    assert near > 20
    assert empty > 0


def test_room_for_single_components_only() -> None:
    """As many modules as components: the stock without any other is come to, and is all there is."""
    for seed in (1, 4, 11):
        instance = small_instance(seed).replace(
            max_modules=4, max_mean_assembly_time=None, delivery_ratio=None, cost_basis="stock"
        )
        _, incumbent, best = searched(instance, 0.1)
        assert len(evaluated(instance)) == 1
        assert incumbent.offered == best


def test_what_was_not_searched_is_not_called_infeasible() -> None:
    """Without a stock, and stopped before the first node: nothing is known. Searched to its end: infeasible."""
    instance = generate.uniform(4).replace(max_modules=5, max_mean_assembly_time=0.5)
    for stopped in (True, False):
        run = Run(Options(threads=1, time_limit=60.0))
        if stopped:
            run.interrupted.set()
        assert bool(search_of(instance, Incumbent(instance, run)).open) == stopped
