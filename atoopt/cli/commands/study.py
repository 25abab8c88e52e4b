"""``atoopt study``: methods compared on instances, each run in a process of its own."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from atoopt.base.errors import InputError
from atoopt.cli.options import AsJson, named, option
from atoopt.cli.statuses import DISAGREE, NOTHING_MEASURED

if TYPE_CHECKING:
    from atoopt.study.record import Record
    from atoopt.study.running.runner import Progress, Teller

study = typer.Typer(
    help="Compare methods and solvers on instances: run, watch, resume, report.",
    no_args_is_help=True, rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
)  # fmt: skip

StudyFile = Annotated[
    str, typer.Argument(metavar="STUDY.toml", help="What is compared on what; see atoopt schema study.")
]
StoreFile = Annotated[
    str | None, typer.Option("--store", help="The file of the records (STUDY.db beside STUDY.toml).", metavar="FILE")
]


@study.command("run")
def run(
    file: StudyFile,
    store: StoreFile = None,
    jobs: Annotated[
        int | None, typer.Option(help="Runs at a time (1; with dask, what the workers take).", metavar="N")
    ] = None,
    backend: Annotated[str, typer.Option(help="Who runs: local or dask.")] = "local",
    scheduler: Annotated[
        str | None,
        typer.Option(help="Of dask: the address of a scheduler; without it, --jobs workers here.", metavar="ADDRESS"),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(help="The I-th of N parts, into a store of its own; see study merge.", metavar="I/N"),
    ] = None,
    again: Annotated[
        list[str] | None,
        typer.Option(help="A method, or a reason such as crash: its runs are done anew (repeatable).", metavar="WHAT"),
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:  # fmt: skip
    """Run what has no record yet.

    Each run is a process with limits of its own; its record is kept as soon as it ends. Ctrl-C ends what is under way,
    without records; the same command goes on from there.

    \b
    Examples:
      atoopt study run solvers.toml --jobs 2
      atoopt study run solvers.toml --backend dask --scheduler tcp://10.0.0.5:8786
      atoopt study run solvers.toml --shard 3/8
      atoopt study run solvers.toml --again crash
    """
    from atoopt.cli.text.terminal import print_json
    from atoopt.study import Study

    part = None if shard is None else _part(shard)
    loaded = Study.load(file, store)
    plain = not quiet and not sys.stderr.isatty()
    with named(["jobs", "backend", "scheduler", "shard", "again"], file):
        progress = loaded.run(
            jobs, backend=backend, scheduler=scheduler, shard=part, again=again or (), progress=not quiet,
            tell=_lines() if plain else None,
        )  # fmt: skip
    if as_json:
        print_json({
            "planned": progress.planned, "done": progress.done, "failed": progress.failed, "left": progress.left,
            "seconds": progress.seconds, "store": str(loaded.store_of(part)),
        })  # fmt: skip
        return
    failed = f", {progress.failed} of them failed" if progress.failed else ""
    print(f"{progress.done} of {progress.planned} runs are done{failed}: {loaded.store_of(part)}")
    if part is None and not progress.left:
        print(f"next: atoopt study report {file} -o report.html")


def _lines() -> Teller:
    """Return a teller that writes a line a run on standard error."""

    def tell(now: Progress, record: Record | None) -> None:
        from atoopt.study.running.progress import said

        if record is None:
            return
        took = "" if record.seconds is None else f" after {record.seconds:.1f} s"
        text = f"{now.done}/{now.planned} {record.status} ({record.reason}){took}; {said(now)}"
        print(" ".join(text.split()), file=sys.stderr, flush=True)

    return tell


def _part(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None:
        raise InputError(f'is "{text}"', "write I/N, such as 3/8", place=option("shard"))
    return int(found[1]), int(found[2])


@study.command("status")
def status(file: StudyFile, store: StoreFile = None, as_json: AsJson = False) -> None:
    """Say how far a study is; also while it runs.

    \b
    Example:
      atoopt study status solvers.toml
    """
    from atoopt.cli.text.terminal import print_json
    from atoopt.study import Study

    found = Study.load(file, store).status()
    if as_json:
        print_json(found)
    else:
        print(", ".join(f"{number} {name}" for name, number in found.items()))


@study.command("table")
def table(
    file: StudyFile,
    output: Annotated[str, typer.Option("--output", "-o", help="Ends in .csv or .parquet.", metavar="FILE")],
    store: StoreFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the runs as a table, a row a run.

    \b
    Example:
      atoopt study table solvers.toml -o runs.csv
    """
    from atoopt.base.tables import write_table
    from atoopt.cli.outputs import TABLE, check_output
    from atoopt.cli.text.terminal import print_json
    from atoopt.study import Study

    check_output(output, TABLE, (file, store))
    loaded = Study.load(file, store)
    write_table(loaded.runs(), output)
    if as_json:
        print_json({"file": output, "runs": len(loaded.runs())})
    else:
        print(f"{len(loaded.runs())} runs: {output}")


@study.command("report")
def report(
    file: StudyFile,
    output: Annotated[str, typer.Option("--output", "-o", help="The page to write.", metavar="PAGE.html")],
    store: StoreFile = None,
    compare: Annotated[
        str | None, typer.Option(help="The store of an older study of the same, to compare with.", metavar="OLD.db")
    ] = None,
    tables: Annotated[
        str | None, typer.Option(help="Write CSV, Parquet, Markdown and LaTeX into this folder too.", metavar="FOLDER")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the page of a study: one file that works offline, to be sent to a colleague.

    Exit status 3 where two proofs disagree or an answer is wrong, 4 where nothing was measured.

    \b
    Example:
      atoopt study report solvers.toml -o report.html
    """
    from atoopt.cli.outputs import PAGE, check_output
    from atoopt.cli.text.terminal import print_json
    from atoopt.study import NothingMeasured, Study

    check_output(output, PAGE, (file, store, compare))
    loaded = Study.load(file, store)
    try:
        alarms = loaded.report(output, compare=compare, tables=tables)
    except NothingMeasured as error:
        print(f"atoopt: {error.in_file(file)}", file=sys.stderr)
        raise typer.Exit(NOTHING_MEASURED) from None
    if as_json:
        print_json({"page": output, "alarms": list(alarms), **loaded.status()})
    else:
        print(f"{loaded.status()['done']} runs: {output}")
        for alarm in alarms:
            print(f"ALARM {alarm}")
    if alarms:
        raise typer.Exit(DISAGREE)


@study.command("merge")
def merge(
    into: Annotated[str, typer.Argument(metavar="A.db", help="The store that takes them; made where it is missing.")],
    others: Annotated[list[str], typer.Argument(metavar="B.db...", help="Stores whose records are added.")],
    as_json: AsJson = False,
) -> None:
    """Add the records of other stores to one: what shards or other machines have run.

    \b
    Example:
      atoopt study merge solvers.db solvers.1-of-2.db solvers.2-of-2.db
    """
    from atoopt.cli.text.terminal import print_json
    from atoopt.study.shards import merge as merge_stores

    if into in others:
        raise InputError("is merged into itself", "name each store once", file=into)
    new = merge_stores(into, others)
    if as_json:
        print_json({"store": into, "new": new})
    else:
        print(f"{new} new records: {into}")
