"""How alike two products are to those who assemble them: functions, subassembly types and joints in common.

The measure, a weighted mean of three Jaccard indices, is *inferred*: Stief et al. (2018) compare their graphs, but
print no formula that we know. Bahtat and El Barkany (J. Manuf. Mater. Process. 9(2):39, 2025) define a measure of
the same kind in full, with Jaccard's index as one of its parts and average linkage on top.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.architecture.data.product import Product
from atoopt.architecture.subassemblies import SubassemblyType, functional_subassemblies, types_of_components
from atoopt.base.errors import InputError
from atoopt.base.frozen import read_only
from atoopt.base.values import ByValue

Floats = NDArray[np.float64]
JointType = tuple[str, SubassemblyType, SubassemblyType]
"""A joining technology, and the types of the two subassemblies that it joins, sorted."""


class Weights(NamedTuple):
    """The weights of the three indices; only their proportions count."""

    functions: float = 1.0
    subassemblies: float = 1.0
    joints: float = 1.0


class Features(NamedTuple):
    """What a product is compared by; no id is in it."""

    functions: frozenset[str]
    subassemblies: frozenset[SubassemblyType]
    joints: frozenset[JointType]


class Similarity(NamedTuple):
    """The similarity of two products, 0 to 1, and the three indices that it is the weighted mean of."""

    total: float
    functions: float
    subassemblies: float
    joints: float


def features(product: Product) -> Features:
    """Return what a product is compared by.

    A joint between components that are in several subassemblies counts once for each pair of their types.

    Examples
    --------
    >>> import atoopt
    >>> clippers = atoopt.load("instances/architecture/nail-clippers.json").products
    >>> [len(part) for part in features(clippers[0])]
    [5, 2, 6]
    """
    types = types_of_components(product)
    joints = {
        (joint.technology, *sorted((one, other)))
        for joint in product.joints
        for one in types[joint.locates]
        for other in types[joint.located]
    }
    return Features(
        frozenset(product.functions),
        frozenset(subassembly.type for subassembly in functional_subassemblies(product)),
        frozenset(joints),  # type: ignore[arg-type]
    )


def similarity(first: Product, second: Product, weights: Sequence[float] = Weights()) -> Similarity:
    """Return how alike two products are.

    Parameters
    ----------
    first, second : Product
    weights : sequence of float
        Of functions, subassembly types and joints: not negative, not all zero.

    Returns
    -------
    Similarity
        Symmetric, 1 for a product and itself, indifferent to all ids. Two empty sets count as equal.

    Raises
    ------
    InputError
        The weights cannot be used.

    Examples
    --------
    >>> import atoopt
    >>> plain, filing, catching = atoopt.load("instances/architecture/nail-clippers.json").products
    >>> found = similarity(plain, filing)
    >>> round(found.total, 3), round(found.functions, 3)
    (0.682, 0.833)
    """
    table = similarities((first, second), weights)
    return Similarity(*(float(part[0, 1]) for part in (table.total, *table.parts)))


@dataclass(frozen=True, eq=False)
class SimilarityTable(ByValue):
    """The similarities of several products, each an (n, n) array with values in [0, 1].

    Attributes
    ----------
    total : ndarray
        The weighted mean of the other three.
    functions, subassemblies, joints : ndarray
        Jaccard's index of the sets of each kind.
    weights : Weights
    """

    total: Floats
    functions: Floats
    subassemblies: Floats
    joints: Floats
    weights: Weights

    @property
    def parts(self) -> tuple[Floats, Floats, Floats]:
        """The three indices."""
        return self.functions, self.subassemblies, self.joints


def similarities(products: Sequence[Product], weights: Sequence[float] = Weights()) -> SimilarityTable:
    """Return the similarity of every two products.

    Parameters
    ----------
    products : sequence of Product
    weights : sequence of float
        As in `similarity`.

    Returns
    -------
    SimilarityTable
    """
    checked = _checked(weights)
    found = [features(product) for product in products]
    parts = [jaccard([each[kind] for each in found]) for kind in range(3)]
    weighted = [weight * part for weight, part in zip(checked, parts, strict=True)]
    total = (weighted[0] + weighted[1] + weighted[2]) / (checked[0] + checked[1] + checked[2])  # exact 1 for equals
    functions, subassemblies, joints = map(read_only, parts)
    return SimilarityTable(read_only(total), functions, subassemblies, joints, checked)


def jaccard(sets: Sequence[frozenset[Hashable]]) -> Floats:
    """Return |A and B| / |A or B| for every two sets, shape (n, n); 1 where both are empty.

    >>> jaccard([frozenset("ab"), frozenset("bc"), frozenset()]).round(3).tolist()
    [[1.0, 0.333, 0.0], [0.333, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    column: dict[Hashable, int] = {}
    for each in sets:
        for member in each:
            column.setdefault(member, len(column))
    incidence = np.zeros((len(sets), len(column)))
    for i, each in enumerate(sets):
        incidence[i, [column[member] for member in each]] = 1.0
    common = incidence @ incidence.T
    sizes = np.diag(common)
    union = sizes[:, None] + sizes[None, :] - common
    return np.divide(common, union, out=np.ones_like(common), where=union > 0)


def _checked(weights: Sequence[float]) -> Weights:
    """Return the weights, or raise unless they can be used."""
    remedy = "give three weights that are not negative and not all zero, such as 1,1,1"
    if len(weights) != 3 or not all(math.isfinite(w) and 0 <= w <= 1e15 for w in weights) or not sum(weights):
        raise InputError(f"are {','.join(f'{w:g}' for w in weights)}", remedy, place="weights")
    return Weights(*map(float, weights))
