"""A model that is a file, MPS or LP, solved by any solver or by a program that we do not know."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace

from atoopt.solvers.arrays.file_model import FileModel, read_model
from atoopt.solvers.others.ask import ModelFile
from atoopt.solvers.outcome import Outcome
from atoopt.solvers.registry import check_options, is_highs, solve_by_highs
from atoopt.solvers.run import Run


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
