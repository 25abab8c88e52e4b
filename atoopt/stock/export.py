"""The model of an instance as a file, where it is small enough to be written down."""

from __future__ import annotations

import os
from typing import Any

from atoopt.bitsets import to_words
from atoopt.errors import InputError
from atoopt.solvers.model_files import write_model
from atoopt.stock.candidates import Candidates, default_candidates
from atoopt.stock.formulation import FORMULATIONS, build, n_partitions
from atoopt.stock.instance import StockInstance

MOST_COLUMNS = 300_000
"""Pyomo takes about four kilobytes a column while it builds and writes: this many need 1.2 GB."""


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
    if formulation not in FORMULATIONS:
        raise InputError(f'is "{formulation}"', f"choose one of {', '.join(FORMULATIONS)}", place="formulation")
    candidates = default_candidates(instance)
    if n_columns(instance, candidates, formulation) > MOST_COLUMNS:
        problem = f"the {formulation} model of {len(candidates.masks)} modules has over {MOST_COLUMNS} columns"
        other = "choose the formulation assignment or " if formulation == "pattern" else ""
        raise InputError(problem, f"{other}list fewer candidate_modules", place="products")
    model = build(instance, formulation, candidates)
    write_model(model, file)
    return candidates, model


def n_columns(instance: StockInstance, candidates: Candidates, formulation: str) -> int:
    """Return the number of columns, or one above `MOST_COLUMNS` if it is larger.

    >>> import atoopt
    >>> from atoopt.stock.candidates import all_subsets
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> n_columns(instance, all_subsets(instance), "pattern")
    228
    """
    count = len(candidates.masks)
    if formulation == "pattern":
        return count + n_partitions(instance, candidates, MOST_COLUMNS)
    modules = to_words(candidates.masks, instance.n_components)
    for k, product in enumerate(instance.product_words):
        count += int(instance.product_sizes[k]) + int((~(modules & ~product).any(axis=1)).sum())
        if count > MOST_COLUMNS:
            break
    return count
