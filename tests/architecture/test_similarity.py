"""Similarity: a plain twin, what must not change it, what must."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.architecture import ArchitectureInstance, Product
from atoopt.architecture.similarity import similarities, similarity
from atoopt.base.errors import InputError
from tests.architecture.strategies import products, renamed

WEIGHTS = st.tuples(*[st.floats(0, 10)] * 3).filter(any)


def plain_jaccard(first: set[Any], second: set[Any]) -> float:
    """Return the index by its definition."""
    return len(first & second) / len(first | second) if first | second else 1.0


def plain_features(product: Product) -> tuple[set[Any], set[Any], set[Any]]:
    """Return functions, subassembly types and joints, from the data alone."""
    tags = {component.id: set(component.functions) for component in product.components}
    types: dict[str, set[Any]] = {component: set() for component in tags}
    for key in {key for joint in product.joints for key in joint.key_characteristics}:
        mates = [joint for joint in product.joints if key in joint.key_characteristics]
        members = {end for joint in mates for end in (joint.locates, joint.located)}
        does = frozenset().union(*(tags[member] for member in members))
        for member in members:
            types[member].add((does, frozenset(joint.technology for joint in mates)))
    subassemblies = set().union(*types.values())
    for component, found in types.items():
        found |= set() if found else {(frozenset(tags[component]), frozenset())}
    joints = {
        (joint.technology, frozenset((one, other)))
        for joint in product.joints
        for one in types[joint.locates]
        for other in types[joint.located]
    }
    return set(product.functions), subassemblies, joints


@settings(max_examples=25)
@given(products(), products(), WEIGHTS)
def test_equals_the_plain_twin(first: Product, second: Product, weights: tuple[float, float, float]) -> None:
    """Each part is Jaccard's index of plain sets, and the total their weighted mean."""
    found = similarity(first, second, weights)
    parts = [plain_jaccard(a, b) for a, b in zip(plain_features(first), plain_features(second), strict=True)]
    assert found[1:] == pytest.approx(parts, abs=1e-12)
    assert found.total == pytest.approx(np.average(parts, weights=weights), abs=1e-9)


@settings(max_examples=25)
@given(products(), products(), WEIGHTS, st.randoms(use_true_random=False))
def test_symmetric_one_on_itself_and_blind_to_ids(
    first: Product, second: Product, weights: tuple[float, float, float], rng: random.Random
) -> None:
    """To the last bit: the order of the two, their ids, the order of their lists and their family do not matter."""
    found = similarity(first, second, weights)
    assert similarity(second, first, weights) == found
    assert similarity(first, first, weights).total == 1.0
    assert similarity(renamed(first, rng), renamed(second, rng), weights) == found
    assert similarity(first, renamed(first, rng), weights) == (1.0, 1.0, 1.0, 1.0)
    assert 0.0 <= found.total <= 1.0


@settings(max_examples=25)
@given(products(), products())
def test_a_function_more_in_both_brings_them_nearer(first: Product, second: Product) -> None:
    """A function that both get raises that part, or leaves it at 1; one that only one gets lowers it."""

    def more(product: Product) -> Product:
        return product.replace(functions=(*product.functions, "new"))

    before = similarity(first, second).functions
    shared, unshared = similarity(more(first), more(second)).functions, similarity(more(first), second).functions
    assert shared > before or shared == before == 1.0
    assert unshared < before or unshared == before == 0.0


@settings(max_examples=25)
@given(products())
def test_another_technology_lowers_only_what_it_concerns(product: Product) -> None:
    """With all joints glued anew, functions stay alike and joints have nothing in common."""
    joints = tuple(joint.model_copy(update={"technology": "magnet"}) for joint in product.joints)
    found = similarity(product, product.replace(joints=joints))
    assert found.functions == 1.0
    assert found.joints == (0.0 if joints else 1.0)
    assert found.subassemblies == (0.0 if product.key_characteristics else 1.0)


def test_table_of_three_by_hand(clippers: ArchitectureInstance) -> None:
    """Five functions, six with a file, seven with a catcher; two, three and four subassembly types."""
    table = similarities(clippers.products)
    assert table.functions.tolist() == [[1, 5 / 6, 5 / 7], [5 / 6, 1, 6 / 7], [5 / 7, 6 / 7, 1]]
    assert table.subassemblies.tolist() == [[1, 2 / 3, 2 / 4], [2 / 3, 1, 3 / 4], [2 / 4, 3 / 4, 1]]
    assert similarities(clippers.products, (1, 0, 0)).total.tolist() == table.functions.tolist()
    assert not table.total.flags.writeable


@pytest.mark.parametrize("weights", [(0, 0, 0), (1, 1), (1, -1, 1), (1, float("nan"), 1), (float("inf"), 1, 1)])
def test_bad_weights(clippers: ArchitectureInstance, weights: tuple[float, ...]) -> None:
    """Weights that are no weights are one clear error."""
    with pytest.raises(InputError, match="give three weights"):
        similarities(clippers.products, weights)
