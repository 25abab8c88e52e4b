"""Any solver but HiGHS on a model in arrays: write the file, call the adapter, read its answer in the model's sense."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from atoopt.base.resolve import resolve
from atoopt.solvers.arrays.rows import Floats
from atoopt.solvers.arrays.standard_form import StandardForm
from atoopt.solvers.others.ask import Ask, FileAnswer, ModelFile
from atoopt.solvers.others.mps import write_mps
from atoopt.solvers.outcome import Outcome
from atoopt.solvers.run import Options, Run

Progress = Callable[[float | None, float | None], None]
Adapter = Callable[[ModelFile, Ask], FileAnswer]

OVER = 1e-6
"""By what share of an objective a bound may be better, before it is no bound: solvers compare within tolerances."""

NOTHING = 1e-9
"""A gap of no more than this is none, whatever the objective."""


@dataclass(frozen=True)
class Reply:
    """What a solver claims, in the model's own sense.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
    columns : (n_columns,) array or None
        As the solver gave them: nothing is rounded, nothing checked.
    objective, bound : float or None
        The objective is recomputed from the columns.
    version, message : str
    """

    outcome: Outcome
    columns: Floats | None
    objective: float | None
    bound: float | None
    version: str = ""
    message: str = ""


def adapter_of(name: str) -> Adapter:
    """Return the adapter of a solver by its name."""
    from atoopt.solvers.catalogue import SOLVERS

    found = resolve(SOLVERS[name].adapter)
    adapter: Adapter = found[name] if isinstance(found, dict) else found
    return adapter


def ask_solver(
    form: StandardForm,
    run: Run,
    *,
    start: Sequence[float | None] | None = None,
    on_progress: Progress = lambda objective, bound: None,
    names: Sequence[str] | None = None,
    file: ModelFile | None = None,
) -> Reply:
    """Solve a model in arrays by the run's solver or command.

    Parameters
    ----------
    form : StandardForm
    run : Run
    start : sequence of float or None, optional
        By column.
    on_progress : callable
        Called with (incumbent, bound) while the solver runs, where it can tell.
    names : sequence of str, optional
        Of the columns in the file that is written.
    file : ModelFile, optional
        A file of this model that is there already.

    Raises
    ------
    InputError
        The solver does not take the model or an option.
    MemoryError
        It ran out of memory.
    """
    options = run.options
    if options.command is None:
        adapter = adapter_of(options.solver)
    else:
        from atoopt.solvers.others.command import by_command

        adapter = by_command(options.command)
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        if file is None:
            file = write_mps(form, Path(folder) / "model.mps", names)
        sign = file.sign

        def told(objective: float | None, bound: float | None) -> None:
            on_progress(None if objective is None else sign * objective, None if bound is None else sign * bound)

        known = {} if start is None else {
            name: float(value) for name, value in zip(file.columns, start, strict=False) if value is not None
        }  # fmt: skip
        ask = Ask(
            time_limit=run.remaining, rel_gap=options.rel_gap, abs_gap=options.abs_gap, threads=options.threads,
            seed=options.seed, start=known or None, options=dict(options.solver_options),
            # at the limit they stop by themselves, and have to write what they have
            should_stop=run.interrupted.is_set, on_progress=told, log=run.log,
        )  # fmt: skip
        return _reply(form, file, adapter(file, ask), options)


def _reply(form: StandardForm, file: ModelFile, said: FileAnswer, options: Options) -> Reply:
    bound = None if said.bound is None else file.sign * said.bound
    if said.values is None:
        if said.outcome == "optimal":
            message = said.message or "it says optimal, and gives no solution"
            return Reply("failed", None, None, None, said.version, message)
        return Reply(said.outcome, None, None, bound, said.version, said.message)
    columns = np.array([said.values.get(name, 0.0) for name in file.columns[: form.lower.size]], dtype=np.float64)
    if not math.isfinite(form.objective(columns)):
        return Reply("failed", None, None, None, said.version, "its solution holds what is no number")
    claim = Reply(said.outcome, columns, None, bound, said.version, said.message)
    return concluded(claim, form, columns, options)


def concluded(claim: Reply, form: StandardForm, columns: Floats, options: Options) -> Reply:
    """Return what follows from a claim: the objective of the columns, and whether outcome and bound agree with it.

    Parameters
    ----------
    claim : Reply
    form : StandardForm
    columns : (n_columns,) array
    options : Options
        The gaps asked for.
    """
    objective, bound = form.objective(columns), claim.bound
    sense = 1.0 if form.minimize else -1.0
    asked = max(options.rel_gap * abs(objective), options.abs_gap or 0.0)
    gap = max(asked, OVER * abs(objective) + NOTHING)
    if bound is None and claim.outcome == "optimal":
        bound = objective - sense * asked
    if bound is None or sense * (objective - bound) >= 0:
        outcome, message = claim.outcome, claim.message
        if bound is not None and outcome == "optimal" and sense * (objective - bound) > gap:
            outcome, message = "stopped", message or "what it calls optimal is not within the gap asked for"
        return Reply(outcome, columns, objective, bound, claim.version, message)
    if sense * (bound - objective) <= OVER * max(1.0, abs(objective)):
        return Reply(claim.outcome, columns, objective, objective, claim.version, claim.message)
    message = f"its bound {bound:.9g} is better than its own solution of {objective:.9g}"
    return Reply("failed", columns, objective, bound, claim.version, message)
