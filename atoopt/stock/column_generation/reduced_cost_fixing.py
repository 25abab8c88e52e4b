"""Reduced-cost fixing: the modules and pairs that a better stock can use, and the modules that it must hold."""

from __future__ import annotations

import math

import numpy as np

from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals, lagrangian, safe
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.relaxation import Ints


def fix_by_reduced_cost(
    pool: ColumnPool, active: Ints, fixed: Ints, duals: Duals, cutoff: float
) -> RestrictedMaster | None:
    """Return a restricted master of what a stock below the cutoff can use; None where no stock is below it.

    The Lagrangian bound of a stock with a module that loses, or without one that profits, is worse by that
    much; likewise if a product uses a module at a loss.

    Parameters
    ----------
    pool : ColumnPool
    active, fixed : arrays of int
        Positions in the pool of the modules that may be held (fixed ones included), and of those that are.
    duals : Duals
    cutoff : float
        Infinity where no stock is known.
    """
    flags = np.isin(active, fixed).astype(np.float64)
    master = pool.restricted_master(active, flags)
    bound, module_profit, pair_profit = lagrangian(master, duals)
    slack = cutoff - safe(pool.relaxation, bound)
    if not math.isfinite(slack):
        return master
    if slack <= 0:
        return None
    kept = (module_profit >= -slack) | (flags > 0)
    flags = np.where(module_profit > slack, 1.0, flags)
    loss = np.where(flags > 0, 0.0, np.minimum(module_profit, 0.0))
    useful = np.zeros(pool.n_pairs, dtype=bool)
    useful[master.pair] = np.minimum(pair_profit, 0.0) + loss[master.owner] >= -slack
    return pool.restricted_master(active[kept], flags[kept], useful)
