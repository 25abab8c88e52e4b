"""``atoopt sweep``: the same question for many values."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from atoopt.cli.options import AsJson, Instance, named


def sweep(
    instance: Instance,
    over: Annotated[
        list[str],
        typer.Option(help="KEY=V1,V2 or KEY=LOW:HIGH:N (repeatable: all combinations).", metavar="VALUES"),
    ],
    method: Annotated[str, typer.Option(help="As in solve.")] = "auto",
    time_limit: Annotated[float | None, typer.Option(help="Seconds for each solve.", metavar="S")] = None,
    rel_gap: Annotated[float, typer.Option(help="Stop each at this relative gap.", metavar="G")] = 0.0,
    jobs: Annotated[
        int | None, typer.Option(help="Solves at once, each in a process of its own (as many as pay).", metavar="N")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each solve.", metavar="N")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.", metavar="N")] = 0,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the table here: .csv or .parquet; rows as they are found to FILE.journal, from which the same "
            "command goes on after an interrupt.",
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Solve an instance for each of several values, and make a table of it.

    \b
    Examples:
      atoopt sweep instances/stock/uniform-5.json --over max_mean_assembly_time=0.6:1.2:4
      atoopt sweep cars.json --over max_mean_assembly_time=1,1.5,2 --over costs.fixed_transport=1:4:7 -o sweep.csv
    """
    import atoopt
    from atoopt.base.tables import write_table
    from atoopt.cli.outputs import TABLE, check_output
    from atoopt.cli.text.terminal import note, print_json, prints_aside
    from atoopt.workbench.ranges import parse_range
    from atoopt.workbench.sweep import combined

    if output is not None:
        check_output(output, TABLE, (instance,))
    loaded = atoopt.load(instance)

    def tell(done: int, planned: int) -> None:
        if not quiet and sys.stderr.isatty():
            print(f"\r{done} of {planned}", end="\n" if done == planned else "", file=sys.stderr, flush=True)

    journal = None if output is None else f"{output}.journal"
    with named(["over", "method", "time_limit", "rel_gap", "jobs", "threads", "seed"], instance), prints_aside():
        ranges = dict(parse_range(text) for text in over)
        table = atoopt.sweep(
            loaded, ranges, method, jobs=jobs, journal=journal, tell=tell,
            time_limit=time_limit, rel_gap=rel_gap, threads=threads, seed=seed,
        )  # fmt: skip
    left = len(combined(ranges)) - len(table)
    if left:
        note(f"{left} of {left + len(table)} are not solved" + (f": {journal} keeps what is known" if journal else ""))
    if output is not None:
        write_table(table, output)
        if not left:
            Path(f"{output}.journal").unlink(missing_ok=True)
    if as_json:
        print_json({"instance": loaded.name, "over": ranges, "rows": table.to_dict("records")})
    elif output is None:
        print(table.to_string(index=False, na_rep="-"))
    else:
        print(f"{len(table)} solves: {output}")
