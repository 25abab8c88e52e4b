"""A model that is a file, MPS or LP: read, and a solution of it checked by substitution."""

from __future__ import annotations

import gzip
import math
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array

from atoopt.base.errors import InputError
from atoopt.solvers.arrays.standard_form import StandardForm
from atoopt.solvers.highs_calls import SMALLEST

SUFFIXES = (".mps", ".lp")

MOST_NAMED = 5
"""Violations that are named; of more, the number."""

FEASIBILITY = 1e-6
"""What solvers usually allow of a row, a bound, a whole number."""


@dataclass(frozen=True)
class FileModel:
    """A model as it was read.

    Attributes
    ----------
    path : Path
    names : tuple of str
        Of the columns.
    form : StandardForm
        Its ``variables`` are empty.
    """

    path: Path
    names: tuple[str, ...]
    form: StandardForm


def read_model(path: str | os.PathLike[str]) -> FileModel:
    """Read a model file.

    Parameters
    ----------
    path : path
        Ends in ``.mps`` or ``.lp``, or one of these and ``.gz``.

    Raises
    ------
    InputError
        It cannot be read, or is no linear model: quadratic terms, special ordered sets, semi-continuous columns.
    """
    file = Path(path)
    plain = file.with_suffix("") if file.suffix.lower() == ".gz" else file
    if plain.suffix.lower() not in SUFFIXES:
        raise InputError("is no model file by its name", "give one that ends in .mps or .lp (.gz)", file=str(path))
    try:
        data = file.read_bytes()
        data = gzip.decompress(data) if plain is not file else data
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot be read ({reason})", "give the path of a model file", file=str(path)) from None
    _refuse_sets(data, str(path))
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        copy = Path(folder) / f"model{plain.suffix.lower()}"
        copy.write_bytes(data)
        return _read(copy, file)


def _refuse_sets(data: bytes, path: str) -> None:
    """Refuse special ordered sets: HiGHS passes over them."""
    for line in data.splitlines():
        if line.strip().upper() in (b"SOS", b"SOS1", b"SOS2", b"SETS"):
            raise InputError("has special ordered sets", "write them as rows with binary columns", file=path)


def _read(copy: Path, path: Path) -> FileModel:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("small_matrix_value", SMALLEST)
    if highs.readModel(str(copy)) == highspy.HighsStatus.kError:
        raise InputError("is no model that can be read", "correct its syntax", file=str(path))
    lp = highs.getLp()
    if highs.getModel().hessian_.dim_:
        raise InputError("has a quadratic objective", "give a linear model", file=str(path))
    kinds = highspy.HighsVarType
    if not set(lp.integrality_) <= {kinds.kContinuous, kinds.kInteger}:
        raise InputError("has semi-continuous columns", "write them with binary columns", file=str(path))
    n = lp.num_col_
    matrix = lp.a_matrix_
    rows = csc_array((np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_)), (lp.num_row_, n))
    form = StandardForm(
        [], rows, np.array(lp.row_lower_), np.array(lp.row_upper_), np.array(lp.col_lower_), np.array(lp.col_upper_),
        np.array([kind == kinds.kInteger for kind in lp.integrality_] or [False] * n, dtype=bool),
        tuple(lp.row_names_) or tuple(f"row {i + 1}" for i in range(lp.num_row_)),
        np.array(lp.col_cost_), float(lp.offset_), lp.sense_ == highspy.ObjSense.kMinimize,
    )  # fmt: skip
    names = tuple(lp.col_names_) or tuple(f"x{j}" for j in range(n))
    return FileModel(path, names, form)


def check_columns(
    path: str | os.PathLike[str] | FileModel, values: Mapping[str, float], feasibility: float = FEASIBILITY
) -> tuple[tuple[str, ...], float]:
    """Substitute values into a model file: no solver is asked.

    Parameters
    ----------
    path : path or FileModel
    values : mapping of str to float
        By column; one that is left out is 0.
    feasibility : float
        By how much a row, a bound or a whole number may be missed: of a side, as a share of it where it is over 1.

    Returns
    -------
    tuple of str
        The violations, each with its name and size; none where all is kept.
    float
        The objective in the file's own sense; NaN where a value is no number.
    """
    model = path if isinstance(path, FileModel) else read_model(path)
    form, known = model.form, set(model.names)
    faults = [f"{name} is no column of the file" for name in values if name not in known]
    columns = np.array([float(values.get(name, 0.0)) for name in model.names], dtype=np.float64)
    strange = ~np.isfinite(columns)
    if strange.any():
        return (*faults, *(f"{model.names[j]} is {columns[j]}" for j in np.flatnonzero(strange))), math.nan
    faults += _beyond(form.row_names, form.rows @ columns, form.row_lower, form.row_upper, feasibility)
    faults += _beyond(model.names, columns, form.lower, form.upper, feasibility)
    off = np.where(form.integer, np.abs(columns - np.rint(columns)), 0.0)
    faults += [f"{model.names[j]} is {columns[j]:.9g}, not whole" for j in np.flatnonzero(off > feasibility)]
    if len(faults) > MOST_NAMED:
        faults = [*faults[:MOST_NAMED], f"and {len(faults) - MOST_NAMED} more"]
    return tuple(faults), form.objective(columns)


def _beyond(names: tuple[str, ...], found: Any, lower: Any, upper: Any, feasibility: float) -> list[str]:
    """Say what lies beyond its sides."""
    faults = []
    for sides, word, over in ((lower, "least", lower - found), (upper, "most", found - upper)):
        room = feasibility * np.maximum(1.0, np.where(np.isfinite(sides), np.abs(sides), 1.0))
        faults += [
            f"{names[k]} is {found[k]:.9g}, and {sides[k]:.9g} at {word}"
            for k in np.flatnonzero(np.isfinite(sides) & ~(over <= room))
        ]
    return faults
