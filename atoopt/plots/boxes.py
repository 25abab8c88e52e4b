"""Boxes and arrows that the pictures of graphs share; their Axes have the same unit both ways, an inch at best."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from itertools import cycle, islice

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from atoopt.architecture.data.product import Product

CONTACT, NO_KEY = "0.6", "0.3"
FILLS = {"mechanical": "#e8eef6", "electrical": "#fdf0c8", "electronic": "#dcf2de", "function": "white"}

LETTER, LINE = 0.068, 0.17
"""Inches that a letter of a name takes, and a line of the legend."""

LARGEST = 100
"""Inches of the longest side of a picture; what needs more is drawn smaller."""


@dataclass(frozen=True)
class Box:
    """A name in a box: where its center is, and half its width, nearly."""

    x: float
    y: float
    half: float


def key_colors(product: Product) -> dict[str | None, str]:
    """Return a color for each key characteristic, and that of mates that carry none."""
    keys = product.key_characteristics
    palette = islice(cycle(mpl.color_sequences["tab10"]), len(keys))
    return {None: NO_KEY} | dict(zip(keys, map(mpl.colors.to_hex, palette), strict=True))


def wrapped(text: str) -> str:
    """Return a name in lines that fit into a box."""
    return textwrap.fill(text, 20)


def literal(text: str) -> str:
    """Return a name that matplotlib shows as it is: neither as a formula, nor hidden from a legend.

    >>> literal("_5 $"), literal("blade gap")
    (' _5 \\\\$', 'blade gap')
    """
    return (" " if text.startswith("_") else "") + text.replace("$", r"\$")


def half_width(text: str, bold: bool = False) -> float:
    """Return about half the width of a name's box, in inches."""
    return (LETTER + 0.01 * bold) * max(map(len, wrapped(text).splitlines()), default=0) / 2 + 0.06


def box(ax: Axes, x: float, y: float, text: str, *, fill: str, bold: bool = False) -> Box:
    """Draw a name in a box; `fill` is a component type, or ``function``."""
    style = {"boxstyle": "round,pad=0.3", "facecolor": FILLS[fill], "edgecolor": "0.2", "linewidth": 2 if bold else 0.8}
    weight = "bold" if bold else "normal"
    ax.text(x, y, literal(wrapped(text)), ha="center", va="center", fontsize=9, bbox=style, zorder=4, fontweight=weight)
    return Box(x, y, half_width(text, bold))


def arrow(
    ax: Axes, one: tuple[float, float], other: tuple[float, float], *, color: str, text: str = "", bend: float = 0.0,
    dashed: bool = False, along: float = 0.5, align: str = "center",
) -> None:  # fmt: skip
    """Draw an arrow between two points, dashed ones without a head.

    Parameters
    ----------
    ax : matplotlib Axes
    one, other : tuple of float
    color, text : str
    bend : float
        How far the arrow leaves the straight line, as a share of its length, to the right of its direction.
    dashed : bool
    along : float
        Where the text stands, 0 (at the start) to 1.
    align : str
        The horizontal alignment of the text.
    """
    ax.annotate(
        "", other, one, zorder=2,
        arrowprops={
            "arrowstyle": "-" if dashed else "-|>", "color": color, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0,
            "linestyle": "--" if dashed else "-", "connectionstyle": f"arc3,rad={2 * bend}",
        },
    )  # fmt: skip
    if text:
        dx, dy, curve = other[0] - one[0], other[1] - one[1], 4 * bend * along * (1 - along)  # a parabola
        at = one[0] + along * dx + curve * dy, one[1] + along * dy - curve * dx
        behind = {"boxstyle": "square,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        ax.text(*at, literal(text), ha=align, va="center", fontsize=7, color=color, bbox=behind, zorder=3)


def canvas(width: float, height: float) -> Axes:
    """Return Axes that fill a new figure, sized in inches, as far as a picture can be."""
    ax: Axes = plt.figure(figsize=(min(width, LARGEST), min(height, LARGEST))).add_axes((0, 0, 1, 1))
    return ax


def finish(ax: Axes, x: tuple[float, float], y: tuple[float, float], title: str, legend: list[Artist]) -> None:
    """Set the limits, with a title above them and a legend below."""
    columns = max(1, min(len(legend), int((x[1] - x[0]) / 1.4)))
    rows = -(-len(legend) // columns)
    ax.set(xlim=x, ylim=(y[0] - LINE * rows - 0.2, y[1] + 0.4), aspect="equal")
    ax.text((x[0] + x[1]) / 2, y[1] + 0.15, literal(title), ha="center", va="center", fontsize=11)
    ax.legend(handles=legend, loc="lower center", ncols=columns, fontsize=8, frameon=False)
    ax.set_axis_off()


def room(legend: int, width: float) -> float:
    """Return the inches that title and legend take above and below a picture of this width."""
    columns = max(1, min(legend, int(width / 1.4)))
    return LINE * -(-legend // columns) + 0.6
