"""The exact partition against a plain recursion, and on stocks that defeat a careless search."""

from __future__ import annotations

import random
from itertools import combinations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from atoopt.sets.bitsets import mask_of, to_words
from atoopt.stock.packing import pack_products
from atoopt.stock.partition import partitions
from tests.stock.reference import fewest_pieces
from tests.stock.strategies import module_masks


def saved_by(n: int, masks: list[int], *, product: int | None = None, greedy: bool = False) -> int:
    """Return what one product of n components saves with these modules, after checking the modules used."""
    product = (1 << n) - 1 if product is None else product
    several = sorted({m for m in masks if m & (m - 1)}, key=lambda m: (-m.bit_count(), m))
    sizes = np.array([m.bit_count() for m in several], dtype=np.int64)
    saved, _, used = partitions(to_words([product], n), to_words(several, n), sizes, greedy=greedy)
    rest = product
    for m in used.tolist():
        assert several[m] & ~rest == 0
        rest ^= several[m]
    assert saved[0] == sum(sizes[m] - 1 for m in used.tolist())
    return int(saved[0])


def every(n: int, size: int) -> list[int]:
    """Return all sets of one size."""
    return [mask_of(chosen) for chosen in combinations(range(n), size)]


@given(module_masks(9, max_size=30), st.integers(1, 2**9 - 1))
def test_exact_equals_a_plain_recursion(masks: list[int], product: int) -> None:
    """The branch and bound finds what a recursion over all subsets finds."""
    fewest = fewest_pieces(product, frozenset(masks))
    assert product.bit_count() - saved_by(9, masks, product=product) == fewest


@given(module_masks(10, max_size=60), st.integers(0, 60))
def test_components_far_apart_make_no_difference(masks: list[int], shift: int) -> None:
    """The same sets, laid across the border between two machine words, save the same."""
    spread = [mask << shift for mask in masks]
    assert saved_by(10, masks) == saved_by(75, spread, product=(1 << 10) - 1 << shift)


@pytest.mark.parametrize(
    ("n", "masks", "saved"),
    [
        (20, every(20, 3), 12),  # six triples and two left over, where rates promise 13
        (20, [*every(20, 3), 0b11], 13),  # only one pair can take the two
        (22, [*every(22, 3), *every(22, 4)], 16),  # four fours and two threes; greedy is left with two
        (25, [*every(25, 2), *every(25, 3)], 16),
        (25, [m for m in every(25, 3) if m & 1], 2),  # all share one component
        (16, every(16, 2), 8),
        (15, [m for m in every(15, 2) if m & 0b111], 3),  # three hubs
    ],
)
def test_dense_stocks_are_solved(n: int, masks: list[int], saved: int) -> None:
    """Hundreds of modules fit in one product; the answer follows from counting."""
    assert saved_by(n, masks) == saved


def test_the_blocks_of_a_wide_product_are_solved_apart() -> None:
    """Twenty copies of a set that greedy gets wrong (bcde before abc + def): one search over all never ends."""
    masks = [mask << 6 * i for i in range(20) for mask in (0b011110, 0b000111, 0b111000)]
    assert saved_by(120, masks, greedy=True) == 20 * 3
    assert saved_by(120, masks) == 20 * 4


@pytest.mark.parametrize("seed", range(5))
def test_hundreds_of_random_modules_in_a_product_of_thirty(seed: int) -> None:
    """A planted partition is found among 300 random modules, or one at least as good."""
    rng = random.Random(seed)
    order = rng.sample(range(30), 30)
    planted = [mask_of(order[at : at + 5]) for at in range(0, 30, 5)]
    others = [mask_of(rng.sample(range(30), size)) for size in (2, 3, 4) for _ in range(100)]
    assert saved_by(30, [*planted, *others]) == 24


@given(module_masks(8, max_size=20), st.lists(st.integers(1, 255), min_size=1, max_size=6, unique=True))
def test_adding_module_by_module_packs_as_well(masks: list[int], products: list[int]) -> None:
    """With an exact limit the answer is that of `partitions`; without, it lies between that and the greedy one."""
    several = [m for m in masks if m & (m - 1)]
    words, sizes = to_words(several, 8), np.array([m.bit_count() for m in several], dtype=np.int64)
    product_words = to_words(products, 8)
    for exact in (len(several), 0):
        saved = np.zeros(len(products), np.int64)
        packed = np.full((len(products), 5), -1)
        for new in range(len(several)):
            order = np.array(sorted(range(new + 1), key=lambda m: -sizes[m]), dtype=np.int64)
            pack_products(product_words, words, sizes, order, new, exact, saved, packed)
            for k, product in enumerate(products):
                best = product.bit_count() - fewest_pieces(product, frozenset(several[: new + 1]))
                assert saved[k] == best if exact else saved[k] <= best
                used = [several[m] for m in packed[k] if m >= 0]
                assert sum(used) & ~product == 0
                assert sum(m.bit_count() - 1 for m in used) == saved[k]
