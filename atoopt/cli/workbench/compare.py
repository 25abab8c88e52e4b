"""``atoopt compare``: results side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from atoopt.base.errors import InputError
from atoopt.cli.options import AsJson


def compare(
    results: Annotated[list[str], typer.Argument(metavar="A B...", help="Results of atoopt solve (JSON).")],
    instance: Annotated[
        str | None, typer.Option("--instance", "-i", help="The instance that judges them.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say which modules enter and leave, what it costs, and which products get slower or faster.

    The first is what the others are compared with. With --instance their solutions are evaluated on it, whatever they
    were made for; without it, the numbers are those that the files state, and times are counted in operations.

    \b
    Examples:
      atoopt compare now.json slower.json
      atoopt compare now.json slower.json --instance instances/stock/uniform-5.json
    """
    import atoopt
    from atoopt.base.files import read_json
    from atoopt.cli.text.terminal import print_json
    from atoopt.workbench.evaluating import evaluated
    from atoopt.workbench.stated import stated

    if len(results) < 2:
        raise InputError("is one result", "give at least two", place="compare")
    loaded = None if instance is None else atoopt.load(instance)
    names = [Path(file).stem for file in results]
    if len(set(names)) < len(names):
        names = list(results)
    if len(set(names)) < len(names):
        raise InputError("names one file twice", "name each once", place="compare")
    data = [(read_json(file), file) for file in results]
    solutions = [stated(*each) if loaded is None else evaluated(loaded, *each) for each in data]
    found = atoopt.compare(solutions, names)
    if as_json:
        print_json(found.to_json())
        return
    print(found.terms.to_string(na_rep="-"))
    stocks = hasattr(solutions[0], "masks")
    for name in names[1:] if stocks else ():
        for word, modules in (("enter", found.entering(name)), ("leave", found.leaving(name))):
            print(f"\n{name}: {len(modules)} modules {word}" + (":" if modules else ""))
            print("\n".join(f"  {module}" for module in modules)) if modules else None
    table, what = (
        (found.products, "products take another time") if stocks else (found.items, "parts are treated otherwise")
    )
    print(f"\n{len(table)} {what}" + (":" if len(table) else ""))
    if len(table):
        print(table.head(MOST).to_string(na_rep="-"))
    if len(table) > MOST:
        print(f"... and {len(table) - MOST} more (--json has all)")


MOST = 30
"""Rows of a table that are printed."""
