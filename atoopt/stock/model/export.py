"""The model of an instance as a file, where it is small enough to be written down."""

from __future__ import annotations

import os
from typing import Any

from atoopt.base.errors import InputError
from atoopt.solvers.model_files import write_model
from atoopt.stock.candidates import Candidates, default_candidates
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.formulation import build, check_formulation
from atoopt.stock.model.patterns import MOST_COLUMNS, n_columns


def export_model(
    instance: StockInstance, file: str | os.PathLike[str], formulation: str = "pattern"
) -> tuple[Candidates, Any]:
    """Write the model of an instance to an LP or MPS file.

    Returns
    -------
    Candidates
        The modules in the model; where they are not complete, its optimum is one over them only.
    pyomo.environ.ConcreteModel

    Raises
    ------
    InputError
        No such formulation or suffix, the model would be too large, or the file cannot be written.
    """
    check_formulation(formulation)
    candidates = default_candidates(instance)
    checked_size(instance, candidates, formulation)
    model = build(instance, formulation, candidates)
    write_model(model, file)
    return candidates, model


def checked_size(instance: StockInstance, candidates: Candidates, formulation: str) -> None:
    """Raise an `InputError` for a model that would have too many columns."""
    if n_columns(instance, candidates, formulation) > MOST_COLUMNS:
        problem = f"the {formulation} model of {len(candidates.masks)} modules has over {MOST_COLUMNS} columns"
        other = "choose the formulation assignment or " if formulation == "pattern" else ""
        raise InputError(problem, f"{other}list fewer candidate_modules", place="products")
