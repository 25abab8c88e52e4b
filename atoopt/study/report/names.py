"""Names as text, for each place that would read something else into them: plotly, Markdown, LaTeX, spreadsheets."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable

from atoopt.base.errors import one_line

LABEL = 28
"""Letters of a name that a picture shows."""

UNKNOWN = "\N{EN DASH}"
"""Stands for a number that is not known."""

LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}",
}  # fmt: skip


def short(name: object, length: int = LABEL) -> str:
    """Return a name on one line, its middle left out where it is too long.

    >>> short("a" * 20 + "b" * 20, 9)
    'aaaa…bbbb'
    """
    text = one_line(str(name))
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[: length - 1 - head]}…{text[len(text) - head :]}"


def labels(names: Iterable[str], length: int = LABEL) -> dict[str, str]:
    """Return a short label for each name, no two alike.

    >>> labels(["aaaaaaaaa", "aaaabaaaa"], 7)
    {'aaaaaaaaa': 'aaa…aaa', 'aaaabaaaa': 'aaa…aaa (2)'}
    """
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        label, number = short(name, length), 1
        while label in found.values():
            number += 1
            label = f"{short(name, length)} ({number})"
        found[name] = label
    return found


def plotly_text(text: str) -> str:
    """Return a text that plotly shows as it is: it reads some tags and entities in labels.

    >>> plotly_text("<b>a</b> & b")
    '&lt;b&gt;a&lt;/b&gt; &amp; b'
    """
    return html.escape(one_line(text), quote=False).replace("$", "&#36;")  # two of them would be a formula


def plotly_labels(names: Iterable[str], length: int = LABEL) -> dict[str, str]:
    """Return the labels of names for plotly."""
    return {name: plotly_text(label) for name, label in labels(names, length).items()}


def markdown(text: object) -> str:
    r"""Return a text for a cell of a Markdown table.

    >>> print(markdown("a|b <i> *c*"))
    a\|b &lt;i&gt; \*c\*
    """
    escaped = html.escape(one_line(str(text)), quote=False)
    return re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", escaped)


def latex(text: object) -> str:
    r"""Return a text for LaTeX.

    >>> print(latex("50 % of a_b"))
    50 \% of a\_b
    """
    return "".join(LATEX.get(letter, letter) for letter in one_line(str(text)))


def spreadsheet(text: str) -> str:
    """Return a text that a spreadsheet program does not take for a formula.

    >>> spreadsheet("=1+1"), spreadsheet("a=b")
    ("'=1+1", 'a=b')
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else text


def number(value: object, digits: int = 4) -> str:
    """Return a number for a reader, a dash where it is unknown.

    >>> number(12.34567), number(float("nan")), number(1234567.0), number(3)
    ('12.35', '–', '1234567', '3')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNKNOWN
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"
    return str(value)
