"""The units in which solver and search see both objectives."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atoopt.pareto.program.compile import LARGEST_WHOLE, Floats, Linear, Program

LOOSE = 1e-2
"""A unit is no smaller than this share of the largest coefficient where variables are continuous: these are right to
the solver's tolerance of 1e-9 only, and a step is ten times that."""

Pair = tuple[float, float]

SPAN = 1000.0
"""Real objectives are scaled so that their range is this: tolerances of 1e-9 are then 1e-12 of the range."""

STEP = 1e-9
"""Step of a real objective, as a share of its range: the resolution of a front of real values.

It is a thousand times the solver's tolerance. Of some 2,000 random fronts (`tests.bench.brute_fronts`) at 1e-7, 1e-8
and 1e-9, none called complete lacked more than that; with 1e-7 one in fourteen had fewer points than there are.
"""

ROUNDED = 2e-8
"""A unit is no smaller than this share of the values: a double, and the sums that a solver makes of them, hold about
fourteen digits, and a step is a millionth of a unit."""

ORDINARY = 2.0**17
"""Whole coefficients up to here are given to the solver as they are; larger ones are divided by a power of two."""

MOST_STEPS = 2.0**36
"""Coefficients of more steps than this are not told from the next ones: a step is 2e-6 to the solver here. The
objective is then taken for a real one."""

BLIND = 10.0
"""With a unit larger by this, the ends are looked for again: a step may be as small as the solver's tolerance."""

FARTHEST = 1e12
"""Coefficients that are smaller than the largest by more do not count where a unit is looked for."""


@dataclass(frozen=True)
class Scale:
    """The units in which both objectives are seen by solver and search.

    Attributes
    ----------
    units : (float, float)
        A whole objective is counted in its steps, a real one in thousandths of its range.
    whole : (bool, bool)
    known : bool
        The units come from the ranges; not so while these are still to be found.
    """

    units: tuple[float, float]
    whole: tuple[bool, bool]
    known: bool = False

    @classmethod
    def of(cls, program: Program, ranges: Pair | None = None, sizes: Pair = (0.0, 0.0)) -> Scale:
        """Return the scale; without ranges the one to find them with.

        Parameters
        ----------
        program : Program
        ranges : (float, float), optional
            Of both objectives, in their own units.
        sizes : (float, float)
            Largest values at the ends: whole ones that a double cannot hold are taken for real.
        """
        units, whole = [], []
        for k, f in enumerate(program.objectives):
            step = f.step[0] / f.step[1]
            exact = _is_exact(f, program) and sizes[k] < step * LARGEST_WHOLE
            whole.append(exact)
            unit = max(_unit(f.coefficients, ranges and ranges[k]), ROUNDED * sizes[k])
            noise = 0.0 if f.discrete else LOOSE * float(np.abs(f.coefficients).max(initial=0.0))
            units.append(step if exact else max(unit, noise))
        return cls((units[0], units[1]), (whole[0], whole[1]), ranges is not None)

    def is_blind_beside(self, finer: Scale) -> bool:
        """Whether the solver's tolerance, in this scale, hides steps of the other one."""
        if self.whole != finer.whole:
            return True
        return any(ours > BLIND * theirs for ours, theirs in zip(self.units, finer.units, strict=True))

    @property
    def steps(self) -> tuple[float, float]:
        """By how much the next value is better, in these units."""
        first, second = (1.0 if whole else STEP * SPAN for whole in self.whole)
        return first, second

    def row(self, program: Program, which: int) -> Floats:
        """Return an objective's coefficients in its unit."""
        f = program.objectives[which]
        if self.whole[which] and f.multiples is not None:
            return f.multiples.astype(np.float64)
        return np.asarray(f.coefficients / self.units[which])

    def values(self, program: Program, columns: Floats) -> tuple[float, float]:
        """Return both values in their units; whole ones exactly."""
        first, second = (
            float(f.steps(columns)) if whole else f.of(columns) / unit
            for f, whole, unit in zip(program.objectives, self.whole, self.units, strict=True)
        )
        return first, second

    def factor(self, program: Program, which: int) -> float:
        """Return by what an objective's row is multiplied for the solver: a power of two, at most 1."""
        largest = float(np.abs(self.row(program, which)).max(initial=0.0))
        return 2.0 ** -math.ceil(math.log2(largest / ORDINARY)) if self.whole[which] and largest > ORDINARY else 1.0


def _is_exact(objective: Linear, program: Program) -> bool:
    """Whether values are whole numbers of steps that solver and doubles tell apart."""
    if objective.multiples is None:
        return False
    sizes = np.abs(objective.multiples).astype(np.float64)
    farthest = np.maximum(np.abs(program.lower), np.abs(program.upper))
    bounded = np.isfinite(farthest)
    return bool(sizes.max(initial=0.0) <= MOST_STEPS and sizes[bounded] @ farthest[bounded] < LARGEST_WHOLE)


def _unit(coefficients: Floats, span: float | None) -> float:
    """Return the unit of a real objective: a thousandth of its range; of its coefficients, where that is not known.

    Where the range is 0 as far as is known, the smallest coefficient: what is left of the range may be small.
    """
    if span:
        return span / SPAN
    sizes = np.abs(coefficients[coefficients != 0])
    if not sizes.size:
        return 1.0
    largest = float(sizes.max())
    return (largest if span is None else max(float(sizes.min()), largest / FARTHEST)) / SPAN
