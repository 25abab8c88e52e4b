"""Is a claimed result true? Everything recomputed from the instance and the modules, by no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from atoopt.claims import Claimed, ClaimedNumbers, Text, false_names, false_numbers, read_claim
from atoopt.frozen import Number
from atoopt.solvers.result import PROOF_TOLERANCE, relative_gap
from atoopt.stock.evaluate import Evaluation, evaluate
from atoopt.stock.instance import StockInstance


class ClaimedSolution(Claimed):
    """The key ``solution`` of a result."""

    modules: tuple[tuple[Text, ...], ...]
    n_modules: Annotated[int, Field(strict=True)] | None = None
    mean_assembly_time: Number | None = None
    delivery_share: Number | None = None
    costs: dict[Text, Number] | None = None


class ClaimedResult(ClaimedNumbers):
    """The JSON object of ``atoopt solve``."""

    solution: ClaimedSolution


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
    claimed = read_claim(ClaimedResult, data, "modules")
    modules = claimed.solution.modules
    known = set(instance.components)
    sound = [m for m in modules if m and known.issuperset(m) and len(set(m)) == len(m)]
    evaluation = evaluate(instance, sound)
    violations = (
        *_stock_faults(instance, modules),
        *evaluation.violations,
        *_false_numbers(claimed, evaluation),
        *_false_proofs(claimed, evaluation),
        *false_names(claimed, "stock-composition", instance.name),
    )
    return Checked(evaluation, violations)


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
    yield from false_numbers(pairs)


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
