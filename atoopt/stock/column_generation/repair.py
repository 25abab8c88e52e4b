"""Duals made feasible for modules that they leave a profit: raised just so far that each only breaks even.

A profitable module costs the bound its profit, once. What is taken from its values, product by product, is
missing from all modules that share components with it there, so that a few repairs leave thousands of others
without a profit; the few that were needed are the columns to add.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import kernel
from atoopt.stock.column_generation.cuts import counted
from atoopt.stock.column_generation.pricing import Charges, Flags, Floats

AMPLE = 1.0 + 1e-9
"""What is taken is so much more than the profit, that rounding leaves none."""


def take_profits(
    has: Flags, gain: Floats, worth: Floats, cost: tuple[float, float], modules: Flags, charges: Charges
) -> NDArray[np.bool_]:
    """Lower gains in place until no module of a list has a profit; return which ones were lowered for.

    Parameters
    ----------
    has : (n, q) array of bool
    gain : (n, q) array
        worth_k - u_ki, changed in place.
    worth : (n,) array
    cost : (float, float)
        The fixed cost of a module, and its cost per component.
    modules : (m, q) array of bool
        Taken in this order: most of the later ones have no profit any more when it is their turn.
    charges : Charges

    Returns
    -------
    lowered : (m,) array of bool

    Examples
    --------
    Two products of the same three components; all modules of two or three pay, and one repair is enough:

    >>> has, gain = np.ones((2, 3), dtype=bool), np.full((2, 3), 2.0)
    >>> from atoopt.stock.column_generation.pricing import no_charges
    >>> modules = np.array([[True, True, True], [True, True, False], [False, True, True]])
    >>> take_profits(has, gain, np.full(2, 3.0), (2.0, 0.0), modules, no_charges(2, 3)).tolist()
    [True, False, False]
    >>> gain.sum(axis=1).round(6).tolist()
    [4.0, 4.0]
    """
    lowered = np.zeros(modules.shape[0], dtype=np.bool_)
    _take(has, gain, worth, cost[0], cost[1], modules, *charges, lowered)
    return lowered


@kernel("pricing")
def _take(  # type: ignore[no-untyped-def]  # pragma: no cover
    has, gain, worth, fixed, each, modules, cut_first, cut_start, cut_sets, cut_dual, set_cut, set_at, having, lowered
):
    n, q = has.shape
    member, mask = np.empty(q, np.int64), np.zeros((1, cut_sets.shape[1]), np.uint64)
    product, value = np.empty(n, np.int64), np.empty(n)
    for i in range(modules.shape[0]):
        size, m, total = 0, 0, 0.0
        for w in range(mask.size):
            mask[0, w] = np.uint64(0)
        for c in range(q):
            if modules[i, c]:
                member[size] = c
                size += 1
                if cut_dual.size:
                    mask[0, c >> 6] |= np.uint64(1) << np.uint64(c & 63)
        for k in range(n):
            v, b = -worth[k], 0
            while b < size and has[k, member[b]]:
                v += gain[k, member[b]]
                b += 1
            if b < size:
                continue
            for cut in range(cut_first[k], cut_first[k + 1]):
                if counted(cut_sets, cut_start[cut], cut_start[cut + 1], mask, 0):
                    v -= cut_dual[cut]
            if v > 0:
                product[m], value[m] = k, v
                m += 1
                total += v
        excess = total - fixed - each * size
        if excess > 0:
            lowered[i] = True
            taken = min(1.0, excess / total * AMPLE) / size
            for e in range(m):
                for b in range(size):
                    gain[product[e], member[b]] -= taken * value[e]
