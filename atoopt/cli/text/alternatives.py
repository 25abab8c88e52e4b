"""What ``atoopt solve --alternatives`` reads and prints."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of

if TYPE_CHECKING:
    from atoopt.solvers.result import Result


def share_of(text: str) -> float:
    """Return the share that a text says.

    >>> share_of("1%"), share_of("0.02")
    (0.01, 0.02)
    """
    number, sign = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        share = float(number) / (100 if sign else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share < float("inf"):
        raise InputError(f'is "{text}"', "give a share such as 1% or 0.01", place="within")
    return share


def check_alternatives(instance: Any, n: int) -> None:
    """Refuse what has none, before anything is solved."""
    if n < 0:
        raise InputError(f"is {n}", "give a whole number of at least 0", place="alternatives")
    if problem_of(instance).name != "stock-composition":
        problem = f"has no meaning for {instance.format}"
        raise InputError(problem, "leave it out: atoopt pareto lists all good policies", place="alternatives")


def with_alternatives(result: Result, n: int, within: float, **options: Any) -> Result:
    """Return the result with ``details["alternatives"]``: a list, the cheapest first, with what each costs more."""
    from atoopt.workbench.alternatives import alternatives, alternatives_table

    listener = options.pop("listener")
    if listener is not None and result.trajectory:
        listener(result.trajectory[-1], "looking for other stocks")
    best = result.solution
    others = alternatives(best, n, within, **options)
    rows = alternatives_table(best, others).to_dict("records")[1:]
    told = [row | {"modules": [list(m) for m in other.modules]} for row, other in zip(rows, others, strict=True)]
    return replace(result, details=result.details | {"alternatives": told, "within": within})


def alternatives_lines(result: Result) -> list[str]:
    """Return the alternatives as text: what each costs more, and which modules it exchanges."""
    found, within = result.details["alternatives"], result.details["within"]
    if not found:
        return [f"no other stock within {within:.3g} of the cost was found"]
    lines = [f"{len(found)} other stock{'s' if len(found) > 1 else ''} within {100 * within:.3g} % of the cost:"]
    for number, other in enumerate(found, 1):
        time = f"mean assembly time {other['mean_assembly_time']:.4f}, {len(other['modules'])} modules"
        lines.append(f"  {number}. cost {other['cost']:.4f} (+{100 * other['extra_share']:.3f} %), {time}")
        lines += [f"     holds    {name}" for name in other["enter"]] + [
            f"     not      {name}" for name in other["leave"]
        ]
    return lines
