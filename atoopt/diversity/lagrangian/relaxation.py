"""The relaxation itself: each order may get several variants, at a price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.diversity.core import Core
from atoopt.diversity.inclusion import Floats


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The optimum of the relaxation at given multipliers.

    Attributes
    ----------
    saved : float
        L(u): no choice saves more.
    worth : (n_products,) array
        rho_j = sum_k max(0, s_kj - u_k) of the free products, 0 for the others.
    chosen : (n_products,) array of bool
        The free products of greatest worth, as many as the budget allows.
    slack : (n_products,) array
        1 less how many chosen variants order k would get: the subgradient of L.
    """

    saved: float
    worth: Floats
    chosen: NDArray[np.bool_]
    slack: Floats


def relax(core: Core, u: Floats) -> Relaxed:
    """Return the optimum where ``sum_j x_kj <= 1`` is priced by u_k >= 0.

        L(u) = sum_k u_k + max { sum_j rho_j y_j : sum_j y_j <= B },  rho_j = sum_k max(0, s_kj - u_k)

    Parameters
    ----------
    core : Core
    u : (n_products,) array
        Multipliers, at least 0; those of orders that no pair can save on should be 0.
    """
    left = core.saving - u[core.order]
    worth = np.bincount(core.variant, np.maximum(left, 0.0), core.n).astype(np.float64)
    chosen = np.zeros(core.n, dtype=np.bool_)
    free = np.flatnonzero(core.free)
    count = min(core.budget, len(free))
    if count > 0:
        chosen[free[np.argpartition(-worth[free], count - 1)[:count]]] = True
    got = chosen[core.variant] & (left > 0)
    slack = np.ones(core.n) - np.bincount(core.order[got], minlength=core.n)
    return Relaxed(float(u.sum() + worth[chosen].sum()), worth, chosen, slack)


def decided(core: Core, relaxed: Relaxed, saved: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the free products that must be chosen, and must not, in any choice that saves more than `saved`.

    Exchanging a chosen product for the best of the others, or the other way round, costs the relaxation the difference
    of their worths: where L(u) less it is no more than `saved`, the exchange cannot lead to anything better.
    """
    chosen, others = relaxed.chosen, core.free & ~relaxed.chosen
    spare = relaxed.saved - saved
    best_other = relaxed.worth[others].max(initial=0.0)
    worst_chosen = relaxed.worth[chosen].min(initial=np.inf)
    must = chosen & (relaxed.worth - best_other >= spare)
    must_not = others & (worst_chosen - relaxed.worth >= spare)
    return must, must_not
