"""``atoopt pareto``: the front of two objectives."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.cli.options import AsJson, Instance, named
from atoopt.methods import PROBLEMS

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

SHOWN = 20
"""Points printed at most: a screen."""

MOST_TEXT = 50_000_000
"""Policies times parts that are written out at most: about 700 MB of JSON."""


def pareto(
    instance: Instance,
    method: Annotated[str, typer.Option(help=", ".join(PROBLEMS["atoopt/policy"].fronts) + ".")] = "auto",
    points: Annotated[
        int | None, typer.Option(help="At most so many points, with a stated coverage error.", metavar="N")
    ] = None,
    solver: Annotated[str, typer.Option(help="The MILP solver.", metavar="NAME")] = "highs",
    time_limit: Annotated[float | None, typer.Option(help="Seconds for the whole front.", metavar="S")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of the solver.", metavar="N")] = None,
    jobs: Annotated[int, typer.Option(help="Processes, for methods that run several.", metavar="N")] = 1,
    output: Annotated[
        str | None, typer.Option("--output", "-o", help="Write the front here too, as JSON.", metavar="FILE")
    ] = None,
    points_only: Annotated[bool, typer.Option("--points-only", help="Leave the solutions out of the JSON.")] = False,
    plot: Annotated[str | None, typer.Option(help="Write a picture of the front here.", metavar="FILE.png")] = None,
    as_json: AsJson = False,
) -> None:
    """Find the non-dominated points: for a policy instance, pallets against set-up hours.

    Ctrl-C ends the run with the points so far.

    \b
    Examples:
      atoopt pareto instances/policy/plates-60.json
      atoopt pareto instances/policy/plates-425.json --points 100 --json
      atoopt pareto instances/policy/plates-425.json --method threshold --plot rules.png
    """
    import atoopt
    from atoopt.files import check_writable

    for file in filter(None, (output, plot)):
        check_writable(file)
    loaded = atoopt.load(instance)
    options: dict[str, Any] = {"solver": solver, "time_limit": time_limit, "threads": threads, "jobs": jobs}
    with named([*options, "method", "points"], instance), contextlib.redirect_stdout(sys.stderr):
        front = atoopt.pareto(loaded, method, points=points, **options)
        if (as_json or output is not None) and not points_only:
            _check_size(front, len(getattr(loaded, "parts", ())))
    if output is not None:
        front.save(output, points_only=points_only)
    if plot is not None:
        _draw(front, plot)
    if as_json:
        front.write_json(sys.stdout.write, points_only=points_only)
    else:
        print("\n".join(_lines(front)))


def _check_size(front: Front, n_parts: int) -> None:
    """Refuse to write out more solutions than a disk or a reader could take."""
    from atoopt.errors import InputError

    if len(front) * n_parts > MOST_TEXT:
        problem = f"{len(front)} points with a policy of {n_parts} parts each are too much to write out"
        raise InputError(problem, "ask for --points-only, or fewer by --points N", place="points")


def _draw(front: Front, file: str) -> None:
    from atoopt.plots.front import plot_front
    from atoopt.plots.saving import save_axes

    save_axes(plot_front(front), file)


def _lines(front: Front) -> list[str]:
    """Return the headline and at most a screen of points."""
    from atoopt.cli.terminal import table
    from atoopt.pareto.representation import representation

    lines = [front.headline()]
    lines += [f"{key.replace('_', ' ')}: {_shown(value)}" for key, value in front.details.items()]
    if not len(front):
        return [*lines, "no point keeps every limit"]
    chosen = representation(front.values, SHOWN)
    rows = [[f"{first:.6g}", f"{second:.6g}"] for first, second in front.values[chosen].tolist()]
    if len(chosen) < len(front):
        lines.append(f"{len(chosen)} of the points (--json has all):")
    return [*lines, "", *table(list(front.objectives), rows)]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)
