"""The hybrid functional and physical architecture graph, HyFPAG (Stief, Dantan, Etienne and Siadat 2018)."""

from __future__ import annotations

import networkx as nx

from atoopt.architecture.data.product import Product
from atoopt.architecture.subassemblies import functional_subassemblies


def hybrid_graph(product: Product) -> nx.MultiDiGraph:
    """Return functions, functional subassemblies and components in one graph.

    The paper names the graph and its purpose; its nodes and edges are *inferred*.

    Parameters
    ----------
    product : Product

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are pairs of a layer and a name: ``("function", name)``, ``("subassembly", key characteristic)``,
        ``("component", id)``. All have ``layer`` and ``label``; components also ``type`` and ``root`` (bool),
        subassemblies ``functions`` and ``technologies`` (tuples: their type).
        Every edge has a ``relation``:

        ============  ==============================  ============================================
        relation      from, to                        other attributes
        ============  ==============================  ============================================
        ``mate``      locating, located component     ``technology``, ``key_characteristics``
        ``contact``   component, component            ``technology``
        ``realizes``  component, function
        ``groups``    subassembly, component
        ``flow``      function, function              ``kind``, ``name``
        ============  ==============================  ============================================

    Examples
    --------
    >>> import atoopt
    >>> from collections import Counter
    >>> graph = hybrid_graph(atoopt.load("instances/architecture/nail-clippers.json").products[0])
    >>> sorted(Counter(relation for _, _, relation in graph.edges(data="relation")).items())
    [('contact', 2), ('flow', 4), ('groups', 5), ('mate', 3), ('realizes', 6)]
    """
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    for function in product.functions:
        graph.add_node(("function", function), layer="function", label=function)
    for flow in product.flows:
        ends = ("function", flow.source), ("function", flow.target)
        graph.add_edge(*ends, relation="flow", kind=flow.kind, name=flow.name)
    _add_components(graph, product)
    for subassembly in functional_subassemblies(product):
        node = "subassembly", subassembly.key_characteristic
        graph.add_node(node, layer=node[0], label=node[1], **subassembly.type._asdict())
        graph.add_edges_from((node, ("component", id), {"relation": "groups"}) for id in subassembly.components)
    return graph


def _add_components(graph: nx.MultiDiGraph, product: Product) -> None:
    """Add the physical layer, and what ties it to the functions."""
    for component in product.components:
        node, is_root = ("component", component.id), component.id == product.root
        graph.add_node(node, layer="component", label=component.id, type=component.type, root=is_root)
        graph.add_edges_from((node, ("function", name), {"relation": "realizes"}) for name in component.functions)
    for joint in product.joints:
        one, other = (("component", end) for end in joint.ends)
        graph.add_edge(one, other, relation=joint.kind, technology=joint.technology)
        if joint.kind == "mate":
            graph.edges[one, other, 0]["key_characteristics"] = joint.key_characteristics
