"""What pandas does for a raw table: workbooks, Parquet, dates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from atoopt.base.errors import InputError


def frame_of(path: Path, sheet: str | None = None) -> pd.DataFrame:
    """Read an Excel or Parquet file; the index of a workbook's rows is their number in the sheet, from 1.

    Raises
    ------
    InputError
        It cannot be read, or a package for it is not here.
    """
    suffix = path.suffix.lower()
    package, extra = ("pyarrow", "parquet") if suffix == ".parquet" else ("openpyxl", "excel")
    try:
        if suffix == ".parquet":
            return pd.read_parquet(path)
        with pd.ExcelFile(path) as book:
            named = _sheet(book, sheet)
            # without a header: pandas would rename columns of no name, or of the same
            return _headed(pd.read_excel(book, sheet_name=named, header=None, dtype=str, keep_default_na=False))
    except FileNotFoundError:
        raise InputError("does not exist", "give the path of an existing file") from None
    except ImportError:
        raise InputError(f"needs the package {package}", f"install it (pip install 'atoopt[{extra}]')") from None
    except InputError:
        raise
    except Exception as error:  # each reader has its own
        problem = f"cannot be read ({type(error).__name__}: {str(error)[:80]})"
        raise InputError(problem, "save it again, or as CSV") from None


def _headed(grid: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a sheet below its first row, which names the columns, without rows and columns of nothing."""
    grid = grid.set_axis(range(1, len(grid) + 1))
    filled = grid.map(lambda cell: bool(str(cell).strip())).astype(bool)
    if not filled.to_numpy().any():
        raise InputError("is empty", "give a table with a header and one line per order or part")
    grid = grid.loc[filled.any(axis=1), filled.any(axis=0)]
    return grid.iloc[1:].set_axis(grid.iloc[0].to_list(), axis=1)


def _sheet(book: pd.ExcelFile, sheet: str | None) -> str:
    """Return the sheet to read; of several, it must be named."""
    names = [str(name) for name in book.sheet_names]
    if sheet in names or (sheet is None and len(names) == 1):
        return sheet or names[0]
    known = ", ".join(f'"{name}"' for name in names[:8])
    problem = f"the workbook has {len(names)} sheets" if sheet is None else f'no sheet "{sheet[:60]}"'
    raise InputError(problem, f"name one by --sheet: {known}", place="sheet")


def days_of(texts: Sequence[str]) -> NDArray[np.datetime64]:
    """Return the days that texts say, all in one form; NaT where one is no date, or could be two.

    2026-01-31 and what follows it; 31.01.2026, with dots the day first; with slashes what fits all of them, if only one
    order of day and month does.

    >>> days_of(["2026-01-31 18:30", "soon"]).tolist()
    [datetime.date(2026, 1, 31), None]
    >>> days_of(["03.02.2026", "13.02.2026"]).tolist()
    [datetime.date(2026, 2, 3), datetime.date(2026, 2, 13)]
    >>> days_of(["1/2/2026", "3/4/2026"]).tolist(), days_of(["1/2/2026", "1/31/2026"]).tolist()[0]
    ([None, None], datetime.date(2026, 1, 2))
    """
    given = pd.Series([text.split()[0] if text.split() else "" for text in texts], dtype=object)
    dotted, slashed = (
        bool(given.str.fullmatch(rf"\d{{1,2}}{sign}\d{{1,2}}{sign}\d{{4}}").any()) for sign in (r"\.", "/")
    )
    if dotted:
        dates = pd.to_datetime(given, errors="coerce", format="%d.%m.%Y")
    elif slashed:
        orders = [pd.to_datetime(given, errors="coerce", format=form) for form in ("%d/%m/%Y", "%m/%d/%Y")]
        fewest = min(int(order.isna().sum()) for order in orders)
        fitting = [order for order in orders if int(order.isna().sum()) == fewest]
        dates = fitting[0] if len(fitting) == 1 else pd.Series(pd.NaT, index=given.index)
    else:
        dates = pd.to_datetime(given, errors="coerce", format="ISO8601")
    return dates.to_numpy().astype("datetime64[D]")
