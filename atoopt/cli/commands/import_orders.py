"""``atoopt import``: an order history, or a list of parts, becomes an instance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from atoopt.base.errors import one_line
from atoopt.cli.options import AsJson, named, with_changes

if TYPE_CHECKING:
    from atoopt.stock.data.order_import import OrderImport

PARAMETERS = (
    "layout", "min_share", "costs", "max_mean_assembly_time", "base", "use_base",
    "base_component", "separator", "name", "problem", "no_base", "pallet", "columns", "drop", "order_column",
    "component_column", "rename", "demand", "date", "from", "to", "none", "decimal", "encoding", "sheet",
    "delivery_ratio", "max_modules", "cost_basis", "force", "all",
)  # fmt: skip

COSTS = "1,2,0.4,10"


def import_orders(
    orders: Annotated[str, typer.Argument(metavar="ORDERS.csv", help="A table with a header: .csv, .xlsx, .parquet.")],
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
        str | None, typer.Option(help="What separates the cells, else recognized in the first rows.", metavar="SIGN")
    ] = None,
    columns: Annotated[str | None, typer.Option(help="Read these columns alone.", metavar="A,B")] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="Leave this column out (repeatable).", metavar="COLUMN")
    ] = None,
    rename: Annotated[
        list[str] | None, typer.Option(help="Read a column by another name (repeatable).", metavar="COLUMN=NAME")
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
    decimal: Annotated[str, typer.Option(help="The decimal sign of numbers.", metavar="SIGN")] = ".",
    encoding: Annotated[str, typer.Option(help="Of the file, such as cp1252.", metavar="NAME")] = "utf-8-sig",
    sheet: Annotated[str | None, typer.Option(help="Of a workbook of several.", metavar="NAME")] = None,
    cost_basis: Annotated[
        str | None, typer.Option(help="stock, or usage: modules cost per product built.", metavar="BASIS")
    ] = None,
    max_modules: Annotated[int | None, typer.Option(help="Hold at most so many modules.", metavar="N")] = None,
    delivery_ratio: Annotated[
        str | None, typer.Option(help="This share of the demand within this time, such as 0.9:2.", metavar="SHARE:TIME")
    ] = None,
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
    force: Annotated[bool, typer.Option("--force", help="Read the table, whatever it looks like.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="All options, and the whole base.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an instance of an order history, or of a list of parts; at the end, say what customers choose.

    A table that looks like something else than it is read as is refused, with the option to give.

    \b
    Examples:
      atoopt import orders.csv -o cars.json --min-share 0.10 --max-mean-assembly-time 2.0
      atoopt import sales.csv -o sales.json --layout long --costs 1,0.4,0.1,10
      atoopt import sales.xlsx -o sales.json --drop id --demand pieces --date day --from 2026-01-01
      atoopt import parts.xlsx -o plates.json --problem policy --rename "Part no=id" --drop colour
    """
    from atoopt.cli.outputs import check_output, instance_of

    with named(PARAMETERS, orders):
        _check_problem(problem)
    check_output(output, instance_of(f"atoopt/{problem}"), (orders,))
    with named(PARAMETERS, orders):
        source = {
            "columns": _listed(columns), "drop": tuple(drop or ()), "rename": _pairs(rename), "none": _listed(none),
            "separator": separator, "decimal": decimal, "encoding": encoding, "sheet": sheet,
        }  # fmt: skip
        if problem == "policy":
            from atoopt.cli.import_parts import import_parts

            _check_unused(
                "this problem", layout=layout != "wide", min_share=min_share != 0, base=bool(base), no_base=no_base,
                costs=costs != COSTS, base_component=base_component is not None,
                max_mean_assembly_time=max_mean_assembly_time is not None, order_column=order_column is not None,
                component_column=component_column is not None, demand=demand is not None, date=date is not None,
                cost_basis=cost_basis is not None, max_modules=max_modules is not None,
                delivery_ratio=delivery_ratio is not None, force=force, all=show_all,
                **{"from": since is not None, "to": until is not None},
            )  # fmt: skip
            import_parts(orders, output, source, name=name, pallet=pallet, changes=set_, as_json=as_json)
            return
        _check_unused("this problem", pallet=pallet is not None)
        _check_unused(f"layout {layout}", no_base=no_base and layout != "wide")
        limits = {"cost_basis": cost_basis, "max_modules": max_modules, "delivery_ratio": _ratio(delivery_ratio)}
        coefficients = _numbers(costs)
        from atoopt.stock.data.orders import read_orders  # pandas, only for what has passed

        found = read_orders(
            orders, layout=layout, min_share=min_share, costs=coefficients,
            max_mean_assembly_time=max_mean_assembly_time, base=tuple(base or ()), use_base=not no_base,
            base_component=base_component, name=name, order_column=order_column, component_column=component_column,
            demand=demand, date=date, since=since, until=until, force=force, **source,
            **{key: value for key, value in limits.items() if value is not None},
        )  # fmt: skip
        found = replace(found, instance=with_changes(found.instance, set_))
    _write(found, output, recognized=separator is None, show_all=show_all, as_json=as_json)


def _write(found: OrderImport, output: str, *, recognized: bool, show_all: bool, as_json: bool) -> None:
    """Write the instance, and print what became of the orders."""
    from atoopt.cli.outputs import rescued
    from atoopt.cli.text.imported import imported_json, imported_lines, separator_note
    from atoopt.cli.text.terminal import note, print_json, width

    with rescued(lambda: print_json(found.instance.to_json())):
        found.instance.save(output)
    notes = (*separator_note(found.separator, recognized), *found.notes)
    for text in notes:
        note(one_line(text))
    if as_json:
        print_json({"file": output, **found.instance.summary(), "notes": notes, **imported_json(found)})
    else:
        print("\n".join(imported_lines(found, columns=width(), show_all=show_all)))


def _listed(text: str | None) -> tuple[str, ...]:
    """Return the parts of a text between commas."""
    return () if text is None else tuple(part.strip() for part in text.split(","))


def _pairs(given: list[str] | None) -> dict[str, str]:
    """Return column -> name of texts such as "Part no=id"; a name holds no "="."""
    from atoopt.base.errors import InputError

    pairs = [text.rpartition("=") for text in given or ()]
    wrong = next((text for text, (column, _, _) in zip(given or (), pairs, strict=True) if not column), None)
    if wrong is not None:
        raise InputError(f'is "{wrong}"', "write COLUMN=NAME", place="rename")
    return {column.strip(): name.strip() for column, _, name in pairs}


def _ratio(text: str | None) -> dict[str, float] | None:
    """Return the delivery ratio of a text such as 0.9:2.

    >>> _ratio("0.9:2")
    {'min_share': 0.9, 'max_assembly_time': 2.0}
    """
    from atoopt.base.errors import InputError

    if text is None:
        return None
    try:
        share, time = map(float, text.split(":"))
    except ValueError:
        remedy = "give a share and a time, such as 0.9:2"
        raise InputError(f'is "{text}"', remedy, place="delivery_ratio") from None
    return {"min_share": share, "max_assembly_time": time}


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
