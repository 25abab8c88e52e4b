"""What two product families would share if one line assembled both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from atoopt.architecture.data.product import Product
from atoopt.architecture.families import Families
from atoopt.architecture.similarity import features

KINDS = ("functions", "subassemblies", "technologies")
"""Functions, subassembly types, joining technologies: the last say most about the stations of a line."""


@dataclass(frozen=True)
class Overlap:
    """The members of one kind that two families have, both or one of them; each sorted."""

    shared: tuple[Any, ...]
    first_only: tuple[Any, ...]
    second_only: tuple[Any, ...]

    @property
    def share(self) -> float | None:
        """The shared as a share of all, 0 to 1; None where neither family has any."""
        n = len(self.shared) + len(self.first_only) + len(self.second_only)
        return len(self.shared) / n if n else None


@dataclass(frozen=True)
class SharedLine:
    """Two families, by their numbers, and what they have in common."""

    first: int
    second: int
    functions: Overlap
    subassemblies: Overlap
    technologies: Overlap

    def kinds(self) -> dict[str, Overlap]:
        """Return the overlap of each kind."""
        return {kind: getattr(self, kind) for kind in KINDS}


def shared_lines(found: Families) -> tuple[SharedLine, ...]:
    """Return what every two families would share on one line.

    What a family needs is what any of its products needs. The shares are plain counts (*inferred*): no weight is
    put on how dear a station is.

    Parameters
    ----------
    found : Families

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.architecture.families import families
    >>> instance = atoopt.load("instances/architecture/steering-columns.json")
    >>> (line,) = shared_lines(families(instance, 2))
    >>> line.technologies.shared
    ('bolt', 'pivot pin', 'press fit', 'screw', 'shear bolt', 'sliding')
    """
    products = found.instance.products
    needs = [
        _needs(product for product, label in zip(products, found.labels, strict=True) if label == k)
        for k in range(found.n_families)
    ]
    return tuple(
        SharedLine(i, j, *(_overlap(needs[i][kind], needs[j][kind]) for kind in KINDS))
        for i, j in combinations(range(found.n_families), 2)
    )


def _needs(products: Iterable[Product]) -> dict[str, set[Any]]:
    """Return what a line for these products must provide."""
    needs: dict[str, set[Any]] = {kind: set() for kind in KINDS}
    for product in products:
        of = features(product)
        needs["functions"] |= of.functions
        needs["subassemblies"] |= of.subassemblies
        needs["technologies"] |= {joint.technology for joint in product.joints}
    return needs


def _overlap(first: set[Any], second: set[Any]) -> Overlap:
    return Overlap(*(tuple(sorted(part)) for part in (first & second, first - second, second - first)))
