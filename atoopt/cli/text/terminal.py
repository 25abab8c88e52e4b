"""Printing results: one JSON object, or text that fits the terminal."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from atoopt.base.errors import one_line, short
from atoopt.base.files import json_text

PAGE = 110
"""Columns of text that goes to a file or a pipe."""


def print_json(data: Any) -> None:
    """Print one JSON object on standard output."""
    text = json_text(data)
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("-", "")
    if encoding != "utf8":
        import json

        text = json.dumps(json.loads(text), indent=1)  # ASCII: right in every encoding
    print(text)


@contextlib.contextmanager
def prints_aside() -> Iterator[None]:
    """Let everything that is printed inside go to standard error: standard output is for the result alone.

    The process's own standard output is turned aside as a file, so that compiled solvers and child processes are,
    too. Nor may it then be one Python stream with standard error: Pyomo, when it captures both, would wait for ever.
    """
    if descriptor(sys.stdout) != 1 or descriptor(sys.stderr) is None:
        with contextlib.redirect_stdout(_Aside()):
            yield
        return
    sys.stdout.flush()
    own = os.dup(1)
    os.dup2(sys.stderr.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(own, 1)
        os.close(own)


class _Aside(io.TextIOBase):
    """A text stream of its own, without a file, that writes to standard error."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def descriptor(stream: object) -> int | None:
    """Return the file that a stream writes to; None for one in memory."""
    try:
        return stream.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None


def note(text: str) -> None:
    """Print what is not the result on standard error."""
    print(f"atoopt: {text}", file=sys.stderr)


def width() -> int:
    """Return the columns of the terminal; a page's where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PAGE


def table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int = 0) -> list[str]:
    """Return rows as aligned text, the column `left` to the left and the others to the right.

    A cell that would break the line, or that a terminal could take for a command, is written on one line.

    >>> table(["size", "module"], [["2", "a + b"], ["10", "c"]], left=1)
    ['size  module', '   2  a + b', '  10  c']
    """
    lines = [[cell if cell.isprintable() else one_line(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            text.ljust(size) if i == left else text.rjust(size)
            for i, (text, size) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def joined(names: Sequence[str], separator: str, columns: int | None) -> str:
    """Join names, each on one line; where a width is given, as many as fit, shortened, and the number of the others.

    >>> joined(["ab", "cd", "ef"], " + ", None), joined(["ab", "cd", "ef"], " + ", 14)
    ('ab + cd + ef', 'ab + cd + ef')
    >>> joined(["ab", "cd", "ef"], " + ", 11)
    'ab + 2 more'
    """
    names = [one_line(name) if columns is None else short(name) for name in names]
    whole = separator.join(names)
    if columns is None or len(whole) <= columns:
        return whole
    for n in range(len(names) - 1, 0, -1):
        text = f"{separator.join(names[:n])}{separator}{len(names) - n} more"
        if len(text) <= columns:
            return text
    return f"{len(names)} components"
