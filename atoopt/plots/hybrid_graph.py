"""The hybrid functional and physical architecture graph in two layers (HyFPAG of Stief et al. 2018)."""

from __future__ import annotations

import networkx as nx
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from atoopt.architecture.data.product import Product
from atoopt.architecture.datum_flow import assembly_order
from atoopt.architecture.hybrid import hybrid_graph
from atoopt.plots.boxes import CONTACT, NO_KEY, Box, arrow, box, canvas, finish, half_width, key_colors, literal, room

ROW = 0.6
"""Inches between two rows of a layer."""

FLOWS = {"energy": "tab:red", "material": "tab:brown", "signal": "tab:cyan"}
BEND = 0.22
Node = tuple[str, str]


def hybrid_layers(product: Product, ax: Axes | None = None) -> Axes:
    """Draw functions on the left, components on the right, and what ties them.

    Functions: flows are arrows at the left, colored by kind. Components, in assembly order: mates are arrows at the
    right, contacts dashed; the squares beside a component are its functional subassemblies. Lines between the layers
    tell which component helps to realize which function.

    Parameters
    ----------
    product : Product
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    graph, components = hybrid_graph(product), assembly_order(product)
    functions = _near(graph, components, product.functions)
    rows, legend = max(len(components), len(functions)), _legend(product, graph)
    left = max(map(half_width, functions), default=0.0)
    apart = left + 1.6 + 0.14 * len(product.key_characteristics) + max(map(half_width, components))
    reach = [_reach(graph, layer, rows) for layer in ("function", "component")]
    x = -left - reach[0], apart + max(map(half_width, components)) + reach[1]
    if ax is None:
        ax = canvas(x[1] - x[0], ROW * rows + room(len(legend), x[1] - x[0]))
    boxes = {("function", name): box(ax, 0.0, y, name, fill="function") for name, y in _spread(functions, rows)}
    for name, y in _spread(components, rows):
        component = product.component[name]
        boxes["component", name] = box(ax, apart, y, name, fill=component.type, bold=name == product.root)
    _draw_layers(ax, graph, boxes)
    _draw_between(ax, graph, boxes, product)
    finish(ax, x, (-ROW * (rows - 0.5), ROW / 2), f"{product.id}: functions and components", legend)
    return ax


def _draw_layers(ax: Axes, graph: nx.MultiDiGraph, boxes: dict[Node, Box]) -> None:
    """Draw flows and joints as arcs outside of their layers."""
    for i, (one, other, edge) in enumerate(graph.edges(data=True)):
        relation, flow = edge["relation"], edge["relation"] == "flow"
        if relation not in ("flow", "mate", "contact"):
            continue
        side = -1 if flow else 1
        start, end = ((boxes[node].x + side * boxes[node].half, boxes[node].y) for node in (one, other))
        color = FLOWS[edge["kind"]] if flow else CONTACT if relation == "contact" else NO_KEY
        arrow(
            ax, start, end, color=color, text=(edge["name"] or "") if flow else edge["technology"],
            bend=BEND * side * (1 if end[1] > start[1] else -1), dashed=relation == "contact",
            along=(0.5, 0.4, 0.6)[i % 3], align="right" if flow else "left",
        )  # fmt: skip


def _draw_between(ax: Axes, graph: nx.MultiDiGraph, boxes: dict[Node, Box], product: Product) -> None:
    """Draw each component's subassemblies as squares, and a line to each function that it helps to realize."""
    colors = key_colors(product)
    for name in product.component:
        node = "component", name
        at = boxes[node]
        x = at.x - at.half - 0.12
        for owner, _, relation in graph.in_edges(node, data="relation"):
            if relation == "groups":
                ax.plot(x, at.y, "s", color=colors[owner[1]], markersize=6, zorder=4)
                x -= 0.14
        for _, function, relation in graph.out_edges(node, data="relation"):
            if relation == "realizes":
                other = boxes[function]
                ax.plot([other.x + other.half, x], [other.y, at.y], color="0.75", linewidth=0.9, zorder=1)


def _near(graph: nx.MultiDiGraph, components: tuple[str, ...], functions: tuple[str, ...]) -> list[str]:
    """Return the functions in the order of the middle of the components that realize them."""
    row = {("component", name): i for i, name in enumerate(components)}

    def middle(function: str) -> float:
        rows = [row[node] for node in graph.predecessors(("function", function)) if node in row]
        return sum(rows) / len(rows) if rows else float(len(components))

    return sorted(functions, key=middle)


def _spread(names: list[str] | tuple[str, ...], rows: int) -> list[tuple[str, float]]:
    """Return each name with its height: from the top, over all rows."""
    step = ROW * (rows - 1) / max(1, len(names) - 1)
    return [(name, -i * step) for i, name in enumerate(names)]


def _reach(graph: nx.MultiDiGraph, layer: str, rows: int) -> float:
    """Return the inches that the arcs of a layer and their texts may need beside it."""
    texts = [edge.get("technology") or edge.get("name") or "" for one, _, edge in graph.edges(data=True)
             if one[0] == layer and edge["relation"] in ("flow", "mate", "contact")]  # fmt: skip
    return BEND * ROW * rows + 0.065 * max(map(len, texts), default=0) + 0.2


def _legend(product: Product, graph: nx.MultiDiGraph) -> list[Artist]:
    kinds = {kind for _, _, kind in graph.edges(data="kind")}
    lines = [Line2D([], [], color=color, label=f"{kind} flow") for kind, color in FLOWS.items() if kind in kinds]
    lines.append(Line2D([], [], color=NO_KEY, label="mate"))
    lines.append(Line2D([], [], color=CONTACT, linestyle="--", label="contact"))
    squares = [
        Line2D([], [], color=color, marker="s", linestyle="", label=literal(key))
        for key, color in key_colors(product).items()
        if key is not None
    ]
    return [*lines, *squares]
