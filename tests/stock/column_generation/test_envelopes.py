"""Envelope cuts: valid for every stock, found where the relaxation is too good, and a bound at any duals."""

import math
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.sets.bitsets import subsets_of
from atoopt.solvers.run import Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.column_generation import solve
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.envelope_separation import most_violated, stars
from atoopt.stock.column_generation.cuts.separation import separate_envelopes
from atoopt.stock.column_generation.master.lagrangian import Duals, lagrangian
from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal
from atoopt.stock.column_generation.parameters import Parameters, RootParameters
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.reference import optimum

PAIRS = [m for m in subsets_of(0b1111) if m.bit_count() == 2]


def random_instance(seed: int) -> StockInstance:
    """Return four components in products of two to four, where a few modules serve many products."""
    random = np.random.default_rng(seed)
    sets = [c for size in (2, 3, 4) for c in combinations("abcd", size)]
    chosen = random.choice(len(sets), int(random.integers(4, len(sets) + 1)), replace=False)
    alpha, beta, gamma, delta = random.choice([0.0, 0.4, 1.0, 2.0], 4)
    return StockInstance(
        name="random", components=tuple("abcd"),
        products=tuple(Product(components=sets[i], demand=float(random.integers(1, 9))) for i in chosen),
        costs=Costs(preassembly=alpha, fixed_transport=beta, variable_transport=gamma, final_assembly=delta),
        cost_basis=str(random.choice(["stock", "usage"])),
        max_mean_assembly_time=float(random.choice([0.4, 0.8, 1.2])),
    )  # fmt: skip


def test_no_stock_is_cut_off() -> None:
    """Whatever is held, no product's best use of it is beyond a cut; and the fraction that asked for it is."""
    wide = found = 0
    for seed in range(150):
        random = np.random.default_rng(seed)
        n, products = int(random.integers(3, 8)), int(random.integers(2, 9))
        saves, y = random.integers(1, 4, n).astype(float), random.uniform(0.05, 0.95, n)
        fits, shares = random.random((n, products)) < 0.6, random.uniform(0.01, 1.0, products)
        saved = np.array([min(saves.max(), saves[fits[:, k]] @ y[fits[:, k]]) for k in range(products)])
        cut = most_violated(saves, y, fits, saved, shares, lambda: False)
        if cut is None:
            continue
        level, weight, most = cut.slope, cut.weight, cut.intercept
        assert (level >= 0).all()
        assert ((weight >= 0) & (weight <= shares * (1 + 1e-9))).all()
        assert weight @ saved > level @ y + most
        for subset in range(1 << n):
            held = (subset >> np.arange(n) & 1).astype(bool)
            best = np.where(fits & held[:, None], saves[:, None], 0.0).max(axis=0)
            assert weight @ best <= level[held].sum() + most + 1e-9
        found, wide = found + 1, wide + (np.unique(saves[level > 0]).size > 1)
    assert found > 75
    assert wide > 20  # modules that save different numbers of operations


def test_what_a_single_product_does_is_never_cut_off() -> None:
    """One trace: the relaxation is its envelope already, and where nothing shares a product nothing is to say."""
    half, once = np.full(3, 0.5), np.ones(1)
    assert most_violated(np.ones(3), half, np.ones((3, 1), dtype=bool), once, once, lambda: False) is None
    assert most_violated(np.ones(3), half, np.eye(3, dtype=bool), half, np.ones(3), lambda: False) is None


def test_separation_can_be_stopped() -> None:
    """A run that is stopped gets no cut, rather than one that is not valid."""
    fits = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=bool)
    assert most_violated(np.ones(3), np.full(3, 0.5), fits, np.ones(3), np.ones(3), lambda: True) is None


def test_stars_hold_a_component_and_the_largest_fractions() -> None:
    """Modules held wholly, or hardly, are in no star; two modules make none."""
    found = [members.tolist() for members in stars([0b011, 0b101, 0b110, 0b111], np.array([0.2, 0.9, 1.0, 0.4]), 3)]
    assert found == [[1, 3, 0]]


@given(seed=st.integers(0, 100_000))
@settings(max_examples=25)
def test_any_duals_of_envelopes_give_a_bound(seed: int) -> None:
    """Random duals of rows and envelopes never prove more than the best of all stocks costs."""
    random = np.random.default_rng(seed)
    instance = random_instance(seed % 5)
    relaxation = relax(instance)
    pool = ColumnPool(relaxation)
    pool.add(PAIRS)
    x, y = random.uniform(0.3, 0.6, pool.n_pairs), random.uniform(0.3, 0.6, len(pool))
    separate_envelopes(pool, x, y, 1, lambda: False)
    duals = Duals(
        random.uniform(0, 1, relaxation.n_rows) * relaxation.by_row(relaxation.shares),
        random.uniform(0, 10, len(relaxation.limit_need)), 0.0, 1.0, random.uniform(0, 5, len(pool.envelopes)),
    )  # fmt: skip
    proof = dual_bound(pool, pool.whole_master(), duals)
    assert proof.value is not None
    assert proof.value <= best_of(seed % 5) + 1e-9


@cache
def best_of(seed: int) -> float:
    """Return the optimum of a random instance, found once."""
    return optimum(random_instance(seed))


@pytest.mark.parametrize("seed", range(8))
def test_decomposition_with_envelopes_agrees_with_brute_force(seed: int) -> None:
    """Looked for however narrow the gap, envelopes leave the optimum where it is."""
    instance = random_instance(seed)
    claim = solve(instance, Run(), parameters=Parameters(root=RootParameters(wide_gap=-1.0)))
    best = best_of(seed)
    assert claim.infeasible == math.isinf(best)
    if not claim.infeasible:
        assert claim.bound == pytest.approx(best, rel=1e-6)
        assert evaluate_masks(instance, claim.solution).cost == pytest.approx(best, rel=1e-6)


def test_envelopes_raise_the_bound() -> None:
    """Three pairs with a common component, three products that two of them fit in: held half, each serves all."""
    products = tuple(Product(components=c, demand=1.0) for c in (("a", "b", "c"), ("a", "b", "d"), ("a", "c", "d")))
    costs = Costs(preassembly=0.2, fixed_transport=0.0, variable_transport=0.0, final_assembly=0.9)
    pairs = tuple(("a", other) for other in "bcd")
    instance = StockInstance(
        name="star", components=tuple("abcd"), products=products, costs=costs, candidate_modules=pairs,
        max_mean_assembly_time=None,
    )  # fmt: skip
    relaxation = relax(instance)
    pool, bounds = ColumnPool(relaxation), []
    pool.add(instance.candidate_masks or ())
    duals, primal = first_duals(relaxation), Primal(np.zeros(pool.n_pairs), np.zeros(len(pool)))
    for _ in range(2):
        for _ in range(10):
            duals, primal = run_pdhg(pool.whole_master(), duals, primal, 300)
        bounds.append(lagrangian(pool.whole_master(), duals)[0])
        separate_envelopes(pool, primal.pairs, primal.modules, 1, lambda: False)
    assert bounds[0] == pytest.approx(1.2, abs=1e-4)
    assert bounds[1] == pytest.approx(optimum(instance), abs=1e-4)
