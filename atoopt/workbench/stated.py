"""A solution as its file states it, where no instance is at hand to judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atoopt.base.errors import InputError


@dataclass(frozen=True)
class StatedStock:
    """A stock with the numbers of its file.

    Attributes
    ----------
    cost, mean_assembly_time : float or None
    costs : dict of str to float
    modules : tuple of tuple of str
    times : dict of str to float
        Operations of each product.
    """

    cost: float | None
    costs: dict[str, float]
    mean_assembly_time: float | None
    modules: tuple[tuple[str, ...], ...]
    times: dict[str, float]
    masks = ()

    @property
    def n_modules(self) -> int:
        """How many there are."""
        return len(self.modules)

    def products(self) -> pd.DataFrame:
        """Return a row a product, its time in operations."""
        return pd.DataFrame({"product": list(self.times), "time": list(self.times.values())})


@dataclass(frozen=True)
class StatedPolicy:
    """A policy with the numbers of its file."""

    cost: float | None
    policy: dict[str, str]
    pallets: float | None
    setup_hours: float | None
    process_hours: dict[str, float]
    objective_name: str = "objective"

    @property
    def moved(self) -> tuple[str, ...]:
        """The parts made to order."""
        return tuple(name for name, kind in self.policy.items() if kind == "MTO")


def stated(data: Mapping[str, Any], file: str = "") -> StatedStock | StatedPolicy:
    """Return the solution of a result as JSON, unjudged.

    Raises
    ------
    InputError
        The data hold no solution.
    """
    solution = data.get("solution", data)
    try:
        if isinstance(solution, Mapping) and "modules" in solution:
            modules = tuple(tuple(map(str, module)) for module in solution["modules"])
            times = {name: float(max(0, len(parts) - 1)) for name, parts in (solution.get("products") or {}).items()}
            costs = dict(solution.get("costs") or {})
            return StatedStock(data.get("objective"), costs, solution.get("mean_assembly_time"), modules, times)
        if isinstance(solution, Mapping) and "policy" in solution:
            numbers = solution.get("pallets"), solution.get("setup_hours")
            return StatedPolicy(
                data.get("objective"), dict(solution["policy"]), *numbers, dict(solution.get("process_hours") or {})
            )
    except (TypeError, ValueError, AttributeError) as error:
        problem = f"is no result that can be read ({type(error).__name__})"
        raise InputError(problem, "give the JSON of atoopt solve", file=file) from None
    raise InputError("holds no solution", "give the JSON of atoopt solve", place="solution", file=file)
