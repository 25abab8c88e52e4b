"""``atoopt schema``: the published JSON Schema of a file format."""

from __future__ import annotations

from typing import Annotated

import typer


def schema(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A file format, such as stock-composition.")],
) -> None:
    """Print the JSON Schema of a file format.

    \b
    Example:
      atoopt schema stock-composition > stock-composition.schema.json
    """
    from atoopt.cli.text.terminal import print_json
    from atoopt.schemas import schema as schema_of

    print_json(schema_of(name))
