"""Mathematical-programming toolkit for assemble-to-order decisions.

Examples
--------
>>> import atoopt
>>> instance = atoopt.load("instances/stock/uniform-5.json")
>>> result = atoopt.solve(instance, method="milp")
>>> result.status, round(result.objective, 4)
('optimal', 38.0968)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import atoopt.pareto  # noqa: F401 -- before the function of this name, for a later import would bind the package to it
from atoopt.base.errors import InputError
from atoopt.old_names import install
from atoopt.pareto import pareto_front

if TYPE_CHECKING:
    from atoopt.base.files import load
    from atoopt.methods import solve
    from atoopt.pareto.front import Front
    from atoopt.policy.data.parts import read_parts
    from atoopt.solvers.result import Result
    from atoopt.stock.data.orders import read_orders
    from atoopt.study.study import Study
    from atoopt.workbench.alternatives import alternatives
    from atoopt.workbench.compare import compare
    from atoopt.workbench.decision.page import report
    from atoopt.workbench.regret import regret
    from atoopt.workbench.strategies import strategies
    from atoopt.workbench.sweep import sweep


def pareto(
    instance: Any, method: str = "auto", *, points: int | None = None, display: bool = False, **options: Any
) -> Front:  # fmt: skip
    """Return the front of an instance's two objectives.

    Parameters
    ----------
    instance : StockInstance, PolicyInstance, or path
        A path is that of an instance's file.
    method : str
        Of stocks (cost against mean assembly time) ``auto``, ``enumeration``, ``epsilon-constraint``,
        ``decomposition``; of policies (pallets against set-up hours) ``auto``, ``exact``, ``threshold``,
        ``epsilon-constraint``.
    points : int, optional
        At most so many points, chosen so that every other one is near to one of them.
    display : bool
        Show progress in a terminal or a notebook.
    **options
        ``time_limit`` (seconds), ``rel_gap``, ``abs_gap``, ``threads``, ``jobs``, ``seed``, ``listener``, ``log``; of
        some methods ``solver``, ``times`` and ``journal``: see `atoopt.methods.pareto`.

    Raises
    ------
    InputError
        An option has no meaning for this instance or method.

    Examples
    --------
    >>> import atoopt
    >>> len(atoopt.pareto(atoopt.load("instances/policy/plates-12.json")))
    19
    """
    from atoopt.methods import pareto as generate

    return generate(instance, method, points=points, display=display, **options)


# what is reached through this name: atoopt.pareto.pareto_front(...), import atoopt.pareto.front as front
setattr(pareto, "pareto_front", pareto_front)  # noqa: B010 -- to a type checker, a function has no such attribute
pareto.__name__ = "atoopt.pareto"

install()

__version__ = "0.1.0"
__all__ = [
    "Front", "InputError", "Result", "Study", "alternatives", "compare", "load", "pareto", "pareto_front",
    "read_orders", "read_parts", "regret", "report", "solve", "strategies", "sweep",
]  # fmt: skip

_LAZY = {
    "Front": "atoopt.pareto.front",
    "Result": "atoopt.solvers.result",
    "Study": "atoopt.study.study",
    "alternatives": "atoopt.workbench.alternatives",
    "report": "atoopt.workbench.decision.page",
    "strategies": "atoopt.workbench.strategies",
    "regret": "atoopt.workbench.regret",
    "compare": "atoopt.workbench.compare",
    "sweep": "atoopt.workbench.sweep",
    "load": "atoopt.base.files",
    "read_orders": "atoopt.stock.data.orders",
    "read_parts": "atoopt.policy.data.parts",
    "solve": "atoopt.methods",
}


_PACKAGES = ("architecture", "levels", "plots", "policy", "stock", "workbench")
"""Reached by ``import atoopt`` alone; `pareto` is the function, through which its package is reached."""


def __getattr__(name: str) -> Any:
    """Import on first use: `import atoopt` stays fast, whatever the libraries below cost."""
    from importlib import import_module

    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    if name in _PACKAGES:
        return import_module(f"atoopt.{name}")
    raise AttributeError(f"module 'atoopt' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return what is exported, imported yet or not."""
    return [*__all__, *_PACKAGES, "__version__"]
