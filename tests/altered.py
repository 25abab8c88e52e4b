"""Sound data with one place made wrong: what the tests of bad input start from."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def altered(data: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """Return a copy with a place such as ``products.0.demand`` set to a value; ``...`` takes it away, ``+`` appends.

    >>> altered({"parts": [{"batch": 1}]}, "parts.0.batch", 2)
    {'parts': [{'batch': 2}]}
    """
    copy = deepcopy(data)
    *path, last = [int(key) if key.isdigit() else key for key in place.split(".")]
    target: Any = copy
    for key in path:
        target = target[key]
    if value is ...:
        del target[last]
    elif last == "+":
        target.append(value)
    else:
        target[last] = value
    return copy
