"""From a Pyomo model, or a compiled one, to its front."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from atoopt.base.errors import InputError
from atoopt.pareto.methods.front_search import FrontSearch, senses_of
from atoopt.pareto.program.compile import Program, compile_program
from atoopt.pareto.running.journal import Journal
from atoopt.pareto.search.found import Found, Settings
from atoopt.pareto.search.outcomes import Unbounded
from atoopt.solvers.arrays.standard_form import values_of
from atoopt.solvers.run import Run


def front_of(model: Any, objectives: tuple[Any, Any], run: Run, settings: Settings | None = None) -> Found:
    """Generate the front of a Pyomo model with two objectives.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear, with integer variables or not; left as it was found.
    objectives : (Objective, Objective)
        Each in its own sense, active or not.
    run : Run
        Its options give time, threads and jobs.
    settings : Settings

    Raises
    ------
    InputError
        An objective is unbounded, or the journal is of something else.
    ValueError
        The model is not linear.
    """
    settings = settings or Settings()
    program, variables = compile_program(model, objectives)
    found = search_front(program, run, settings)
    keys = [id(variable) for variable in variables]

    def assignment(i: int) -> dict[int, float]:
        columns = found.columns[i] + program.origin
        return dict(zip(keys, values_of(variables, columns, program.integer), strict=True))

    found.assignment = assignment
    return found


def search_front(program: Program, run: Run, settings: Settings) -> Found:
    """Generate the front of a compiled model; see `front_of`."""
    if not program.possible:
        return Found(senses=senses_of(program))
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(settings.journal or Path(folder, "journal"))
        journal.begin(program.fingerprint())
        front = FrontSearch(program, run, settings, journal)
        try:
            front.generate()
        except Unbounded:
            raise InputError("an objective is unbounded", "bound it in the model", place="objectives") from None
        return front.found()
