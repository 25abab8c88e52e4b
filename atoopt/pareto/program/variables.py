"""The variables that a point's solution names, and what those are worth that no row or objective has."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from atoopt.solvers.arrays.gap_domains import gap_of, is_whole


def all_variables(model: Any, objectives: tuple[Any, Any]) -> Iterator[Any]:
    """Yield every variable of a model or block, and those that its rows and objectives have from elsewhere."""
    from pyomo.core.expr.visitor import identify_variables
    from pyomo.environ import Block, Constraint, Var

    seen = set()
    rows = model.component_data_objects(Constraint, active=True, descend_into=Block)
    sources = [
        model.component_data_objects(Var, descend_into=Block),
        *(identify_variables(objective.expr) for objective in objectives),
        *(identify_variables(row.body) for row in rows),
    ]
    for source in sources:
        for variable in source:
            if id(variable) not in seen:
                seen.add(id(variable))
                yield variable


def value_of(variable: Any) -> float:
    """Return a variable's value; one that nothing depends on may have any of its domain, and gets that nearest to 0."""
    if variable.value is not None:
        return variable.value
    low, high = variable.bounds
    number = min(max(0.0, -math.inf if low is None else low), math.inf if high is None else high)
    whole = is_whole(variable)
    if whole is None:
        return gap_of(variable).nearest(number)
    return float(math.ceil(number) if number > 0 else math.floor(number)) if whole else number
