"""``atoopt strategies``: make-to-order, assemble-to-order, make-to-stock side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from atoopt.cli.options import AsJson, Instance, named
from atoopt.cli.text.terminal import prints_aside


def strategies(
    instance: Instance,
    stock: Annotated[
        str | None,
        typer.Option(help="A result, whose stock assemble-to-order holds.", metavar="RESULT"),
    ] = None,
    orders_per_period: Annotated[
        float | None, typer.Option(help="Find base-stock levels for so many orders a period, too.", metavar="N")
    ] = None,
    lead_time: Annotated[float, typer.Option(help="Periods until an item comes again.", metavar="L")] = 1.0,
    fill_rate: Annotated[float, typer.Option(help="The share of all orders to fill at once.", metavar="F")] = 0.95,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for each solve.", metavar="S")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each solve.", metavar="N")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.", metavar="N")] = 0,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write the table here: .csv or .parquet.", metavar="FILE")
    ] = None,
    plot: Annotated[str | None, typer.Option(help="Write a picture here.", metavar="FILE.png")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what each strategy costs, how long customers wait, and how much stock the same service takes.

    Make-to-order holds single components only, assemble-to-order the optimal stock, make-to-stock every product whole,
    mixed the best sellers whole and modules besides.

    \b
    Examples:
      atoopt strategies instances/stock/laptops.json --time-limit 30
      atoopt strategies instances/stock/pc-maker.json --orders-per-period 40 --lead-time 20 --plot strategies.png
    """
    import atoopt
    from atoopt.base.tables import write_table
    from atoopt.cli.outputs import PICTURE, TABLE, check_output
    from atoopt.cli.text.terminal import print_json

    if output is not None:
        check_output(output, TABLE, (instance, stock))
    if plot is not None:
        check_output(plot, PICTURE, (instance, stock, output), "--plot")
    loaded = atoopt.load(instance)
    place = ["orders_per_period", "lead_time", "fill_rate", "time_limit", "threads", "seed", "stock"]
    with named(place, instance), prints_aside():
        known = None if stock is None else atoopt.Result.load(stock, loaded)
        found = atoopt.strategies(
            loaded, known, orders_per_period=orders_per_period, lead_time=lead_time, fill_rate=fill_rate,
            time_limit=time_limit, threads=threads, seed=seed,
        )  # fmt: skip
    if output is not None:
        write_table(found.table.reset_index(names="number"), output)
    if plot is not None:
        from atoopt.plots.levels import plot_strategies
        from atoopt.plots.saving import save_axes

        save_axes(plot_strategies(found), plot)
    if as_json:
        print_json(found.to_json())
        return
    print(found.table.to_string(float_format=lambda value: f"{value:.6g}", na_rep="-"))
    print()
    for claim, holds, numbers in found.claims:
        word = {True: "holds", False: "does not hold", None: "cannot be told"}[holds]
        print(f"assemble-to-order has {claim}: {word} here ({numbers})")
    print()
    from atoopt.workbench.strategies import ASSUMPTIONS

    print("\n".join(f"assumed: {text}" for text in ASSUMPTIONS))
