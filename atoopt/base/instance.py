"""What the instances of all problems share: a copy with changes, a readable file, a summary."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from atoopt.base.errors import one_line
from atoopt.base.faults import validated
from atoopt.base.frozen import Frozen
from atoopt.base.values import html_table
from atoopt.base.writing import write_text


class Instance(Frozen):
    """The data of a problem: immutable, validated, written as JSON and shown on one screen.

    Attributes
    ----------
    label_width : int
        Columns of the labels of a summary as text.
    in_rows : tuple of str
        Keys of lists that are written one entry a line, so that differences stay readable.
    """

    label_width: ClassVar[int]
    in_rows: ClassVar[tuple[str, ...]] = ()

    def replace(self, **changes: Any) -> Self:
        """Return a copy with these attributes changed, validated anew.

        Raises
        ------
        InputError
            A value is not allowed.
        """
        present = {key: getattr(self, key) for key in type(self).model_fields}
        return validated(type(self), {**present, **changes})

    def to_json(self) -> dict[str, Any]:
        """Return the instance as plain data, in the order of the file format."""
        return self.model_dump(mode="json")

    def save(self, path: str) -> None:
        """Write the instance as JSON, one entry of its lists a line."""
        write_text(path, "{" + ",\n ".join(self._text(key, value) for key, value in self.to_json().items()) + "}\n")

    def _text(self, key: str, value: Any) -> str:
        """Return a key and its value as they stand in the file."""
        if not (value and key in self.in_rows):
            return f'"{key}": {json.dumps(value, ensure_ascii=False)}'
        entries = ",\n  ".join(map(self._entry, value))
        return f'"{key}": [\n  {entries}]'

    def _entry(self, entry: Any) -> str:
        """Return one entry of a list as it stands in the file."""
        return json.dumps(entry, ensure_ascii=False)

    def summary(self) -> dict[str, str]:
        """Return the instance on one screen, label to text."""
        raise NotImplementedError

    def __str__(self) -> str:
        """Return the summary as aligned text."""
        return "\n".join(f"{label:<{self.label_width}} {one_line(text)}" for label, text in self.summary().items())

    def __repr__(self) -> str:
        """Return kind, name and sizes on one line, however large the instance is."""
        present = ((key, getattr(self, key)) for key in type(self).model_fields)
        sizes = [
            f"{len(value)} {key.replace('_', ' ')}" for key, value in present if isinstance(value, tuple) and value
        ]
        return one_line(f"<{type(self).__name__} {getattr(self, 'name', '')}: {', '.join(sizes)}>")

    def _repr_html_(self) -> str:
        return html_table(self.summary())
