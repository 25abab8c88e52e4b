"""``atoopt check``: a claimed result recomputed by nothing but the evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.cli.options import AsJson, Instance

if TYPE_CHECKING:
    from atoopt.stock.check import Checked


def check(
    instance: Instance,
    solution: Annotated[
        str,
        typer.Argument(metavar="SOLUTION", help="The JSON of atoopt solve or pareto, or just a key solution of it."),
    ],
    as_json: AsJson = False,
) -> None:
    """Recompute a solution's cost, time and limits, or those of each point of a front.

    Exit status 0 if all is well; else 1, with each violation on a line of its own.

    \b
    Example:
      atoopt check instances/stock/uniform-5.json result.json
    """
    import atoopt
    from atoopt.base.files import read_json
    from atoopt.cli.options import named
    from atoopt.cli.text.terminal import print_json
    from atoopt.methods import problem_of

    loaded = atoopt.load(instance)
    with named([], instance):
        problem_of(loaded)
    check_claims, as_lines, as_data = _of(loaded.format)
    data = read_json(solution)
    if "points" in data:
        check_claims, as_lines, as_data = _of_fronts(check_claims)
    with named([], solution):
        checked = check_claims(loaded, data)
    if as_json:
        print_json(as_data(checked))
    else:
        print("\n".join(as_lines(checked)))
    if checked.violations:
        raise typer.Exit(1)


def _of(problem: str) -> tuple[Any, Any, Any]:
    """Return the checker of a problem, and how its findings become lines and data."""
    if problem == "atoopt/policy":
        from atoopt.cli.text.policy import checked_json, checked_lines
        from atoopt.policy.check import check as check_policy

        return check_policy, checked_lines, checked_json
    from atoopt.stock.check import check as check_stock

    return check_stock, _lines, _as_json


def _of_fronts(check_point: Any) -> tuple[Any, Any, Any]:
    """Return the same for fronts, whose points are checked one by one."""
    from dataclasses import asdict

    from atoopt.pareto.check import CheckedFront, check_front

    def lines(checked: CheckedFront) -> list[str]:
        from atoopt.base.errors import one_line

        if checked.violations:
            return [one_line(f"violated: {violation}") for violation in checked.violations]
        return [f"ok: {checked.n_points} points, each recomputed, none dominated, no violation"]

    def as_data(checked: CheckedFront) -> dict[str, object]:
        return {"ok": not checked.violations, **asdict(checked)}

    return lambda instance, data: check_front(instance, data, check_point), lines, as_data


def _lines(checked: Checked) -> list[str]:
    """Return the violations, or one line that sums the stock up."""
    from atoopt.base.errors import one_line

    if checked.violations:
        return [one_line(f"violated: {violation}") for violation in checked.violations]
    found = checked.evaluation
    limit = found.instance.max_mean_assembly_time
    accepted = "" if limit is None else f" (at most {limit:g})"
    return [
        f"ok: {found.n_modules} modules, cost {found.cost:.6g}, "
        f"mean assembly time {found.mean_assembly_time:.6g}{accepted}, no violation"
    ]


def _as_json(checked: Checked) -> dict[str, object]:
    found = checked.evaluation
    return {
        "ok": not checked.violations,
        "violations": list(checked.violations),
        "instance": found.instance.name,
        "cost": found.cost,
        "costs": found.costs,
        "mean_assembly_time": found.mean_assembly_time,
        "delivery_share": found.delivery_share,
        "n_modules": found.n_modules,
    }
