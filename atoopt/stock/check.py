"""Is a claimed result true? Everything recomputed from the instance and the modules, by no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from atoopt.base.claims import (
    Claimed,
    ClaimedNumbers,
    Text,
    false_names,
    false_numbers,
    false_proofs,
    few,
    foreign,
    read_claim,
)
from atoopt.base.frozen import Number
from atoopt.stock.evaluation import Evaluation, evaluate
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
    elsewhere = list(foreign(sum(not known.issuperset(m) for m in modules), len(modules), "modules", instance.name))
    violations = (
        *elsewhere,
        *few(_stock_faults(instance, modules)),
        *(() if elsewhere else few(evaluation.violations)),
        *(() if elsewhere else _false_numbers(claimed, evaluation)),
        *(() if elsewhere or evaluation.violations else false_proofs(claimed, evaluation.cost, "cost")),
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
    ]
    yield from false_numbers(pairs)
