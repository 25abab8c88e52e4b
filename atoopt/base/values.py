"""Objects that are equal where their data are, whatever these are: arrays and tables among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from html import escape
from typing import Any, ClassVar


class ByValue:
    """Equality and hash of a frozen dataclass (``eq=False``) by what its fields hold.

    Attributes
    ----------
    compared : tuple of str
        Fields that count; empty for all. What differs between two equal runs, such as seconds, does not.
    """

    compared: ClassVar[tuple[str, ...]] = ()

    def __eq__(self, other: object) -> bool:
        """Compare field by field."""
        if type(self) is not type(other):
            return NotImplemented
        return all(same(getattr(self, name), getattr(other, name)) for name in self._compared())

    def __hash__(self) -> int:
        """Return a number that equal objects share."""
        return hash(tuple(hashable(getattr(self, name)) for name in self._compared()))

    def _compared(self) -> tuple[str, ...]:
        return self.compared or tuple(field.name for field in fields(self))  # type: ignore[arg-type]


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal; arrays and tables in each entry, and NaN equals NaN in them.

    >>> import numpy as np
    >>> same({"a": np.array([1.0, np.nan])}, {"a": np.array([1.0, np.nan])}), same([1], [2])
    (True, False)
    """
    if type(one) is not type(other):
        return bool(one == other) if not hasattr(one, "shape") and not hasattr(other, "shape") else False
    if hasattr(one, "equals"):
        return bool(one.equals(other))
    if hasattr(one, "tobytes"):
        import numpy as np

        return bool(one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f"))
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def hashable(value: Any) -> Any:
    """Return something with a hash that equal values share."""
    if isinstance(value, Mapping):
        return frozenset((key, hashable(entry)) for key, entry in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(hashable, value))
    if hasattr(value, "columns"):
        return tuple(map(str, value.columns)), len(value)
    if hasattr(value, "tobytes"):
        return value.shape, (value + 0).tobytes() if value.dtype.kind in "iuf" else value.tobytes()
    return value


def html_table(rows: Mapping[str, Any], most: int = 20) -> str:
    """Return labels and values as a table of HTML; of long sequences the first entries.

    >>> html_table({"a": "<b>"})
    '<table><tr><th>a</th><td>&lt;b&gt;</td></tr></table>'
    """
    lines = (f"<tr><th>{escape(key)}</th><td>{escape(_short(value, most))}</td></tr>" for key, value in rows.items())
    return f"<table>{''.join(lines)}</table>"


def _short(value: Any, most: int) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        shown = ", ".join(map(str, value[:most]))
        return f"{shown}, and {len(value) - most} more" if len(value) > most else shown
    return str(value)
