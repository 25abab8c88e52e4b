"""A Pyomo model with two objectives, held in one HiGHS object: only costs and two right-hand sides move."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.environ import Block, Objective, value
from pyomo.repn import generate_standard_repn

from atoopt.solvers.highs import Answer, HighsModel
from atoopt.solvers.run import Run

Floats = NDArray[np.float64]

SPAN = 1000.0
"""Real objectives are scaled so that their range is this: tolerances of 1e-9 are then 1e-12 of the range."""


@dataclass(frozen=True)
class Linear:
    """One objective, to be minimized: coefficients . columns + constant.

    Attributes
    ----------
    coefficients : (n_columns,) array
    constant : float
    sign : float
        1, or -1 where the model maximizes it.
    step : float
        All values are multiples of this apart from the constant; 0 where they are not whole.
    """

    coefficients: Floats
    constant: float
    sign: float
    step: float

    def of(self, columns: Floats) -> float:
        """Return the value to be minimized."""
        return math.fsum(self.coefficients * columns) + self.constant


class Compiled:
    """Two objectives over one model.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear.
    objectives : (Objective, Objective)
        Each in its own sense, active or not.
    run : Run
        Gives time, threads and interrupt to every solve.

    Raises
    ------
    ValueError
        An objective is not linear.
    """

    def __init__(self, model: Any, objectives: tuple[Any, Any], run: Run) -> None:
        self.run = run
        with only_active(model, objectives):
            self.solver = HighsModel(model)
        columns = {id(variable): j for j, variable in enumerate(self.solver.columns)}
        self.linear = tuple(_linear(objective, columns, self.solver.integer) for objective in objectives)
        # whole objectives stay whole: the solver then prunes by whole steps
        self.scale = [f.step or max(1e-300, float(np.abs(f.coefficients).max(initial=0.0))) for f in self.linear]
        self.highs = self.solver.highs
        self.highs.setOptionValue("dual_feasibility_tolerance", 1e-9)
        self.highs.changeObjectiveOffset(0.0)
        self.n_columns = len(self.solver.columns)
        self.n_rows = self.highs.getNumRow()
        self.solves = 0
        self._add_rows()

    def rescale(self, ranges: tuple[float, float]) -> None:
        """Scale real objectives to `SPAN`, now that their ranges are known."""
        self.scale = [f.step or (span / SPAN) for f, span in zip(self.linear, ranges, strict=True)]
        self.highs.deleteRows(2, np.array([self.n_rows, self.n_rows + 1], dtype=np.int32))
        self._add_rows()

    def _add_rows(self) -> None:
        for f, scale in zip(self.linear, self.scale, strict=True):
            index = np.flatnonzero(f.coefficients).astype(np.int32)
            self.highs.addRow(-math.inf, math.inf, index.size, index, f.coefficients[index] / scale)

    def minimize(self, which: int, limits: tuple[float, float], start: Floats | None) -> Answer:
        """Minimize one objective with both bounded from above; the solution is left in the model's variables."""
        f, scale = self.linear[which], self.scale[which]
        index = np.arange(self.n_columns, dtype=np.int32)
        self.highs.changeColsCost(self.n_columns, index, f.coefficients / scale)
        self.highs.changeObjectiveSense(_minimize())
        for k, limit in enumerate(limits):
            bound = (limit - self.linear[k].constant) / self.scale[k]
            self.highs.changeRowBounds(self.n_rows + k, -math.inf, bound)
        if start is not None:
            self.highs.setSolution(self.n_columns, index, start)
        self.solves += 1
        return self.solver.solve(
            time_limit=self.run.remaining, threads=self.run.options.threads or 1,
            should_stop=lambda: self.run.stopped, log=self.run.log,
        )  # fmt: skip

    def columns(self) -> Floats:
        """Return the values of the variables, integers rounded."""
        return np.array([variable.value for variable in self.solver.columns], dtype=np.float64)

    def values(self, columns: Floats) -> tuple[float, float]:
        """Return both objectives, to be minimized, recomputed from values of the variables."""
        first, second = (f.of(columns) for f in self.linear)
        return first, second


def _linear(objective: Any, columns: dict[int, int], integer: NDArray[np.bool_]) -> Linear:
    """Read an objective's coefficients; a maximized one changes its sign."""
    repn = generate_standard_repn(objective.expr, compute_values=True, quadratic=False)
    if repn.nonlinear_expr is not None:
        raise ValueError(f"objective {objective.name} is not linear")
    sign = 1.0 if objective.is_minimizing() else -1.0
    coefficients = np.zeros(len(columns))
    for variable, coefficient in zip(repn.linear_vars, repn.linear_coefs, strict=True):
        coefficients[columns[id(variable)]] += sign * coefficient
    used = coefficients[coefficients != 0]
    whole = bool(used.size) and integer[coefficients != 0].all() and (used == np.rint(used)).all()
    exact = whole and np.abs(used).max() < 2**53
    step = float(np.gcd.reduce(np.abs(used).astype(np.int64))) if exact else 0.0
    return Linear(coefficients, sign * float(repn.constant), sign, step)


@contextmanager
def only_active(model: Any, objectives: tuple[Any, Any]) -> Iterator[None]:
    """Make two objectives the only active ones, and put all back afterwards."""
    known = list(model.component_data_objects(Objective, descend_into=Block))
    before = [(objective, objective.active) for objective in known]
    try:
        for objective in known:
            objective.deactivate()
        for objective in objectives:
            objective.activate()
        yield
    finally:
        for objective, active in before:
            (objective.activate if active else objective.deactivate)()


@contextmanager
def values_kept(model: Any) -> Iterator[None]:
    """Put the values of all variables back afterwards."""
    from pyomo.environ import Var

    before = [(variable, variable.value) for variable in model.component_data_objects(Var, descend_into=Block)]
    try:
        yield
    finally:
        for variable, old in before:
            variable.set_value(old, skip_validation=True)


def named_values(model: Any) -> dict[str, float]:
    """Return the name of every variable with a value -> its value."""
    from pyomo.environ import Var

    found = model.component_data_objects(Var, descend_into=Block)
    return {variable.name: value(variable) for variable in found if variable.value is not None}


def _minimize() -> Any:
    import highspy

    return highspy.ObjSense.kMinimize
