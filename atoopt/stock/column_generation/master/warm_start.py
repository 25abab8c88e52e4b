"""A primal solution carried over from one restricted master to the next."""

from __future__ import annotations

import numpy as np

from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.restricted_master import Primal, RestrictedMaster
from atoopt.stock.column_generation.relaxation import Floats, Ints


def warm_start(pool: ColumnPool, master: RestrictedMaster, pairs: Ints, x: Floats) -> Primal:
    """Lay a solution by pairs of the pool out for a restricted master, with the least y that it needs."""
    whole, y = np.zeros(pool.n_pairs), np.zeros(master.module.size)
    whole[pairs] = x
    np.maximum.at(y, master.owner, whole[master.pair])
    return Primal(whole[master.pair], y)


def with_levels_of(former: RestrictedMaster, primal: Primal, master: RestrictedMaster, x: Floats) -> Primal:
    """Return a solution of these x and of the y of a former restricted master, 0 where a module is new."""
    level = dict(zip(former.module.tolist(), primal.modules.tolist(), strict=True))
    return Primal(x, np.array([level.get(module, 0.0) for module in master.module.tolist()]))


def extended(
    pool: ColumnPool, master: RestrictedMaster, primal: Primal, later: Ints
) -> tuple[RestrictedMaster, Primal]:
    """Lay a restricted master out anew, with the cuts found since, and more modules with all their pairs."""
    useful = np.zeros(pool.n_pairs, dtype=bool)
    useful[master.pair] = useful[pool.pairs_of(later)] = True
    fixed = np.concatenate([master.fixed, np.zeros(later.size)])
    longer = pool.restricted_master(np.concatenate([master.module, later]), fixed, useful)
    return longer, warm_start(pool, longer, master.pair, primal.pairs)
