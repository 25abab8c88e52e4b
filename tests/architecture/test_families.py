"""Families: those that the products were made from come back; cut, silhouette and sharing are what they say."""

from __future__ import annotations

from math import comb
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import pdist, squareform

from atoopt.architecture import ArchitectureInstance
from atoopt.architecture.data.generate import noisy_families, random_families
from atoopt.architecture.data.illustrations.clippers import nail_clipper
from atoopt.architecture.data.illustrations.columns import manual_column
from atoopt.architecture.families import cut, families
from atoopt.architecture.report import report
from atoopt.architecture.sharing import shared_lines
from atoopt.architecture.silhouette import silhouette_by_number, silhouettes
from atoopt.base.errors import InputError
from tests.architecture.strategies import instances


def true_labels(instance: ArchitectureInstance) -> list[int]:
    """Return the families that the products were made from, numbered by their first products."""
    number: dict[Any, int] = {}
    return [number.setdefault(product.family, len(number)) for product in instance.products]


def adjusted_rand(first: Any, second: Any) -> float:
    """Return the adjusted Rand index of two partitions: 1 where they are the same, 0 on average over random ones."""
    table = np.zeros((max(first) + 1, max(second) + 1), dtype=int)
    np.add.at(table, (first, second), 1)
    pairs, rows, columns = (sum(comb(int(n), 2) for n in part.flat) for part in (table, table.sum(1), table.sum(0)))
    expected = rows * columns / comb(len(first), 2)
    return (pairs - expected) / ((rows + columns) / 2 - expected)


def test_adjusted_rand_by_hand() -> None:
    """Equal partitions give 1; the textbook pair of six things gives 0.24."""
    assert adjusted_rand([0, 0, 1, 1], [1, 1, 0, 0]) == 1.0
    assert adjusted_rand([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]) == pytest.approx(8 / 33)


@pytest.mark.parametrize("seed", range(10))
def test_clippers_and_columns_come_back(seed: int) -> None:
    """Of four nail clippers and four steering columns with noise, two families are the two that they were made from."""
    templates = nail_clipper("clipper", "file", "catcher"), manual_column("column", "slide", "lock")
    instance = noisy_families(templates, 4, seed, noise=0.2)
    assert len({product.replace(id="same") for product in instance.products}) > 2
    assert families(instance, 2).labels.tolist() == true_labels(instance) == [0] * 4 + [1] * 4


@pytest.mark.parametrize("seed", range(10))
def test_six_families_come_back(seed: int) -> None:
    """Of 60 products from 6 families, half of their functions in common, with noise 0.2: index at least 0.9.

    So it is whether the number is given, or left to the silhouette.
    """
    instance = random_families(6, 10, seed, noise=0.2)
    for number in (6, None):
        assert adjusted_rand(true_labels(instance), families(instance, number).labels) >= 0.9


def test_families_without_a_difference_do_not_come_back() -> None:
    """The index measures something: where all families do the same and noise is heavy, it is low."""
    instance = random_families(6, 10, 0, noise=0.5, n_functions=10)
    assert adjusted_rand(true_labels(instance), families(instance, 6).labels) < 0.5


@settings(max_examples=25)
@given(st.integers(2, 12), st.integers(0, 1000), st.data())
def test_cut_is_that_of_scipy(n: int, seed: int, data: st.DataObject) -> None:
    """Where no two heights are equal, the groups are those of scipy's fcluster."""
    merges = average(pdist(np.random.default_rng(seed).random((n, 2))))
    number = data.draw(st.integers(1, n))
    labels = cut(merges, number)
    assert labels.max() + 1 == number
    theirs = fcluster(merges, number, "maxclust").tolist()
    assert len(set(zip(labels.tolist(), theirs, strict=True))) == len(set(theirs)) == number
    assert list(dict.fromkeys(labels.tolist())) == list(range(number))


def test_cut_makes_any_number_of_equals() -> None:
    """Four products at one distance can be three families, or two, which a cut by height cannot tell apart."""
    merges = average(np.ones(6))
    assert [int(cut(merges, k).max()) + 1 for k in (1, 2, 3, 4)] == [1, 2, 3, 4]


@settings(max_examples=25)
@given(st.integers(3, 10), st.integers(0, 1000), st.data())
def test_silhouettes_by_definition(n: int, seed: int, data: st.DataObject) -> None:
    """The values are Rousseeuw's, product by product."""
    distances = squareform(pdist(np.random.default_rng(seed).integers(0, 3, (n, 2)).astype(float)))
    labels = np.array(data.draw(st.permutations([0, 1, *data.draw(st.lists(st.integers(0, 2), min_size=n - 2,
                                                                          max_size=n - 2))])))  # fmt: skip
    labels = np.unique(labels, return_inverse=True)[1]
    for i, value in enumerate(silhouettes(distances, labels)):
        own = [j for j in range(n) if labels[j] == labels[i] and j != i]
        others = [np.mean([distances[i, j] for j in range(n) if labels[j] == k])
                  for k in set(labels.tolist()) - {labels[i]}]  # fmt: skip
        a, b = np.mean([distances[i, j] for j in own]) if own else 0.0, min(others)
        wanted = (b - a) / max(a, b) if own and max(a, b) > 0 else 0.0
        assert value == pytest.approx(wanted)


@settings(max_examples=25)
@given(st.integers(1, 9), st.integers(0, 1000))
def test_silhouettes_of_all_cuts(n: int, seed: int) -> None:
    """The means of all cuts at once are those of each cut."""
    distances = squareform(pdist(np.random.default_rng(seed).integers(0, 4, (n, 2)).astype(float)))
    merges = average(squareform(distances)) if n > 1 else np.empty((0, 4))
    found = silhouette_by_number(distances, merges)
    assert sorted(found) == list(range(2, n))
    for number, value in found.items():
        assert value == pytest.approx(silhouettes(distances, cut(merges, number)).mean(), abs=1e-12)


@settings(max_examples=25)
@given(instances(max_products=6), st.data())
def test_number_and_height_agree(instance: ArchitectureInstance, data: st.DataObject) -> None:
    """A cut by number has that number, in every range of heights that gives it; families part the products."""
    number = data.draw(st.integers(1, instance.n_products))
    found = families(instance, number)
    assert found.n_families == number
    assert sorted(id for family in found.members for id in family) == sorted(p.id for p in instance.products)
    low, high = found.heights
    if low < high:
        assert families(instance, height=low).labels.tolist() == found.labels.tolist()
    assert families(instance, height=1.0).n_families == 1


@settings(max_examples=25)
@given(instances(max_products=5))
def test_silhouette_chooses_the_best_number(instance: ArchitectureInstance) -> None:
    """No other number has a larger mean silhouette; where none is positive, there is one family."""
    found = families(instance)
    values = [families(instance, k).silhouette for k in range(2, instance.n_products)]
    best = max((value for value in values if value is not None), default=0.0)
    if found.n_families == 1:
        assert best <= 1e-9
    else:
        assert found.silhouette == pytest.approx(best)


def test_sharing_by_hand(columns: ArchitectureInstance) -> None:
    """Manual and electric columns share the shaft and its bearings, and the screws, not clamp or motors."""
    (line,) = shared_lines(families(columns, 2))
    shaft = ("absorb crash energy", "adjust reach", "carry column", "guide shaft", "lock steering", "support shaft",
             "transmit rotation")  # fmt: skip
    assert line.functions.shared == shaft
    assert line.functions.first_only == ("clamp position", "release position")
    assert line.technologies.first_only == ("insertion", "rivet")
    assert line.technologies.second_only == ("coupling", "plug", "snap fit")
    assert line.technologies.share == 6 / 11
    assert len(line.subassemblies.shared) == 4


def test_similarity_of_families(columns: ArchitectureInstance) -> None:
    """Means within and between families are those of the products; a family of one has none within."""
    found = report(columns, 2)
    total = found.families.table.total
    alike = found.family_similarity()
    assert alike[0, 1] == pytest.approx(total[:3, 3:].mean())
    assert alike[0, 0] == pytest.approx((total[0, 1] + total[0, 2] + total[1, 2]) / 3)
    assert np.isnan(np.diag(report(columns, 6).family_similarity())).all()


@pytest.mark.parametrize(
    ("number", "height", "says"),
    [(0, None, "from 1 to 6"), (7, None, "from 1 to 6"), (2, 0.5, "give one of them"), (None, 1.5, "from 0 to 1"),
     (None, float("nan"), "from 0 to 1")],
)  # fmt: skip
def test_bad_cut(columns: ArchitectureInstance, number: int | None, height: float | None, says: str) -> None:
    """Cuts that cannot be are one clear error."""
    with pytest.raises(InputError, match=says):
        families(columns, number, height=height)


@pytest.mark.parametrize(
    ("arguments", "place"),
    [({"n_families": 0}, "n_families"), ({"products_per_family": 0}, "products_per_family"), ({"noise": 2}, "noise"),
     ({"n_components": 1}, "n_components"), ({"n_functions": 0}, "n_functions")],
)  # fmt: skip
def test_generator_refuses(arguments: dict[str, Any], place: str) -> None:
    """Impossible arguments are errors that name them."""
    with pytest.raises(InputError) as error:
        random_families(**arguments)
    assert error.value.place == place


def test_no_noise_makes_copies() -> None:
    """Without noise all products of a family are the same but for their ids; with all noise none is the template."""
    template = nail_clipper("clipper", "file")
    copies = noisy_families([template], 3, noise=0.0).products
    assert all(product.replace(id="clipper") == template for product in copies)
    for product in noisy_families([template], 3, noise=1.0).products:
        assert {joint.technology for joint in product.joints} != {joint.technology for joint in template.joints}
        assert len(product.components) >= 2
