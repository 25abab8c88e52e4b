"""The steps of Stief, Dantan, Etienne and Siadat (2018) over an instance, their findings together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from atoopt.architecture.data.product import Product
from atoopt.architecture.datum_flow import assembly_order, chains, repeated_directions
from atoopt.architecture.families import Families, families
from atoopt.architecture.instance import ArchitectureInstance
from atoopt.architecture.sharing import Overlap, SharedLine, shared_lines
from atoopt.architecture.similarity import Weights
from atoopt.architecture.subassemblies import functional_subassemblies


@dataclass(frozen=True)
class Report:
    """What `report` found.

    Attributes
    ----------
    instance : ArchitectureInstance
    families : Families
    sharing : tuple of SharedLine
        For every two families.
    """

    instance: ArchitectureInstance
    families: Families
    sharing: tuple[SharedLine, ...]

    def typical(self) -> tuple[Product, ...]:
        """Return the product of each family that is most similar to the others of it, the first of equals."""
        labels, total = self.families.labels, self.families.table.total
        found = []
        for k in range(self.families.n_families):
            members = np.flatnonzero(labels == k)
            nearness = total[np.ix_(members, members)].sum(axis=1)
            found.append(self.instance.products[members[int(np.argmax(nearness.round(12)))]])
        return tuple(found)

    def family_similarity(self) -> np.ndarray:
        """Return the mean similarity of the products of every two families, shape (K, K); nan for a single one."""
        member = (self.families.labels[:, None] == np.arange(self.families.n_families)).astype(float)
        sizes = member.sum(axis=0)
        sums = member.T @ self.families.table.total @ member - np.diag(sizes)  # no product and itself
        pairs = np.outer(sizes, sizes) - np.diag(sizes)
        return np.divide(sums, pairs, out=np.full_like(sums, np.nan), where=pairs > 0)

    def to_json(self) -> dict[str, Any]:
        """Return plain data; families are numbered from 0, by their place in ``members``."""
        found, table = self.families, self.families.table
        return {
            "instance": self.instance.name,
            "products": [product_findings(product) for product in self.instance.products],
            "similarity": {
                "products": [product.id for product in self.instance.products],
                "weights": table.weights._asdict(),
                "total": table.total, "functions": table.functions,
                "subassemblies": table.subassemblies, "joints": table.joints,
            },
            "families": {
                "number": found.n_families, "chosen_by": found.chosen_by, "silhouette": found.silhouette,
                "heights": found.heights, "members": found.members, "linkage": found.linkage,
            },
            "sharing": [
                {"families": [line.first, line.second]}
                | {kind: _overlap(overlap) for kind, overlap in line.kinds().items()}
                for line in self.sharing
            ],
        }  # fmt: skip


def report(
    instance: ArchitectureInstance,
    number: int | None = None,
    *,
    height: float | None = None,
    weights: Sequence[float] = Weights(),
) -> Report:
    """Take every step; the parameters are those of `atoopt.architecture.families.families`.

    Examples
    --------
    >>> import atoopt
    >>> found = report(atoopt.load("instances/architecture/steering-columns.json"))
    >>> found.families.n_families, [product.id for product in found.typical()]
    (2, ['manual height and reach', 'electric height and reach'])
    """
    found = families(instance, number, height=height, weights=weights)
    return Report(instance, found, shared_lines(found))


def product_findings(product: Product) -> dict[str, Any]:
    """Return what the datum flow chain and the subassemblies of a product say, as plain data."""
    arcs = {key: [list(arc) for arc in chain.edges] for key, chain in chains(product).items()}
    realized = {function for component in product.components for function in component.functions}
    return {
        "id": product.id,
        "root": product.root,
        "assembly_order": assembly_order(product),
        "subassemblies": [
            {
                "key_characteristic": each.key_characteristic, "chain": arcs[each.key_characteristic],
                "datums": each.datums, "components": each.components,
                "functions": each.type.functions, "technologies": each.type.technologies,
            }
            for each in functional_subassemblies(product)
        ],
        "repeated_directions": repeated_directions(product),
        "functions_of_no_component": [function for function in product.functions if function not in realized],
    }  # fmt: skip


def _overlap(overlap: Overlap) -> dict[str, Any]:
    return {
        "share": overlap.share, "shared": _plain(overlap.shared),
        "first_only": _plain(overlap.first_only), "second_only": _plain(overlap.second_only),
    }  # fmt: skip


def _plain(members: tuple[Any, ...]) -> list[Any]:
    """Return words as they are, and types as objects."""
    return [member if isinstance(member, str) else member._asdict() for member in members]
