"""Solutions side by side: which modules enter and leave, what it costs, who gets slower; for policies, what moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from atoopt.base.errors import InputError, one_line
from atoopt.base.values import ByValue


@dataclass(frozen=True, eq=False)
class Comparison(ByValue):
    """What differs between solutions; the first is what the others are compared with.

    Attributes
    ----------
    names : tuple of str
    terms : DataFrame
        A row a number (cost, its terms, times, modules; pallets and hours), a column a solution.
    items : DataFrame
        A row a module of several components, or a part, that not all treat alike; a column a solution.
    products : DataFrame
        A row a product whose assembly takes another time; a column a solution. Empty for policies.
    """

    names: tuple[str, ...]
    terms: pd.DataFrame
    items: pd.DataFrame
    products: pd.DataFrame

    def entering(self, name: str) -> list[str]:
        """Return the modules that a stock holds and the first does not."""
        return self._between(name, self.names[0])

    def leaving(self, name: str) -> list[str]:
        """Return the modules that the first stock holds and this one does not."""
        return self._between(self.names[0], name)

    def _between(self, one: str, other: str) -> list[str]:
        here, there = self.items[one], self.items[other]
        return list(self.items.index[(here == True) & (there != True)])  # noqa: E712 -- element by element

    def __repr__(self) -> str:
        """Return what is compared, and how much differs, on one line."""
        differs = f"{len(self.items)} items and {len(self.products)} products differ"
        return one_line(f"<comparison of {', '.join(self.names)}: {differs}>")

    def _repr_html_(self) -> str:
        return "".join(frame.to_html(max_rows=30) for frame in (self.terms, self.items, self.products) if len(frame))

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "names": list(self.names),
            **{key: getattr(self, key).reset_index().to_dict("records") for key in ("terms", "items", "products")},
        }


def compare(results: Sequence[Any], names: Sequence[str] | None = None) -> Comparison:
    """Compare solutions of one problem; of different instances, too, where their names agree.

    Parameters
    ----------
    results : sequence of Result, or of evaluations
        At least two.
    names : sequence of str, optional
        By default A, B, C, ...

    Raises
    ------
    InputError
        There are fewer than two, one has no solution, or they are of different problems.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> slow = atoopt.solve(instance.replace(max_mean_assembly_time=1.2))
    >>> atoopt.compare([atoopt.solve(instance), slow]).terms.loc["cost"].round(2).tolist()
    [38.1, 30.25]
    """
    solutions = [getattr(result, "solution", result) for result in results]
    if len(solutions) < 2:
        raise InputError(f"are {len(solutions)}", "give at least two", place="results")
    labels = (
        list(names) if names is not None else [chr(ord("A") + i % 26) * (1 + i // 26) for i in range(len(solutions))]
    )
    for label, solution in zip(labels, solutions, strict=True):
        if solution is None:
            raise InputError("has no solution", "compare results that have one", place=label)
    kinds = {type(solution) for solution in solutions}
    if len(kinds) > 1:
        raise InputError("are of different problems", "compare stocks, or policies", place="results")
    parts = _of_stocks(solutions) if hasattr(solutions[0], "masks") else _of_policies(solutions)
    terms, items, products = (_table(columns, labels) for columns in parts)
    return Comparison(tuple(labels), terms, _that_differ(items), _that_differ(products))


def _table(columns: list[dict[str, Any]], labels: list[str]) -> pd.DataFrame:
    """Return dicts as the columns of a table, rows in the order in which they first come."""
    rows = list(dict.fromkeys(key for column in columns for key in column))
    data = {label: [column.get(row) for row in rows] for label, column in zip(labels, columns, strict=True)}
    return pd.DataFrame(data, index=pd.Index(rows, name="what"))


def _that_differ(table: pd.DataFrame) -> pd.DataFrame:
    same = [len(set(map(repr, row))) == 1 for row in table.itertuples(index=False)]
    return table[[not each for each in same]]


def _of_stocks(stocks: list[Any]) -> tuple[list[dict[str, Any]], ...]:
    terms = [
        {"cost": stock.cost, **stock.costs, "mean_assembly_time": stock.mean_assembly_time, "modules": stock.n_modules,
         "largest module": max(len(module) for module in stock.modules)}
        for stock in stocks
    ]  # fmt: skip
    held = {" + ".join(module) for stock in stocks for module in stock.modules if len(module) > 1}
    items = []
    for stock in stocks:
        own = {" + ".join(module) for module in stock.modules}
        items.append({module: module in own for module in sorted(held, key=lambda name: (-name.count(" + "), name))})
    times = []
    for stock in stocks:
        table = stock.products()
        times.append(dict(zip(table["product"], table["time"].astype(float), strict=True)))
    return terms, items, times


def _of_policies(policies: list[Any]) -> tuple[list[dict[str, Any]], ...]:
    terms = [
        {policy.objective_name: policy.cost, "pallets": policy.pallets, "setup_hours": policy.setup_hours,
         "parts made to order": len(policy.moved),
         **{f"hours of {name}": hours for name, hours in policy.process_hours.items()}}
        for policy in policies
    ]  # fmt: skip
    return terms, [dict(policy.policy) for policy in policies], [{} for _ in policies]
