"""``atoopt evaluate``: what a given stock or policy comes to on an instance."""

from __future__ import annotations

from typing import Annotated

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
