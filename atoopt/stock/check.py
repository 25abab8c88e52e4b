"""Is a claimed result true? Everything recomputed from the instance and the modules, by no model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from atoopt.errors import InputError
from atoopt.files import validated
from atoopt.solvers.result import PROOF_TOLERANCE, relative_gap
from atoopt.stock.evaluate import Evaluation, evaluate
from atoopt.stock.instance import StockInstance

TOLERANCE = 1e-6
"""A claimed number is right within this, relative to it: it may have been printed and read again."""

_Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
_Text = Annotated[str, Field(strict=True)]


class _Claimed(BaseModel):
    """Only what is checked; a result may hold more, and less."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ClaimedSolution(_Claimed):
    """The key ``solution`` of a result."""

    modules: tuple[tuple[_Text, ...], ...]
    n_modules: Annotated[int, Field(strict=True)] | None = None
    mean_assembly_time: _Number | None = None
    delivery_share: _Number | None = None
    costs: dict[_Text, _Number] | None = None


class ClaimedResult(_Claimed):
    """The JSON object of ``atoopt solve``."""

    solution: ClaimedSolution
    problem: _Text | None = None
    instance: _Text | None = None
    status: _Text | None = None
    objective: _Number | None = None
    bound: _Number | None = None
    restricted_bound: _Number | None = None
    gap: _Number | None = None


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    evaluation : Evaluation
        Of the modules that the instance knows, single components added.
    violations : tuple of str
        Each broken limit and each false claim in words; empty if all is well.
    """

    evaluation: Evaluation
    violations: tuple[str, ...]


def check(instance: StockInstance, data: dict[str, Any]) -> Checked:
    """Check a result, or its solution alone, against an instance.

    Parameters
    ----------
    instance : StockInstance
    data : dict
        The JSON object of ``atoopt solve``, with the key ``solution``; or just that object, with ``modules``.

    Returns
    -------
    Checked

    Raises
    ------
    InputError
        The data have another form, or hold no solution to check.

    Examples
    --------
    >>> import atoopt
    >>> instance = atoopt.load("instances/stock/uniform-5.json")
    >>> check(instance, {"modules": [["a"], ["b"], ["c"], ["d"], ["a", "b"]]}).violations[0]
    'single component "e" is not in the stock'
    """
    claimed = _read(data)
    modules = claimed.solution.modules
    known = set(instance.components)
    sound = [m for m in modules if m and known.issuperset(m) and len(set(m)) == len(m)]
    evaluation = evaluate(instance, sound)
    violations = (
        *_stock_faults(instance, modules),
        *evaluation.violations,
        *_false_numbers(claimed, evaluation),
        *_false_proofs(claimed, evaluation),
        *_false_names(claimed, instance),
    )
    return Checked(evaluation, violations)


def _read(data: dict[str, Any]) -> ClaimedResult:
    """Return the claims in either form."""
    if "solution" not in data and "modules" in data:
        return ClaimedResult(solution=validated(ClaimedSolution, data))
    if "solution" in data and data["solution"] is None:
        problem = f"is null (status {data.get('status')}): there is nothing to check"
        raise InputError(problem, "give a result that holds a solution", place="solution")
    if "solution" not in data:
        raise InputError("is missing", "give the JSON of atoopt solve, or its solution", place="solution")
    return validated(ClaimedResult, data)


def _stock_faults(instance: StockInstance, modules: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    """Name what is wrong with the list of modules itself."""
    known, first = set(instance.components), dict[frozenset[str], int]()
    for i, module in enumerate(modules):
        place = f"modules[{i}]"
        if not module:
            yield f"{place} is empty"
        for name in dict.fromkeys(module):
            if name not in known:
                yield f'{place}: "{name}" is not a component'
            elif module.count(name) > 1:
                yield f'{place} holds "{name}" more than once'
        if module and first.setdefault(frozenset(module), i) != i:
            yield f"{place} {list(module)} is the same as modules[{first[frozenset(module)]}]"
    for name in instance.components:
        if frozenset([name]) not in first:
            yield f'single component "{name}" is not in the stock'


def _false_numbers(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name each claimed number that differs from the recomputed one."""
    solution, costs = claimed.solution, claimed.solution.costs or {}
    if claimed.solution.costs is not None:
        yield from (f"costs.{name} is missing" for name in truth.costs if name not in costs)
        yield from (f"costs.{name} is not a cost term" for name in costs if name not in truth.costs)
    pairs: list[tuple[str, float | None, float | None]] = [
        ("objective", claimed.objective, truth.cost),
        *((f"costs.{name}", costs.get(name), value) for name, value in truth.costs.items()),
        ("mean_assembly_time", solution.mean_assembly_time, truth.mean_assembly_time),
        ("delivery_share", solution.delivery_share, truth.delivery_share),
        ("n_modules", solution.n_modules, len(solution.modules)),
        ("gap", claimed.gap, relative_gap(claimed.objective, claimed.bound)),
    ]
    for name, claim, value in pairs:
        if claim is not None and value is None:
            yield f"{name} is claimed as {claim:.9g} where there is none"
        elif claim is not None and value is not None and not _close(claim, value):
            yield f"{name} is claimed as {claim:.9g}, but is {value:.9g}"


def _close(claim: float, truth: float) -> bool:
    return math.isclose(claim, truth, rel_tol=TOLERANCE, abs_tol=1e-3 * TOLERANCE)


def _false_proofs(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name a bound that the stock refutes, and a status that does not follow from the numbers."""
    room = PROOF_TOLERANCE * abs(truth.cost)
    for name, bound in (("bound", claimed.bound), ("restricted_bound", claimed.restricted_bound)):
        if bound is not None and not truth.violations and bound > truth.cost + room:
            yield f"{name} {bound:.9g} is above the cost {truth.cost:.9g} of this stock"
    if claimed.status == "optimal" and claimed.bound is None:
        yield "status is optimal without a bound"
    elif claimed.status == "optimal" and claimed.bound is not None and truth.cost - claimed.bound > room:
        yield f"status is optimal, but the bound {claimed.bound:.9g} is below the cost {truth.cost:.9g}"
    elif claimed.status not in (None, "optimal", "feasible"):
        yield f"status is {claimed.status}, but there is a solution"


def _false_names(claimed: ClaimedResult, instance: StockInstance) -> Iterator[str]:
    """Name a result of another problem or instance."""
    if claimed.problem not in (None, "stock-composition"):
        yield f'problem is "{claimed.problem}", but the instance is of stock-composition'
    if claimed.instance not in (None, instance.name):
        yield f'instance is "{claimed.instance}", but the file holds "{instance.name}"'
