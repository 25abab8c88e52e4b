"""What ``pyomo solve`` leaves unsaid: status, objective, and which binary variables are one."""

from __future__ import annotations

from typing import Any


def print_solution(model: Any, results: Any) -> None:
    """Print the solution of a model that was solved by ``pyomo solve``.

    A model file calls it from its function ``pyomo_postprocess(options, instance, results)``.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        With the values of the solution in its variables.
    results : pyomo SolverResults
    """
    print("\n".join(solution_lines(model, results)))


def solution_lines(model: Any, results: Any) -> list[str]:
    """Return the lines of `print_solution`: without a solution the status alone."""
    import pyomo.environ as pyo

    solver = results.solver[0] if len(results.solver) else results.solver
    status = str(getattr(solver.termination_condition, "value", solver.termination_condition))
    lines = [f"status: {status}"]
    for objective in model.component_data_objects(pyo.Objective, active=True):
        value = pyo.value(objective, exception=False)
        if value is None:
            return [*lines, "no solution"]
        lines.append(f"{objective.name}: {value:.6g}")
    for variable in model.component_objects(pyo.Var, active=True):
        chosen = [str(index) for index, each in variable.items() if each.is_binary() and (each.value or 0) > 0.5]
        if chosen:
            lines.append(f"{variable.name}: {', '.join(chosen)}")
    return lines
