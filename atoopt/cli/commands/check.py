"""``atoopt check``: a claimed result recomputed by nothing but the evaluator."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from atoopt.base.problem import Problem
from atoopt.base.resolve import resolve
from atoopt.cli.options import AsJson, Instance


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
    from atoopt.base.problem import problem_of
    from atoopt.cli.options import named
    from atoopt.cli.text.terminal import print_json

    loaded = atoopt.load(instance)
    with named([], instance):
        problem = problem_of(loaded)
    data = read_json(solution)
    check_claims, as_lines, as_data = (
        resolve(target) for target in (problem.check, problem.checked_text, problem.checked_data)
    )
    if "points" in data:
        loaded = _whole_curve(problem, loaded, data)
        check_claims, as_lines, as_data = _of_fronts(check_claims)
    with named([], solution):
        checked = check_claims(loaded, data)
    if as_json:
        print_json(as_data(checked))
    else:
        print("\n".join(as_lines(checked)))
    if checked.violations:
        raise typer.Exit(1)


def _whole_curve(problem: Problem, instance: Any, data: dict[str, Any]) -> Any:
    """Return the instance of which a front is: with --any-time a limit was set aside, and the front says so."""
    details = data.get("details")
    aside = details.get("set_aside") if isinstance(details, dict) else None
    return instance.replace(**problem.whole_curve) if aside and aside == list(problem.whole_curve) else instance


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
