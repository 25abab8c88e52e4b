"""Decomposition's prices by their formulas, one module and one product at a time: what fast code is compared with."""

from __future__ import annotations

import math

import numpy as np

from atoopt.sets.bitsets import positions_of
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals
from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal
from atoopt.stock.column_generation.relaxation import Relaxation
from atoopt.stock.evaluation import Evaluation
from tests.stock.small import held_at_all, several


def worths(relaxation: Relaxation, duals: Duals) -> list[float]:
    """Return rho_k, what a saved operation of each product, copies included, is worth."""
    of_limits = [sum(limit * weight for limit, weight in zip(duals.limits, column, strict=True))
                 for column in relaxation.limit_weight.T]  # fmt: skip
    omega = [0.0] * relaxation.n_sold + (list(duals.copies) or [0.0] * relaxation.required.size)
    return [saving + more + late for saving, more, late in zip(relaxation.saving, of_limits, omega, strict=True)]


def value(relaxation: Relaxation, pool: ColumnPool, duals: Duals, mask: int, k: int) -> float | None:
    """Return what a module is worth to a product, less the duals of its rows and cuts; None if too wide."""
    inside = positions_of(mask)
    if not relaxation.has[k, inside].all():
        return None
    paid = sum(duals.rows[relaxation.row[k, i]] for i in inside)
    of_cuts = duals.rows[relaxation.n_rows :]
    for c in range(pool.cliques.first[k], pool.cliques.first[k + 1]):
        sets = pool.cliques.sets[pool.cliques.start[c] : pool.cliques.start[c + 1], 0].tolist()
        if pool.cliques.place[c] < of_cuts.size and any(mask & each == each for each in sets):
            paid += of_cuts[pool.cliques.place[c]]
    return worths(relaxation, duals)[k] * (len(inside) - 1) - paid


def profit(relaxation: Relaxation, pool: ColumnPool, duals: Duals, mask: int) -> float:
    """Return the reduced profit of a module: its values above 0, or the largest where none is, less what it costs.

    -inf for what fits in no product. Without envelopes, which charge only modules that are known.
    """
    values = [v for k in range(relaxation.shares.size) if (v := value(relaxation, pool, duals, mask, k)) is not None]
    if not values:
        return -math.inf
    gained = sum(v for v in values if v > 0) if max(values) > 0 else max(values)
    return gained - relaxation.module_cost(mask.bit_count()) - duals.module_limit


def profits(relaxation: Relaxation, pool: ColumnPool, duals: Duals) -> dict[int, float]:
    """Return the profit of every module that the instance allows and some product has room for."""
    found = {mask: profit(relaxation, pool, duals, mask) for mask in held_at_all(relaxation.instance)}
    return {mask: gained for mask, gained in found.items() if gained > -math.inf}


def random_duals(relaxation: Relaxation, random: np.random.Generator, cuts: int = 0, envelopes: int = 0) -> Duals:
    """Return duals of a size that makes some modules pay and others not."""
    worth = np.maximum(relaxation.saving, 0.0)
    limits = random.uniform(0.0, 12.0, len(relaxation.limit_need)) * random.choice([0.3, 1.0, 3.0])
    worth = worth + limits @ relaxation.limit_weight
    timely = random.uniform(0.0, 5.0, relaxation.required.size) * relaxation.shares[relaxation.n_sold :]
    worth[relaxation.n_sold :] += timely
    rows = relaxation.by_row(worth) * random.uniform(0.0, random.choice([0.1, 0.4, 0.9]), relaxation.n_rows)
    of_cuts = random.uniform(0.0, 0.3, cuts) * worth.mean()
    room = float(random.uniform(0.0, 1.0)) if relaxation.module_limit >= 0 else 0.0
    return Duals(
        np.concatenate([rows, of_cuts]), limits, room, 1.0, random.uniform(0.0, 1.0, envelopes), timely
    )  # fmt: skip


def restricted_duals(relaxation: Relaxation, pool: ColumnPool) -> Duals:
    """Return duals that are nearly the best for the modules of a pool: for all modules they promise too much."""
    nothing = Primal(np.zeros(pool.n_pairs), np.zeros(len(pool)))
    return run_pdhg(pool.whole_master(), first_duals(relaxation), nothing, 600)[0]


def uses(relaxation: Relaxation, stock: Evaluation) -> set[tuple[int, int]]:
    """Return the pairs (module, product) of a stock's builds, those of copies among them that are in time."""
    instance, pairs = stock.instance, set[tuple[int, int]]()
    for k, product in enumerate(relaxation.products.tolist()):
        parts = {mask for mask in stock.partition[product] if mask & (mask - 1)}
        saved = int(instance.product_sizes[product]) - 1 - int(stock.operations[product])
        if k < relaxation.n_sold or saved >= relaxation.required[k - relaxation.n_sold]:
            pairs |= {(mask, k) for mask in parts & several(stock)}
    return pairs
