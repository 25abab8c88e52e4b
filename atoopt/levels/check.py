"""Is a claimed result true? Everything recomputed from the instance and the levels, by no model and no search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

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
from atoopt.base.errors import InputError
from atoopt.base.frozen import NonNegative, Number
from atoopt.levels.evaluation import Evaluation, evaluate_levels
from atoopt.levels.instance import LevelsInstance

ESTIMATE_ROOM = 2.5
"""An estimated number is true within so many half-widths: those of the claim and of the judge both err."""


class ClaimedSolution(Claimed):
    """The key ``solution`` of a result."""

    levels: dict[Text, int]
    value: Number | None = None
    within: NonNegative | None = None
    fill_rates: tuple[Number, ...] | None = None
    average_fill_rate: Number | None = None
    estimated: bool | None = None


class ClaimedResult(ClaimedNumbers):
    """The JSON object of ``atoopt solve``."""

    solution: ClaimedSolution = Field(default=...)


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    evaluation : Evaluation or None
        None where the levels do not name every module.
    violations : tuple of str
        A missed target and each false claim in words; empty if all is well.
    """

    evaluation: Evaluation | None
    violations: tuple[str, ...]


def check(instance: LevelsInstance, data: dict[str, Any]) -> Checked:
    """Check a result, or its solution alone, against an instance.

    Parameters
    ----------
    instance : LevelsInstance
    data : dict
        The JSON object of ``atoopt solve``, with the key ``solution``; or just that object, with ``levels``.

    Raises
    ------
    InputError
        The data have another form, or hold no solution to check.

    Examples
    --------
    >>> from atoopt.levels import LevelsInstance
    >>> one = LevelsInstance(name="one", modules=[{"name": "a", "lead_time": 1.0}],
    ...     orders=[{"modules": ["a"], "rate": 1.0}], target={"kind": "each", "fill_rate": 0.9})
    >>> check(one, {"levels": {"a": 2}}).violations
    ('0.735759 of a is filled, below 0.9',)
    """
    claimed = read_claim(ClaimedResult, data, "levels")
    named, names = claimed.solution.levels, instance.system.modules
    try:
        levels = instance.system.levels(named)
    except InputError as error:
        unknown = sum(name not in names for name in named)
        elsewhere = foreign(unknown, len(named), "modules", instance.name)
        own = false_names(claimed, "stock-levels", instance.name)
        return Checked(None, (*elsewhere, f"{error.place}: {error.problem}", *own))
    found = evaluate_levels(instance, levels, claimed.solution.within)
    here = found if found.within == instance.window else evaluate_levels(instance, levels)
    violations = (
        *few(here.violations),
        *_false_numbers(claimed, found),
        *_false_objective(claimed, here),
        *false_names(claimed, "stock-levels", instance.name),
    )
    return Checked(here, violations)


def _false_numbers(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name each claimed number that differs from the recomputed one; of estimates, what no luck explains."""
    solution = claimed.solution
    yield from false_numbers([("value", solution.value, truth.value)])
    if solution.estimated is False and truth.estimated:
        yield "fill rates are claimed as exact, but can only be estimated here"
    yield from _false_rate("average_fill_rate", solution.average_fill_rate, truth.average_fill_rate,
                           truth.average_half_width)  # fmt: skip
    rates = solution.fill_rates
    if rates is None:
        return
    if len(rates) != truth.fill_rates.size:
        yield f"fill_rates has {len(rates)} entries for {truth.fill_rates.size} order types"
        return
    pairs = zip(rates, truth.fill_rates.tolist(), truth.half_widths.tolist(), strict=True)
    yield from few(f for k, pair in enumerate(pairs) for f in _false_rate(f"fill_rates[{k}]", *pair))


def _false_rate(name: str, claim: float | None, truth: float, half_width: float) -> Iterator[str]:
    if claim is not None and (not half_width or abs(claim - truth) > ESTIMATE_ROOM * half_width):
        yield from false_numbers([(name, claim, truth)])


def _false_objective(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name an objective that is not the cost, and proofs that do not follow."""
    half = truth.cost_half_width
    if claimed.objective is not None and abs(claimed.objective - truth.cost) > ESTIMATE_ROOM * half:
        yield from false_numbers([("objective", claimed.objective, truth.cost)])
    if not truth.violations:
        yield from false_proofs(claimed, truth.cost + half, truth.objective_name)
