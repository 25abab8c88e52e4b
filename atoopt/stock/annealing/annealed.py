"""What one seed of the annealing found, and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Moment(NamedTuple):
    """A point of the history: costs of the present and of the best feasible stock (None: none yet)."""

    seconds: float
    moves: int
    temperature: float
    current: float
    best: float | None


@dataclass
class Annealed:
    """What one seed found.

    Attributes
    ----------
    stock : list of int or None
        The modules of two or more components of the best feasible stock, as bits; None if none was found.
    cost : float or None
        Its cost, single components included.
    seed, moves : int
        Moves proposed in all.
    seconds : float
    statistics : dict
        Per kind of move: how often ``proposed``, ``accepted``, ``improved`` (led to a new best stock).
    history : list of Moment
        One point a block of moves.
    pool : dict of int to float
        Modules held in good feasible stocks, the cheapest such stock of each; columns for a restricted model.
    """

    stock: list[int] | None
    cost: float | None
    seed: int
    moves: int
    seconds: float
    statistics: dict[str, dict[str, int]]
    history: list[Moment] = field(default_factory=list)
    pool: dict[int, float] = field(default_factory=dict)
