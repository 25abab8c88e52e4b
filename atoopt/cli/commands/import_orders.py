"""``atoopt import``: an order history becomes an instance."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from atoopt.cli.options import AsJson, named, with_changes

PARAMETERS = (
    "layout", "min_share", "costs", "max_mean_assembly_time", "base", "use_base",
    "base_component", "separator", "name", "problem", "no_base", "pallet", "columns", "drop", "order_column",
    "component_column", "demand", "date", "from", "to", "none", "decimal", "encoding",
)  # fmt: skip

COSTS = "1,2,0.4,10"


def import_orders(
    orders: Annotated[str, typer.Argument(metavar="ORDERS.csv", help="The order history, with a header.")],
    output: Annotated[str, typer.Option("--output", "-o", metavar="INSTANCE", help="The instance file to write.")],
    problem: Annotated[str, typer.Option(help="stock-composition, or policy: one row a part.")] = "stock-composition",
    layout: Annotated[
        str, typer.Option(help="wide: a column a family; binary: a column an option; long: order, component.")
    ] = "wide",
    min_share: Annotated[
        float, typer.Option(help="Keep the options in at least this share of the orders.", metavar="X")
    ] = 0.0,
    costs: Annotated[
        str,
        typer.Option(help="Pre-assembly, fixed and variable transport, final assembly.", metavar="A,B,C,D"),
    ] = COSTS,
    max_mean_assembly_time: Annotated[
        float | None, typer.Option(help="The limit on the mean assembly time.", metavar="T")
    ] = None,
    base: Annotated[
        list[str] | None,
        typer.Option(help="A family's base value, instead of its most common one.", metavar="FAMILY=VALUE"),
    ] = None,
    no_base: Annotated[bool, typer.Option("--no-base", help="Make every value a component.")] = False,
    base_component: Annotated[
        str | None, typer.Option(help="Add a component of this name to every product.", metavar="NAME")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="What separates the cells, else recognized in the header.", metavar="SIGN")
    ] = None,
    columns: Annotated[str | None, typer.Option(help="Read these columns alone.", metavar="A,B")] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="Leave this column out (repeatable).", metavar="COLUMN")
    ] = None,
    order_column: Annotated[
        str | None, typer.Option(help="Of long: the column of the order.", metavar="COLUMN")
    ] = None,
    component_column: Annotated[
        str | None, typer.Option(help="Of long: the column of the component.", metavar="COLUMN")
    ] = None,
    demand: Annotated[
        str | None, typer.Option(help="A column that says how many orders a row stands for.", metavar="COLUMN")
    ] = None,
    date: Annotated[str | None, typer.Option(help="A column of dates, for --from and --to.", metavar="COLUMN")] = None,
    since: Annotated[str | None, typer.Option("--from", help="Rows from this date on.", metavar="DATE")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Rows up to this date.", metavar="DATE")] = None,
    none: Annotated[str | None, typer.Option(help="Values that mean: not chosen.", metavar="VALUE,...")] = None,
    decimal: Annotated[str, typer.Option(help="The decimal sign of the demand.", metavar="SIGN")] = ".",
    encoding: Annotated[str, typer.Option(help="Of the file, such as cp1252.", metavar="NAME")] = "utf-8-sig",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Of the instance, such as cost_basis=usage (repeatable).", metavar="KEY=VALUE"),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Name of the instance, by default the file's.", metavar="NAME")
    ] = None,
    pallet: Annotated[
        str | None, typer.Option(help="For policy: length, width and usable height in mm.", metavar="LxW[xH]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an instance of an order history, or of a list of parts.

    \b
    Examples:
      atoopt import orders.csv -o cars.json --min-share 0.10 --max-mean-assembly-time 2.0
      atoopt import sales.csv -o sales.json --layout long --costs 1,0.4,0.1,10
      atoopt import sales.xlsx -o sales.json --drop id --demand pieces --date day --from 2026-01-01
      atoopt import parts.csv -o plates.json --problem policy --pallet 1200x800
    """
    from atoopt.cli.outputs import check_output, instance_of, rescued
    from atoopt.cli.text.terminal import note, print_json

    with named(PARAMETERS, orders):
        _check_problem(problem)
    check_output(output, instance_of(f"atoopt/{problem}"), (orders,))
    with named(PARAMETERS, orders):
        if problem == "policy":
            from atoopt.cli.import_parts import import_parts

            _check_unused(
                "this problem", layout=layout != "wide", min_share=min_share != 0, base=bool(base), no_base=no_base,
                costs=costs != COSTS, base_component=base_component is not None,
                max_mean_assembly_time=max_mean_assembly_time is not None, columns=columns is not None, drop=bool(drop),
                demand=demand is not None, date=date is not None,
            )  # fmt: skip
            import_parts(orders, output, name=name, separator=separator or ",", pallet=pallet, as_json=as_json)
            return
        _check_unused("this problem", pallet=pallet is not None)
        _check_unused(f"layout {layout}", no_base=no_base and layout != "wide")
        coefficients = _numbers(costs)
        from atoopt.stock.data.orders import read_orders  # pandas, only for what has passed

        found = read_orders(
            orders, layout=layout, min_share=min_share, costs=coefficients,
            max_mean_assembly_time=max_mean_assembly_time, base=tuple(base or ()), use_base=not no_base,
            base_component=base_component, separator=separator, name=name, columns=_listed(columns),
            drop=tuple(drop or ()), order_column=order_column, component_column=component_column, demand=demand,
            date=date, since=since, until=until, none=_listed(none), decimal=decimal, encoding=encoding,
        )  # fmt: skip
        found = replace(found, instance=with_changes(found.instance, set_))
    with rescued(lambda: print_json(found.instance.to_json())):
        found.instance.save(output)
    for text in found.notes:
        note(text)
    if as_json:
        print_json({"file": output, **found.instance.summary(), "orders": found.n_orders, "notes": found.notes})
    else:
        print(found.instance)


def _listed(text: str | None) -> tuple[str, ...]:
    """Return the parts of a text between commas."""
    return () if text is None else tuple(part.strip() for part in text.split(","))


def _check_problem(problem: str) -> None:
    from atoopt.base.errors import InputError

    if problem not in ("stock-composition", "policy"):
        raise InputError(f'is "{problem}"', "choose stock-composition or policy", place="problem")


def _check_unused(of: str, **given: bool) -> None:
    """Refuse an option that would not be looked at."""
    from atoopt.base.errors import InputError

    for name, is_given in given.items():
        if is_given:
            raise InputError(f"has no meaning for {of}", "leave it out", place=name)


def _numbers(text: str) -> tuple[float, ...]:
    """Return the numbers of a list such as 1,2,0.4,10."""
    from atoopt.base.errors import InputError

    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f'is "{text}"', "give four numbers, such as 1,2,0.4,10", place="costs") from None
