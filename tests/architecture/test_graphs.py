"""Datum flow chain, liaison graph, subassemblies, functional and hybrid graph: what they hold, on random products."""

from __future__ import annotations

from collections import Counter

import networkx as nx
from hypothesis import given, settings

from atoopt.architecture import ArchitectureInstance, Component, Joint, Product, liaison_graph
from atoopt.architecture.datum_flow import assembly_order, chains, datum_flow_chain, repeated_directions
from atoopt.architecture.functions import functional_graph
from atoopt.architecture.hybrid import hybrid_graph
from atoopt.architecture.subassemblies import SubassemblyType, functional_subassemblies, types_of_components
from tests.architecture.strategies import instances, products


@settings(max_examples=25)
@given(products())
def test_datum_flow_chain_locates_everything_from_its_root(product: Product) -> None:
    """The chain is acyclic, and its one source, the root, reaches every component."""
    graph = datum_flow_chain(product)
    assert nx.is_directed_acyclic_graph(graph)
    sources = [component for component, degree in graph.in_degree() if degree == 0]
    assert sources == [product.root] == [graph.graph["root"]]
    assert nx.descendants(graph, product.root) | {product.root} == {component.id for component in product.components}
    assert [component for component, root in graph.nodes(data="root") if root] == sources
    assert graph.number_of_edges() == sum(joint.kind == "mate" for joint in product.joints)


@settings(max_examples=25)
@given(products())
def test_assembly_order_respects_every_mate(product: Product) -> None:
    """Each component stands once, after all that locates it."""
    order = assembly_order(product)
    place = {component: i for i, component in enumerate(order)}
    assert sorted(order) == sorted(component.id for component in product.components)
    assert all(place[mate.locates] < place[mate.located] for mate in product.mates)


@settings(max_examples=25)
@given(products())
def test_chains_are_the_mates_of_their_key_characteristic(product: Product) -> None:
    """A chain has exactly the mates that carry its key characteristic, and hangs together."""
    found = chains(product)
    assert set(found) == {key for joint in product.joints for key in joint.key_characteristics}
    for key, chain in found.items():
        assert set(chain.edges) == {joint.ends for joint in product.joints if key in joint.key_characteristics}
        assert nx.is_weakly_connected(chain)


def test_over_constrained_component_is_named() -> None:
    """Two mates that locate the same direction of one component repeat it; different directions do not."""
    parts = tuple(Component(id=name, type="mechanical") for name in "abc")
    ends = [("a", "b", ("x", "y")), ("a", "c", ("x", "z")), ("b", "c", ("y", "z", "rx"))]
    joints = tuple(
        Joint(locates=one, located=other, kind="mate", technology="pin", directions=directions)
        for one, other, directions in ends
    )
    assert repeated_directions(Product(id="p", components=parts, joints=joints)) == {"c": ("z",)}


@settings(max_examples=25)
@given(instances())
def test_union_of_liaisons(instance: ArchitectureInstance) -> None:
    """The graph of an instance has every component name and joint of its products, and knows where they are from."""
    union = liaison_graph(instance)
    alone = [liaison_graph(product) for product in instance.products]
    assert set(union) == set().union(*alone) == set(instance.component_names)
    assert {frozenset(e) for e in union.edges} == {frozenset(e) for graph in alone for e in graph.edges}
    for product, graph in zip(instance.products, alone, strict=True):
        assert nx.is_connected(graph)
        for joint in product.joints:
            edge = union.edges[joint.ends]
            assert product.id in edge["products"]
            assert joint.technology in edge["technologies"]
            assert joint.kind in edge["kinds"]
        for component in product.components:
            node = union.nodes[component.name]
            assert product.id in node["products"]
            assert component.type in node["types"]
            assert set(component.functions) <= set(node["functions"])


def test_components_are_one_by_their_stock_name() -> None:
    """Different ids of one stock name are one node, the same id under different names two."""

    def product(id: str, part: str, name: str | None) -> Product:
        parts = Component(id="base", type="mechanical"), Component(id=part, type="mechanical", stock_name=name)
        joint = Joint(locates="base", located=part, kind="mate", technology="screw")
        return Product(id=id, components=parts, joints=(joint,))

    both = ArchitectureInstance(name="i", products=(product("P", "a", "disk"), product("Q", "b", "disk")))
    assert set(liaison_graph(both)) == {"base", "disk"}
    apart = ArchitectureInstance(name="i", products=(product("P", "a", "disk 1"), product("Q", "a", "disk 2")))
    assert set(liaison_graph(apart)) == {"base", "disk 1", "disk 2"}


def test_subassemblies_by_hand(columns: ArchitectureInstance) -> None:
    """The shaft of a column runs in two bearings: both are on the chain of its run-out, which starts at the tube."""
    found = {each.key_characteristic: each for each in functional_subassemblies(columns.products[0])}
    run_out = found["shaft run-out"]
    assert run_out.components == ("outer tube", "inner tube", "upper bearing", "lower bearing", "steering shaft")
    assert run_out.datums == ("outer tube",)
    wanted = ("absorb crash energy", "guide shaft", "support shaft", "transmit rotation"), ("press fit", "sliding")
    assert run_out.type == SubassemblyType(*wanted)


@settings(max_examples=25)
@given(products())
def test_every_component_has_a_type(product: Product) -> None:
    """Its types are those of the subassemblies that it is in, or its own functions where it is in none."""
    types = types_of_components(product)
    subassemblies = functional_subassemblies(product)
    for component in product.components:
        wanted = {each.type for each in subassemblies if component.id in each.components}
        alone = {SubassemblyType(tuple(sorted(component.functions)), ())}
        assert set(types[component.id]) == (wanted or alone)


@settings(max_examples=25)
@given(products())
def test_hybrid_graph_holds_everything_once(product: Product) -> None:
    """Nodes and edges of each kind are as many as the data have, and lead from the right layer to the right one."""
    graph = hybrid_graph(product)
    subassemblies = functional_subassemblies(product)
    layers = Counter(layer for _, layer in graph.nodes(data="layer"))
    counts = {"function": len(product.functions), "component": len(product.components),
              "subassembly": len(subassemblies)}  # fmt: skip
    assert layers == Counter(counts)
    ends = {"mate": ("component", "component"), "contact": ("component", "component"), "flow": ("function", "function"),
            "realizes": ("component", "function"), "groups": ("subassembly", "component")}  # fmt: skip
    relations: Counter[str] = Counter()
    for one, other, relation in graph.edges(data="relation"):
        assert (one[0], other[0]) == ends[relation]
        relations[relation] += 1
    assert relations == Counter(joint.kind for joint in product.joints) + Counter(
        flow=len(product.flows),
        realizes=sum(len(component.functions) for component in product.components),
        groups=sum(len(each.components) for each in subassemblies),
    )


@settings(max_examples=25)
@given(products())
def test_functional_graph_is_the_upper_layer(product: Product) -> None:
    """The functional graph is what is left of the hybrid graph without components and subassemblies."""
    hybrid, graph = hybrid_graph(product), functional_graph(product)
    flows = [(one[1], other[1], edge["kind"]) for one, other, edge in hybrid.edges(data=True)
             if edge["relation"] == "flow"]  # fmt: skip
    assert sorted(flows) == sorted(graph.edges(data="kind"))
    for function, components in graph.nodes(data="components"):
        realizing = {one[1] for one, _, relation in hybrid.in_edges(("function", function), data="relation")
                     if relation == "realizes"}  # fmt: skip
        assert set(components) == realizing
