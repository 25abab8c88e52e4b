"""Values of a sweep as texts: ``costs.fixed_transport=1:4:7``."""

from __future__ import annotations

from typing import Any

from atoopt.base.errors import InputError
from atoopt.workbench.changes import parse_value


def parse_range(text: str) -> tuple[str, list[Any]]:
    """Return key and values of a text: ``KEY=V1,V2`` or ``KEY=LOW:HIGH:N``.

    >>> parse_range("max_mean_assembly_time=1,1.5,null"), parse_range("costs.fixed_transport=1:4:4")
    (('max_mean_assembly_time', [1, 1.5, None]), ('costs.fixed_transport', [1, 2, 3, 4]))
    """
    key, sign, values = text.partition("=")
    if not key.strip() or not sign or not values.strip():
        raise InputError(f'is "{text}"', "write KEY=V1,V2 or KEY=LOW:HIGH:N", place="over")
    if values.count(":") == 2:
        low, high, count = (parse_value(part.strip()) for part in values.split(":"))
        if not isinstance(count, int) or count < 2 or not all(isinstance(side, (int, float)) for side in (low, high)):
            raise InputError(f'is "{text}"', "write KEY=LOW:HIGH:N with numbers, N at least 2", place="over")
        step = (high - low) / (count - 1)
        values_of = [round(low + i * step, 12) for i in range(count)]
        whole = isinstance(low, int) and isinstance(high, int) and step == int(step)
        return key.strip(), [int(value) for value in values_of] if whole else values_of
    return key.strip(), [parse_value(value.strip()) for value in values.split(",")]
