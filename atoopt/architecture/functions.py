"""The functional graph: what a product does, and what its functions hand to one another."""

from __future__ import annotations

import networkx as nx

from atoopt.architecture.data.product import Product


def functional_graph(product: Product) -> nx.MultiDiGraph:
    """Return the functions of a product and the flows between them.

    Parameters
    ----------
    product : Product

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are functions, with ``components`` (tuple of the ids that help to realize it). An arc is a flow, with
        ``kind`` (energy, material, signal) and ``name`` (str, or None).

    Examples
    --------
    >>> import atoopt
    >>> graph = functional_graph(atoopt.load("instances/architecture/nail-clippers.json").products[0])
    >>> graph.nodes["cut nail"]["components"], list(graph.predecessors("cut nail"))
    (('lower jaw', 'upper jaw'), ['carry force', 'hold nail'])
    """
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    for function in product.functions:
        graph.add_node(function, components=tuple(c.id for c in product.components if function in c.functions))
    for flow in product.flows:
        graph.add_edge(flow.source, flow.target, kind=flow.kind, name=flow.name)
    return graph
