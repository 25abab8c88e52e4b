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
    from atoopt.cli.outputs import MODEL, check_output
    from atoopt.cli.text.terminal import note
    from atoopt.methods import problem_of
    from atoopt.solvers.model_files import check_suffix

    if file:
        check_suffix(file)
    check_output(file, MODEL, (instance,), "FILE")
    loaded = atoopt.load(instance)
    with named([], instance):
        problem_of(loaded)
    if loaded.format == "atoopt/policy":
        if formulation is not None:
            raise InputError("has no meaning for a policy", "leave it out", place="--formulation")
        from atoopt.policy.model.export import export_model as export_policy

        model = export_policy(loaded, file)
        print(f"{file}: {model.nvariables()} variables, {model.nconstraints()} constraints")
        return
    from atoopt.stock.model.export import export_model

    formulation = "pattern" if formulation is None else formulation
    with named(["formulation"], instance):
        candidates, model = export_model(loaded, file, formulation)
    if not candidates.complete:
        note(f"the model holds only some of the allowed modules: {candidates.description}")
    print(f"{file}: {model.nvariables()} variables, {model.nconstraints()} constraints, {formulation}")
