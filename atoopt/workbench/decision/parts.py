"""What a page of a decision shows, as data: sentences, tables, bars, a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows of texts under a head; the first column is a name, the others numbers.

    Attributes
    ----------
    title : str
    head : tuple of str
    rows : sequence of tuple of str
    folded : bool
        Shown when it is asked for.
    id : str
    """

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    folded: bool = False
    id: str = ""


@dataclass(frozen=True)
class Bars:
    """Shares by label, drawn as bars."""

    title: str
    bars: Sequence[tuple[str, float, str]]
    """Label, share of the longest (0 to 1), and what it says."""


@dataclass(frozen=True)
class CurvePoint:
    """A point of the curve, and what is told of it when it is picked."""

    x: float
    y: float
    bound: float | None
    head: str
    items: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True)
class Curve:
    """The trade-off, with its units; both axes are better to the left and below."""

    x_label: str
    y_label: str
    points: tuple[CurvePoint, ...]
    note: str


@dataclass(frozen=True)
class Decision:
    """All that a page shows.

    Attributes
    ----------
    title : str
    sentences : tuple of str
        What is to be done, what it brings, what is proven.
    what, costs : list of Table or Bars
    proven, assumed : list of (str, str)
        Terms and texts.
    """

    title: str
    sentences: tuple[str, ...]
    what: list[Table | Bars]
    effects: list[Table | Bars]
    proven: list[tuple[str, str]]
    assumed: list[tuple[str, str]]
    curve: Curve | None = None
    words: dict[str, str] = field(default_factory=dict)
