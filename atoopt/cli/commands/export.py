"""``atoopt export``: the model of an instance as a file for other solvers."""

from __future__ import annotations

from typing import Annotated

import typer

from atoopt.cli.options import Instance, named


def export(
    instance: Instance,
    file: Annotated[str, typer.Argument(metavar="FILE.mps|.lp", help="The file to write.")],
    formulation: Annotated[str | None, typer.Option(help="Of a stock: pattern (the default) or assignment.")] = None,
) -> None:
    """Write the model as an LP or MPS file.

    The suffix of FILE decides the format; the names are readable.

    \b
    Example:
      atoopt export instances/stock/uniform-5.json uniform-5.lp --formulation assignment
    """
    import atoopt
    from atoopt.base.errors import InputError
    from atoopt.base.problem import problem_of
    from atoopt.base.resolve import resolve
    from atoopt.cli.outputs import MODEL, check_output
    from atoopt.solvers.model_files import check_suffix

    if file:
        check_suffix(file)
    check_output(file, MODEL, (instance,), "FILE")
    loaded = atoopt.load(instance)
    with named([], instance):
        problem = problem_of(loaded)
    if formulation is not None and not problem.formulations:
        raise InputError(f"has no meaning for {problem.name}", "leave it out", place="--formulation")
    with named(["formulation"], instance):
        if not problem.exporter:
            raise InputError(f"is {problem.format}", "it has no model to export", place="format")
        lines = resolve(problem.exporter)(loaded, file, formulation)
    print("\n".join(lines))
