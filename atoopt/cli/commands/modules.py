"""``atoopt modules``: the assembly constraint of an architecture, put into a stock-composition instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from atoopt.cli.options import AsJson, Instance, named

if TYPE_CHECKING:
    from atoopt.architecture.modules import Joined


def modules(
    architecture: Annotated[str, typer.Argument(metavar="ARCHITECTURE", help="An architecture file (JSON).")],
    instance: Instance,
    output: Annotated[str, typer.Option("--output", "-o", metavar="INSTANCE2", help="The instance file to write.")],
    within_subassemblies: Annotated[
        bool, typer.Option("--within-subassemblies", help="Modules inside one functional subassembly only.")
    ] = False,
    listing: Annotated[
        bool | None,
        typer.Option("--list/--no-list", help="List the modules as candidate_modules (default: if at most 1,000)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Let an instance hold only modules whose components are joined to each other.

    Writes the liaisons into INSTANCE2; every method, and atoopt check, then takes connected modules only.

    \b
    Example (what the assembly constraint costs is the difference of the two costs):
      atoopt modules instances/architecture/laptops.json instances/stock/laptops.json -o joined.json
      atoopt solve instances/stock/laptops.json
      atoopt solve joined.json
    """
    import atoopt
    from atoopt.cli.outputs import check_output, instance_of, rescued
    from atoopt.cli.text.terminal import print_json

    check_output(output, instance_of("atoopt/stock-composition"), (architecture, instance))
    source, stock = _loaded(atoopt, architecture, "architecture"), _loaded(atoopt, instance, "stock-composition")
    from atoopt.architecture.liaisons import liaison_graph
    from atoopt.architecture.modules import subassembly_groups, with_liaisons

    groups = subassembly_groups(source) if within_subassemblies else None
    with named(["no_list"], instance):
        joined = with_liaisons(stock, liaison_graph(source), groups, listing=listing)
    with rescued(lambda: print_json(joined.instance.to_json())):
        joined.instance.save(output)
    if as_json:
        print_json(_as_json(joined, output))
    else:
        print("\n".join(_lines(joined, instance, output)))


def _loaded(atoopt: Any, file: str, kind: str) -> Any:
    """Load an instance of this format."""
    from atoopt.base.errors import InputError

    loaded = atoopt.load(file)
    if loaded.format != f"atoopt/{kind}":
        raise InputError(f"is {loaded.format}", f"give a file of atoopt/{kind}", place="format", file=file)
    return loaded


def _as_json(joined: Joined, output: str) -> dict[str, object]:
    return {
        "file": output,
        "components": joined.instance.n_components,
        "liaisons": len(joined.instance.liaisons or ()),
        "modules": joined.n_modules,
        "listed": joined.listed,
        "left_out": list(joined.left_out),
    }


def _lines(joined: Joined, instance: str, output: str) -> list[str]:
    """Return what was written, and how to see what it costs."""
    from atoopt.architecture.connected import MOST_MODULES

    stock, n = joined.instance, joined.n_modules
    number = f"over {MOST_MODULES:,}" if n is None else f"{n:,}"
    told = "listed as candidate_modules" if joined.listed else "not listed: the liaisons say which"
    lines = [
        f"{output}: {stock.n_components} components, {len(stock.liaisons or ())} liaisons",
        f"{number} modules of several components can be assembled and fit in a product, {told}",
    ]
    if joined.left_out:
        lines.append(f"of the architecture only, and joining nothing here: {', '.join(joined.left_out)}")
    return [*lines, f"price of the assembly constraint: atoopt solve {output}, less atoopt solve {instance}"]
