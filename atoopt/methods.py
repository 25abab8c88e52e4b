"""Every method of every problem by name; a new method is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from atoopt.errors import InputError
from atoopt.files import resolve
from atoopt.solvers.result import Claim, Result, conclude
from atoopt.solvers.run import Listener, Options, Run, interruptible

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

Method = Callable[[Any, Run], Claim]


@dataclass(frozen=True)
class Problem:
    """A problem family: its name, its evaluator, its methods and those for fronts (each ``module:function``)."""

    name: str
    evaluate: str
    methods: dict[str, str]
    fronts: dict[str, str] = field(default_factory=dict)


PROBLEMS = {
    "atoopt/stock-composition": Problem(
        name="stock-composition",
        evaluate="atoopt.stock.evaluate:evaluate_masks",
        methods={
            "auto": "atoopt.stock.auto:solve",
            "milp": "atoopt.stock.milp:solve",
            "decomposition": "atoopt.stock.decomposition:solve",
            "annealing": "atoopt.stock.annealing:solve",
            "greedy": "atoopt.stock.greedy:solve",
            "module-frequency": "atoopt.stock.construct:solve_by_frequency",
            "module-size": "atoopt.stock.construct:solve_by_size",
            "enumeration": "atoopt.stock.enumerate:solve",
        },
        fronts={
            "auto": "atoopt.stock.fronts:auto",
            "epsilon-constraint": "atoopt.stock.fronts:epsilon_constraint",
            "decomposition": "atoopt.stock.fronts:decomposition",
            "enumeration": "atoopt.stock.fronts:enumeration",
        },
    ),
    "atoopt/policy": Problem(
        name="policy",
        evaluate="atoopt.policy.evaluate:evaluate_choice",
        methods={
            "auto": "atoopt.policy.auto:solve",
            "milp": "atoopt.policy.milp:solve",
            "threshold": "atoopt.policy.threshold_rule:solve",
            "exact": "atoopt.policy.exact:solve",
        },
        fronts={
            "auto": "atoopt.policy.fronts:auto",
            "exact": "atoopt.policy.fronts:exact",
            "threshold": "atoopt.policy.fronts:threshold",
            "epsilon-constraint": "atoopt.policy.fronts:epsilon_constraint",
            "milp": "atoopt.policy.fronts:epsilon_constraint",
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
        For stock composition: ``auto``, ``milp``, ``decomposition``, ``annealing``, ``greedy``,
        ``module-frequency``, ``module-size``, ``enumeration``.
        For policy: ``auto``, ``milp``, ``threshold``, ``exact``.
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
    >>> instance = atoopt.load("instances/stock/frequency-4.json")
    >>> atoopt.solve(instance, "milp", formulation="assignment").status
    'optimal'
    """
    problem = problem_of(instance)
    _check_method(method, problem.methods)
    run = Run(_options(options), listener, log)
    with interruptible(run):  # while the method is loaded and its answer checked, too
        solve_method: Method = resolve(problem.methods[method])
        claim = solve_method(instance, run)
        return conclude(
            claim, run, instance, problem=problem.name, method=method,
            solver=claim.details.get("solver"), evaluate=resolve(problem.evaluate),
        )  # fmt: skip


def pareto(
    instance: Any,
    method: str = "auto",
    *,
    points: int | None = None,
    listener: Listener | None = None,
    log: Callable[[str], None] | None = None,
    **options: Any,
) -> Front:
    """Return the front of an instance's two objectives; also callable as ``atoopt.pareto``.

    Parameters
    ----------
    instance : StockInstance or PolicyInstance
    method : str
        For stock composition (cost against mean assembly time): ``auto``, ``enumeration``, ``epsilon-constraint``,
        ``decomposition``.
        For policy (pallets against set-up hours): ``auto``, ``exact``, ``threshold``, ``epsilon-constraint``.
    points : int, optional
        At most so many points, chosen so that every other one is near to one of them.
    listener, log, **options
        As in `solve`.

    Returns
    -------
    Front

    Raises
    ------
    InputError
        An option has no meaning for this instance.

    Examples
    --------
    >>> import atoopt
    >>> front = atoopt.pareto(atoopt.load("instances/policy/plates-12.json"), "threshold")
    >>> front.objectives, front.complete
    (('pallets', 'setup_hours'), True)
    """
    from dataclasses import replace

    problem = problem_of(instance)
    if not problem.fronts:
        raise InputError(f"is {instance.format}", "give an instance of atoopt/policy", place="format")
    _check_method(method, problem.fronts)
    if points is not None and points < 1:
        raise InputError(f"is {points}", "give a whole number of at least 1", place="points")
    run = Run(_options(options), listener, log)
    with interruptible(run):
        front: Front = resolve(problem.fronts[method])(instance, run, points)
    return replace(front, problem=problem.name, instance=instance.name, method=method, seconds=run.seconds)


def problem_of(instance: Any) -> Problem:
    """Return the problem family of an instance; an architecture has none."""
    if instance.format not in PROBLEMS:
        raise InputError(f"is {instance.format}", f"give an instance of {' or '.join(PROBLEMS)}", place="format")
    return PROBLEMS[instance.format]


def _check_method(method: str, known: dict[str, str]) -> None:
    if method not in known:
        raise InputError(f'is "{method}"', f"choose one of {', '.join(known)}", place="method")


def _options(given: dict[str, Any]) -> Options:
    unknown = set(given) - set(Options.__dataclass_fields__)
    if unknown:
        known = ", ".join(Options.__dataclass_fields__)
        raise InputError("is not a known option", f"choose among {known}", place=min(unknown))
    return Options(**given)
