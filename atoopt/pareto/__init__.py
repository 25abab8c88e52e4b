"""Fronts of two objectives: of an instance, ``atoopt.pareto(instance)``; of a model, ``pareto_front(model, ...)``."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from atoopt.errors import InputError

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

__all__ = ["Front", "pareto_front"]


def pareto_front(
    model: Any,
    objectives: tuple[Any, Any],
    method: str = "epsilon-constraint",
    *,
    solver: str = "highs",
    time_limit: float | None = None,
    points: int | None = None,
    threads: int | None = None,
) -> Front:
    """Return the front of any linear Pyomo model with two objectives.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Left as it was found.
    objectives : (Objective, Objective)
        Each in its own sense; which of the model's objectives is active does not matter.
    method : {"epsilon-constraint"}
    solver : {"highs"}
    time_limit : float, optional
        Seconds for the whole front.
    points : int, optional
        At most so many points, spread evenly, with a stated coverage error; by default all.
    threads : int, optional
        Of each solve; 1 by default, for most solves are small.

    Returns
    -------
    Front
        A point's solution is a dict: variable name -> value. Empty where the model is infeasible.

    Raises
    ------
    InputError
        An option has no meaning, or an objective is unbounded or not linear.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> model = pyo.ConcreteModel()
    >>> model.x = pyo.Var(range(3), domain=pyo.Binary)
    >>> model.cost = pyo.Objective(expr=2 * model.x[0] + 3 * model.x[1] + 4 * model.x[2])
    >>> model.gain = pyo.Objective(expr=5 * model.x[0] + 4 * model.x[1] + 6 * model.x[2], sense=pyo.maximize)
    >>> front = pareto_front(model, (model.cost, model.gain))
    >>> front.values.tolist(), front.complete
    ([[0.0, 0.0], [2.0, 5.0], [4.0, 6.0], [5.0, 9.0], [6.0, 11.0], [9.0, 15.0]], True)
    """
    from pyomo.environ import Objective

    from atoopt.pareto.compiled import named_values
    from atoopt.pareto.epsilon_constraint import Settings, epsilon_front
    from atoopt.pareto.front import Front
    from atoopt.solvers.run import Options, Run, interruptible

    if method != "epsilon-constraint":
        raise InputError(f'is "{method}"', "write epsilon-constraint", place="method")
    if solver != "highs":
        raise InputError(f'is "{solver}"', "write highs", place="solver")
    if points is not None and points < 1:
        raise InputError(f"is {points}", "give a whole number of at least 1", place="points")
    if len(objectives) != 2 or any(getattr(o, "ctype", None) is not Objective for o in objectives):
        remedy = "give two Objectives, such as (model.cost, model.time)"
        raise InputError("are not two Pyomo Objectives", remedy, place="objectives")
    run = Run(Options(time_limit=time_limit, threads=threads))
    solutions: list[dict[str, float]] = []
    settings = Settings(n_points=points, on_point=lambda: solutions.append(named_values(model)))
    with interruptible(run):
        try:
            found = epsilon_front(model, objectives, run, settings)
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"cannot be compiled ({error})", "keep the model linear", place="model") from None
    chosen = [solutions[i] for i in found.solutions]
    return Front(
        (objectives[0].name, objectives[1].name), found.values, found.complete, found.stop_reason,
        lambda i: chosen[i], instance=model.name, method=method, seconds=run.seconds, details=found.details,
    )  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import `Front` on first use."""
    if name == "Front":
        from atoopt.pareto.front import Front

        return Front
    raise AttributeError(f"module 'atoopt.pareto' has no attribute {name!r}")


class _Callable(ModuleType):
    """The module is also the function ``atoopt.pareto``: an instance's front is asked for as in ``atoopt.solve``."""

    def __call__(self, *arguments: Any, **options: Any) -> Front:
        from atoopt.methods import pareto

        return pareto(*arguments, **options)


sys.modules[__name__].__class__ = _Callable
