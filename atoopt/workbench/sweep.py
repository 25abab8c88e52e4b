"""The same question for many values: one solve a combination, several at once, each started by what others found."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import tqdm.auto

from atoopt.base.errors import InputError
from atoopt.base.problem import problem_of
from atoopt.solvers.run import Run, interruptible
from atoopt.workbench.cells import Cells
from atoopt.workbench.changes import changed

MOST = 10_000
"""Combinations of one sweep."""


def sweep(
    instance: Any,
    over: Mapping[str, Sequence[Any]],
    method: str = "auto",
    *,
    jobs: int | None = None,
    journal: str | None = None,
    display: bool = False,
    tell: Callable[[int, int], None] = lambda done, planned: None,
    **options: Any,
) -> pd.DataFrame:
    """Solve an instance for each combination of values.

    Every stock found starts the solves of the other combinations that it is allowed in; where a combination is only
    stricter than one that is proven, and its optimum is allowed here too, nothing is solved.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    over : mapping of str to sequence
        Key -> values, see `atoopt.workbench.changed`.
    method : str
        As in `atoopt.solve`.
    jobs : int, optional
        Solves at once, each in a process of its own with its share of the cores. None: one after the other for a few
        seconds, and where more is left, as many as there are cores.
    journal : str, optional
        A file for the rows as they are found, from which the same sweep goes on after an interrupt.
    display : bool
        Show how many are done, in a terminal or a notebook.
    tell : callable
        Called with how many are done, of how many.
    **options
        As in `atoopt.solve`; a time limit is that of each solve.

    Returns
    -------
    DataFrame
        A row a combination: the values, status, cost, bound, gap; of stocks also mean assembly time, modules, and how
        many of them the row before holds too; of policies pallets and set-up hours; seconds, 0 where nothing had to be
        solved. What is unknown is NaN. After Ctrl-C, or the death of a process, the rows that are known.

    Raises
    ------
    InputError
        A key or a value is not allowed, there are too many combinations, or the journal is another sweep's.

    Examples
    --------
    >>> import atoopt
    >>> table = atoopt.sweep(atoopt.load("instances/stock/frequency-4.json"), {"max_mean_assembly_time": [0.8, 1.2]})
    >>> table[["max_mean_assembly_time", "cost"]].to_numpy().tolist()
    [[0.8, 21.4], [1.2, 21.4]]
    """
    from atoopt.methods import options_of

    problem = problem_of(instance)
    if method not in problem.methods:
        raise InputError(f'is "{method}"', f"choose one of {', '.join(problem.methods)}", place="method")
    combinations = combined(over)
    instances = [changed(instance, values) for values in combinations]  # all are refused before one is solved
    run = Run(options_of(options, method, problem.methods))
    cells = Cells(instances, problem.methods[method], method)
    with interruptible(run), tqdm.auto.tqdm(total=len(instances), disable=not display, unit="solve") as bar:
        for done in cells.solve(run, jobs, journal):
            bar.update(done - bar.n)
            tell(done, len(instances))
    if cells.n_known < len(instances) and not run.stopped:
        text = f"a process died: {len(instances) - cells.n_known} of {len(instances)} are not solved"
        warnings.warn(text, RuntimeWarning, stacklevel=2)
    return pd.DataFrame(_rows(combinations, cells))


def combined(over: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return every combination of values, the last key's changing fastest.

    >>> combined({"a": [1, 2], "b": [3]})
    [{'a': 1, 'b': 3}, {'a': 2, 'b': 3}]
    """
    if not over or not all(len(values) for values in over.values()):
        raise InputError("has no values", "give at least one key with values", place="over")
    count = math.prod(len(values) for values in over.values())
    if count > MOST:
        raise InputError(f"are {count:,} combinations", f"give at most {MOST:,}", place="over")
    return [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]


def _rows(combinations: list[dict[str, Any]], cells: Cells) -> list[dict[str, Any]]:
    """Return the rows of what is known, in the order of the combinations."""
    rows: list[dict[str, Any]] = []
    before: list[int] | None = None
    for values, answer in zip(combinations, cells.answers, strict=True):
        if answer is None:
            continue
        row, stock = {**values, **answer["row"]}, answer["stock"]
        if cells.stocks:
            row["modules_kept"] = len(set(stock) & set(before)) if stock and before else None
        rows.append(row)
        before = stock or before
    return rows
