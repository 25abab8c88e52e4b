"""The same question for many values: one solve a combination."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of
from atoopt.workbench.changes import changed, parse_value

MOST = 10_000
"""Combinations of one sweep."""


def parse_range(text: str) -> tuple[str, list[Any]]:
    """Return key and values of a text: ``KEY=V1,V2`` or ``KEY=LOW:HIGH:N``.

    >>> parse_range("max_mean_assembly_time=1,1.5,null"), parse_range("costs.fixed_transport=1:4:4")
    (('max_mean_assembly_time', [1, 1.5, None]), ('costs.fixed_transport', [1.0, 2.0, 3.0, 4.0]))
    """
    key, sign, values = text.partition("=")
    if not key.strip() or not sign or not values.strip():
        raise InputError(f'is "{text}"', "write KEY=V1,V2 or KEY=LOW:HIGH:N", place="over")
    if values.count(":") == 2:
        low, high, count = (parse_value(part.strip()) for part in values.split(":"))
        if not isinstance(count, int) or count < 2 or not all(isinstance(side, (int, float)) for side in (low, high)):
            raise InputError(f'is "{text}"', "write KEY=LOW:HIGH:N with numbers, N at least 2", place="over")
        step = (high - low) / (count - 1)
        return key.strip(), [round(low + i * step, 12) for i in range(count)]
    return key.strip(), [parse_value(value.strip()) for value in values.split(",")]


def sweep(
    instance: Any,
    over: Mapping[str, Sequence[Any]],
    method: str = "auto",
    *,
    tell: Callable[[int, int], None] = lambda done, planned: None,
    **options: Any,
) -> pd.DataFrame:
    """Solve an instance for each combination of values.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    over : mapping of str to sequence
        Key -> values, see `atoopt.workbench.changed`.
    method, **options
        As in `atoopt.solve`; a time limit is that of each solve.
    tell : callable
        Called with how many are done, of how many.

    Returns
    -------
    DataFrame
        A row a combination: the values, status, cost, bound, gap, seconds; of stocks also mean assembly time, modules,
        and how many of them the row before holds too; of policies pallets and set-up hours. What is unknown is NaN.

    Raises
    ------
    InputError
        A key or a value is not allowed, or there are too many combinations.

    Examples
    --------
    >>> import atoopt
    >>> table = atoopt.sweep(atoopt.load("instances/stock/frequency-4.json"), {"max_mean_assembly_time": [0.8, 1.2]})
    >>> table[["max_mean_assembly_time", "cost"]].to_numpy().tolist()
    [[0.8, 21.4], [1.2, 21.4]]
    """
    import atoopt

    problem_of(instance)
    if not over or not all(len(values) for values in over.values()):
        raise InputError("has no values", "give at least one key with values", place="over")
    count = math.prod(len(values) for values in over.values())
    if count > MOST:
        raise InputError(f"are {count:,} combinations", f"give at most {MOST:,}", place="over")
    combinations = [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]
    instances = [changed(instance, values) for values in combinations]  # all are refused before one is solved
    rows: list[dict[str, Any]] = []
    before: Any = None
    for values, each in zip(combinations, instances, strict=True):
        result = atoopt.solve(each, method, **options)
        rows.append({**values, **_told(result, before)})
        before = result.solution if result.solution is not None else before
        tell(len(rows), count)
    return pd.DataFrame(rows)


def _told(result: Any, before: Any) -> dict[str, Any]:
    """Return what a row says of a result."""
    solution = result.solution
    row = {"status": result.status, "cost": result.objective, "bound": result.bound, "gap": result.gap}
    if hasattr(solution, "masks"):
        kept = None if before is None else len(set(solution.masks) & set(before.masks))
        row |= {"mean_assembly_time": solution.mean_assembly_time, "modules": solution.n_modules, "modules_kept": kept}
    elif solution is not None:
        row |= {"pallets": solution.pallets, "setup_hours": solution.setup_hours}
    return row | {"seconds": result.seconds}
