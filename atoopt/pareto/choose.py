"""Picking one point of a front; in the arrays here both objectives are minimized."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError

if TYPE_CHECKING:
    from atoopt.pareto.front import Front

Floats = NDArray[np.float64]
Weights = tuple[float, float]


def weighted_sum(values: Floats, weights: Weights) -> int:
    """Return the position of the point of least w_1 f_1 + w_2 f_2.

    >>> weighted_sum(np.array([[0.0, 3.0], [1.0, 1.0], [4.0, 0.0]]), (1.0, 1.0))
    1
    """
    return int(np.argmin(values @ np.array(weights)))


def balance_line(values: Floats, weights: Weights) -> int:
    """Return the position of the point nearest the line w_1 f_1 = w_2 f_2, the one of less weighted sum if two are.

    The reading of the paper's weights that agrees with its figures: 335.36 pallets against 2 x 164.75 hours.

    >>> balance_line(np.array([[500.0, 157.0], [335.36, 164.75], [100.0, 200.0]]), (1.0, 2.0))
    1
    """
    first, second = values[:, 0] * weights[0], values[:, 1] * weights[1]
    return int(np.lexsort((first + second, np.abs(first - second)))[0])


def utopia_distance(values: Floats, weights: Weights) -> int:
    """Return the position of the point nearest the utopia point, on axes scaled to the front's ranges.

    The distance is sqrt(sum_k (w_k (f_k - min f_k) / (max f_k - min f_k))^2).

    >>> utopia_distance(np.array([[0.0, 3.0], [1.0, 1.0], [4.0, 0.0]]), (1.0, 1.0))
    1
    """
    return int(np.argmin(((normalized(values) * np.array(weights)) ** 2).sum(axis=1)))


def normalized_sum(values: Floats, weights: Weights) -> int:
    """Return the position of the point of least weighted sum on axes scaled to the front's ranges.

    >>> normalized_sum(np.array([[0.0, 300.0], [1.0, 100.0], [4.0, 0.0]]), (1.0, 1.0))
    1
    """
    return weighted_sum(normalized(values), weights)


def knee(values: Floats) -> int:
    """Return the position of the point farthest below the line through both ends (Das 1999).

    On axes scaled to the front's ranges; the first one if several are. On a front that bulges outward this is
    an end: there is no knee.

    >>> knee(np.array([[0.0, 9.0], [1.0, 4.0], [2.0, 2.0], [9.0, 0.0]]))
    2
    """
    return normalized_sum(values, (1.0, 1.0))


def within_budget(values: Floats, which: int, budget: float) -> int:
    """Return the position of the best point whose objective `which` is at most `budget`.

    Parameters
    ----------
    values : (n, 2) array
    which : {0, 1}
    budget : float

    Raises
    ------
    InputError
        No point keeps the budget.

    Examples
    --------
    >>> within_budget(np.array([[0.0, 3.0], [1.0, 1.0], [4.0, 0.0]]), 0, 2.0)
    1
    """
    kept = np.flatnonzero(values[:, which] <= budget)
    if not kept.size:
        problem = f"no point of the front keeps {budget:g}"
        raise InputError(problem, f"give at least {values[:, which].min():g}", place="budget")
    return int(kept[np.argmin(values[kept, 1 - which])])


def normalized(values: Floats) -> Floats:
    """Return both objectives as shares of their ranges, 0 where all points agree."""
    low, span = values.min(axis=0), np.ptp(values, axis=0)
    return np.asarray((values - low) / np.where(span > 0, span, 1.0))


CHOOSERS = {"objective": weighted_sum, "balance": balance_line, "utopia": utopia_distance}
"""How the policy problem picks a point, by two weights."""


def choose(front: Front, rule: str, weights: Weights, budget: dict[str, float] | None) -> int:
    """Return the position of the point that a rule picks; see `atoopt.pareto.Front.choose`.

    Raises
    ------
    InputError
        There is no such rule or objective, or no point to choose.
    """
    if not len(front):
        raise InputError("the front has no points", "give a front with points", place="front")
    values = front.minimized
    if rule == "budget":
        which, limit = _budget(front, budget or {})
        return within_budget(values, which, limit * front.signs[which])
    rules: dict[str, Callable[[], int]] = {
        "knee": lambda: knee(values),
        "weights": lambda: normalized_sum(values, weights),
        "utopia": lambda: utopia_distance(values, weights),
        "balance": lambda: balance_line(front.values, weights),
    }
    if rule not in rules:
        raise InputError(f'is "{rule}"', f"choose one of {', '.join(rules)}, budget", place="rule")
    return rules[rule]()


def _budget(front: Front, budget: dict[str, float]) -> tuple[int, float]:
    """Return which objective is limited, and the limit in its own sense."""
    if len(budget) != 1 or next(iter(budget)) not in front.objectives:
        remedy = f"give one of {', '.join(front.objectives)} and its limit"
        raise InputError(f"limits {', '.join(budget) or 'nothing'}", remedy, place="budget")
    [(name, limit)] = budget.items()
    return front.objectives.index(name), limit
