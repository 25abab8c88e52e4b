"""Logs in a page: each cut in the middle where all together would be too long."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Mapping

SHORTEST, LONGEST = 600, 40_000
"""Letters that a log keeps at least and at most."""


def cut(text: str, length: int) -> str:
    """Return a text, what is too much taken out of its middle.

    >>> cut("a" * 50 + "b" * 50, 40)
    'aaaa\\n[... 92 letters left out ...]\\nbbbb'
    """
    if len(text) <= length:
        return text
    half = max(0, length - 32) // 2
    return f"{text[:half]}\n[... {len(text) - 2 * half} letters left out ...]\n{text[len(text) - half :]}"


def packed_logs(logs: Mapping[str, str], keys: Iterable[str], budget: int) -> tuple[dict[str, int], str]:
    """Return the number of each run's log, and all of them as JSON, compressed, as base64.

    Parameters
    ----------
    logs : mapping
        Key of a run -> text.
    keys : iterable of str
        The runs that are in the page.
    budget : int
        Letters of all logs together, about.
    """
    there = [key for key in keys if logs.get(key)]
    length = min(LONGEST, max(SHORTEST, budget // max(1, len(there))))
    texts = [cut(logs[key], length) for key in there]
    data = json.dumps(texts).encode("ascii")
    return {key: i for i, key in enumerate(there)}, base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")
