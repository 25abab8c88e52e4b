"""``atoopt evaluate``: what a given stock or policy comes to on an instance."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from atoopt.cli.options import AsJson, Instance, with_changes


def evaluate(
    instance: Instance,
    solution: Annotated[
        str,
        typer.Argument(metavar="STOCK", help="A result of atoopt solve, or modules or a policy alone."),
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change the instance first (repeatable).", metavar="KEY=VALUE"),
    ] = None,
    within: Annotated[
        float | None, typer.Option(help="Of stock levels: fill rates within so many periods.", metavar="W")
    ] = None,
    as_json: AsJson = False,
    show_all: Annotated[bool, typer.Option("--all", help="List every module in the table.")] = False,
) -> None:
    """Say what a stock or policy costs here, how long it takes, and which limits it breaks.

    It may have been made for another instance, for another demand say: its claims are not looked at (see check). Exit
    status 0, also where a limit is broken: that is an answer.

    \b
    Examples:
      atoopt evaluate instances/stock/uniform-5.json stock.json
      atoopt evaluate next-year.json this-years-stock.json --set costs.final_assembly=20
    """
    import atoopt
    from atoopt.base.files import read_json
    from atoopt.base.problem import family
    from atoopt.base.resolve import resolve
    from atoopt.cli.text.terminal import print_json, width
    from atoopt.workbench.evaluating import evaluated

    loaded = with_changes(atoopt.load(instance), set_)
    found = evaluated(loaded, read_json(solution), solution)
    if within is not None:
        found = _within(found, within)
    if as_json:
        detail = found.detail() if hasattr(found, "detail") else {}
        print_json({
            "problem": family(loaded.format).name, "instance": loaded.name, "objective": found.cost,
            "feasible": found.feasible, "violations": list(found.violations), "solution": found.to_json() | detail,
        })  # fmt: skip
        return
    print(repr(found)[1:-1])
    print()
    print("\n".join(resolve(family(loaded.format).solution_text)(found, columns=width(), show_all=show_all)))


def _within(found: Any, within: float) -> Any:
    """Return the evaluation of the same levels within another window."""
    from atoopt.base.errors import InputError

    if not hasattr(found, "levels"):
        raise InputError("has no meaning for this problem", "leave it out", place="within")
    if not 0 <= within < float("inf"):
        raise InputError(f"is {within}", "give a number of at least 0", place="within")
    from atoopt.levels.evaluation import evaluate_levels

    return evaluate_levels(found.instance, found.levels, within)
