"""The datum flow chain: what locates what, and which key characteristic runs along (Whitney's DFC)."""

from __future__ import annotations

import math

import networkx as nx
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from atoopt.architecture.data.product import Joint, Product
from atoopt.architecture.datum_flow import datum_flow_chain
from atoopt.plots.boxes import CONTACT, Box, arrow, box, canvas, finish, key_colors, literal, room

COLUMN, ROW = 2.3, 0.7
"""Inches between two layers, and between two components of one."""


def datum_flow(product: Product, ax: Axes | None = None) -> Axes:
    """Draw the datum flow chain from the root datum, on the left, to what it locates in the end.

    Each mate is an arrow for every key characteristic that it carries, in its color (gray for none), with the
    joining technology; contacts are dashed. Boxes are colored by component type.

    Parameters
    ----------
    product : Product
    ax : matplotlib Axes, optional
        New ones by default.

    Returns
    -------
    matplotlib Axes
    """
    layers = _layers(product)
    legend: list[Artist] = [
        Line2D([], [], color=color, label=literal(key)) for key, color in key_colors(product).items() if key is not None
    ]
    legend.append(Line2D([], [], color=CONTACT, linestyle="--", label="contact"))
    width, tallest = COLUMN * len(layers), max(map(len, layers))
    if ax is None:
        ax = canvas(max(width, 4.0), ROW * (tallest + 0.6) + room(len(legend), max(width, 4.0)))
    boxes = {
        component: box(
            ax, COLUMN * x, ROW * ((len(layer) - 1) / 2 - i), component,
            fill=product.component[component].type, bold=component == product.root,
        )
        for x, layer in enumerate(layers)
        for i, component in enumerate(layer)
    }  # fmt: skip
    for joint in product.joints:
        _draw(ax, joint, boxes[joint.locates], boxes[joint.located], key_colors(product))
    middle, half = width / 2 - COLUMN / 2, max(width, 4.0) / 2
    up = ROW * (tallest - 1) / 2 + 0.3 * ROW
    finish(ax, (middle - half, middle + half), (-up - 0.1, up), f"{product.id}: datum flow chain", legend)
    return ax


def _draw(ax: Axes, joint: Joint, one: Box, other: Box, colors: dict[str | None, str]) -> None:
    """Draw a joint: a mate from side to side, a contact behind the boxes, around those between in its layer."""
    if joint.kind == "contact":
        between = one.x == other.x and abs(one.y - other.y) > 1.5 * ROW
        length = math.hypot(one.x - other.x, one.y - other.y)
        bend = 0.8 / length if between else min(0.1, 0.45 / length)
        ends = (one.x, one.y), (other.x, other.y)
        arrow(ax, *ends, color=CONTACT, text=joint.technology, bend=bend, dashed=True, along=0.4)
        return
    keys = joint.key_characteristics or (None,)
    for i, key in enumerate(keys):
        text = joint.technology if i == len(keys) // 2 else ""
        apart = 0.09 * ((len(keys) - 1) / 2 - i)
        start, end = (one.x + one.half, one.y + apart), (other.x - other.half, other.y + apart)
        arrow(ax, start, end, color=colors[key], text=text)


def _layers(product: Product) -> list[list[str]]:
    """Return the components by the most mates between them and the root, each near to what locates it."""
    graph = datum_flow_chain(product)
    layers = [list(layer) for layer in nx.topological_generations(graph)]
    height: dict[str, float] = {}
    for layer in layers:
        wanted = {
            component: sum(height[locating] for locating in graph.predecessors(component))
            / max(1, graph.in_degree(component))
            for component in layer
        }
        layer.sort(key=wanted.__getitem__)
        height.update({component: i - (len(layer) - 1) / 2 for i, component in enumerate(layer)})
    return layers
