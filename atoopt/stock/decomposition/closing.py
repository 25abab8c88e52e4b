"""Closed nodes: every module that a better stock can hold is listed, so that pricing ends and MILPs are exact."""

from __future__ import annotations

import math

import numpy as np

from atoopt.stock.decomposition.ascent import Duals, dual_value
from atoopt.stock.decomposition.bound import modules_within
from atoopt.stock.decomposition.master import solve_master
from atoopt.stock.decomposition.pool import Slice
from atoopt.stock.decomposition.work import Node, Work

MOST_AT_ROOT = 6
"""The root's MILP may take so many times as long: small instances need no tree."""


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
    gap = work.cutoff - dual_value(work.relaxation, part, duals)[0]
    if not math.isfinite(gap):
        return part, False
    most = settings.closed_modules
    masks, complete = modules_within(work.relaxation, work.pool, duals, gap, most, settings.closed_nodes)
    position = work.pool.position
    if not complete or sum(position.get(mask, known) >= known for mask in masks) > most:
        return part, False
    work.pool.add(masks)
    places = np.array([position[mask] for mask in masks if mask in position], dtype=np.int64)
    active = np.union1d(part.module, places[places >= known])
    return work.reduced(active, part.module[part.held > 0], duals), True


def solve_leaf(work: Work, node: Node, last: Slice) -> bool:
    """Solve a closed node by MILP if it is small; return whether it was solved to the end."""
    settings = work.settings
    if last.held.all():  # one stock is left
        work.incumbent.offer(work.pool.masks[p] for p in last.module)
        return True
    if last.module.size > settings.leaf_modules or last.pair.size > settings.leaf_pairs:
        return False
    place = {int(p): i for i, p in enumerate(last.module)}
    known = [place.get(work.pool.position.get(mask, -1), -1) for mask in work.incumbent.masks]
    start = known if all(p >= 0 for p in known) else None
    for whole_use in (False, True):
        if not _solve(work, node, last, start, whole_use):
            return False
        if node.bound >= work.cutoff:
            break
    work.leaves += 1
    work.lower_floor(node.bound)
    return True


def _solve(work: Work, node: Node, last: Slice, start: list[int] | None, whole_use: bool) -> bool:
    """Raise a node's bound by a MILP; return whether that was solved to the end."""

    def rise(bound: float) -> None:
        node.bound = max(node.bound, bound)

    seconds = work.settings.leaf_seconds * (MOST_AT_ROOT if node.order == 0 else 1)
    verdict = solve_master(
        work.relaxation, last, whole_use=whole_use, start=start, time_limit=min(work.run.remaining, seconds),
        threads=1, should_stop=lambda: work.stopped, on_bound=rise,
    )  # fmt: skip
    if verdict.modules is not None:
        work.incumbent.offer(work.pool.masks[p] for p in last.module[verdict.modules])
    rise(verdict.bound or -math.inf)
    return verdict.solved
