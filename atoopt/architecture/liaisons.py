"""The liaison graph: which components are joined to which, in one product or in all."""

from __future__ import annotations

import networkx as nx

from atoopt.architecture.data.product import Product
from atoopt.architecture.instance import ArchitectureInstance


def liaison_graph(source: Product | ArchitectureInstance) -> nx.Graph:
    """Return the undirected graph of all joints, of mates as of contacts.

    Parameters
    ----------
    source : Product or ArchitectureInstance
        Of an instance, the union over its products: components are one where they have the same name.

    Returns
    -------
    networkx.Graph
        Nodes are component names (`Component.name`: the stock name, else the id), with the attributes
        ``types``, ``functions`` and ``products`` (ids). Edges have ``kinds`` (mate, contact), ``technologies`` and
        ``products``. Every attribute is a tuple of distinct texts, in the order of the data.

    Examples
    --------
    >>> import atoopt
    >>> graph = liaison_graph(atoopt.load("instances/architecture/nail-clippers.json"))
    >>> graph.edges["lower jaw", "upper jaw"]["technologies"]
    ('spot weld',)
    """
    graph: nx.Graph = nx.Graph()
    for product in (source,) if isinstance(source, Product) else source.products:
        for component in product.components:
            graph.add_node(component.name)
            node = graph.nodes[component.name]
            _extend(node, types=(component.type,), functions=component.functions, products=(product.id,))
        for joint in product.joints:
            first, second = (product.component[end].name for end in joint.ends)
            graph.add_edge(first, second)
            edge = graph.edges[first, second]
            _extend(edge, kinds=(joint.kind,), technologies=(joint.technology,), products=(product.id,))
    return graph


def _extend(attributes: dict[str, tuple[str, ...]], **more: tuple[str, ...]) -> None:
    """Add texts to attributes, each once."""
    for key, texts in more.items():
        attributes[key] = tuple(dict.fromkeys((*attributes.get(key, ()), *texts)))
