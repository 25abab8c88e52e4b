"""What every adapter is asked, and what it answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from atoopt.solvers.arrays.standard_form import StandardForm
    from atoopt.solvers.outcome import Outcome

NONE: Mapping[str, Any] = MappingProxyType({})


class ModelRefused(InputError):
    """A model that a solver cannot take, though others can."""


class LicenceTooSmall(ModelRefused):
    """A model that is larger than the licence of a solver allows."""


@dataclass(frozen=True)
class ModelFile:
    """A model written as an MPS file.

    Attributes
    ----------
    path : Path
    columns : tuple of str
        The names in the file, in its order.
    form : StandardForm
        The same model as arrays, in its own sense.
    sign : float
        What the file's objective is times the model's own: -1 where a maximization was written as a minimization.
    """

    path: Path
    columns: tuple[str, ...]
    form: StandardForm
    sign: float = 1.0


@dataclass(frozen=True)
class Ask:
    """What a solver is to do with a file; objectives and bounds are those of the file.

    Attributes
    ----------
    time_limit : float
        Seconds of wall time; infinity for none.
    rel_gap, abs_gap : float
        The search may stop at either; an `abs_gap` of None is the solver's own.
    threads : int or None
        The solver's own number if None.
    seed : int
        0 leaves the solver's own.
    start : mapping of str to float, or None
        Values by column, of all columns or some, for solvers that take a start.
    options : mapping of str to Any
        Passed on as they are, after ours.
    should_stop : callable
        Polled; True ends the solve with its incumbent, where the solver gives one.
    on_progress : callable
        Called with (incumbent objective, bound), None for what is unknown.
    log : callable or None
        Called with each line of the solver's log.
    """

    time_limit: float = math.inf
    rel_gap: float = 0.0
    abs_gap: float | None = None
    threads: int | None = None
    seed: int = 0
    start: Mapping[str, float] | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: NONE)
    should_stop: Callable[[], bool] = lambda: False
    on_progress: Callable[[float | None, float | None], None] = lambda objective, bound: None
    log: Callable[[str], None] | None = None

    def say(self, line: str) -> None:
        """Hand a line of the log on, where it is wanted."""
        if self.log is not None:
            self.log(line)


@dataclass(frozen=True)
class FileAnswer:
    """What a solver says of a file: claims, which the caller checks.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
    values : mapping of str to float, or None
        By column; one that is left out is 0. None where there is no solution.
    bound : float or None
        Of the file's objective, and only from where it can be trusted.
    version : str
        The solver's own.
    message : str
        What the outcome leaves open, in one line.
    """

    outcome: Outcome
    values: Mapping[str, float] | None = None
    bound: float | None = None
    version: str = ""
    message: str = ""


def finite(value: float | None, most: float = 1e19) -> float | None:
    """Return a number, None where a solver means that it knows none.

    >>> finite(1e20), finite(float("nan")), finite(-3)
    (None, None, -3.0)
    """
    return None if value is None or not abs(value) < most else float(value)


def cautious(text: str) -> float | None:
    """Return a bound that was printed rounded, for a minimization: lower by half a unit of its last digit.

    >>> cautious("605.45"), cautious("-1.5e+03"), cautious("7"), cautious("-inf")
    (605.445, -1550.0, 6.5, None)
    """
    number, _, power = text.lower().partition("e")
    try:
        value, exponent = float(text), int(power or 0)
    except ValueError:
        return None
    if finite(value) is None:
        return None
    decimals = len(number.partition(".")[2])
    return value - 0.5 * 10.0 ** (exponent - decimals)
