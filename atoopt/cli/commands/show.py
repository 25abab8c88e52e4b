"""``atoopt show``: what a file holds, on one screen."""

from __future__ import annotations

from typing import Annotated

import typer

from atoopt.base.errors import InputError
from atoopt.cli.options import AsJson


def show(
    file: Annotated[str, typer.Argument(metavar="FILE", help="An instance, a result, a front, a study or its store.")],
    as_json: AsJson = False,
    plot: Annotated[
        str | None, typer.Option(help="Draw the instance to this file.", metavar="FILE.png|.svg|.pdf")
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="All rows of the tables.")] = False,
) -> None:
    """Print the summary of an instance, and draw it; or of a result, a front, a study.

    \b
    Examples:
      atoopt show instances/stock/uniform-5.json
      atoopt show instances/stock/harness-24.json --plot demand.png
      atoopt show result.json
    """
    import atoopt
    from atoopt.cli.text.saved import saved
    from atoopt.cli.text.terminal import print_json

    found = saved(file, show_all)
    if found is not None:
        lines, data = found
        if plot is not None:
            raise InputError("draws instances", "leave it out", place="--plot")
        print_json(data) if as_json else print("\n".join(lines))
        return
    loaded = atoopt.load(file)
    if plot is not None:
        _draw(loaded, file, plot)
    if as_json:
        print_json(loaded.summary())
    else:
        print(loaded)


def _draw(loaded: object, file: str, plot: str) -> None:
    from atoopt.base.problem import family
    from atoopt.base.resolve import resolve
    from atoopt.cli.outputs import PICTURE, check_output

    kind = loaded.format  # type: ignore[attr-defined]
    if not family(kind).picture:
        raise InputError(f"has no meaning for {kind}", "leave it out", place="--plot")
    check_output(plot, PICTURE, (file,), "--plot")
    from atoopt.plots.saving import save_axes

    save_axes(resolve(family(kind).picture)(loaded), plot)
