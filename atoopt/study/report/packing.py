"""Data in a page: compressed, in letters that mean nothing to a browser; long logs are cut in the middle."""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

SHORTEST, LONGEST = 600, 40_000
"""Letters that a log keeps at least and at most."""


def packed(data: Any) -> str:
    """Return data as JSON, compressed, as base64: nothing in it can be taken for markup.

    What is not finite is null, and numbers have six digits.
    """
    text = json.dumps(plain(data), allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("ascii"), mtime=0)).decode("ascii")


def plain(data: Any) -> Any:
    """Return data in JSON's own types.

    >>> plain({"n": (1, float("inf")), "x": 1 / 3})
    {'n': [1, None], 'x': 0.333333}
    """
    if isinstance(data, dict):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    if hasattr(data, "tolist"):
        return plain(data.tolist())
    if isinstance(data, float):
        return float(f"{data:.6g}") if math.isfinite(data) else None
    return data if data is None or isinstance(data, (bool, int, str)) else str(data)


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
    """Return the number of each run's log, and all of them packed.

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
    return {key: i for i, key in enumerate(there)}, packed(texts)
