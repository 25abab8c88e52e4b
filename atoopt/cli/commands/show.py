"""``atoopt show``: what an instance holds, on one screen."""

from __future__ import annotations

from typing import Annotated

import typer

from atoopt.cli.options import AsJson, Instance


def show(
    instance: Instance,
    as_json: AsJson = False,
    plot: Annotated[
        str | None, typer.Option(help="Draw the instance to this file.", metavar="FILE.png|.svg|.pdf")
    ] = None,
) -> None:
    """Print the summary of an instance, and draw it.

    \b
    Examples:
      atoopt show instances/stock/uniform-5.json
      atoopt show instances/stock/harness-24.json --plot demand.png
    """
    import atoopt
    from atoopt.cli.text.terminal import print_json

    loaded = atoopt.load(instance)
    if plot is not None:
        _draw(loaded, instance, plot)
    if as_json:
        print_json(loaded.summary())
    else:
        print(loaded)


def _draw(loaded: object, file: str, plot: str) -> None:
    from atoopt.base.errors import InputError
    from atoopt.base.problem import family
    from atoopt.base.resolve import resolve
    from atoopt.cli.outputs import PICTURE, check_output

    kind = loaded.format  # type: ignore[attr-defined]
    if not family(kind).picture:
        raise InputError(f"has no meaning for {kind}", "leave it out", place="--plot")
    check_output(plot, PICTURE, (file,), "--plot")
    from atoopt.plots.saving import save_axes

    save_axes(resolve(family(kind).picture)(loaded), plot)
