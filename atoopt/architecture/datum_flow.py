"""The datum flow chain of a product: which component gives which its place (Whitney, Mechanical Assemblies, 2004)."""

from __future__ import annotations

from collections import Counter

import networkx as nx

from atoopt.architecture.data.product import Product


def datum_flow_chain(product: Product) -> nx.DiGraph:
    """Return the mates of a product as a directed graph.

    A valid `Product` makes it acyclic, with one root datum that reaches every component.

    Parameters
    ----------
    product : Product

    Returns
    -------
    networkx.DiGraph
        An arc leads from the component that locates to the one that is located. Nodes are component ids, with
        ``type``, ``functions`` (tuple) and ``root`` (bool); arcs have ``technology``, ``key_characteristics`` and
        ``directions`` (tuples). ``graph.graph["root"]`` is the root datum.

    Examples
    --------
    >>> import atoopt
    >>> clipper = atoopt.load("instances/architecture/nail-clippers.json").products[0]
    >>> list(datum_flow_chain(clipper).edges)
    [('lower jaw', 'upper jaw'), ('lower jaw', 'pin'), ('pin', 'lever')]
    """
    graph: nx.DiGraph = nx.DiGraph(root=product.root)
    for component in product.components:
        is_root = component.id == product.root
        graph.add_node(component.id, type=component.type, functions=component.functions, root=is_root)
    for mate in product.mates:
        graph.add_edge(
            *mate.ends, technology=mate.technology, key_characteristics=mate.key_characteristics,
            directions=mate.directions,
        )  # fmt: skip
    return graph


def chains(product: Product) -> dict[str, nx.DiGraph]:
    """Return the chain of each key characteristic: the part of the datum flow chain whose mates carry it.

    Parameters
    ----------
    product : Product

    Returns
    -------
    dict of str to networkx.DiGraph
        In the order in which the mates name the key characteristics; each a connected, acyclic copy with the
        attributes of `datum_flow_chain`.

    Examples
    --------
    >>> import atoopt
    >>> clipper = atoopt.load("instances/architecture/nail-clippers.json").products[0]
    >>> {key: list(chain) for key, chain in chains(clipper).items()}
    {'blade gap': ['lower jaw', 'upper jaw'], 'cutting stroke': ['lower jaw', 'pin', 'lever']}
    """
    whole = datum_flow_chain(product)
    carrying: dict[str, list[tuple[str, str]]] = {key: [] for key in product.key_characteristics}
    for mate in product.mates:
        for key in mate.key_characteristics:
            carrying[key].append(mate.ends)
    return {key: whole.edge_subgraph(arcs).copy() for key, arcs in carrying.items()}


def assembly_order(product: Product) -> tuple[str, ...]:
    """Return the component ids in an order in which all that locates a component is there before it.

    The root datum comes first, and every beginning of the order hangs together by mates. Of the components that
    could be next, the first of the product's list is taken.

    Parameters
    ----------
    product : Product

    Examples
    --------
    >>> import atoopt
    >>> assembly_order(atoopt.load("instances/architecture/nail-clippers.json").products[0])
    ('lower jaw', 'upper jaw', 'pin', 'lever')
    """
    place = {component: i for i, component in enumerate(product.component)}
    return tuple(nx.lexicographical_topological_sort(datum_flow_chain(product), key=place.__getitem__))


def repeated_directions(product: Product) -> dict[str, tuple[str, ...]]:
    """Return the components of which several mates locate the same degree of freedom: they are over-constrained.

    Parameters
    ----------
    product : Product

    Returns
    -------
    dict of str to tuple of str
        Component id to these directions. Mates that state no directions tell nothing here.
    """
    located: dict[str, Counter[str]] = {component: Counter() for component in product.component}
    for mate in product.mates:
        located[mate.located].update(mate.directions)
    repeated = {component: tuple(d for d in count if count[d] > 1) for component, count in located.items()}
    return {component: directions for component, directions in repeated.items() if directions}
