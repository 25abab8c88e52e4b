"""The cuts of the relaxation: valid for every way to build a product, found where broken, charged in pricing."""

from functools import cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.sets.bitsets import mask_of, positions_of, subsets_of, to_words
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.cuts.clique_cuts import NewCliques, no_cliques, only_cliques, with_cliques
from atoopt.stock.column_generation.cuts.clique_separation import violated_cliques
from atoopt.stock.column_generation.cuts.separation import separate_cliques
from atoopt.stock.column_generation.master.lagrangian import Duals, lagrangian
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.data.generate import log_normal
from tests.stock.column_generation.helpers import priced
from tests.stock.column_generation.random_charges import random_charges
from tests.stock.reference import all_partitions, optimum

TRIANGLE = [0b011, 0b110, 0b101]


def test_half_of_each_pair_of_three_is_cut_off_once() -> None:
    """Three pairs of three components, each used half: together at most one; a known cut is not found again."""
    x, product, words = np.full(3, 0.5), np.zeros(3, dtype=np.int64), to_words(TRIANGLE, 3)
    product_of, start, sets = violated_cliques(no_cliques(1, 1), x, product, words, np.ones(1))
    assert (product_of.tolist(), start.tolist()) == ([0], [0, 3])
    assert sorted(sets[:, 0].tolist()) == sorted(TRIANGLE)
    cuts = with_cliques(no_cliques(1, 1), NewCliques(product_of, start, sets))
    assert violated_cliques(cuts, x, product, words, np.ones(1))[0].size == 0


def test_a_cut_counts_modules_by_what_makes_them_meet() -> None:
    """Three modules of five components that meet in a, b and c: any module with two of these is counted."""
    words = to_words([0b01011, 0b10110, 0b00101], 5)
    _, _, sets = violated_cliques(no_cliques(1, 1), np.full(3, 0.5), np.zeros(3, dtype=np.int64), words, np.ones(1))
    assert sorted(sets[:, 0].tolist()) == sorted(TRIANGLE)


def test_lines_of_a_plane_are_a_clique_without_a_triangle() -> None:
    """Fano's seven lines, each used a third, meet pairwise, and no triangle of points is broken."""
    lines = [mask_of([i, (i + 1) % 7, (i + 3) % 7]) for i in range(7)]
    x, product, words = np.full(7, 1 / 3), np.zeros(7, dtype=np.int64), to_words(lines, 7)
    product_of, start, sets = violated_cliques(no_cliques(1, 1), x, product, words, np.ones(1))
    assert (product_of.tolist(), start.tolist()) == ([0], [0, 7])
    assert sorted(sets[:, 0].tolist()) == sorted(lines)
    cuts = with_cliques(no_cliques(1, 1), NewCliques(product_of, start, sets))
    assert violated_cliques(cuts, x, product, words, np.ones(1))[0].size == 0
    halted = np.ones(1, dtype=np.int8)
    assert violated_cliques(no_cliques(1, 1), x, product, words, np.ones(1), halt=halted)[0].size == 0


@pytest.mark.parametrize("size", [4, 5, 6])
def test_cliques_of_four_and_more(size: int) -> None:
    """Modules of which each two meet in a component of their own, each used a third: as many sets, nothing lost.

    No triangle of components is broken, so that only the clique is. Its sets meet pairwise, so that of disjoint
    modules it counts one; tried on all ways to build the product of six components.
    """
    meetings = list(combinations(range(size), 2))
    for seed in range(10):
        random = np.random.default_rng(seed)
        place = random.permutation(60 + len(meetings))[: len(meetings)].tolist()
        spare = sorted(set(range(60 + len(meetings))) - set(place))
        modules = [
            mask_of([place[i] for i, pair in enumerate(meetings) if member in pair]) | 1 << spare[member]
            for member in range(size)
        ]  # fmt: skip
        x, product = np.full(size, 1 / 3), np.zeros(size, dtype=np.int64)
        words = to_words(modules, 128)
        owner, start, sets = violated_cliques(no_cliques(1, 2), x, product, words, np.ones(1))
        masks = [int(low) | int(high) << 64 for low, high in sets.tolist()]
        assert (owner.tolist(), start.tolist()) == ([0], [0, size])
        assert sorted(masks) == sorted(module & ~(1 << spare[i]) for i, module in enumerate(modules))
        assert all(a & b for a, b in combinations(masks, 2))
        if size == 4:
            for partition in all_partitions([1 << i for i in place]):
                assert sum(any(module & s == s for s in masks) for module in partition) <= 1
        cuts = with_cliques(no_cliques(1, 2), NewCliques(owner, start, sets))
        assert violated_cliques(cuts, x, product, words, np.ones(1))[0].size == 0


def test_fractions_just_beyond_a_clique_are_cut_off() -> None:
    """Four modules at 0.27 each are broken by 0.08, at 0.255 by too little; each product has its own."""
    meetings = list(combinations(range(4), 2))
    modules = [mask_of([i for i, pair in enumerate(meetings) if member in pair]) for member in range(4)]
    product = np.zeros(4, dtype=np.int64)
    for used, found in ((0.27, 1), (0.255, 0)):
        assert (
            violated_cliques(no_cliques(1, 1), np.full(4, used), product, to_words(modules, 6), np.ones(1))[0].size
            == found
        )
    both = to_words([*modules, *(m << 6 for m in modules)], 12)
    x, owner = np.repeat([0.27, 0.3], 4), np.repeat([0, 1], 4)
    products, _, _ = violated_cliques(no_cliques(2, 1), x, owner, both, np.ones(2))
    assert products.tolist() == [0, 1]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60)
def test_no_way_to_build_a_product_is_cut_off(seed: int) -> None:
    """Cuts that random fractions break are broken by these, and by no disjoint modules, also beyond 64 components."""
    random = np.random.default_rng(seed)
    places = [0, 1, 62, 63, 64, 65, 66]
    modules = [m for m in subsets_of(mask_of(places)) if m.bit_count() in (2, 3)]
    chosen = [modules[i] for i in random.choice(len(modules), 12, replace=False)]
    x, product = random.uniform(0.1, 0.9, 12), np.zeros(12, dtype=np.int64)
    _, start, sets = violated_cliques(no_cliques(1, 2), x, product, to_words(chosen, 67), np.ones(1))
    for first, last in pairwise(start.tolist()):
        members = [int(low) | int(high) << 64 for low, high in sets[first:last]]
        assert all(a & b for a, b in combinations(members, 2))
        counted = [any(m & s == s for s in members) for m in chosen]
        assert x[counted].sum() > 1
        assert all(a & b for a, b in combinations([m for m, c in zip(chosen, counted, strict=True) if c], 2))


def test_a_cut_is_dropped_with_its_sets() -> None:
    """By place, which is the order of the duals and not that of the cuts."""
    sets = to_words([0b0011, 0b0110, 0b0101, 0b1001, 0b1011, 0b0011, 0b1000], 4)
    cuts = with_cliques(no_cliques(2, 1), NewCliques(np.array([1]), np.array([0, 3]), sets[:3]))
    cuts = with_cliques(cuts, NewCliques(np.array([0, 1]), np.array([0, 2, 4]), sets[3:]))
    assert (cuts.first.tolist(), cuts.start.tolist(), cuts.place.tolist()) == ([0, 1, 3], [0, 2, 5, 7], [1, 0, 2])
    left = only_cliques(cuts, np.array([False, True, True]))
    assert (left.first.tolist(), left.start.tolist(), left.place.tolist()) == ([0, 1, 2], [0, 2, 4], [0, 1])
    assert left.sets[:, 0].tolist() == [0b1001, 0b1011, 0b0011, 0b1000]


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60)
def test_pricing_charges_cuts(seed: int) -> None:
    """Branch and bound with charges agrees with pricing each set of components by itself."""
    random = np.random.default_rng(seed)
    n, q = int(random.integers(1, 6)), int(random.integers(3, 7))
    has = random.random((n, q)) < 0.8
    gain, worth = np.where(has, random.normal(0.6, 1.0, (n, q)), 0.0), random.uniform(0.0, 1.0, n)
    charges, owner, families = random_charges(random, n, q, 1.0)
    wanted = {}
    for mask in range(1, 2**q):
        inside = positions_of(mask)
        paid = [any(s & mask == s for s in families[c]) * charges.dual[c] for c in range(4)]
        values = [
            gain[k, inside].sum() - worth[k] - sum(paid[c] for c in range(4) if owner[c] == k)
            for k in range(n) if has[k, inside].all()
        ]  # fmt: skip
        profit = sum(v for v in values if v > 0) - 0.7 - 0.1 * len(inside)
        if len(inside) > 1 and profit > 0:
            wanted[mask] = profit
    modules, profits, _, complete = priced(has, gain, worth, (0.7, 0.1), floor=0.0, most=100, charges=charges)
    found = {mask_of(np.flatnonzero(m).tolist()): p for m, p in zip(modules, profits, strict=True)}
    assert complete
    assert found == pytest.approx(wanted)


@cache
def least_cost(seed: int) -> float:
    """Return the optimum of a dense instance of four components, found once."""
    return optimum(log_normal(4, seed=seed))


@given(seed=st.integers(0, 1000))
@settings(max_examples=40)
def test_any_duals_of_cuts_give_a_bound(seed: int) -> None:
    """Random duals of rows and cuts never prove more than the best of all stocks costs, whatever is known of it."""
    random = np.random.default_rng(seed)
    relaxation = relax(log_normal(4, seed=seed % 3))
    pool = ColumnPool(relaxation)
    modules = [m for m in subsets_of(0b1111) if m & (m - 1)]
    pool.add([modules[i] for i in random.choice(len(modules), 8, replace=False)])
    assert separate_cliques(pool, pool.whole_master(), random.uniform(0.3, 0.6, pool.n_pairs)) > 0
    rows = random.uniform(0, 0.2, relaxation.n_rows + pool.cliques.n_cuts)
    duals = Duals(rows, random.uniform(0, 10, len(relaxation.limit_need)), 0.0, 1.0)
    proof = dual_bound(pool, pool.whole_master(), duals)
    assert proof.value is not None
    assert proof.value <= least_cost(seed % 3) + 1e-9
    assert lagrangian(pool.whole_master(), proof.duals)[0] == pytest.approx(proof.value)
