"""What pandas does for an order history: workbooks, Parquet, dates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from atoopt.base.errors import InputError


def frame_of(path: Path) -> pd.DataFrame:
    """Read an Excel or Parquet file.

    Raises
    ------
    InputError
        It cannot be read, or a package for it is not here.
    """
    suffix = path.suffix.lower()
    package, extra = ("pyarrow", "parquet") if suffix == ".parquet" else ("openpyxl", "excel")
    try:
        return pd.read_parquet(path) if suffix == ".parquet" else pd.read_excel(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise InputError("does not exist", "give the path of an existing file") from None
    except ImportError:
        raise InputError(f"needs the package {package}", f"install it (pip install 'atoopt[{extra}]')") from None
    except Exception as error:  # each reader has its own
        problem = f"cannot be read ({type(error).__name__}: {str(error)[:80]})"
        raise InputError(problem, "save it again, or as CSV") from None


def days_of(texts: Sequence[str]) -> NDArray[np.datetime64]:
    """Return the days that texts say; NaT where one is no date.

    >>> days_of(["2026-01-31 18:30", "soon"]).tolist()
    [datetime.date(2026, 1, 31), None]
    """
    dates = pd.to_datetime(pd.Series(list(texts), dtype=object), errors="coerce", format="mixed")
    return dates.to_numpy().astype("datetime64[D]")
