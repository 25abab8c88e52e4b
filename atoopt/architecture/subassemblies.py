"""Functional subassemblies: the components that deliver a key characteristic together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from atoopt.architecture.data.product import Product
from atoopt.architecture.datum_flow import chains


class SubassemblyType(NamedTuple):
    """What makes two subassemblies alike: what they do, and how they are joined (*inferred*).

    Ids have no part in it, so that it is the same however components and key characteristics are named.
    """

    functions: tuple[str, ...]
    technologies: tuple[str, ...]

    def __str__(self) -> str:
        """Return the type in words."""
        joined = f" (by {', '.join(self.technologies)})" if self.technologies else ""
        return (", ".join(self.functions) or "no function") + joined


@dataclass(frozen=True)
class Subassembly:
    """The components on one chain, in the order of the product.

    Attributes
    ----------
    key_characteristic : str
        The id of what the chain delivers.
    components : tuple of str
        Their ids.
    datums : tuple of str
        Those of them that no mate of the chain locates.
    type : SubassemblyType
    """

    key_characteristic: str
    components: tuple[str, ...]
    datums: tuple[str, ...]
    type: SubassemblyType


def functional_subassemblies(product: Product) -> tuple[Subassembly, ...]:
    """Return a subassembly for each key characteristic: the components on its chain.

    Stief et al. (2018) have the step, not the rule: that a chain makes a subassembly is *inferred*. A component may
    be on several chains, or on none.

    Parameters
    ----------
    product : Product

    Returns
    -------
    tuple of Subassembly
        In the order of `Product.key_characteristics`.

    Examples
    --------
    >>> import atoopt
    >>> clipper = atoopt.load("instances/architecture/nail-clippers.json").products[0]
    >>> for subassembly in functional_subassemblies(clipper):
    ...     print(subassembly.key_characteristic, subassembly.type, sep=": ")
    blade gap: cut nail, hold nail, open jaws (by spot weld)
    cutting stroke: amplify force, carry force, cut nail, hold nail (by hook, insertion)
    """
    found = []
    for key, chain in chains(product).items():
        components = tuple(component for component in product.component if component in chain)
        functions = {function for component in components for function in product.component[component].functions}
        technologies = {technology for _, _, technology in chain.edges(data="technology")}
        found.append(
            Subassembly(
                key_characteristic=key,
                components=components,
                datums=tuple(component for component in components if chain.in_degree(component) == 0),
                type=SubassemblyType(tuple(sorted(functions)), tuple(sorted(technologies))),
            )
        )
    return tuple(found)


def types_of_components(product: Product) -> dict[str, tuple[SubassemblyType, ...]]:
    """Return the types of the subassemblies that each component is in.

    A component on no chain counts as a subassembly of its own: its functions, no technology.

    Parameters
    ----------
    product : Product

    Returns
    -------
    dict of str to tuple of SubassemblyType
        Component id to at least one type, sorted.
    """
    types: dict[str, set[SubassemblyType]] = {component: set() for component in product.component}
    for subassembly in functional_subassemblies(product):
        for component in subassembly.components:
            types[component].add(subassembly.type)
    for component, found in types.items():
        if not found:
            found.add(SubassemblyType(tuple(sorted(product.component[component].functions)), ()))
    return {component: tuple(sorted(found)) for component, found in types.items()}
