"""``atoopt levels``: how many of each module."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from atoopt.base.errors import InputError
from atoopt.cli.options import AsJson, Instance, named
from atoopt.cli.text.terminal import prints_aside
from atoopt.solvers.run import interrupts_remembered


@interrupts_remembered()
def levels(
    instance: Instance,
    solution: Annotated[
        str | None,
        typer.Option(help="Of a stock instance: the result whose modules are held.", metavar="RESULT"),
    ] = None,
    orders_per_period: Annotated[
        float | None, typer.Option(help="Of a stock instance: orders a period, of all products.", metavar="N")
    ] = None,
    lead_time: Annotated[
        float | None, typer.Option(help="Of a stock instance: periods until a module comes again.", metavar="L")
    ] = None,
    fill_rate: Annotated[
        float | None,
        typer.Option(help="The share of orders to fill (0.95), instead of the file's.", metavar="F"),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="Of every product, not of all orders together.")] = False,
    method: Annotated[str, typer.Option(help="auto, milp, greedy or enumeration.")] = "auto",
    time_limit: Annotated[float | None, typer.Option(help="Seconds for the whole run.", metavar="S")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the scenarios of a search.", metavar="N")] = 0,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write the result here too, as JSON.", metavar="FILE")
    ] = None,
    instance_output: Annotated[
        str | None, typer.Option(help="Write the stock-levels instance here.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    show_all: Annotated[bool, typer.Option("--all", help="List every module and every product.")] = False,
) -> None:
    """Find base-stock levels of least value that fill the orders asked for.

    INSTANCE is a stock-levels file; or a stock with its --solution, --orders-per-period and --lead-time.

    \b
    Examples:
      atoopt levels instances/levels/two-components.json
      atoopt levels harness.json --solution stock.json --orders-per-period 40 --lead-time 20 --fill-rate 0.95
    """
    import atoopt
    from atoopt.cli.commands.solve import _show
    from atoopt.cli.outputs import RESULT, check_output, instance_of, rescued
    from atoopt.cli.text.terminal import print_json

    if output is not None:
        check_output(output, RESULT, (instance, solution))
    if instance_output is not None:
        check_output(instance_output, instance_of("atoopt/stock-levels"), (instance, solution, output))
    loaded = atoopt.load(instance)
    given = {"solution": solution, "orders_per_period": orders_per_period, "lead_time": lead_time}
    with named([*given, "fill_rate", "method", "time_limit", "seed"], instance), prints_aside():
        aim = _instance(loaded, given, fill_rate, each)
        result = atoopt.solve(aim, method, time_limit=time_limit, seed=seed)
    if instance_output is not None:
        aim.save(instance_output)
    if output is not None:
        with rescued(lambda: print_json(result.to_json())):
            result.save(output)
    _show(result, aim.format, as_json, show_all)


def _instance(loaded: Any, given: dict[str, Any], fill_rate: float | None, each: bool) -> Any:
    """Return the stock-levels instance of a file, or of a stock and what is given with it."""
    from atoopt.base.files import read_json
    from atoopt.base.problem import problem_of
    from atoopt.levels.data.parts import Target
    from atoopt.levels.instance import levels_of_stock

    target = None if fill_rate is None else _target(Target, fill_rate, each)
    if problem_of(loaded).name == "stock-levels":
        for name, value in given.items():
            if value is not None:
                raise InputError("has no meaning for a stock-levels file", "leave it out", place=name)
        if each and target is None:
            raise InputError("is missing", "give it beside --each", place="fill_rate")
        return loaded if target is None else loaded.replace(target=target, costs=None)
    if problem_of(loaded).name != "stock-composition":
        raise InputError(f"is {loaded.format}", "give a stock or its levels", place="format")
    for name, value in {**given, "fill_rate": fill_rate}.items():
        if value is None:
            raise InputError("is missing", "a stock instance needs it", place=name)
    return levels_of_stock(
        loaded, read_json(given["solution"]), given["orders_per_period"], given["lead_time"], target
    )  # fmt: skip


def _target(kind: Any, fill_rate: float, each: bool) -> Any:
    """Return the target, whose fill rate is checked."""
    from atoopt.base.faults import validated

    return validated(kind, {"kind": "each" if each else "average", "fill_rate": fill_rate})
