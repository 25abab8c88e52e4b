"""``atoopt pareto``: the front of two objectives."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.base.problem import Problem, problem_of, solved_families
from atoopt.cli.options import AsJson, Instance, named
from atoopt.cli.text.terminal import note, prints_aside
from atoopt.solvers.run import interrupts_remembered

if TYPE_CHECKING:
    from atoopt.pareto.front import Front
    from atoopt.solvers.run import Listener

MOST_TEXT = 50_000_000
"""Policies times parts that are written out at most: about 700 MB of JSON."""


@interrupts_remembered()
def pareto(
    instance: Instance,
    method: Annotated[
        str,
        typer.Option(help="; ".join(f"{p.name}: {', '.join(p.fronts)}" for p in solved_families() if p.fronts) + "."),
    ] = "auto",
    points: Annotated[
        int | None, typer.Option(help="At most so many points, with a stated coverage error.", metavar="N")
    ] = None,
    times: Annotated[
        str | None,
        typer.Option(help="For stocks: solve at these mean assembly times alone.", metavar="T1,T2 or LOW:HIGH:N"),
    ] = None,
    solver: Annotated[str, typer.Option(help="The MILP solver.", metavar="NAME")] = "highs",
    time_limit: Annotated[float | None, typer.Option(help="Seconds for the whole front.", metavar="S")] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads that compute at a time (1: nothing beside).", metavar="N")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes, for methods that run several.", metavar="N")] = 1,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.", metavar="N")] = 0,
    any_time: Annotated[
        bool,
        typer.Option("--any-time", help="Set the limit (of stocks) or target (of levels) aside, for the whole curve."),
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE",
            help="Write the front here too, as JSON; its points as they are found to FILE.journal, from which the "
            "same command goes on.",
        ),
    ] = None,
    points_only: Annotated[bool, typer.Option("--points-only", help="Leave the solutions out of the JSON.")] = False,
    plot: Annotated[str | None, typer.Option(help="Write a picture of the front here.", metavar="FILE.png")] = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No live line of progress.")] = False,
) -> None:  # fmt: skip
    """Find the non-dominated points: pallets against set-up hours, or cost against mean assembly time.

    Every limit of the instance holds: a stock's front ends at the assembly time that the customer accepts, unless
    --any-time. Large stocks give intervals: the bound proven for each point beside the cost of the best stock found.
    Ctrl-C ends the run with the points so far.

    \b
    Examples:
      atoopt pareto instances/policy/plates-60.json
      atoopt pareto instances/policy/plates-425.json --points 100 --json
      atoopt pareto instances/policy/plates-425.json --method threshold --plot rules.png
      atoopt pareto instances/stock/uniform-5.json --any-time
      atoopt pareto instances/stock/harness-24.json --times 1:2:5 --jobs 2
      atoopt pareto instances/stock/harness-24.json --points 10 --time-limit 120 --output curve.json
    """
    import atoopt
    from atoopt.cli.outputs import FRONT, PICTURE, check_output, rescued

    if output is not None:
        check_output(output, FRONT, (instance,))
    if plot is not None:
        check_output(plot, PICTURE, (instance, output), "--plot")
    loaded = atoopt.load(instance)
    options: dict[str, Any] = {
        "solver": solver, "time_limit": time_limit, "threads": threads, "jobs": jobs, "seed": seed,
        "times": None,
    }  # fmt: skip
    with named([], instance):
        problem = problem_of(loaded)
    if output is not None and _keeps_journal(problem, method):
        options["journal"] = f"{output}.journal"
    untouched = _last_written(options.get("journal"))
    with (
        named([*options, "method", "points", "any_time"], instance),
        _progress(quiet) as listener,
        prints_aside(),
    ):
        options["times"] = None if times is None else _times(times)
        if any_time:
            loaded = _without_limit(problem, loaded)
        front = atoopt.pareto(loaded, method, points=points, listener=listener, **options)
    if any_time:
        front = replace(front, details=front.details | {"set_aside": list(problem.whole_curve)})
    if (as_json or output is not None) and not points_only:
        points_only = _is_too_much(front, len(getattr(loaded, "parts", ())))

    def show(as_json: bool = as_json) -> None:
        if as_json:
            front.write_json(sys.stdout.write, points_only=points_only)
            return
        from atoopt.cli.text.front import front_lines

        print("\n".join(front_lines(front)))

    if output is not None:
        with rescued(lambda: show(as_json=True)):
            front.save(output, points_only=points_only)
        if front.complete and "journal" in options:
            _remove(options["journal"], untouched)
    if plot is not None:
        with rescued(show):
            _draw(front, plot)
    show()


def _times(text: str) -> list[Any]:
    """Return the times of a text such as 0.5,1 or 0.5:2:4."""
    from atoopt.base.errors import InputError
    from atoopt.workbench.ranges import parse_range

    try:
        return parse_range(f"times={text}")[1]
    except InputError:
        raise InputError(f'is "{text}"', "give times such as 0.5,1 or 0.5:2:4", place="times") from None


def _keeps_journal(problem: Problem, method: str) -> bool:
    """Whether points can be written down as they are found, for another run to go on."""
    return method in problem.fronts and "journal" in problem.fronts[method].takes


def _last_written(journal: str | None) -> int | None:
    """Return when a journal was written last, None where there is none."""
    return Path(journal).stat().st_mtime_ns if journal is not None and Path(journal).exists() else None


def _remove(journal: str, before: int | None) -> None:
    """Remove the journal of a front that is complete; one that the run did not look at may be another front's."""
    if before is not None and _last_written(journal) == before:
        note(f"{journal} was there before, was not used, and stays: it may be of another front")
        return
    Path(journal).unlink(missing_ok=True)


def _without_limit(problem: Problem, instance: Any) -> Any:
    """Return an instance whose front does not end at a limit."""
    from atoopt.base.errors import InputError

    if not problem.whole_curve:
        raise InputError(f"has no meaning for {instance.format}", "leave it out", place="any_time")
    return instance.replace(**problem.whole_curve)


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Listener | None]:
    """Give the listener of a run: a live line in a terminal."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from atoopt.solvers.running.display import live_line

    with live_line("looking for a first point") as listener:
        yield listener


def _is_too_much(front: Front, n_parts: int) -> bool:
    """Whether the solutions are more than a disk or a reader could take; says so, for the points are written alone."""
    too_much = len(front) * n_parts > MOST_TEXT
    if too_much:
        many = f"{len(front):,} points with a policy of {n_parts:,} parts each are too much to write out"
        note(f"{many}: the points are written alone; fewer have their policies (--points N)")
    return too_much


def _draw(front: Front, file: str) -> None:
    from atoopt.plots.front import plot_front
    from atoopt.plots.saving import save_axes

    save_axes(plot_front(front), file)
