"""``atoopt plot``: every picture of every kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="An instance; an instance and a result of it; or one or more fronts."),
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="The picture: .png, .svg or .pdf.", metavar="FILE")],
    picture: Annotated[
        str | None,
        typer.Option(help="Which picture, of several; a wrong name lists them.", metavar="NAME"),
    ] = None,
) -> None:
    """Draw an instance, a solution, or fronts in one picture.

    \b
    Examples:
      atoopt plot instances/stock/laptops.json -o demand.png
      atoopt plot instances/policy/plates-60.json --picture objectives -o rules.svg
      atoopt plot harness.json stock.json -o modules.png
      atoopt plot now.front.json later.front.json -o fronts.pdf
    """
    from atoopt.base.files import read_json
    from atoopt.cli.outputs import PICTURE, check_output
    from atoopt.plots.saving import save_axes

    check_output(output, PICTURE, files)
    data = [read_json(file) for file in files]
    if all("points" in each for each in data):
        axes = _fronts(files, picture)
    elif "format" in data[0] and len(files) <= 2:
        axes = _of_instance(files, data[1:], picture)
    else:
        remedy = "give an instance, an instance and a result, or fronts"
        raise InputError("are no such files", remedy, place="plot")
    save_axes(axes, output)
    print(f"picture: {output}")


def _fronts(files: list[str], picture: str | None) -> Axes:
    """Return the fronts in one picture, each with its color and the name of its file."""
    from atoopt.pareto.front import Front
    from atoopt.plots.front import plot_front
    from atoopt.plots.style import PALETTE

    _choose(picture, {"front": ""})
    axes: Axes | None = None
    fronts = [Front.load(file) for file in files]
    for file, front in zip(files, fronts, strict=True):
        if front.objectives != fronts[0].objectives:
            problem = f"has the objectives {' and '.join(front.objectives)}, not those of {files[0]}"
            raise InputError(problem, "draw it by itself", place="objectives", file=file)
    for i, (file, front) in enumerate(zip(files, fronts, strict=True)):
        label = None if len(files) == 1 else Path(file).stem
        axes = plot_front(front, axes, label=label, color=PALETTE[i % len(PALETTE)])
    assert axes is not None, "there is a file"
    return axes


def _of_instance(files: list[str], results: list[Any], picture: str | None) -> Axes:
    """Return a picture of an instance, or of a solution of it."""
    from atoopt.base.files import load
    from atoopt.base.problem import family
    from atoopt.base.resolve import resolve

    instance = load(files[0])
    problem, subject = family(instance.format), instance
    known = problem.solution_pictures if results else problem.pictures
    if not known:
        what = "solutions" if results else "instances"
        raise InputError(f"has no picture of its {what}", "give another file", place=instance.format, file=files[0])
    draw = resolve(known[_choose(picture, known)])
    if results:
        from atoopt.workbench.evaluating import evaluated

        subject = evaluated(instance, results[0], files[1])
    axes: Axes = draw(subject, ax=None)
    return axes


def _choose(picture: str | None, known: Any) -> str:
    """Return the name of the picture, by default the first."""
    if picture is None:
        return str(next(iter(known)))
    if picture not in known:
        raise InputError(f'is "{picture}"', f"choose among {', '.join(known)}", place="picture")
    return picture
