"""Every method of every problem by name; a new method is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from atoopt.errors import InputError
from atoopt.files import resolve
from atoopt.solvers.result import Claim, Result, conclude
from atoopt.solvers.run import Listener, Options, Run, interruptible

Method = Callable[[Any, Run], Claim]


@dataclass(frozen=True)
class Problem:
    """A problem family: its name, its evaluator, its methods (each ``module:function``)."""

    name: str
    evaluate: str
    methods: dict[str, str]


PROBLEMS = {
    "atoopt/stock-composition": Problem(
        name="stock-composition",
        evaluate="atoopt.stock.evaluate:evaluate_masks",
        methods={
            "auto": "atoopt.stock.auto:solve",
            "milp": "atoopt.stock.milp:solve",
            "module-frequency": "atoopt.stock.construct:solve_by_frequency",
            "module-size": "atoopt.stock.construct:solve_by_size",
            "enumeration": "atoopt.stock.enumerate:solve",
        },
    ),
}


def solve(
    instance: Any,
    method: str = "auto",
    *,
    listener: Listener | None = None,
    log: Callable[[str], None] | None = None,
    **options: Any,
) -> Result:
    """Solve an instance and return a checked result.

    Parameters
    ----------
    instance : StockInstance
    method : str
        For stock composition: ``auto``, ``milp``, ``module-frequency``, ``module-size``, ``enumeration``.
    listener : callable, optional
        Called with a `Progress` and a note whenever there is news.
    log : callable, optional
        Called with each line of the solver's log.
    **options
        The fields of `atoopt.solvers.run.Options`: ``solver``, ``formulation``, ``time_limit`` (seconds),
        ``rel_gap``, ``threads``, ``jobs``, ``seed``, ``model``.

    Returns
    -------
    Result
        Cost and limits recomputed by the independent evaluator. Ctrl-C ends the run with its incumbent.

    Raises
    ------
    InputError
        An option has no meaning for this instance.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> atoopt.solve(instance, "milp", formulation="assignment").status
    'optimal'
    """
    problem = PROBLEMS[instance.format]
    if method not in problem.methods:
        raise InputError(f'is "{method}"', f"choose one of {', '.join(problem.methods)}", place="method")
    unknown = set(options) - set(Options.__dataclass_fields__)
    if unknown:
        known = ", ".join(Options.__dataclass_fields__)
        raise InputError("is not a known option", f"choose among {known}", place=min(unknown))
    run = Run(Options(**options), listener, log)
    solve_method: Method = resolve(problem.methods[method])
    with interruptible(run):
        claim = solve_method(instance, run)
    return conclude(
        claim, run, instance, problem=problem.name, method=method,
        solver=claim.details.get("solver"), evaluate=resolve(problem.evaluate),
    )  # fmt: skip
