"""``atoopt diversity``: the orders of a stock instance, served by few variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.cli.options import AsJson, Instance, named
from atoopt.cli.text.terminal import prints_aside
from atoopt.solvers.run import interrupts_remembered

if TYPE_CHECKING:
    from atoopt.diversity.instance import DiversityInstance


@interrupts_remembered()
def diversity(
    instance: Instance,
    variants: Annotated[int | None, typer.Option(help="P, the most variants that are built.", metavar="P")] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Give-away against P, for every P (or up to P).")] = False,
    give_away: Annotated[
        str | None,
        typer.Option(help="Costs of options given away (JSON: component -> cost); 1 where not named.", metavar="FILE"),
    ] = None,
    method: Annotated[str, typer.Option(help="auto, lagrangian, milp; for a curve epsilon-constraint, too.")] = "auto",
    time_limit: Annotated[float | None, typer.Option(help="Seconds for the whole run.", metavar="S")] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write the result or the curve here, as JSON.", metavar="FILE")
    ] = None,
    save_instance: Annotated[
        str | None, typer.Option(help="Write the instance of atoopt/diversity, for solve and check.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    show_all: Annotated[bool, typer.Option("--all", help="List every variant.")] = False,
) -> None:
    """Build at most P variants, and serve each order by one that has all it asks for, at the least give-away.

    The variants are chosen among the products ordered. Each option that an order gets and did not ask for costs 1, or
    what --give-away says; the objective is the mean over the orders.

    \b
    Examples:
      atoopt diversity instances/stock/pc-maker.json --variants 30
      atoopt diversity instances/stock/pc-maker.json --curve --json
    """
    import atoopt
    from atoopt.base.errors import InputError
    from atoopt.cli.outputs import FRONT, RESULT, check_output, instance_of, rescued

    if output is not None:
        check_output(output, FRONT if curve else RESULT, (instance, give_away))
    if save_instance is not None:
        check_output(save_instance, instance_of("atoopt/diversity"), (instance, give_away, output), "--save-instance")
    if variants is None and not curve:
        raise InputError("is missing", "give the most variants, or --curve for every number", place="--variants")
    question = _question(instance, variants, give_away)
    if save_instance is not None:
        question.save(save_instance)
    with named(["method", "time_limit"], instance), prints_aside():
        run = atoopt.pareto if curve else atoopt.solve
        found: Any = run(question, method, time_limit=time_limit)
    if output is not None:
        with rescued(lambda: _show(found, curve, as_json, show_all)):
            found.save(output)
    _show(found, curve, as_json, show_all)


def _question(file: str, variants: int | None, give_away: str | None) -> DiversityInstance:
    """Return the orders of a file with P and costs, or a diversity instance as it is but for them."""
    import atoopt
    from atoopt.base.errors import InputError
    from atoopt.base.files import read_json
    from atoopt.diversity.instance import DiversityInstance

    loaded = atoopt.load(file)
    costs = None if give_away is None else read_json(give_away)
    with named([], give_away or file):
        if loaded.format == "atoopt/diversity":
            changes: dict[str, Any] = {} if variants is None else {"max_variants": variants}
            return loaded.replace(**changes, **({} if costs is None else {"give_away": costs}))
        if loaded.format != "atoopt/stock-composition":
            remedy = "give an instance of atoopt/stock-composition or atoopt/diversity"
            raise InputError(f"is {loaded.format}", remedy, place="format")
        return DiversityInstance.of_orders(loaded, variants, costs)


def _show(found: Any, curve: bool, as_json: bool, show_all: bool) -> None:
    """Print a result or a curve, as JSON or as text."""
    from atoopt.cli.text.terminal import print_json, width

    if as_json:
        print_json(found.to_json())
    elif curve:
        from atoopt.cli.text.front import front_lines

        print("\n".join(front_lines(found)))
    else:
        from atoopt.cli.text.diversity import variants_table

        print("\n".join([found.headline(), *([found.message] if found.message else [])]))
        if found.solution is not None:
            print("\n".join(["", *variants_table(found.solution, columns=width(), show_all=show_all)]))
