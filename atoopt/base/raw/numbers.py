"""Numbers as they stand in raw tables."""

from __future__ import annotations

import re

GROUPED = re.compile(r"\d{1,3}(\.\d{3})+")
GAP = re.compile(r"(?<=\d)[ \u00a0\u202f'\u2019](?=\d{3})")
"""Between groups of three digits."""


def number(text: str, decimal: str = ".", typed: bool = False) -> float:
    """Return the number of a cell, spaces between groups of three digits left out; NaN where it is none.

    Parameters
    ----------
    text : str
    decimal : {".", ","}
        With decimal commas, points may group three digits, and are decimal signs where they do not.
    typed : bool
        The cell comes from a workbook or a DataFrame, where numbers have a point whatever a text would have.

    Examples
    --------
    >>> number("1.500,25", ","), number("1.500", ","), number("1.500", ",", typed=True), number("1 500"), number("1_0")
    (1500.25, 1500.0, 1.5, 1500.0, nan)
    """
    text = GAP.sub("", text)
    if decimal == "," and ("," in text or (not typed and GROUPED.fullmatch(text))):
        text = text.replace(".", "").replace(",", ".")
    try:
        return float(text) if "_" not in text else float("nan")
    except ValueError:
        return float("nan")


def hint(text: str, decimal: str) -> str:
    """Return what to add to a remedy where a number may have been written with a decimal comma."""
    return ', or --decimal ","' if "," in text and decimal == "." else ""
