"""What makes a product's data a datum flow chain; each fault names the product and the joint.

The conditions are Whitney's (Mechanical Assemblies, Oxford University Press, 2004): mates without cycles, one
root datum, every component located. That the mates of one key characteristic hang together is *inferred*: a
chain with a missing link delivers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import networkx as nx

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from atoopt.architecture.data.product import Joint, Product


def check_product(product: Product) -> None:
    """Raise an `InputError` at the first fault of a product."""
    _check_names(product)
    _check_flows(product)
    _check_joints(product)
    _check_mates(product)
    _check_connected(product)
    _check_root(product)
    _check_chains(product)


def _check_names(product: Product) -> None:
    of = f'of product "{product.id}"'
    ids, names = [c.id for c in product.components], [c.name for c in product.components]
    _once(ids, "components[{}].id", f"is the id of two components {of}", "give each component an id of its own")
    _once(names, "components[{}].stock_name", f"is the name of two components {of}", "give each a name of its own")
    _once(product.functions, "functions[{}]", f"stands twice among the functions {of}", "list each function once")
    for i, component in enumerate(product.components):
        place = f"components[{i}].functions"
        _once(component.functions, place + "[{}]", f'stands twice in component "{component.id}" {of}', "give it once")
        for j, function in enumerate(component.functions):
            _known(function, product.functions, f"{place}[{j}]", f"function {of}", "functions")


def _check_flows(product: Product) -> None:
    seen = set()
    of = f'of product "{product.id}"'
    for i, flow in enumerate(product.flows):
        _known(flow.source, product.functions, f"flows[{i}].source", f"function {of}", "functions")
        _known(flow.target, product.functions, f"flows[{i}].target", f"function {of}", "functions")
        problem = f'the flow from "{flow.source}" to "{flow.target}" {of}'
        if flow.source == flow.target:
            raise InputError(f"{problem} leads nowhere", "name two functions", place=f"flows[{i}]")
        if flow in seen:
            raise InputError(f"{problem} stands twice", "give it once", place=f"flows[{i}]")
        seen.add(flow)


def _check_joints(product: Product) -> None:
    first: dict[frozenset[str], int] = {}
    for i, joint in enumerate(product.joints):
        place, which = f"joints[{i}]", _joint(product, joint)
        for key, end in (("locates", joint.locates), ("located", joint.located)):
            what = f"component of the product, in the {which}"
            _known(end, product.component, f"{place}.{key}", what, "components")
        if joint.locates == joint.located:
            raise InputError(f"the {which} has one end", "name two components", place=place)
        other = first.setdefault(frozenset(joint.ends), i)
        if other != i:
            problem = f"the {which} joins what joints[{other}] joins"
            raise InputError(problem, "give two components one joint", place=place)
        for key in ("key_characteristics", "directions"):
            values = getattr(joint, key)
            _once(values, f"{place}.{key}[{{}}]", f"stands twice in the {which}", "give it once")
            if values and joint.kind == "contact":
                problem = f"is given for the {which}, a contact, which only supports"
                raise InputError(problem, "make it a mate or leave this key out", place=f"{place}.{key}")


def _check_mates(product: Product) -> None:
    graph = nx.DiGraph([mate.ends for mate in product.mates])
    if nx.is_directed_acyclic_graph(graph):
        return
    cycle = [tail for tail, _ in nx.find_cycle(graph)]
    i = next(i for i, joint in enumerate(product.joints) if joint.ends == (cycle[-1], cycle[0]))
    path = " -> ".join(f'"{name}"' for name in (*cycle, cycle[0]))
    problem = f"the {_joint(product, product.joints[i])} closes a cycle of mates, {path}"
    raise InputError(problem, "turn a mate around or make it a contact", place=f"joints[{i}]")


def _check_connected(product: Product) -> None:
    graph: nx.Graph = nx.Graph([joint.ends for joint in product.joints])
    graph.add_nodes_from(product.component)
    reached = nx.node_connected_component(graph, product.components[0].id)
    for i, component in enumerate(product.components):
        if component.id not in reached:
            problem = f'no joints lead from "{product.components[0].id}" to "{component.id}" of product "{product.id}"'
            raise InputError(problem, "add the joint that is missing", place=f"components[{i}]")


def _check_root(product: Product) -> None:
    located = {mate.located for mate in product.mates}
    roots = [i for i, component in enumerate(product.components) if component.id not in located]
    if len(roots) > 1:
        names = " and ".join(f'"{product.components[i].id}"' for i in roots[:2])
        problem = f'no mate locates {names} of product "{product.id}", but there is one root datum'
        if len(roots) > 2:
            problem += f" ({len(roots) - 2} more are not located)"
        raise InputError(problem, "add the mates that locate all but one", place=f"components[{roots[1]}]")


def _check_chains(product: Product) -> None:
    for key in product.key_characteristics:
        carrying = [i for i, joint in enumerate(product.joints) if key in joint.key_characteristics]
        graph: nx.Graph = nx.Graph([product.joints[i].ends for i in carrying])
        reached = nx.node_connected_component(graph, product.joints[carrying[0]].locates)
        for i in carrying:
            if product.joints[i].locates not in reached:
                which = _joint(product, product.joints[i])
                problem = f'carries "{key}", but the {which} hangs together with no other mate that does'
                place = f"joints[{i}].key_characteristics"
                raise InputError(problem, "name it in the mates between, too", place=place)


def _joint(product: Product, joint: Joint) -> str:
    return f'joint "{joint.locates}" - "{joint.located}" of product "{product.id}"'


def _once(values: Iterable[str], place: str, problem: str, remedy: str) -> None:
    """Raise at the first value that stands twice; `place` has a gap for its position."""
    seen = set()
    for i, value in enumerate(values):
        if value in seen:
            raise InputError(f'"{value}" {problem}', remedy, place=place.format(i))
        seen.add(value)


def _known(value: str, known: Iterable[str], place: str, what: str, where: str) -> None:
    if value not in known:
        raise InputError(f'"{value}" is no {what}', f"add it to {where} or correct it", place=place)
