"""How a stock, or a policy, made for one demand does under another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of
from atoopt.workbench.evaluating import evaluated


def regret(scenarios: Mapping[str, Any], method: str = "auto", **options: Any) -> pd.DataFrame:
    """Solve each scenario, and evaluate each solution in all of them.

    Parameters
    ----------
    scenarios : mapping of str to instance
        Of one family, with the same components or parts: the same instance under other demand, costs or limits.
    method, **options
        As in `atoopt.solve`.

    Returns
    -------
    DataFrame
        A row a solution and scenario: ``made_for``, ``scenario``, ``cost``, ``allowed`` (whether it keeps the limits
        there), ``regret`` (what it costs more than the solution made for that scenario; below 0 where it breaks a limit
        there, or that one is not optimal), ``regret_share`` of that cost, and ``proven`` (whether that
        one is). Pivot it for a matrix.

    Raises
    ------
    InputError
        There are fewer than two, they are of two families, one has no solution, or a solution has no meaning in
        another.

    Examples
    --------
    >>> import atoopt
    >>> now = atoopt.load("instances/stock/uniform-5.json")
    >>> table = atoopt.regret({"now": now, "more a": now.grown("a", 20)}, "milp")
    >>> table.pivot(index="made_for", columns="scenario", values="regret").round(4).to_numpy().tolist()
    [[0.0, -1.4323], [3.4448, 0.0]]
    >>> table["allowed"].tolist()
    [True, False, False, True]
    """
    import atoopt

    if len(scenarios) < 2:
        raise InputError(f"has {len(scenarios)}", "give at least two instances", place="scenarios")
    kinds = {problem_of(instance).name for instance in scenarios.values()}
    if len(kinds) > 1:
        raise InputError(f"are of {' and '.join(sorted(kinds))}", "give instances of one problem", place="scenarios")
    results = {name: atoopt.solve(instance, method, **options) for name, instance in scenarios.items()}
    for name, result in results.items():
        if result.solution is None:
            raise InputError(f"{name} has no solution ({result.status})", "loosen its limits", place="scenarios")
    rows = [
        _row(made_for, results[made_for], scenario, results[scenario]) for made_for in results for scenario in results
    ]
    return pd.DataFrame(rows)


def _row(made_for: str, made: Any, scenario: str, best: Any) -> dict[str, Any]:
    """Return how one solution does in one scenario."""
    there = made.solution if made is best else evaluated(best.instance, made.solution.to_json())
    extra = there.cost - best.objective
    return {
        "made_for": made_for, "scenario": scenario, "cost": there.cost, "allowed": not there.violations,
        "regret": extra, "regret_share": extra / best.objective if best.objective else None,
        "proven": best.status == "optimal",
    }  # fmt: skip
