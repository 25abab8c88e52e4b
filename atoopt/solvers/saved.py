"""A result read back from its file: evaluated anew, and not believed where its claims do not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError
from atoopt.base.files import read_json
from atoopt.base.problem import problem_of
from atoopt.base.resolve import resolve
from atoopt.solvers.run import Progress

if TYPE_CHECKING:
    from atoopt.solvers.result import Result


def load(kind: type[Result], path: str, instance: Any) -> Result:
    """Read a result; see `atoopt.solvers.result.Result.load`."""
    data, problem, solution = read_json(path), problem_of(instance), None
    if data.get("solution") is not None or "status" not in data:
        checked = resolve(problem.check)(instance, data)
        if checked.violations:
            remedy = "solve it anew, or give the instance that it is of"
            raise InputError(f"is no result of this instance: {checked.violations[0]}", remedy, file=str(path))
        solution = checked.evaluation
    known = {name: data.get(name) for name in ("solver", "bound", "restricted_bound")}
    course = tuple(Progress(*point) for point in data.get("trajectory") or ())
    return kind(
        problem=problem.name, instance=instance, method=str(data.get("method", "")), solution=solution, **known,
        status=data.get("status", "feasible"), objective=None if solution is None else solution.cost,
        seconds=float(data.get("seconds") or 0.0), message=str(data.get("message", "")),
        details=dict(data.get("details") or {}), trajectory=course,
    )  # fmt: skip
