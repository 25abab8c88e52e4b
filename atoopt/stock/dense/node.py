"""A node of the search: ranges of two numbers, modules in stock and excluded, and what its program begins with."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from atoopt.stock.dense.gaps import Gap
from atoopt.stock.dense.parameters import BOUNDING
from atoopt.stock.dense.rows import Floats


@dataclass(frozen=True)
class Start:
    """What the program of a node begins with, from the one before: this node's, or its parent's.

    Attributes
    ----------
    gaps : tuple of Gap
        The gap inequalities it holds.
    duals : (rows and gaps,) array or None
    known : (columns,) array of bool or None
        The columns that the solver knows.
    value : float
        Of the program before.
    price : float
        Of operations above the limit, one of the parameters' `excess_prices`.
    """

    gaps: tuple[Gap, ...] = ()
    duals: Floats | None = None
    known: NDArray[np.bool_] | None = None
    value: float = -math.inf
    price: float = BOUNDING.excess_prices[0]


@dataclass(order=True)
class Node:
    """Ranges of N and D, and modules fixed in stock and excluded; the open node of least bound comes first.

    Attributes
    ----------
    bound : float
        No stock of the node costs less.
    order : int
        Breaks ties.
    number, extra : (int, int)
        Ranges of N, the number of modules of several components, and of D, that of their components beyond two.
    ones, zeros : frozenset of int
        Places of modules fixed in stock, and excluded.
    start : Start
    """

    bound: float
    order: int
    number: tuple[int, int] = field(compare=False)
    extra: tuple[int, int] = field(compare=False)
    ones: frozenset[int] = field(default=frozenset(), compare=False)
    zeros: frozenset[int] = field(default=frozenset(), compare=False)
    start: Start = field(default=Start(), compare=False)
