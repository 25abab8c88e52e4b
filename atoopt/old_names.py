"""Old names of modules: they work for one more version, with a warning that says where each has gone.

Added to `sys.meta_path`, behind Python's own finders, so that it is asked only for what is no longer there.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MOVED = {
    "atoopt.architecture.generate": "atoopt.architecture.data.generate",
    "atoopt.architecture.illustrations": "atoopt.architecture.data.illustrations",
    "atoopt.architecture.named": "atoopt.architecture.data.named",
    "atoopt.architecture.product": "atoopt.architecture.data.product",
    "atoopt.bitsets": "atoopt.sets.bitsets",
    "atoopt.connected": "atoopt.sets.connected",
    "atoopt.errors": "atoopt.base.errors",
    "atoopt.files": "atoopt.base.files",
    "atoopt.policy.assignment": "atoopt.policy.frontier.assignment",
    "atoopt.policy.evaluate": "atoopt.policy.evaluation",
    "atoopt.policy.exact": "atoopt.policy.frontier.exact",
    "atoopt.policy.export": "atoopt.policy.model.export",
    "atoopt.policy.formulation": "atoopt.policy.model.formulation",
    "atoopt.policy.generate": "atoopt.policy.data.generate",
    "atoopt.policy.milp": "atoopt.policy.model.milp",
    "atoopt.policy.model_file": "atoopt.policy.model.model_file",
    "atoopt.policy.named": "atoopt.policy.data.named",
    "atoopt.policy.parts": "atoopt.policy.data.parts",
    "atoopt.policy.table": "atoopt.policy.data.table",
    "atoopt.policy.threshold_rule": "atoopt.policy.threshold.solve",
    "atoopt.policy.thresholds": "atoopt.policy.threshold.rules",
    "atoopt.stock.construct": "atoopt.stock.heuristics.construct",
    "atoopt.stock.decomposition": "atoopt.stock.column_generation",
    "atoopt.stock.enumerate": "atoopt.stock.enumeration.enumerate",
    "atoopt.stock.evaluate": "atoopt.stock.evaluation",
    "atoopt.stock.export": "atoopt.stock.model.export",
    "atoopt.stock.formulation": "atoopt.stock.model.formulation",
    "atoopt.stock.generate": "atoopt.stock.data.generate",
    "atoopt.stock.greedy": "atoopt.stock.heuristics.greedy",
    "atoopt.stock.milp": "atoopt.stock.model.milp",
    "atoopt.stock.model_file": "atoopt.stock.model.model_file",
    "atoopt.stock.named": "atoopt.stock.data.named",
    "atoopt.stock.orders": "atoopt.stock.data.orders",
    "atoopt.writing": "atoopt.base.writing",
}
"""Old module: new module."""


class Callable(ModuleType):
    """An old module whose name in its package is a function's now: it stands for both."""

    def __init__(self, name: str, new: str) -> None:
        super().__init__(name)
        self.new = import_module(new)

    def __getattr__(self, name: str) -> Any:
        """Return what the new module has."""
        return getattr(self.new, name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function of this name."""
        return getattr(self.new, self.__name__.rpartition(".")[2])(*arguments, **options)


class OldNames:
    """Finds a module by its old name, which becomes another name of the new one."""

    spec: ModuleSpec | None = None

    def find_spec(self, name: str, path: Sequence[str] | None = None, _: object = None) -> ModuleSpec | None:
        """Answer for old names only."""
        return ModuleSpec(name, self) if name in MOVED else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Import the new module in place of the old."""
        new = MOVED[spec.name]
        message = f"{spec.name} is {new} now; the old name goes with the next version"
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        module = import_module(new)
        if hasattr(module, spec.name.rpartition(".")[2]):
            return Callable(spec.name, new)
        self.spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing but undo what Python noted of its origin: it has run under its new name."""
        if not isinstance(module, Callable):
            module.__spec__ = self.spec


def install() -> None:
    """Let old names be found, once."""
    if not any(isinstance(finder, OldNames) for finder in sys.meta_path):
        sys.meta_path.append(OldNames())
