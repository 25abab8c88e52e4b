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

from atoopt.base.errors import InputError
from atoopt.old_names import install

if TYPE_CHECKING:
    from atoopt.base.files import load
    from atoopt.methods import pareto, solve
    from atoopt.pareto.front import Front
    from atoopt.solvers.result import Result

install()

__version__ = "0.1.0"
__all__ = ["Front", "InputError", "Result", "load", "pareto", "solve"]

_LAZY = {
    "Front": "atoopt.pareto.front",
    "Result": "atoopt.solvers.result",
    "load": "atoopt.base.files",
    "solve": "atoopt.methods",
}


def __getattr__(name: str) -> Any:
    """Import on first use: `import atoopt` stays fast, whatever the libraries below cost."""
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    if name == "pareto":  # a module that is also the function, see there
        from importlib import import_module

        return import_module("atoopt.pareto")
    raise AttributeError(f"module 'atoopt' has no attribute {name!r}")
