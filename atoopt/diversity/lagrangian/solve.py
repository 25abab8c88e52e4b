"""Method ``lagrangian``: bound and choice by subgradient, variants fixed by reduced cost, HiGHS for what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from atoopt.diversity.core import Core, reduced
from atoopt.diversity.inclusion import Floats, Inclusion, inclusion_of
from atoopt.diversity.instance import DiversityInstance
from atoopt.diversity.lagrangian.heuristic import Mask, Stopped, improved, trimmed
from atoopt.diversity.lagrangian.relaxation import decided
from atoopt.diversity.lagrangian.subgradient import optimize
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run

ROUNDS = 8
"""Of fixing and going on with what is left."""

LEAST_FIXED = 0.02
"""Share of the free products that a round must settle for another one."""


@dataclass
class Proof:
    """What is known of one P.

    Attributes
    ----------
    chosen : (n_products,) array of bool
        The variants, those within no other product included.
    cost, bound : float
        Their give-away, and what none falls below.
    prices : (n_products,) array
        v_k = D_k - u_k, the multipliers as costs: they stay when D_k changes.
    details : dict
        How it was proven.
    """

    chosen: Mask
    cost: float
    bound: float
    prices: Floats
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether the two meet, as the result will see it."""
        return self.cost - self.bound <= 1e-7 * self.cost


def solve(instance: DiversityInstance, run: Run) -> Claim:
    """Minimize the give-away within P variants, for thousands of products.

    Parameters
    ----------
    instance : DiversityInstance
    run : Run

    Returns
    -------
    Claim
        The bound holds for every choice of P products. Infeasible as `atoopt.diversity.model.milp.solve` says.
    """
    pairs = inclusion_of(instance)
    core = reduced(pairs, pairs.maximal, ~pairs.maximal, instance.most_variants)
    if core.budget < 0:
        return Claim(infeasible=True, message=core.too_few(), details={"pairs": len(core.order)})
    found = prove(pairs, core.budget + int(core.opened.sum()), run)
    return Claim(tuple(np.flatnonzero(found.chosen).tolist()), bound=found.bound, details=found.details)


def prove(pairs: Inclusion, most: int, run: Run, start: Proof | None = None) -> Proof:
    """Return the best choice of `most` variants and a bound.

    Parameters
    ----------
    pairs : Inclusion
    most : int
        P, enough for all products that are within no other.
    run : Run
    start : Proof, optional
        Of a P one less or one more.
    """
    whole = reduced(pairs, pairs.maximal, ~pairs.maximal, most)
    found = _begin(whole, start, lambda: run.stopped)
    core, rounds = whole, 0
    while rounds < ROUNDS and not found.proven and not run.stopped:
        rounds += 1
        core, share = _round(pairs, core, found, most, run)
        run.report(found.cost, found.bound)
        if share < LEAST_FIXED:
            break
    found.details = {"pairs": len(whole.order), "rounds": rounds, "left_free": int(core.free.sum())}
    if not found.proven and not run.stopped:
        _finish(core, found, run)
    return found


def _begin(core: Core, start: Proof | None, stopped: Stopped) -> Proof:
    """Return the first choice and prices: those of another P, or none chosen and half of what an order could save."""
    if start is None:
        chosen = improved(core, np.zeros(core.n, dtype=np.bool_), stopped)
        prices = core.default - core.best_savings(core.free) / 2
    else:
        chosen, prices = improved(core, trimmed(core, start.chosen & core.free), stopped), start.prices
    return Proof(chosen | core.opened, core.base - core.saved(chosen), 0.0, prices)


def _round(pairs: Inclusion, core: Core, found: Proof, most: int, run: Run) -> tuple[Core, float]:
    """Optimize the multipliers, fix what they settle, and return what is left and the share that was settled."""
    can_save = core.best_savings(core.free)
    u = np.clip(core.default - found.prices, 0.0, can_save)
    known = found.chosen & core.free
    if core.base - core.saved(known) > found.cost or int(known.sum()) > core.budget:
        known = np.zeros(core.n, dtype=np.bool_)  # the best choice known is none of those that are left
    ascent = optimize(core, u, known, lambda: run.stopped)
    cost = core.base - ascent.saved
    if cost < found.cost:
        found.chosen, found.cost = ascent.chosen | core.opened, cost
    found.prices = core.default - ascent.u
    found.bound = min(found.cost, max(found.bound, core.base - ascent.relaxed.saved))
    must, must_not = decided(core, ascent.relaxed, core.base - found.cost)
    settled = must | must_not
    share = float(settled.sum()) / max(1, int(core.free.sum()))
    left = reduced(pairs, core.opened | must, core.free & ~settled, most)
    if left.budget < 0 or not left.free.any() or left.budget == 0:
        _close(left, found)
    return left, share


def _close(left: Core, found: Proof) -> None:
    """Nothing is left to choose: the sure variants, if they are few enough, or else the best choice known."""
    if left.budget >= 0 and left.base < found.cost:
        found.chosen, found.cost = left.opened.copy(), left.base
    found.bound = found.cost


def _finish(core: Core, found: Proof, run: Run) -> None:
    """Solve what is left as a MILP."""
    from atoopt.diversity.lagrangian.remainder import solve_remainder

    chosen, answer = solve_remainder(core, run)
    found.details["solver"] = "highs"
    cost = np.inf if chosen is None else core.base - core.saved(chosen)
    if chosen is not None and cost < found.cost:
        found.chosen, found.cost = chosen | core.opened, cost
    if answer.outcome == "infeasible":
        found.bound = found.cost
    elif answer.bound is not None:
        found.bound = min(found.cost, max(found.bound, answer.bound))
