"""``atoopt solve``: the best stock found, and what is proven about it."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.base.problem import family, solved_families
from atoopt.base.resolve import resolve
from atoopt.cli.options import AsJson, Instance, named, solver_options, with_changes
from atoopt.cli.text.terminal import prints_aside
from atoopt.solvers.run import interrupts_remembered

if TYPE_CHECKING:
    from atoopt.solvers.result import Result


@interrupts_remembered()
def solve(
    instance: Instance,
    method: Annotated[
        str,
        typer.Option(help="; ".join(f"{p.name}: {', '.join(p.methods)}" for p in solved_families()) + "."),
    ] = "auto",
    formulation: Annotated[str | None, typer.Option(help="The model of milp: pattern or assignment.")] = None,
    solver: Annotated[str, typer.Option(help="The MILP solver; see atoopt solvers.", metavar="NAME")] = "highs",
    solver_option: Annotated[
        list[str] | None,
        typer.Option(help="An option of the solver, passed on as it is; repeatable.", metavar="NAME=VALUE"),
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for the whole run.", metavar="S")] = None,
    rel_gap: Annotated[float, typer.Option(help="Stop at this relative gap.", metavar="G")] = 0.0,
    abs_gap: Annotated[float | None, typer.Option(help="Or at this absolute gap.", metavar="G")] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads that compute at a time (1: nothing beside).", metavar="N")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes of the methods that run several at once.", metavar="N")] = 1,
    candidates: Annotated[
        str | None,
        typer.Option(help="The modules that milp may hold: subsets, closed, differences, at-most-K or given."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.", metavar="N")] = 0,
    model: Annotated[
        str | None, typer.Option(help="A file that builds your own variant of the model.", metavar="FILE.py")
    ] = None,
    objective: Annotated[
        str | None, typer.Option(help="For policy: weighted (the default), pallets or setup_hours.")
    ] = None,
    weights: Annotated[
        str | None, typer.Option(help="For policy: weights of pallets and set-up hours (1,2).", metavar="P,TS")
    ] = None,
    choose: Annotated[
        str | None,
        typer.Option(help="For policy: pick from the front by objective, balance (threshold's default) or utopia."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Change the instance first: costs.final_assembly=20 (repeatable).", metavar="KEY=VALUE"
        ),
    ] = None,
    alternatives: Annotated[
        int, typer.Option(help="Then look for so many other stocks that cost little more.", metavar="K")
    ] = 0,
    within: Annotated[str, typer.Option(help="How much more: 1% or 0.01.", metavar="SHARE")] = "1%",
    start: Annotated[
        str | None, typer.Option(help="A result of the same instance, whose stock is the first one.", metavar="FILE")
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write the result here too, as JSON.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the solver's log on standard error.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No live line of incumbent, bound, gap and time.")
    ] = False,
    show_all: Annotated[bool, typer.Option("--all", help="List every module in the table.")] = False,
) -> None:
    """Find the cheapest stock that keeps the limits.

    Ctrl-C ends the run with the best stock so far; a second one ends the program.

    \b
    Examples:
      atoopt solve instances/stock/uniform-5.json
      atoopt solve cars.json --time-limit 60 --json > result.json
      atoopt solve cars.json --method module-frequency --output stock.json
      atoopt solve cars.json --set max_mean_assembly_time=1.5 --set costs.final_assembly=20
      atoopt solve cars.json --alternatives 5 --within 1%
      atoopt solve cars.json --method milp --solver cbc --solver-option cuts=off
    """
    import atoopt
    from atoopt.cli.outputs import RESULT, check_output, rescued
    from atoopt.cli.text.alternatives import check_alternatives, share_of, with_alternatives
    from atoopt.cli.text.terminal import print_json

    if output is not None:
        check_output(output, RESULT, (instance, model, start))
    loaded = with_changes(atoopt.load(instance), set_)
    options: dict[str, Any] = {"weights": None, "solver_options": solver_options(solver_option)} | {
        "solver": solver, "formulation": formulation, "time_limit": time_limit, "rel_gap": rel_gap, "abs_gap": abs_gap,
        "threads": threads, "jobs": jobs, "seed": seed, "model": model, "candidates": candidates,
        "objective": objective, "choose": choose, "start": None if start is None else _stock_of(start),
    }  # fmt: skip
    # A model file may print: standard output is for the result alone.
    with (
        named([*options, "method", "alternatives", "within"], instance),
        _progress(verbose, quiet) as (listener, log),
        prints_aside(),
    ):
        options["weights"] = None if weights is None else _weights(weights)
        share = share_of(within)
        if alternatives:
            check_alternatives(loaded, alternatives)
        result = atoopt.solve(loaded, method, listener=listener, log=log, **options)
        if alternatives and result.solution is not None:
            result = with_alternatives(
                result, alternatives, share, time_limit=time_limit, threads=threads, seed=seed, listener=listener
            )
    if output is not None:
        with rescued(lambda: print_json(result.to_json())):
            result.save(output)
    _show(result, loaded.format, as_json, show_all)


def _stock_of(file: str) -> Any:
    """Return the modules of a result's stock."""
    from atoopt.base.files import read_json
    from atoopt.workbench.stated import stated

    return getattr(stated(read_json(file), file), "modules", file)


def _weights(text: str) -> tuple[float, float]:
    """Return the two numbers of a text such as 1,2."""
    from atoopt.base.errors import InputError

    try:
        first, second = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f'is "{text}"', "give two numbers, such as 1,2", place="weights") from None
    return first, second


@contextlib.contextmanager
def _progress(verbose: bool, quiet: bool) -> Any:
    """Give the listener and the log of a run: a live line in a terminal, the solver's lines if asked for."""
    if verbose:
        yield None, lambda line: print(line, file=sys.stderr, flush=True)
    elif quiet or not sys.stderr.isatty():
        yield None, None
    else:
        from atoopt.solvers.running.display import live_line

        with live_line() as listener:
            yield listener, None


def _show(result: Result, problem: str, as_json: bool, show_all: bool) -> None:
    """Print the result as JSON, or as headline and tables."""
    from atoopt.cli.text.terminal import print_json, width

    if as_json:
        print_json(result.to_json())
        return
    print(result.headline())
    if result.message:
        print(result.message)
    if result.solution is not None:
        print()

        text = resolve(family(problem).solution_text)
        print("\n".join(text(result.solution, columns=width(), show_all=show_all)))
    if "alternatives" in result.details:
        from atoopt.cli.text.alternatives import alternatives_lines

        print("\n" + "\n".join(alternatives_lines(result)))
