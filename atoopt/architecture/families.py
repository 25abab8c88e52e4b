"""Assembly-oriented product families: average linkage of the similarities, cut by number, by height or by silhouette.

Clustering is step (v) of Stief, Dantan, Etienne and Siadat (2018). Average linkage is what Bahtat and El Barkany
(2025) use too; that the silhouette picks the number is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import average
from scipy.spatial.distance import squareform

from atoopt.architecture.instance import ArchitectureInstance
from atoopt.architecture.silhouette import silhouette_by_number, silhouettes
from atoopt.architecture.similarity import SimilarityTable, Weights, similarities
from atoopt.base.errors import InputError
from atoopt.base.frozen import read_only
from atoopt.base.values import ByValue, html_table

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Families(ByValue):
    """Products in families, numbered from 0 in the order of their first products.

    Attributes
    ----------
    instance : ArchitectureInstance
    table : SimilarityTable
    linkage : ndarray
        scipy's linkage matrix, shape (n - 1, 4); its heights are distances, 1 - similarity.
    labels : ndarray
        The family of each product, shape (n,).
    silhouette : float or None
        The mean silhouette of this cut, -1 to 1; None for one family, or as many as products.
    chosen_by : str
        How the cut was found: ``number``, ``height`` or ``silhouette``.
    """

    instance: ArchitectureInstance
    table: SimilarityTable
    linkage: Floats
    labels: Labels
    silhouette: float | None
    chosen_by: str

    def __repr__(self) -> str:
        """Return how many there are, and of what, on one line."""
        fit = "" if self.silhouette is None else f", mean silhouette {self.silhouette:.2f}"
        return f"<{self.n_families} families of {len(self.labels)} products{fit}>"

    def _repr_html_(self) -> str:
        return html_table({f"family {i + 1}": names for i, names in enumerate(self.members)})

    @property
    def n_families(self) -> int:
        """The number of families."""
        return int(self.labels.max()) + 1

    @property
    def members(self) -> tuple[tuple[str, ...], ...]:
        """The product ids of each family."""
        ids = [product.id for product in self.instance.products]
        return tuple(tuple(ids[i] for i in np.flatnonzero(self.labels == k)) for k in range(self.n_families))

    @property
    def heights(self) -> tuple[float, float]:
        """The range of heights at which the dendrogram has this cut: from the last merge made to the next one."""
        done = len(self.labels) - self.n_families
        low = float(self.linkage[done - 1, 2]) if done else 0.0
        return low, float(self.linkage[done, 2]) if done < len(self.linkage) else 1.0

    def in_words(self) -> str:
        """Return how many families there are, and how well they fit.

        >>> import atoopt
        >>> families(atoopt.load("instances/architecture/nail-clippers.json"), 1).in_words()
        '1 family'
        """
        quality = "" if self.silhouette is None else f", mean silhouette {self.silhouette:.2f}"
        return f"{self.n_families} {'family' if self.n_families == 1 else 'families'}{quality}"


def families(
    instance: ArchitectureInstance,
    number: int | None = None,
    *,
    height: float | None = None,
    weights: Sequence[float] = Weights(),
) -> Families:
    """Return the products in families.

    Parameters
    ----------
    instance : ArchitectureInstance
    number : int, optional
        How many families, 1 to the number of products.
    height : float, optional
        Instead of it, the largest average distance (1 - similarity) at which two groups are still one.
        With neither, the number of largest mean silhouette; one family where no cut has a positive one.
    weights : sequence of float
        Of functions, subassembly types and joints, see `atoopt.architecture.similarity.similarity`.

    Raises
    ------
    InputError
        Both or impossible values are given.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/architecture/nail-clippers-and-steering-columns.json")
    >>> families(instance).members[0]
    ('clipper 1', 'clipper 2', 'clipper 3', 'clipper 4')
    """
    _check(instance.n_products, number, height)
    table = similarities(instance.products, weights)
    distances = 1.0 - table.total
    merges = read_only(average(squareform(distances, checks=False)) if len(distances) > 1 else np.empty((0, 4)))
    if number is not None:
        chosen_by = "number"
    elif height is not None:
        number, chosen_by = instance.n_products - int((merges[:, 2] <= height).sum()), "height"
    else:
        number, chosen_by = best_number(distances, merges), "silhouette"
    labels = read_only(cut(merges, number))
    several = 1 < number < instance.n_products
    value = float(silhouettes(distances, labels).mean()) if several else None
    return Families(instance, table, merges, labels, value, chosen_by)


def cut(merges: Floats, number: int) -> Labels:
    """Return the group of each product when so many are left, numbered by their first products.

    Of merges at one height, as many are made as it takes; scipy's ``fcluster`` makes all or none.

    Parameters
    ----------
    merges : ndarray
        A linkage matrix of n products, shape (n - 1, 4).
    number : int
        1 to n.

    Returns
    -------
    ndarray
        Shape (n,).
    """
    n = len(merges) + 1
    groups: dict[int, list[int]] = {i: [i] for i in range(n)}
    for step, (one, other) in enumerate(merges[: n - number, :2].astype(int).tolist()):
        groups[n + step] = groups.pop(one) + groups.pop(other)
    labels = np.empty(n, dtype=np.int64)
    for label, members in enumerate(sorted(groups.values(), key=min)):
        labels[members] = label
    return labels


def best_number(distances: Floats, merges: Floats) -> int:
    """Return the number of families of largest mean silhouette, the fewest of equals; 1 where none is positive."""
    values = silhouette_by_number(distances, merges)
    best = max(values, key=lambda k: (round(values[k], 12), -k), default=1)
    return best if values.get(best, 0.0) > 1e-12 else 1


def _check(n_products: int, number: int | None, height: float | None) -> None:
    if number is not None and height is not None:
        raise InputError("and a height are both given", "give one of them", place="families")
    if number is not None and not 1 <= number <= n_products:
        raise InputError(f"is {number}", f"give a whole number from 1 to {n_products}, the products", place="families")
    if height is not None and not 0 <= height <= 1:
        raise InputError(f"is {height:g}", "give a distance from 0 to 1", place="height")
