"""Solving an instance, or its front, by any method of its family; a new one is a file and a line in `problem.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError
from atoopt.base.problem import Method, Problem, problem_of
from atoopt.base.resolve import resolve
from atoopt.kernels.prepare import Interrupted
from atoopt.solvers.result import Claim, Result, conclude
from atoopt.solvers.run import Listener, Options, Run, interruptible
from atoopt.solvers.running.display import shown

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

OF_EVERY_RUN = ("time_limit", "rel_gap", "abs_gap", "threads", "jobs", "seed")
"""What a run may use and how exact it must be: a method that needs less, or draws nothing, keeps them as well."""


def solve(
    instance: Any,
    method: str = "auto",
    *,
    listener: Listener | None = None,
    log: Callable[[str], None] | None = None,
    display: bool = False,
    **options: Any,
) -> Result:
    """Solve an instance and return a checked result.

    Parameters
    ----------
    instance : StockInstance, PolicyInstance, or path
        A path is that of an instance's file.
    method : str
        For stock composition: ``auto``, ``milp``, ``decomposition``, ``annealing``, ``greedy``,
        ``module-frequency``, ``module-size``, ``enumeration``.
        For policy: ``auto``, ``milp``, ``threshold``, ``exact``.
    listener : callable, optional
        Called with a `Progress` and a note whenever there is news.
    log : callable, optional
        Called with each line of the solver's log.
    display : bool
        Show time, incumbent, bound and gap while it runs, in a terminal or a notebook.
    **options
        Every method takes ``time_limit`` (seconds), ``rel_gap``, ``abs_gap``, ``threads``, ``jobs``, ``seed``. Some
        take ``solver``, ``solver_options``, ``command``, ``formulation``, ``candidates``, ``model``, ``start`` (the
        first incumbent: a result, its solution, or modules by the names of their components), and of policies
        ``objective``, ``weights``, ``choose``; one that the method does not take is an error that names those that do.
        `atoopt.solvers.run.Options` says what each means.

    Returns
    -------
    Result
        Cost and limits recomputed by the independent evaluator. Ctrl-C ends the run with its incumbent.

    Raises
    ------
    InputError
        An option has no meaning for this instance or method.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/frequency-4.json")
    >>> atoopt.solve(instance, "milp", formulation="assignment").status
    'optimal'
    """
    instance = loaded(instance)
    problem = problem_of(instance)
    _check_method(method, problem.methods)
    if options.get("start") is not None and "start" in problem.methods[method].takes:
        options["start"] = resolve(problem.start)(instance, options["start"])
    with shown(display, listener) as told:
        return run_method(instance, method, Run(options_of(options, method, problem.methods), told, log))


def loaded(instance: Any) -> Any:
    """Return an instance, read where its path is given."""
    if isinstance(instance, (str, PathLike)):
        from atoopt.base.files import load

        return load(fspath(instance))
    return instance


def run_method(instance: Any, method: str, run: Run) -> Result:
    """Return the checked result of a method whose options are known to be good."""
    problem = problem_of(instance)
    with interruptible(run):  # while the method is loaded and its answer checked, too
        solve_method = resolve(problem.methods[method].run)
        try:
            claim = solve_method(instance, run)
        except Interrupted:
            claim = Claim(message="interrupted while kernels were compiled, which the next run goes on with")
        claim.details = _compiled(run) | claim.details
        if run.rejected:
            claim.details["rejected"] = run.rejected
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
    display: bool = False,
    **options: Any,
) -> Front:
    """Return the front of an instance's two objectives; also callable as ``atoopt.pareto``.

    Parameters
    ----------
    instance : StockInstance, PolicyInstance, or path
    method : str
        For stock composition (cost against mean assembly time): ``auto``, ``enumeration``, ``epsilon-constraint``,
        ``decomposition``.
        For policy (pallets against set-up hours): ``auto``, ``exact``, ``threshold``, ``epsilon-constraint``.
    points : int, optional
        At most so many points, chosen so that every other one is near to one of them.
    listener, log, display
        As in `solve`.
    **options
        As in `solve` those of every method; of some also ``solver``, ``times`` (of stocks: the mean assembly times to
        solve at), and ``journal`` (a file for points as they are found, from which the same call goes on).

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

    from atoopt.solvers.running.processes import jobs_here

    instance = loaded(instance)
    problem = problem_of(instance)
    if not problem.fronts:
        raise InputError(f"is {instance.format}", "it has one objective: use solve", place="format")
    _check_method(method, problem.fronts)
    if points is not None and points < 1:
        raise InputError(f"is {points}", "give a whole number of at least 1", place="points")
    chosen = options_of(options, method, problem.fronts)
    with shown(display, listener) as told:
        run = Run(replace(chosen, jobs=jobs_here(chosen.jobs)), told, log)
        front = _front(instance, method, run, points)
    return replace(front, problem=problem.name, instance=instance.name, method=method, seconds=run.seconds)


def _front(instance: Any, method: str, run: Run, points: int | None) -> Front:
    """Return the front of a run, of at most so many points."""
    from dataclasses import replace

    problem = problem_of(instance)
    with interruptible(run):
        try:
            front: Front = resolve(problem.fronts[method].run)(instance, run, points)
        except Interrupted:
            front = _no_front(problem)
    if points is not None and len(front) > points:
        front = front.represented(points)
    return replace(front, details=_compiled(run) | front.details)


def _no_front(problem: Problem) -> Front:
    """Return the front of which nothing is known."""
    import numpy as np

    from atoopt.pareto.front import Front

    return Front(problem.objectives, np.zeros((0, 2)), False, "interrupted while kernels were compiled")


def _compiled(run: Run) -> dict[str, Any]:
    """Return how long kernels were compiled, where they were: seconds that the time limit does not count."""
    return {"compile_seconds": round(run.compile_seconds, 3)} if run.compile_seconds else {}


def _check_method(method: str, known: Mapping[str, Method]) -> None:
    if method not in known:
        raise InputError(f'is "{method}"', f"choose one of {', '.join(known)}", place="method")


def options_of(given: dict[str, Any], method: str, methods: Mapping[str, Method]) -> Options:
    """Return the options of a run.

    Parameters
    ----------
    given : dict
        What the user gave; what is as if left out (a default) has no effect and may be there.
    method : str
    methods : mapping of str to Method
        Of the family, see `atoopt.base.problem`.

    Raises
    ------
    InputError
        An option is not known or not taken by the method; the message names the methods that take it.
    """
    defaults = {option.name: option.default for option in fields(Options)}
    unknown = set(given) - set(defaults)
    if unknown:
        raise InputError("is not a known option", f"choose among {', '.join(defaults)}", place=min(unknown))
    taken = (*OF_EVERY_RUN, *methods[method].takes)
    for name, value in given.items():
        if name not in taken and value != defaults[name] and not (name == "solver_options" and not value):
            others = [other for other, way in methods.items() if name in way.takes]
            remedy = f"leave it out, or use {' or '.join(others)}" if others else "leave it out"
            remedy += ": this method runs on highs or on none" if name == "solver" else ""
            raise InputError(f"is not used by the method {method}", remedy, place=name)
    options = Options(**given)
    if options.model is not None:
        _check_model_alone(options)
    if options.command is not None:
        _check_command_alone(options)
    if options.solver != "highs":
        from atoopt.solvers.catalogue import check_solver

        check_solver(options.solver)
    return options


def _check_command_alone(options: Options) -> None:
    """Refuse a solver and its options beside a program that solves instead."""
    for name, default in (("solver", "highs"), ("solver_options", ())):
        if getattr(options, name) != default:
            raise InputError("has no meaning beside a command", "leave one of the two out", place=name)


def _check_model_alone(options: Options) -> None:
    """Refuse what only concerns our own models, beside a model file."""
    for name in ("formulation", "candidates"):
        if getattr(options, name) is not None:
            raise InputError("has no meaning beside a model file", "leave one of the two out", place=name)
