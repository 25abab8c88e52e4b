"""What `solve` minimizes on a policy instance: pallets, set-up hours, or a weighted sum of the two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from atoopt.base.errors import InputError
from atoopt.solvers.run import Options

NAMES = ("pallets", "setup_hours")
"""The two objectives, in the order of every front."""

PAPER_WEIGHTS = (1.0, 2.0)
"""w_P and w_TS of the published case: an hour of set-up weighs as much as two pallets."""

CHOICES = ("objective", "balance", "utopia")

Choose = Literal["objective", "balance", "utopia"]


@dataclass(frozen=True)
class Objective:
    """w_P P + w_TS TS, minimized.

    Attributes
    ----------
    weights : (float, float)
        w_P and w_TS.

    Examples
    --------
    >>> Objective().of(335.36, 164.75)
    664.86
    >>> print(Objective.named("pallets"), "|", Objective())
    pallets | pallets + 2 setup_hours
    """

    weights: tuple[float, float] = PAPER_WEIGHTS

    @classmethod
    def named(cls, name: str = "weighted", weights: tuple[float, float] | None = None) -> Objective:
        """Return "pallets", "setup_hours" or "weighted" (by `weights`, the paper's if None)."""
        known = {"pallets": (1.0, 0.0), "setup_hours": (0.0, 1.0), "weighted": check_weights(weights or PAPER_WEIGHTS)}
        if name not in known:
            raise InputError(f'is "{name}"', f"choose one of {', '.join(known)}", place="objective")
        return cls(known[name])

    def of(self, pallets: float, setup_hours: float) -> float:
        """Return the objective's value."""
        return self.weights[0] * pallets + self.weights[1] * setup_hours

    def describe(self) -> dict[str, object]:
        """Return what a result says of its objective."""
        return {"objective": str(self), "weights": list(self.weights)}

    def __str__(self) -> str:
        """Return the sum in words."""
        terms = [(w, name) for w, name in zip(self.weights, NAMES, strict=True) if w]
        return " + ".join(name if w == 1 else f"{w:g} {name}" for w, name in terms)


def check_weights(weights: tuple[float, float]) -> tuple[float, float]:
    """Return two weights of at least 0, not both 0, or raise an `InputError`."""
    usable = len(weights) == 2 and all(math.isfinite(w) and w >= 0 for w in weights) and any(weights)
    if not usable:
        given = ",".join(f"{w:g}" for w in weights)
        remedy = "give two numbers of at least 0, not both 0: pallets,setup_hours"
        raise InputError(f"is {given}", remedy, place="weights")
    return float(weights[0]), float(weights[1])


def objective_of(options: Options) -> Objective:
    """Return what the user asked to minimize."""
    if options.weights is not None and options.objective in NAMES:
        raise InputError(f"has no meaning beside the objective {options.objective}", "leave it out", place="weights")
    return Objective.named(options.objective or "weighted", options.weights)


def choice_of(options: Options, default: Choose) -> Choose:
    """Return how a point of a front is picked; an objective that the user names overrules a method's default."""
    if options.choose is None:
        return "objective" if options.objective else default
    if options.choose not in CHOICES:
        raise InputError(f'is "{options.choose}"', f"choose one of {', '.join(CHOICES)}", place="choose")
    return options.choose  # type: ignore[return-value]
