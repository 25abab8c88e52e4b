"""Tables written for other programs: texts that no spreadsheet runs, files whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError
from atoopt.base.writing import whole_file

if TYPE_CHECKING:
    import pandas as pd

RUNS_ON = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A text that begins so, after spaces and line ends, would be a formula in a spreadsheet; the last four are wide."""


def _runs(cell: object) -> bool:
    return isinstance(cell, str) and (cell.lstrip().startswith(RUNS_ON) or cell.startswith(("\t", "\r", "\n")))


def inert(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for formulas: an apostrophe stands before them.

    >>> import pandas as pd
    >>> inert(pd.DataFrame({"a": ["=1+1", "b"]}))["a"].tolist()
    ["'=1+1", 'b']
    """
    return table.map(_held_back).rename(columns=_held_back)


def _held_back(cell: Any) -> Any:
    return f"'{cell}" if _runs(cell) else cell


def write_table(table: pd.DataFrame, file: str) -> None:
    """Write a table as CSV or Parquet, by the ending of the file's name.

    Raises
    ------
    InputError
        The file cannot be written, or Parquet needs a package that is not here.
    """
    with whole_file(file) as temporary:
        if file.lower().endswith(".csv"):
            inert(table).to_csv(temporary, index=False)
            return
        try:
            table.to_parquet(temporary, index=False)
        except ImportError:
            remedy = "install it (pip install 'atoopt[parquet]'), or write .csv"
            raise InputError("needs the package pyarrow", remedy, file=file) from None


def write_book(sheets: Mapping[str, pd.DataFrame], file: str) -> None:
    """Write tables as the sheets of a workbook.

    Raises
    ------
    InputError
        The package openpyxl is missing, or the file cannot be written.
    """
    try:
        import openpyxl  # noqa: F401
    except ImportError:
        raise InputError(
            "needs the package openpyxl", "install it (pip install 'atoopt[excel]'), or write .csv", file=file
        ) from None
    import pandas as pd

    with whole_file(file) as temporary, pd.ExcelWriter(temporary, engine="openpyxl") as writer:
        for name, table in sheets.items():
            table.to_excel(writer, sheet_name=name, index=False)
            _hold_as_text(writer.sheets[name])


def _hold_as_text(sheet: Any) -> None:
    """Make texts of the cells of a sheet that would be formulas, now or when they are edited."""
    for row in sheet:
        for cell in row:
            if _runs(cell.value):
                cell.data_type, cell.quotePrefix = "s", True
