"""The connected sets of components of a liaison graph: what can be put together at all."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

import networkx as nx

from atoopt.base.errors import InputError
from atoopt.sets.bitsets import mask_of, positions_of
from atoopt.sets.connected import connected_sets, n_connected_sets, neighbors_of

MOST_MODULES = 10_000_000
"""Sets beyond this number are neither listed nor counted: it takes a second to count so many."""


def connected_modules(
    graph: nx.Graph, within: Iterable[Iterable[Hashable]] | None = None, *, max_size: int | None = None
) -> Iterator[frozenset[Hashable]]:
    """Yield every set of two or more nodes that induces a connected subgraph, once, and look at no other.

    Parameters
    ----------
    graph : networkx.Graph
        Such as a `liaison_graph`; attributes are not read.
    within : iterable of iterables of nodes, optional
        Only sets that one of these contains, such as products; by default, all.
    max_size : int, optional
        The most nodes of a set.

    Yields
    ------
    frozenset
        In no order that means anything.

    Raises
    ------
    InputError
        There are more than `MOST_MODULES`, or `within` holds what is no node.

    Examples
    --------
    >>> import networkx as nx
    >>> path = nx.path_graph(["plug", "wire", "lamp"])
    >>> sorted(sorted(module) for module in connected_modules(path))
    [['lamp', 'plug', 'wire'], ['lamp', 'wire'], ['plug', 'wire']]
    """
    nodes = list(graph)
    neighbors, around, sizes = _as_bits(graph, nodes, within, max_size)
    masks = connected_sets(neighbors, around, sizes=sizes, most=MOST_MODULES + 1)
    if len(masks) > MOST_MODULES:
        raise InputError(f"has over {MOST_MODULES:,} connected sets", "give within or max_size", place="graph")
    for mask in masks:
        yield frozenset([nodes[i] for i in positions_of(mask)])


def n_connected_modules(
    graph: nx.Graph, within: Iterable[Iterable[Hashable]] | None = None, *, max_size: int | None = None
) -> int | None:
    """Return the number of sets of `connected_modules`; None if there are more than `MOST_MODULES`.

    >>> import networkx as nx
    >>> n_connected_modules(nx.path_graph(30)), n_connected_modules(nx.complete_graph(30))
    (435, None)
    """
    neighbors, around, sizes = _as_bits(graph, list(graph), within, max_size)
    count = n_connected_sets(neighbors, around, sizes=sizes, most=MOST_MODULES + 1)
    return count if count <= MOST_MODULES else None


def _as_bits(
    graph: nx.Graph, nodes: list[Hashable], within: Iterable[Iterable[Hashable]] | None, max_size: int | None
) -> tuple[tuple[int, ...], list[int] | None, tuple[int, int]]:
    """Return neighbors, larger sets and sizes in terms of the positions of the nodes."""
    place = {node: i for i, node in enumerate(nodes)}
    neighbors = neighbors_of(((place[one], place[other]) for one, other in graph.edges() if one != other), len(nodes))
    around = None
    if within is not None:
        larger = [frozenset(whole) for whole in within]
        unknown = sorted(str(node) for node in frozenset().union(*larger) - place.keys())
        if unknown:
            raise InputError(f'"{unknown[0]}" is no node of the graph', "leave it out", place="within")
        around = [mask_of(place[node] for node in whole) for whole in larger]
    return neighbors, around, (2, len(nodes) if max_size is None else max_size)
