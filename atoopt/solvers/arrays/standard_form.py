"""A linear Pyomo model as arrays, exactly as it was given; what arrays cannot hold is refused by name."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.solvers.arrays.gap_domains import Gap, gap_of, is_whole, written_out
from atoopt.solvers.arrays.rows import Rows

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StandardForm:
    """Rows and columns of a model.

    Attributes
    ----------
    variables : list of Pyomo variables
        In the order of the columns; empty where the model is no Pyomo model.
    rows : (n_rows, n_columns) scipy.sparse.csc_array
    row_lower, row_upper : (n_rows,) arrays
    lower, upper : (n_columns,) arrays
    integer : (n_columns,) array of bool
    row_names : tuple of str
    costs, offset : (n_columns,) array, float
        Of the one active objective; zeros where there are none or several.
    minimize : bool
        The sense of that objective.
    gaps : tuple of Gap
        The values of columns that are not whole, where these have gaps.
    """

    variables: list[Any]
    rows: Any
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_names: tuple[str, ...]
    costs: Floats
    offset: float
    minimize: bool
    gaps: tuple[Gap, ...] = ()

    def objective(self, columns: Floats) -> float:
        """Return the value of the objective."""
        return math.fsum(self.costs * columns) + self.offset


def standard_form(model: Any) -> StandardForm:
    """Return a Pyomo model as arrays.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear in the variables that are not fixed; what is not active does not count.

    Raises
    ------
    InputError
        A variable's domain cannot be written out, or a variable is fixed without a value.
    ValueError
        The model is not linear, or has active components other than constraints and objectives.
    pyomo.common.errors.InfeasibleConstraintException
        A constraint without variables cannot hold.
    """
    _refuse_fixed_without_value(model)
    form = _compiled(model)
    gaps = [variable for variable in form.columns if is_whole(variable) is None]
    if not gaps:
        return _as_arrays(form)
    with written_out(model, gaps):
        arrays = _as_arrays(_compiled(model))
    places = {id(variable): j for j, variable in enumerate(arrays.variables)}
    columns = [(places[id(variable)], variable) for variable in gaps]
    left = tuple(gap_of(variable, j) for j, variable in columns if not arrays.integer[j])
    return replace(arrays, gaps=left)


def rows_of(form: StandardForm) -> Rows:
    """Return what a solution of a compiled model has to keep."""
    matrix = form.rows
    sides = (form.row_lower, form.row_upper, form.lower, form.upper)
    return Rows(matrix.indptr, matrix.indices, matrix.data, *sides, form.integer, form.gaps)


def load(variables: list[Any], columns: Floats, integer: NDArray[np.bool_]) -> None:
    """Write a solution into a model's variables, each with a value of its domain."""
    for variable, number in zip(variables, values_of(variables, columns, integer), strict=True):
        variable.set_value(number, skip_validation=True)


def values_of(variables: list[Any], columns: Floats, integer: NDArray[np.bool_]) -> list[float]:
    """Return what a solution means for each variable: a value of its domain."""
    values = columns.tolist()
    for j, (variable, whole) in enumerate(zip(variables, integer.tolist(), strict=True)):
        if whole:
            values[j] = round(values[j])
        elif is_whole(variable) is None:
            values[j] = gap_of(variable).nearest(values[j])
    return list(values)


def _as_arrays(form: Any) -> StandardForm:
    kinds = np.array([row.bound_type for row in form.rows], dtype=np.int64)  # -1: >=, 0: ==, 1: <=
    rhs = np.asarray(form.rhs, dtype=np.float64)
    bounds = [variable.bounds for variable in form.columns]
    lower = np.array([-math.inf if low is None else low for low, _ in bounds], dtype=np.float64)
    upper = np.array([math.inf if high is None else high for _, high in bounds], dtype=np.float64)
    integer = np.array([bool(is_whole(variable)) for variable in form.columns], dtype=bool)
    one = len(form.objectives) == 1
    return StandardForm(
        list(form.columns), form.A,
        np.where(kinds == 1, -math.inf, rhs), np.where(kinds == -1, math.inf, rhs),
        # a whole number between 0.5 and 3.7 lies between 1 and 3: what is 0.5 away from a bound has no step
        np.where(integer, np.ceil(lower), lower), np.where(integer, np.floor(upper), upper), integer,
        tuple(row.constraint.name for row in form.rows),
        np.asarray(form.c.toarray()[0], dtype=np.float64) if one else np.zeros(len(form.columns)),
        float(form.c_offset[0]) if one else 0.0,
        int(form.objectives[0].sense) == 1 if one else True,
    )  # fmt: skip


def _refuse_fixed_without_value(model: Any) -> None:
    from pyomo.environ import Block, Var

    for variable in model.component_data_objects(Var, descend_into=Block):
        if variable.fixed and variable.value is None:
            raise InputError("is fixed but has no value", "give fix() a value", place=variable.name)


def _compiled(model: Any) -> Any:
    from pyomo.common.errors import InvalidConstraintError
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    options = {"mixed_form": True, "set_sense": None}
    try:
        return LinearStandardFormCompiler().write(model, **options)
    except InvalidConstraintError:
        # Pyomo 6.10 takes some products of a fixed and a free member of one variable for nonlinear
        with _products_replaced(model) as linear:
            if not linear:
                raise
            return LinearStandardFormCompiler().write(model, **options)


@contextmanager
def _products_replaced(model: Any) -> Iterator[bool]:
    """Write the bodies that have fixed variables as sums of coefficient times variable; give whether all are linear."""
    from pyomo.repn import generate_standard_repn

    before: list[tuple[Any, Any]] = []
    linear = True
    try:
        for constraint in _with_fixed_variables(model):
            repn = generate_standard_repn(constraint.body, compute_values=True, quadratic=False)
            linear = linear and repn.nonlinear_expr is None
            if linear and repn.linear_vars:
                terms = zip(repn.linear_coefs, repn.linear_vars, strict=True)
                before.append((constraint, constraint.expr))
                body = sum((float(a) * variable for a, variable in terms), start=float(repn.constant))
                constraint.set_value((constraint.lower, body, constraint.upper))
        yield linear
    finally:
        for constraint, expression in before:
            constraint.set_value(expression)


def _with_fixed_variables(model: Any) -> Iterator[Any]:
    from pyomo.core.expr.visitor import identify_variables
    from pyomo.environ import Block, Constraint

    for constraint in model.component_data_objects(Constraint, active=True, descend_into=Block):
        if any(variable.fixed for variable in identify_variables(constraint.body)):
            yield constraint
