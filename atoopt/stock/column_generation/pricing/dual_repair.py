"""Duals repaired for modules that they leave a profit: raised just so far that each only breaks even.

A profitable module costs the bound its profit, once. What is taken from its values, product by product, is
missing from all modules that share components with it there, so that a few repairs leave thousands of others
without a profit; the few that were needed are the columns to add.
"""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import kernel
from atoopt.stock.column_generation.cuts.subset_kernel import contains_one
from atoopt.stock.column_generation.pricing.pricing_problem import PricingProblem
from atoopt.stock.column_generation.relaxation import Flags

AMPLE = 1.0 + 1e-9
"""What is taken is so much more than the profit, that rounding leaves none."""


def take_profits(problem: PricingProblem, modules: Flags) -> Flags:
    """Lower the problem's gains in place until no module of a list has a profit; return which ones were lowered for.

    Parameters
    ----------
    problem : PricingProblem
        Its `gain` is changed.
    modules : (m, q) array of bool
        Taken in this order: most of the later ones have no profit any more when it is their turn.

    Returns
    -------
    lowered : (m,) array of bool

    Examples
    --------
    Two products of the same three components; all modules of two or three pay, and one repair is enough:

    >>> from atoopt.stock.column_generation.pricing.pricing_problem import plain_problem
    >>> gain = np.full((2, 3), 2.0)
    >>> problem = plain_problem(np.ones((2, 3), dtype=bool), gain, np.full(2, 3.0), (2.0, 0.0))
    >>> modules = np.array([[True, True, True], [True, True, False], [False, True, True]])
    >>> take_profits(problem, modules).tolist()
    [True, False, False]
    >>> gain.sum(axis=1).round(6).tolist()
    [4.0, 4.0]
    """
    lowered = np.zeros(modules.shape[0], dtype=np.bool_)
    lower_gains(problem, modules, lowered)
    return lowered


@kernel("pricing")
def lower_gains(problem, modules, lowered):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Lower gains module by module, and flag those that it was done for."""
    has, gain, operation_value, fixed_cost, component_cost, _, charges = problem
    cut_first, cut_start, cut_sets, cut_dual = charges.first, charges.start, charges.sets, charges.dual
    n, q = has.shape
    member, mask = np.empty(q, np.int64), np.zeros((1, cut_sets.shape[1]), np.uint64)
    product, value = np.empty(n, np.int64), np.empty(n)
    for i in range(modules.shape[0]):
        size, n_paying, total = 0, 0, 0.0
        for w in range(mask.size):
            mask[0, w] = np.uint64(0)
        for c in range(q):
            if modules[i, c]:
                member[size] = c
                size += 1
                if cut_dual.size:
                    mask[0, c >> 6] |= np.uint64(1) << np.uint64(c & 63)
        for k in range(n):
            v, b = -operation_value[k], 0
            while b < size and has[k, member[b]]:
                v += gain[k, member[b]]
                b += 1
            if b < size:
                continue
            for cut in range(cut_first[k], cut_first[k + 1]):
                if contains_one(cut_sets, cut_start[cut], cut_start[cut + 1], mask, 0):
                    v -= cut_dual[cut]
            if v > 0:
                product[n_paying], value[n_paying] = k, v
                n_paying += 1
                total += v
        excess = total - fixed_cost - component_cost * size
        if excess > 0:
            lowered[i] = True
            taken = min(1.0, excess / total * AMPLE) / size
            for e in range(n_paying):
                for b in range(size):
                    gain[product[e], member[b]] -= taken * value[e]
