"""The pair relaxation and its search: valid for every stock, exact on small cases, blind to names."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.sets.bitsets import positions_of
from atoopt.solvers.run import Options, Run
from atoopt.stock import StockInstance
from atoopt.stock.cost import cost_equation
from atoopt.stock.data import generate
from atoopt.stock.dense import solve
from atoopt.stock.dense.bounding import bounded
from atoopt.stock.dense.gaps import separate
from atoopt.stock.dense.node import Node
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from atoopt.stock.dense.pair_rows import FIVE_MODULES, FIVE_PRODUCTS
from atoopt.stock.dense.program import Program
from atoopt.stock.dense.symmetry import interchangeable, orbit
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from tests.stock.reference import all_stocks, fitting_modules
from tests.stock.strategies import module_masks, stock_instances


def point_of(relaxation: PairRelaxation, stock: Evaluation) -> np.ndarray:
    """Return the columns of the relaxation model that stand for a stock, sums included."""
    place = {mask: m for m, mask in enumerate(relaxation.modules)}
    held = [place[mask] for mask in stock.masks if mask in place]
    x = np.zeros(relaxation.cost.size)
    x[held] = 1.0
    for (one, other), column in relaxation.columns.pair.items():
        x[column] = x[one] * x[other]
    others = [m for m in range(len(place)) if m not in relaxation.columns.other_number]
    for m in relaxation.columns.paired:
        x[relaxation.columns.other_number[m]], x[relaxation.columns.other_extra[m]] = (
            x[m] * x[others].sum(),
            x[m] * (x[others] @ relaxation.extra[others]),
        )
        x[relaxation.columns.number_with[m]] = x[m] * (len(held) - 1)
        x[relaxation.columns.extra_with[m]] = x[m] * (relaxation.extra[held].sum() - relaxation.extra[m])
    for group, number, pairs in zip(
        relaxation.columns.groups, relaxation.columns.group_number, relaxation.columns.group_pairs, strict=True
    ):
        x[number] = x[group].sum()
        x[pairs] = x[number] * (x[number] - 1) / 2
    several = [k for k, mask in enumerate(relaxation.instance.product_masks) if mask & (mask - 1)]
    first_column = np.searchsorted(relaxation.partitions.product, np.unique(relaxation.partitions.product))
    for k, first in zip(several, first_column.tolist(), strict=True):
        parts = {place[mask] for mask in stock.partition[k] if mask in place}
        column = first
        while set(relaxation.partitions.uses[column].indices.tolist()) != parts:
            column += 1
        x[relaxation.columns.n + column] = 1.0
    return x


@given(st.data())
@settings(max_examples=40)
def test_every_stock_keeps_every_row(data: st.DataObject) -> None:
    """The relaxation model is a relaxation: any stock within the time limit is a point of it, at the stock's cost."""
    instance = data.draw(stock_instances(max_mean_assembly_time=None, max_modules=None, delivery_ratio=None))
    allowed = set(fitting_modules(instance))
    masks = [mask for mask in data.draw(module_masks(instance.n_components)) if mask in allowed]
    stock, relaxation = evaluate_masks(instance, masks), PairRelaxation(instance)
    x = point_of(relaxation, stock)
    n, d = len(masks), sum(mask.bit_count() - 2 for mask in masks)
    matrix, low, high = relaxation.at(
        (max(0, n - data.draw(st.integers(0, 2))), n), (d, d + data.draw(st.integers(0, 2)))
    )
    assert ((low - 1e-9 <= matrix @ x) & (matrix @ x <= high + 1e-9)).all()
    assert (x <= relaxation.upper).all()
    assert relaxation.equation.base + relaxation.cost @ x == pytest.approx(stock.cost)


def test_facet_of_five_components_holds_and_is_met() -> None:
    """Its left side is at least 10 for what descents from random stocks go through, and 10 where some of them end."""
    instance = generate.uniform(5)
    modules, random, met = fitting_modules(instance), np.random.default_rng(5), 0

    def left_side(masks: frozenset[int]) -> float:
        operations = evaluate_masks(instance, masks).operations
        products = zip(instance.product_sizes.tolist(), operations.tolist(), strict=True)
        return sum(FIVE_MODULES[m.bit_count()] for m in masks) + sum(FIVE_PRODUCTS[size] * n for size, n in products)

    for size in (0, 5, 10, 20):
        stock = frozenset(random.choice(modules, size, replace=False).tolist())
        value, before = left_side(stock), math.inf
        while value < before:
            before = value
            sides = {stock ^ {mask}: left_side(stock ^ {mask}) for mask in modules}
            stock = min(sides, key=sides.__getitem__)
            value = sides[stock]
            assert min(before, value) >= 10
        met += before == 10
    assert met > 0


def test_rows_of_five_components_hold() -> None:
    """In the model too: stocks of a dense instance keep these rows."""
    relaxation, random = PairRelaxation(generate.log_normal(5, 1.0, 1)), np.random.default_rng(1)
    for size in (0, 3, 8, 26):
        stock = random.choice(relaxation.modules, size, replace=False).tolist()
        extra = sum(mask.bit_count() - 2 for mask in stock)
        matrix, low, high = relaxation.at((size, size), (extra, extra))
        activity = matrix @ point_of(relaxation, evaluate_masks(relaxation.instance, stock))
        kept = (low - 1e-9 <= activity) & (activity <= high + 1e-9)
        assert kept.sum() >= kept.size - 1  # the time limit is the one that a stock may break
        assert kept[relaxation.number_row - 1]


# the relaxation needs a saved operation to save money
@given(instance=stock_instances(max_components=3).filter(lambda drawn: cost_equation(drawn).per_operation > 0))
@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
def test_bound_and_stock_agree_with_brute_force(instance: StockInstance) -> None:
    """The bound is never above the optimum, and meets it: the search ends only when nothing is left."""
    costs = [evaluate_masks(instance, stock) for stock in all_stocks(fitting_modules(instance))]
    best = min((e.cost for e in costs if e.feasible), default=math.inf)
    claim = solve(instance, Run(Options(threads=1, time_limit=20)))
    if math.isinf(best):
        assert claim.infeasible
        return
    assert evaluate_masks(instance, claim.solution or ()).cost == pytest.approx(best)
    assert best * (1 - 2e-6) - 2e-6 <= claim.bound <= best * (1 + 1e-9) + 1e-9


@given(data=st.data())
@settings(max_examples=60)
def test_no_distribution_of_stocks_violates_a_gap_inequality(data: st.DataObject) -> None:
    """The moments of any mixture of stocks keep every gap inequality that the search could find."""
    n = data.draw(st.integers(2, 7))
    stocks = np.array(data.draw(st.lists(st.lists(st.integers(0, 1), min_size=n, max_size=n), min_size=1, max_size=6)))
    shares = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(stocks), max_size=len(stocks))), dtype=float)
    moments = np.einsum("s,si,sj->ij", shares / shares.sum(), stocks, stocks)
    assert separate(moments) == []


def test_gap_inequalities_cut_off_the_fraction_and_no_stock() -> None:
    """Those found for the relaxation's solution are violated by it, and kept by stocks of any size."""
    instance = generate.log_normal(6, 1.0, 0).replace(max_mean_assembly_time=1.2)
    relaxation, random = PairRelaxation(instance), np.random.default_rng(2)
    program = Program(relaxation, Node(0.0, 0, (4, 4), (0, 26)))
    program.known[:] = True
    solved = program.solve(math.inf)
    assert solved is not None
    gaps = separate(relaxation.moments(solved.columns))
    matrix, low = relaxation.gap_rows(gaps)
    assert len(gaps) > 10
    assert (matrix @ solved.columns < low - 1e-4).all()
    for size in (0, 1, 4, 9, 57):
        stock = random.choice(relaxation.modules, size, replace=False).tolist()
        assert (matrix @ point_of(relaxation, evaluate_masks(instance, stock)) >= low - 1e-9).all()


def test_gap_inequalities_raise_the_bound() -> None:
    """Each round of a node with N known proves more, and none more than the optimum, whose N it is."""
    relaxation, node, bounds = (
        PairRelaxation(atoopt.load("instances/stock/log-normal-6.json")),
        Node(0.0, 0, (6, 6), (0, 9)),
        [],
    )
    for _ in range(3):
        found = bounded(relaxation, node, Run(), math.inf)
        assert found is not None
        bounds.append(found.bound)
        node = Node(found.bound, 0, node.number, node.extra, start=replace(found.start, value=-math.inf))
    assert bounds == sorted(bounds)
    assert bounds[0] + 0.01 < bounds[-1] <= 46.5449 + 1e-4


def test_any_duals_prove_a_bound() -> None:
    """A proof needs no exact solver: random duals never prove more than the optimum."""
    instance = atoopt.load("instances/stock/uniform-5.json")
    program = Program(PairRelaxation(instance), Node(0.0, 0, (0, 26), (0, 49)))
    random = np.random.default_rng(1)
    for scale in (0.01, 1.0, 10.0):
        assert program.proof(scale * random.standard_normal(program.low.size))[0] <= 38.0968


def test_pairs_of_modules_close_most_of_the_gap_of_pattern() -> None:
    """At the root, N known, the bound is far nearer to the optimum 46.5449 than that of *pattern*, about 41."""
    relaxation = PairRelaxation(atoopt.load("instances/stock/log-normal-6.json"))
    found = bounded(relaxation, Node(0.0, 0, (6, 6), (1, 1)), Run(), 46.5449)
    assert found is not None
    assert 46.3 <= found.bound <= 46.5449


def test_too_few_modules_for_the_time_are_proven_impossible() -> None:
    """Eight modules of uniform demand need 29/31 at least: where 0.7 is asked for, no stock is left, and soon."""
    instance = generate.uniform(5).replace(max_mean_assembly_time=0.7, max_modules=8)
    claim = solve(instance, Run(Options(threads=2, time_limit=60)))
    assert claim.infeasible
    assert claim.solution is None


def test_interrupted_search_keeps_its_bound() -> None:
    """Stopped at once, the search claims no more than it has proven, and a stock."""
    run = Run(Options(threads=1))
    run.interrupted.set()
    claim = solve(generate.log_normal(6, 1.0, 3), run)
    assert claim.solution is not None
    assert claim.bound is not None
    assert claim.bound <= 19.2


@given(instance=stock_instances(min_components=2), stock=module_masks(4))
@settings(max_examples=60)
def test_exchanging_interchangeable_components_changes_nothing(instance: StockInstance, stock: list[int]) -> None:
    """Any permutation within the classes turns a stock into one of the same cost and time."""
    allowed = set(fitting_modules(instance))
    held = [mask for mask in stock if mask in allowed]
    before = evaluate_masks(instance, held)
    for members in map(positions_of, interchangeable(instance)):
        for images in permutations(members):
            turned = dict(zip(members, images, strict=True))
            exchanged = [sum(1 << turned.get(i, i) for i in positions_of(mask)) for mask in held]
            assert set(exchanged) <= allowed
            after = evaluate_masks(instance, exchanged)
            assert (after.cost, after.mean_assembly_time) == pytest.approx((before.cost, before.mean_assembly_time))


def test_orbits_partition_the_modules() -> None:
    """All modules of a size are one orbit where every product is demanded alike; fixing one pair splits them."""
    instance = generate.uniform(5)
    modules = PairRelaxation(instance).modules
    whole = interchangeable(instance)
    assert {len(orbit(mask, modules, whole)) for mask in modules} == {10, 5, 1}
    classes = interchangeable(instance, [frozenset({0b00011})])
    orbits = {frozenset(orbit(mask, modules, classes)) for mask in modules}
    assert sum(map(len, orbits)) == len(modules)
    assert not any(one & other for one, other in combinations(orbits, 2))
