"""Is a claimed result true? Everything recomputed from the instance and the variants, by no model."""

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
from atoopt.diversity.evaluation import Evaluation, evaluate
from atoopt.diversity.instance import DiversityInstance


class ClaimedSolution(Claimed):
    """The key ``solution`` of a result."""

    variants: tuple[tuple[Text, ...], ...]
    n_variants: Annotated[int, Field(strict=True)] | None = None
    give_away: Number | None = None


class ClaimedResult(ClaimedNumbers):
    """The JSON object of ``atoopt solve``."""

    solution: ClaimedSolution


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    evaluation : Evaluation
        Of the variants that are products of the instance.
    violations : tuple of str
        Each broken limit and each false claim in words; empty if all is well.
    """

    evaluation: Evaluation
    violations: tuple[str, ...]


def check(instance: DiversityInstance, data: dict[str, Any]) -> Checked:
    """Check a result, or its solution alone, against an instance.

    Parameters
    ----------
    instance : DiversityInstance
    data : dict
        The JSON object of ``atoopt solve``, with the key ``solution``; or just that object, with ``variants``.

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
    >>> instance = atoopt.load("instances/diversity/trims-6.json")
    >>> check(instance, {"variants": [["radio", "heater", "roof"]]}).violations
    ("no variant has all that products[4] ['heater', 'hook'] orders",)
    """
    claimed = read_claim(ClaimedResult, data, "variants")
    variants = claimed.solution.variants
    known = {frozenset(product.components) for product in instance.products}
    sound = [names for names in variants if frozenset(names) in known and len(set(names)) == len(names)]
    truth = evaluate(instance, sound)
    elsewhere = list(foreign(len(variants) - len(sound), len(variants), "variants", instance.name))
    violations = (
        *elsewhere,
        *few(_faults(variants, known)),
        *(() if elsewhere else few(truth.violations)),
        *(() if elsewhere else _false_numbers(claimed, truth)),
        *(() if elsewhere or truth.violations else false_proofs(claimed, truth.cost, "give-away")),
        *false_names(claimed, "diversity", instance.name),
    )
    return Checked(truth, violations)


def _faults(variants: tuple[tuple[str, ...], ...], known: set[frozenset[str]]) -> Iterator[str]:
    """Name what is wrong with the list of variants itself."""
    first: dict[frozenset[str], int] = {}
    for i, names in enumerate(variants):
        if len(set(names)) < len(names):
            yield f"variants[{i}] gives a component twice"
        elif frozenset(names) not in known:
            yield f"variants[{i}] {list(names)} is no product of the instance"
        elif first.setdefault(frozenset(names), i) != i:
            yield f"variants[{i}] {list(names)} is the same as variants[{first[frozenset(names)]}]"


def _false_numbers(claimed: ClaimedResult, truth: Evaluation) -> Iterator[str]:
    """Name each claimed number that differs from the recomputed one."""
    solution = claimed.solution
    pairs: list[tuple[str, float | None, float | None]] = [
        ("objective", claimed.objective, truth.cost),
        ("give_away", solution.give_away, truth.give_away),
        ("n_variants", solution.n_variants, len(solution.variants)),
    ]
    yield from false_numbers(pairs)
