"""A model that is a file, MPS or LP: read, solved by any solver, and a solution of it checked by substitution."""

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
from atoopt.solvers.highs import SMALLEST
from atoopt.solvers.others.ask import ModelFile
from atoopt.solvers.outcome import Outcome
from atoopt.solvers.registry import check_options, is_highs, solve_by_highs
from atoopt.solvers.run import Run

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


@dataclass(frozen=True)
class FileResult:
    """What a solver says of a model file; `check_columns` says whether it is so.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
    values : mapping of str to float, or None
        By column.
    objective, bound : float or None
        In the file's own sense; the objective is recomputed from the values.
    minimize : bool
    version : str
        Of the solver.
    message : str
        What the outcome leaves open.
    """

    outcome: Outcome
    values: Mapping[str, float] | None
    objective: float | None
    bound: float | None
    minimize: bool
    version: str = ""
    message: str = ""


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


def solve_file(path: str | os.PathLike[str] | FileModel, run: Run) -> FileResult:
    """Solve a model file by the run's solver or command; the run's trajectory is in the file's own sense.

    An external command is given the file itself where that is a plain MPS file, and a copy in MPS otherwise.

    Parameters
    ----------
    path : path or FileModel
    run : Run

    Raises
    ------
    InputError
        The file cannot be read, or the solver does not take it, or is not here.
    MemoryError
        The solver ran out of memory.
    """
    check_options(run)
    model = path if isinstance(path, FileModel) else read_model(path)
    form = model.form
    run.minimize = form.minimize
    if is_highs(run) or not form.lower.size:
        return _by_highs(model, run)
    from atoopt.solvers.others.asking import ask_solver

    as_it_is = run.options.command is not None and model.path.suffix.lower() == ".mps"
    file = ModelFile(model.path.resolve(), model.names, form) if as_it_is else None
    names = None if run.options.command is None else model.names
    reply = ask_solver(form, run, on_progress=run.report, names=names, file=file)
    values = None if reply.columns is None else dict(zip(model.names, reply.columns.tolist(), strict=True))
    run.report(reply.objective, reply.bound)
    return FileResult(
        reply.outcome, values, reply.objective, reply.bound, form.minimize, reply.version, reply.message
    )  # fmt: skip


def solve_by_command(command: tuple[str, ...], path: str | os.PathLike[str] | FileModel, run: Run) -> FileResult:
    """Solve a model file by an external program, see `atoopt.solvers.others.command`.

    Parameters
    ----------
    command : tuple of str
        The program and its arguments, with ``{mps}``, ``{solution}``, ``{seconds}``, ``{threads}``, ``{seed}``.
    path : path or FileModel
    run : Run
        Its limits, seed, clock and trajectory.
    """
    from dataclasses import replace

    run.options = replace(run.options, command=command)
    return solve_file(path, run)


def _by_highs(model: FileModel, run: Run) -> FileResult:
    compiled, answer = solve_by_highs(model.form, run, on_progress=run.report)
    found = None if answer.objective is None else compiled.found
    values = None if found is None else dict(zip(model.names, found.tolist(), strict=True))
    run.report(answer.objective, answer.bound)
    return FileResult(
        answer.outcome, values, answer.objective, answer.bound, model.form.minimize, answer.version, answer.message
    )  # fmt: skip


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
