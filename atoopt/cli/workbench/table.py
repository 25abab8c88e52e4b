"""``atoopt table``: a result or a front as a table for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from atoopt.cli.options import AsJson

if TYPE_CHECKING:
    pass


def table(
    result: Annotated[str, typer.Argument(metavar="RESULT", help="A result of solve, or a front of pareto (JSON).")],
    output: Annotated[str, typer.Option("--output", "-o", help="Ends in .csv, .xlsx or .parquet.", metavar="FILE")],
    as_json: AsJson = False,
) -> None:
    """Write a result as a table: a row a module, a part, or a point of a front.

    A workbook (.xlsx) of a stock has its products on a second sheet, and the cost terms on a third.

    \b
    Example:
      atoopt table result.json -o stock.csv
    """
    from atoopt.base.files import read_json
    from atoopt.base.tables import write_book, write_table
    from atoopt.cli.outputs import BOOK, TABLE, check_output
    from atoopt.cli.text.terminal import print_json
    from atoopt.workbench.sheets import sheets_of

    book = Path(output).suffix.lower() == ".xlsx"
    check_output(output, BOOK if book else TABLE, (result,))
    sheets = sheets_of(read_json(result), result)
    if book:
        write_book(sheets, output)
    else:
        write_table(next(iter(sheets.values())), output)
    written = list(sheets.items()) if book else list(sheets.items())[:1]
    told = ", ".join(f"{len(each)} {name}" for name, each in written)
    if as_json:
        print_json({"file": output, "tables": {name: len(each) for name, each in written}})
    else:
        print(f"{told}: {output}")
