"""What all pictures of a page share: a color for each method, axes, and the layout for narrow screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from atoopt.study.report.names import plotly_labels

COLORS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#8c6d1f", "#a5aa99", "#f0697e",
)  # fmt: skip
"""Told apart by the color-blind, too (Okabe and Ito 2008, and four more)."""

DASHES = ("solid", "dash", "dot", "dashdot")
SYMBOLS = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "hexagon")

NARROW_LABEL = 14
"""Letters of a name on an axis of a narrow screen."""


@dataclass(frozen=True)
class Look:
    """How each method of a study looks: the same in every picture."""

    methods: tuple[str, ...]

    @property
    def labels(self) -> dict[str, str]:
        """The label of each method, as plotly takes it."""
        return plotly_labels(self.methods)

    def place(self, method: str) -> int:
        """Return the number of a method."""
        return self.methods.index(method)

    def color(self, method: str) -> str:
        """Return the color of a method."""
        return COLORS[self.place(method) % len(COLORS)]

    def line(self, method: str, width: float = 2.0) -> dict[str, Any]:
        """Return the line of a method: after ten colors, they come again in another dash."""
        dash = DASHES[self.place(method) // len(COLORS) % len(DASHES)]
        return {"color": self.color(method), "dash": dash, "width": width}

    def symbol(self, method: str) -> str:
        """Return the marker of a method."""
        return SYMBOLS[self.place(method) % len(SYMBOLS)]


def layout(x: str, y: str, **more: Any) -> dict[str, Any]:
    """Return the layout of a picture with two axes; keywords are merged into the axes ``xaxis`` and ``yaxis``."""
    axes = {"xaxis": {"title": {"text": x}, "automargin": True}, "yaxis": {"title": {"text": y}, "automargin": True}}
    for name, axis in axes.items():
        axis.update(more.pop(name, {}))
    return {**axes, "height": 420, **more}


def named_axis(names: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an axis with a place 0, 1, 2, ... for each name, and what changes on a narrow screen.

    Places are numbers: an axis of names would take ``1`` or ``2026-01-01`` for what they look like.
    """
    wide, narrow = plotly_labels(names), plotly_labels(names, NARROW_LABEL)
    places = list(range(len(wide)))
    axis = {"tickmode": "array", "tickvals": places, "range": [-0.6, len(places) - 0.4], "zeroline": False}
    return {**axis, "ticktext": list(wide.values())}, {"ticktext": list(narrow.values())}


def thinned(n: int, most: int) -> list[int]:
    """Return at most `most` of n places, evenly, with the first and the last.

    >>> thinned(10, 4), thinned(3, 4)
    ([0, 3, 6, 9], [0, 1, 2])
    """
    if n <= most:
        return list(range(n))
    return sorted({round(i * (n - 1) / (most - 1)) for i in range(most)})
