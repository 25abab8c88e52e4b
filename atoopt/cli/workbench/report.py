"""``atoopt report``: a page for the people who decide."""

from __future__ import annotations

from typing import Annotated

import typer

from atoopt.base.errors import InputError
from atoopt.cli.options import AsJson, Instance


def report(
    instance: Instance,
    files: Annotated[
        list[str], typer.Argument(metavar="RESULT [FRONT...]", help="What is decided, and fronts for the curve (JSON).")
    ],
    output: Annotated[str, typer.Option("--output", "-o", help="The page to write (.html).", metavar="PAGE.html")],
    as_json: AsJson = False,
) -> None:
    """Write a page for the people who decide: what to do, what it costs, what is proven, what was assumed.

    It is one file that works offline; every number on it is recomputed from the instance.

    \b
    Examples:
      atoopt report harness.json stock.json -o decision.html
      atoopt report harness.json stock.json curve.json -o decision.html
    """
    import atoopt
    from atoopt.base.files import read_json
    from atoopt.cli.outputs import PAGE, check_output
    from atoopt.cli.text.terminal import print_json
    from atoopt.workbench.decision.page import report as page

    check_output(output, PAGE, (instance, *files))
    loaded = atoopt.load(instance)
    fronts = [file for file in files if "points" in read_json(file)]
    results = [file for file in files if file not in fronts]
    if len(results) != 1:
        found = "no result" if not results else f"{len(results)} results ({', '.join(results)})"
        raise InputError(f"is given {found}", "give one result of atoopt solve, then fronts", place="report")
    page(loaded, results[0], fronts, output)
    if as_json:
        print_json({"page": output, "instance": loaded.name, "result": results[0], "fronts": fronts})
    else:
        print(f"page: {output}")
