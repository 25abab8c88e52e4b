"""``atoopt architecture``: datum flow chains, subassemblies, similarity and families of products, and pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from atoopt.cli.options import AsJson, Instance, named

FEW = 6
"""So many products are told and drawn one by one, unless all are asked for."""


def architecture(
    instance: Instance,
    families: Annotated[
        int | None, typer.Option(help="How many families; else the silhouette decides.", metavar="K")
    ] = None,
    height: Annotated[
        float | None, typer.Option(help="Or join what is no farther apart than this, 0 to 1.", metavar="H")
    ] = None,
    weights: Annotated[
        str, typer.Option(help="Weights of functions, subassemblies and joints.", metavar="F,S,J")
    ] = "1,1,1",
    plot: Annotated[str | None, typer.Option(help="Write pictures into this folder.", metavar="DIR")] = None,
    as_json: AsJson = False,
    show_all: Annotated[
        bool, typer.Option("--all", help="Tell and draw every product, not only a typical one a family.")
    ] = False,
) -> None:
    """Analyze product architectures: what locates what, subassemblies, similarity, families.

    \b
    Example:
      atoopt architecture instances/architecture/steering-columns.json --families 2 --plot pictures
    """
    import atoopt
    from atoopt.base.errors import InputError
    from atoopt.cli.outputs import check_folder, rescued
    from atoopt.cli.text.terminal import print_json, width

    if plot is not None:
        check_folder(plot, "--plot")
    loaded = atoopt.load(instance)
    if loaded.format != "atoopt/architecture":
        raise InputError(
            f"is {loaded.format}", "give an instance of atoopt/architecture", place="format", file=instance
        )
    from atoopt.architecture.report import report

    with named(["families", "height", "weights"], instance):
        found = report(loaded, families, height=height, weights=_weights(weights))
    shown = loaded.products if show_all or loaded.n_products <= FEW else found.typical()

    def show(files: Sequence[str] = ()) -> None:
        if as_json:
            print_json({**found.to_json(), "pictures": list(files)})
            return
        from atoopt.cli.text.architecture import report_lines

        print("\n".join(report_lines(found, shown, columns=None if show_all else width())))
        for file in files:
            print(f"picture: {file}")

    files: list[str] = []
    if plot is not None:
        from atoopt.plots.architecture import write_pictures

        with rescued(show):
            files = write_pictures(found, shown, plot)
    show(files)


def _weights(text: str) -> tuple[float, ...]:
    """Return the numbers of a text such as 1,1,1."""
    from atoopt.base.errors import InputError

    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise InputError(f'is "{text}"', "give three numbers, such as 1,1,1", place="weights") from None
