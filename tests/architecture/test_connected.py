"""Connected sets of a liaison graph: against every subset tried, and against a count that is known for trees."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.architecture import connected
from atoopt.architecture.connected import connected_modules, n_connected_modules
from atoopt.base.errors import InputError
from atoopt.sets.connected import connected_sets, n_connected_sets, neighbors_of, pieces


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 12) -> nx.Graph:
    """Draw a graph of up to 12 nodes, of any density, connected or not."""
    n, seed = draw(st.integers(0, max_nodes)), draw(st.integers(0, 10_000))
    return nx.gnp_random_graph(n, draw(st.sampled_from((0.0, 0.15, 0.3, 0.6, 1.0))), seed=seed)


def harness(n: int, seed: int) -> nx.Graph:
    """Return a tree whose branches leave the last few segments, as wires leave a trunk."""
    rng = np.random.default_rng(seed)
    return nx.Graph((f"s{rng.integers(max(0, i - 4), i)}", f"s{i}") for i in range(1, n))


def n_subtrees(tree: nx.Graph) -> int:
    """Return the number of subtrees of two or more nodes: below each node, every branch is left or entered."""
    root = next(iter(tree))
    rooted: dict[object, int] = {}
    for node in nx.dfs_postorder_nodes(tree, root):
        rooted[node] = 1
        for child in tree[node]:
            rooted[node] *= 1 + rooted.get(child, 0)
    return sum(rooted.values()) - len(tree)


@given(graphs())
@settings(max_examples=60)
def test_enumeration_equals_brute_force(graph: nx.Graph) -> None:
    """The sets are those subsets of two or more nodes that networkx finds connected, each once."""
    found = list(connected_modules(graph))
    wanted = {
        frozenset(subset)
        for size in range(2, len(graph) + 1)
        for subset in combinations(graph, size)
        if nx.is_connected(graph.subgraph(subset))
    }
    assert len(found) == len(set(found)) == n_connected_modules(graph)
    assert set(found) == wanted


@given(graphs(8), st.lists(st.sets(st.integers(0, 7)), max_size=4), st.integers(1, 8))
@settings(max_examples=80)
def test_within_products_and_up_to_a_size(graph: nx.Graph, products: list[set[int]], max_size: int) -> None:
    """Of all connected sets, those that a product contains and that are not too large; each once all the same."""
    within = [product & set(graph) for product in products]
    found = list(connected_modules(graph, within, max_size=max_size))
    wanted = [m for m in connected_modules(graph) if len(m) <= max_size and any(m <= product for product in within)]
    assert sorted(map(sorted, found)) == sorted(map(sorted, wanted))
    assert n_connected_modules(graph, within, max_size=max_size) == len(wanted)


@given(graphs(9), st.integers(0, 511))
@settings(max_examples=80)
def test_pieces_are_the_connected_components(graph: nx.Graph, mask: int) -> None:
    """The parts of a set are those that networkx finds."""
    mask &= (1 << len(graph)) - 1
    parts = pieces(mask, neighbors_of(graph.edges, len(graph)))
    chosen = graph.subgraph(i for i in graph if mask >> i & 1)
    assert sorted(parts) == sorted(sum(1 << i for i in part) for part in nx.connected_components(chosen))


@pytest.mark.parametrize("seed", range(4))
def test_a_harness_of_thirty_components(seed: int) -> None:
    """All connected sets of a tree of thirty, of 2^30 subsets, are as many as its subtrees."""
    tree = harness(30, seed)
    count = n_subtrees(tree)
    assert count > 10_000
    assert n_connected_modules(tree) == count
    assert sum(1 for _ in connected_modules(tree)) == count


def test_more_than_64_components() -> None:
    """On a path across words' edges, the connected sets are its stretches."""
    path = nx.path_graph(150)
    assert n_connected_modules(path) == 150 * 149 // 2
    found = set(connected_modules(path, within=[range(60, 70), range(100, 150)]))
    assert found == {
        frozenset(range(a, b)) for first, last in ((60, 70), (100, 150))
        for a in range(first, last) for b in range(a + 2, last + 1)
    }  # fmt: skip


def test_stops_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A count beyond the limit is None, a list an error; the bits are some of the sets, each once."""
    monkeypatch.setattr(connected, "MOST_MODULES", 1_000)
    full = nx.complete_graph(12)
    assert n_connected_modules(full) is None
    with pytest.raises(InputError, match="over 1,000 connected sets"):
        list(connected_modules(full))
    neighbors = neighbors_of(full.edges, 12)
    some = connected_sets(neighbors, most=100)
    assert len(set(some)) == len(some) == n_connected_sets(neighbors, most=100) == 100


def test_what_is_no_node_is_named() -> None:
    """A product of unknown components is an error that names one."""
    with pytest.raises(InputError, match='"lamp" is no node'):
        n_connected_modules(nx.path_graph(["plug", "wire"]), within=[["wire", "lamp"]])


def test_a_loop_joins_nothing() -> None:
    """A component joined to itself is no module."""
    assert list(connected_modules(nx.Graph([("a", "a"), ("a", "b")]))) == [frozenset("ab")]
