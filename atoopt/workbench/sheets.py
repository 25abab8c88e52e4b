"""A result's file as tables, without its instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atoopt.base.errors import InputError


def sheets_of(data: Mapping[str, Any], file: str = "") -> dict[str, pd.DataFrame]:
    """Return the tables of a result or a front, the most important first.

    Raises
    ------
    InputError
        The data are neither.
    """
    try:
        if "points" in data:
            names = list(data["objectives"])
            return {"points": pd.DataFrame([dict(zip(names, p["objectives"], strict=True)) for p in data["points"]])}
        solution = data.get("solution", data)
        if isinstance(solution, Mapping) and "modules" in solution:
            return _of_stock(solution)
        if isinstance(solution, Mapping) and "policy" in solution:
            parts = pd.DataFrame({"part": list(solution["policy"]), "policy": list(solution["policy"].values())})
            numbers = {key: solution.get(key) for key in ("pallets", "setup_hours")} | dict(
                solution.get("process_hours") or {}
            )
            return {"parts": parts, "numbers": _numbers(numbers)}
        if isinstance(solution, Mapping) and "levels" in solution:
            return _of_levels(solution)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        problem = f"is no result that can be read ({type(error).__name__})"
        raise InputError(problem, "give the JSON of atoopt solve or pareto", file=file) from None
    raise InputError("holds no solution and no points", "give the JSON of atoopt solve or pareto", file=file)


def _of_stock(solution: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    modules = [" + ".join(module) for module in solution["modules"]]
    table = pd.DataFrame({"module": modules, "size": [len(module) for module in solution["modules"]]})
    if "use" in solution:
        table["use"] = solution["use"]
    sheets = {"modules": table}
    if "products" in solution:
        rows = [
            {"product": name, "modules": ", ".join(modules[i] for i in places), "operations": max(0, len(places) - 1)}
            for name, places in solution["products"].items()
        ]
        sheets["products"] = pd.DataFrame(rows, columns=["product", "modules", "operations"])
    numbers = {"mean_assembly_time": solution.get("mean_assembly_time"), **(solution.get("costs") or {})}
    return {**sheets, "numbers": _numbers(numbers)}


def _of_levels(solution: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    levels = solution["levels"]
    table = pd.DataFrame({"module": list(levels), "level": list(levels.values())})
    for key in ("on_hand", "item_fill_rates"):
        if key in solution:
            table[key] = [solution[key][name] for name in levels]
    rates = list(solution.get("fill_rates") or ())
    orders = pd.DataFrame({"order_type": range(len(rates)), "fill_rate": rates})
    numbers = {key: solution.get(key) for key in ("value", "average_fill_rate", "average_half_width", "within")}
    return {"modules": table, "orders": orders, "numbers": _numbers(numbers)}


def _numbers(numbers: Mapping[str, Any]) -> pd.DataFrame:
    known = {name: value for name, value in numbers.items() if value is not None}
    return pd.DataFrame({"what": list(known), "value": list(known.values())})
