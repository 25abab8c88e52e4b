"""A model with two objectives as matrices: what a child process needs of it, and nothing of Pyomo."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.pareto.program.definitions import Definitions
from atoopt.solvers.arrays.gap_domains import Gap
from atoopt.solvers.arrays.rows import Rows
from atoopt.solvers.arrays.standard_form import standard_form

Floats = NDArray[np.float64]

DECIMALS = 6
"""Coefficients with up to so many decimals are multiples of a common step."""

LARGEST_WHOLE = 2**53

FAR = 1e4
"""Lower bounds beyond are moved to 0 for the solver."""


@dataclass(frozen=True)
class Linear:
    """One objective, to be minimized: coefficients . columns + constant.

    Attributes
    ----------
    name : str
    coefficients : (n_columns,) array
    constant : float
    sign : float
        1, or -1 where the model maximizes it: the model's own value is sign times ours.
    multiples : (n_columns,) array of int64 or None
        Coefficients in steps, where all values are whole multiples of one step apart from the constant.
    step : (int, int)
        That step as a fraction; (0, 1) where there is none.
    discrete : bool
        All its variables are integers: it takes finitely many values.
    """

    name: str
    coefficients: Floats
    constant: float
    sign: float
    multiples: NDArray[np.int64] | None
    step: tuple[int, int]
    discrete: bool

    def of(self, columns: Floats) -> float:
        """Return the value to be minimized, without the constant."""
        if self.multiples is not None:
            return self.steps(columns) * self.step[0] / self.step[1]
        return math.fsum(self.coefficients * columns)

    def steps(self, columns: Floats) -> int:
        """Return the value without the constant, in steps; exact whatever its size."""
        assert self.multiples is not None
        used = np.flatnonzero(self.multiples)
        multiples, counts = self.multiples[used], np.rint(columns[used])
        if float(np.abs(multiples) @ np.abs(counts)) < LARGEST_WHOLE:
            return int(multiples @ counts.astype(np.int64))
        return sum(int(a) * int(b) for a, b in zip(multiples.tolist(), counts.tolist(), strict=True))

    def own(self, value: float) -> float:
        """Return the model's own value of a value without the constant."""
        return self.sign * (value + self.constant) + 0.0  # no minus zero


@dataclass(frozen=True)
class Program:
    """Rows and columns of a model, and its two objectives.

    Attributes
    ----------
    objectives : (Linear, Linear)
    start, index, value : arrays
        The rows' coefficients, column by column.
    row_lower, row_upper, lower, upper : arrays
    integer : (n_columns,) array of bool
    names, row_names : tuples of str
        Of the columns and of the rows.
    origin : (n_columns,) array
        Columns are counted from here: a variable is its column and this.
    possible : bool
        False where a row without a variable cannot hold.
    gaps : tuple of Gap
        The values of columns that are not whole, where these have gaps.
    """

    objectives: tuple[Linear, Linear]
    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    names: tuple[str, ...]
    row_names: tuple[str, ...]
    origin: Floats
    possible: bool = True
    gaps: tuple[Gap, ...] = ()

    @property
    def n_columns(self) -> int:
        """Number of columns."""
        return self.lower.size

    @cached_property
    def rows(self) -> Rows:
        """What a solution has to keep, in the modeler's units."""
        return Rows(self.start, self.index, self.value, self.row_lower, self.row_upper, self.lower, self.upper,
                    self.integer, self.gaps)  # fmt: skip

    def values(self, columns: Floats) -> tuple[float, float]:
        """Return both values to be minimized, without their constants."""
        return self.objectives[0].of(columns), self.objectives[1].of(columns)

    def fingerprint(self) -> str:
        """Return a hash of all numbers: two models that share it have the same front."""
        digest = hashlib.sha256()
        for array in (self.start, self.index, self.value, self.row_lower, self.row_upper, self.lower, self.upper,
                      self.integer, *(f.coefficients for f in self.objectives)):  # fmt: skip
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update(repr([*((f.constant, f.sign) for f in self.objectives), *self.gaps]).encode())
        return digest.hexdigest()[:16]


def compile_program(model: Any, objectives: tuple[Any, Any]) -> tuple[Program, list[Any]]:
    """Return a Pyomo model as matrices, and its variables in the order of the columns.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear; left as it was found.
    objectives : (Objective, Objective)
        Each in its own sense, active or not.

    Raises
    ------
    InputError
        A variable's domain has gaps, or it is fixed without a value.
    ValueError
        The model or an objective is not linear.
    """
    from pyomo.common.errors import InfeasibleConstraintException

    with only_active(model, objectives):
        try:
            form = standard_form(model)
        except InfeasibleConstraintException:
            return _impossible(objectives), []
    places = {id(variable): j for j, variable in enumerate(form.variables)}
    equal = form.row_lower == form.row_upper
    definitions = Definitions(form.rows.tocsr(), equal, form.row_upper, form.integer)
    first, second = (_linear(objective, places, definitions) for objective in objectives)
    program = Program(
        (first, second),
        np.asarray(form.rows.indptr, dtype=np.int32), np.asarray(form.rows.indices, dtype=np.int32),
        np.asarray(form.rows.data, dtype=np.float64),
        form.row_lower, form.row_upper, form.lower, form.upper, form.integer,
        tuple(variable.name for variable in form.variables), form.row_names, np.zeros(form.lower.size),
        gaps=form.gaps,
    )  # fmt: skip
    return _counted_from_origin(program), form.variables


def _counted_from_origin(program: Program) -> Program:
    """Count columns with a large lower bound from there: sums of a trillion and one have no digits left for the one."""
    far = np.isfinite(program.lower) & (np.abs(program.lower) > FAR)
    if not far.any():
        return program
    origin = np.where(far, program.lower, 0.0)
    moved = np.array([
        float(sum((Fraction(a) * Fraction(b) for a, b in terms), Fraction(0)))
        for terms in _terms_of_rows(program, origin)
    ])  # fmt: skip
    first, second = (
        replace(f, constant=float(Fraction(f.constant) + _exact_product(f.coefficients, origin)))
        for f in program.objectives
    )
    return replace(
        program, objectives=(first, second), row_lower=program.row_lower - moved, row_upper=program.row_upper - moved,
        lower=program.lower - origin, upper=program.upper - origin, origin=origin,
        gaps=tuple(gap.from_origin(float(origin[gap.column])) for gap in program.gaps),
    )  # fmt: skip


def _terms_of_rows(program: Program, origin: Floats) -> list[list[tuple[float, float]]]:
    """Return per row the coefficients of moved columns, and by how much these are moved."""
    terms: list[list[tuple[float, float]]] = [[] for _ in range(program.row_lower.size)]
    for column in np.flatnonzero(origin).tolist():
        for place in range(program.start[column], program.start[column + 1]):
            terms[program.index[place]].append((float(program.value[place]), float(origin[column])))
    return terms


def _exact_product(first: Floats, second: Floats) -> Fraction:
    used = np.flatnonzero(second)
    pairs = zip(first[used].tolist(), second[used].tolist(), strict=True)
    return sum((Fraction(a) * Fraction(b) for a, b in pairs), Fraction(0))


def _impossible(objectives: tuple[Any, Any]) -> Program:
    nothing, none = np.empty(0), np.empty(0, dtype=np.int32)
    first, second = (
        Linear(o.name, nothing, 0.0, 1.0 if o.is_minimizing() else -1.0, None, (0, 1), True) for o in objectives
    )
    whole = np.empty(0, dtype=bool)
    return Program(
        (first, second), none, none, nothing, nothing, nothing, nothing, nothing, whole, (), (), nothing, False
    )  # fmt: skip


def _linear(objective: Any, places: dict[int, int], definitions: Definitions) -> Linear:
    """Read an objective's coefficients; a maximized one changes its sign."""
    from pyomo.repn import generate_standard_repn

    repn = generate_standard_repn(objective.expr, compute_values=True, quadratic=False)
    if repn.nonlinear_expr is not None:
        raise ValueError(f"objective {objective.name} is not linear")
    sign = 1.0 if objective.is_minimizing() else -1.0
    coefficients = np.zeros(len(places))
    for variable, coefficient in zip(repn.linear_vars, repn.linear_coefs, strict=True):
        if id(variable) not in places:
            raise ValueError(f"objective {objective.name} has the variable {variable.name} of another model")
        coefficients[places[id(variable)]] += sign * coefficient
    coefficients, more = definitions.put_into(coefficients)
    constant, integer = sign * float(repn.constant) + more, definitions.integer
    discrete = bool(integer[coefficients != 0].all())
    multiples, step = _in_steps(coefficients) if discrete else (None, (0, 1))
    return Linear(objective.name, coefficients, constant, sign, multiples, step, discrete)


def _in_steps(coefficients: Floats) -> tuple[NDArray[np.int64] | None, tuple[int, int]]:
    """Return coefficients as whole multiples of a step, and the step as a fraction, where they are decimals.

    >>> _in_steps(np.array([0.5, -1.25]))
    (array([ 2, -5]), (25, 100))
    """
    for decimals in range(DECIMALS + 1):
        scale = 10**decimals
        whole = np.rint(coefficients * scale)
        if np.abs(whole).sum() >= LARGEST_WHOLE:
            break
        if (whole / scale == coefficients).all():
            numbers = whole.astype(np.int64)
            divisor = max(1, int(np.gcd.reduce(np.abs(numbers))) if numbers.size else 1)
            return numbers // divisor, (divisor, scale)
    return None, (0, 1)


@contextmanager
def only_active(model: Any, objectives: tuple[Any, Any]) -> Iterator[None]:
    """Make two objectives the only active ones, and put all back afterwards."""
    from pyomo.environ import Block, Objective

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
