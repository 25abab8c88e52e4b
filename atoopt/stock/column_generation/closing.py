"""Closed nodes: every module that a better stock can hold is listed, so that pricing ends and MILPs are exact."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from atoopt.solvers.threads import HelperThread
from atoopt.stock.column_generation.ascent import Duals, dual_value
from atoopt.stock.column_generation.bound import modules_within, safe
from atoopt.stock.column_generation.master import solve_master
from atoopt.stock.column_generation.pool import Slice
from atoopt.stock.column_generation.relaxation import Ints
from atoopt.stock.column_generation.work import Node, Work
from atoopt.stock.evaluate import evaluate_masks
from atoopt.stock.exhaustive import are_few, try_all
from atoopt.stock.fronts.economy import economy_of

RACE_MODULES, RACE_PAIRS = 1_500, 15_000
"""The root of up to so many modules and pairs is also solved whole, beside the tree."""


def closed(work: Work, part: Slice, duals: Duals, known: int) -> tuple[Slice | None, bool]:
    """Add to a slice all that a better stock can hold; return it, and whether it has all.

    Parameters
    ----------
    work, part, duals : Work, Slice, Duals
    known : int
        Of the first so many modules of the pool, those that are not in the slice can be in no better stock.

    Returns
    -------
    part : Slice or None
        None where no stock can be better.
    complete : bool
    """
    settings = work.settings
    gap = work.incumbent.cutoff - safe(work.relaxation, dual_value(work.relaxation, part, duals)[0])
    most = settings.closed_modules
    masks, complete = modules_within(work.relaxation, work.pool, duals, gap, most, settings.closed_nodes)
    position = work.pool.position
    if not complete or sum(position.get(mask, known) >= known for mask in masks) > most:
        return part, False
    work.pool.add(masks)
    places = np.array([position[mask] for mask in masks if mask in position], dtype=np.int64)
    active = np.union1d(part.module, places[places >= known])
    return work.reduced(active, part.module[part.held > 0], duals), True


def least_with(work: Work, held: Ints) -> float:
    """Return what a stock with these modules costs at least, where it costs to save an operation.

    The evaluator uses the fewest pieces whatever that costs, so that each module more saves, and costs, no less: the
    relaxation, in which a product may use more pieces than it must, does not know that.
    """
    relaxation = work.relaxation
    instance, economy = relaxation.instance, economy_of(relaxation.instance)
    stock = evaluate_masks(instance, [work.pool.masks[p] for p in held])
    operations = min(float(instance.shares @ stock.operations), economy.most_operations)
    return safe(relaxation, economy.base + economy.per_module * held.size + economy.per_operation * operations)


def solve_leaf(work: Work, node: Node, last: Slice) -> bool:
    """Try all stocks of a closed node where these are few, or solve it by MILP if it is small; return whether it ends.

    It does not where the MILP proves less than the cutoff: the solver's tolerances are its own, and where saving an
    operation costs, the MILP is a relaxation. Such nodes are branched on until their stocks are few.
    """
    settings, relaxation = work.settings, work.relaxation
    held, free = (last.module[flags] for flags in (last.held > 0, last.held == 0))
    if are_few(relaxation.instance, free.size):
        try_all(work.incumbent.offer, *([work.pool.masks[p] for p in places] for places in (held, free)))
        return True
    if last.module.size > settings.leaf_modules or last.pair.size > settings.leaf_pairs:
        return False

    def rise(bound: float) -> None:
        node.bound = max(node.bound, bound)

    for whole_use in (False, True):
        if not _solve(work, last, whole_use, settings.leaf_seconds, rise):
            return False
        if node.bound >= work.incumbent.cutoff:
            work.leaves += 1
            return True
    return False


def start_race(work: Work, last: Slice) -> None:
    """Solve the closed root by one MILP in a thread of its own, if it is not too large; its bound is the work's.

    Not where the run may use one thread only.
    """

    def rise(bound: float) -> None:
        work.raced = max(work.raced, bound)

    small = last.module.size <= RACE_MODULES and last.pair.size <= RACE_PAIRS
    if small and work.run.options.threads != 1:
        work.race = HelperThread(lambda: _solve(work, last, False, math.inf, rise))
        work.race.start()


def _solve(work: Work, last: Slice, whole_use: bool, seconds: float, rise: Callable[[float], None]) -> bool:
    """Solve the MILP of a slice, telling of each bound; return whether it was solved to the end."""
    place = {int(p): i for i, p in enumerate(last.module)}
    known = [place.get(work.pool.position.get(mask, -1), -1) for mask in work.incumbent.masks]
    verdict = solve_master(
        work.relaxation, last, whole_use=whole_use, start=known if all(p >= 0 for p in known) else None,
        time_limit=min(work.run.remaining, seconds), threads=1, should_stop=lambda: work.stopped, on_bound=rise,
    )  # fmt: skip
    if verdict.modules is not None:
        work.incumbent.offer(work.pool.masks[p] for p in last.module[verdict.modules])
    if verdict.bound is not None:
        rise(verdict.bound)
    return verdict.solved
