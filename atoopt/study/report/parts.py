"""What a page is made of: sections with notes, pictures, matrices and tables that can be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Choice:
    """What a picture shows when it is picked from its list."""

    label: str
    traces: list[dict[str, Any]]
    layout: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A picture by plotly: its traces, or one set of traces for each choice of a pick list.

    `narrow` is laid over `layout` on a narrow screen. `about` says in words what there is to see,
    and is written above it where `caption` is set.
    """

    kind: ClassVar[str] = "figure"
    id: str
    choices: list[Choice]
    layout: dict[str, Any]
    about: str
    pick: str = ""
    caption: bool = False
    narrow: dict[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """Return what the page's script needs."""
        choices = [{"traces": choice.traces, "layout": choice.layout} for choice in self.choices]
        return {"choices": choices, "layout": self.layout, "narrow": self.narrow}


@dataclass(frozen=True)
class Column:
    """A column of a table: text, a number, a share shown in percent, or the place of a log."""

    title: str
    kind: str = "number"
    filter: bool = False


@dataclass(frozen=True)
class Grid:
    """A table that can be sorted and filtered."""

    kind: ClassVar[str] = "grid"
    id: str
    columns: Sequence[Column]
    rows: list[list[Any]]
    about: str
    paged: bool = True

    def data(self) -> dict[str, Any]:
        """Return what the page's script needs."""
        columns = [{"kind": column.kind, "filter": column.filter, "title": column.title} for column in self.columns]
        return {"columns": columns, "rows": self.rows, "paged": self.paged}


@dataclass(frozen=True)
class Cell:
    """A cell of a matrix; `shade` from -1 (against) over 0 to 1 (in favor)."""

    text: str
    shade: float = 0.0


@dataclass(frozen=True)
class Matrix:
    """A small table, shown as it is."""

    kind: ClassVar[str] = "matrix"
    id: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    about: str


Part = Figure | Grid | Matrix


@dataclass(frozen=True)
class Section:
    """A part of the page with a heading; `group` says which runs it is about, where there are several groups."""

    id: str
    title: str
    notes: Sequence[str] = ()
    parts: Sequence[Part] = ()
    group: str = ""
