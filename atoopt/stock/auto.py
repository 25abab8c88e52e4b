"""Method ``auto``: pick a method by size and time, say which and why, and return the best that is known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock import dense, milp
from atoopt.stock.annealing import anneal
from atoopt.stock.candidates import default_candidates, n_subsets
from atoopt.stock.construct import heuristic_stocks
from atoopt.stock.decomposition import solve as decompose
from atoopt.stock.decomposition.relaxation import relax
from atoopt.stock.evaluate import evaluate_masks
from atoopt.stock.instance import StockInstance
from atoopt.stock.kernels import groups_of_auto, ready
from atoopt.stock.patterns import n_partitions

MODEL_COLUMNS = 25_000
"""*Pattern* models of up to so many columns are solved whole: HiGHS proves most of them in a minute or two."""

TINY = 1_000
"""Up to here the heuristics' start is good enough: annealing would take longer than it saves."""


def solve(instance: StockInstance, run: Run, start: Iterable[int] | None = None) -> Claim:
    """Start from heuristics and annealing; then prove by the whole model, or by decomposition.

    The annealing takes a part of the time (`_annealing_seconds`); a model file, a formulation, a solver or
    candidates asked for mean the method ``milp``.

    Parameters
    ----------
    instance : StockInstance
    run : Run
    start : iterable of int, optional
        The modules of a known stock that keeps every limit, as bits.

    Returns
    -------
    Claim
        ``details["picked"]`` and the message say which method and why.
    """
    claim = _solve(instance, run, start)
    if claim.bound is None and claim.restricted_bound is None and not claim.infeasible:
        claim.bound = relax(instance).trivial_bound  # stopped before anything else was proven
    return claim


def _solve(instance: StockInstance, run: Run, start: Iterable[int] | None) -> Claim:
    asked = [name for name in ("model", "formulation", "candidates") if getattr(run.options, name) is not None]
    if run.options.solver != "highs":
        asked.append("solver")
    if asked:
        return _said(milp.solve(instance, run), "milp", f"{' and '.join(asked)} asked for")
    ready(instance, run, ())  # liaisons are looked at at once
    columns = pattern_columns(instance)
    if columns <= TINY:
        return _said(milp.solve(instance, run, start), "milp", f"its pattern model has only {columns:,} columns")
    crowded = dense.suits(instance)
    small = columns <= MODEL_COLUMNS and not crowded
    ready(instance, run, groups_of_auto(instance, columns))
    seconds = _annealing_seconds(run, small)
    if small:
        start = _anneal_start(instance, run, seconds, start)
        why = f"its pattern model of {columns:,} columns is solved whole"
        return _said(milp.solve(instance, run, start), "milp", why)
    why = f"its pattern model has over {MODEL_COLUMNS:,} columns, which are priced instead"
    if crowded:
        why = "dense demand needs a tighter relaxation than that of its pattern model"
    best = _heuristic_start(instance, run, start)
    return _said(decompose(instance, run, best, head_start=seconds), "decomposition", why)


def pattern_columns(instance: StockInstance, most: int = MODEL_COLUMNS) -> float:
    """Return the number of partitions in the model of every allowed module; infinity above `most`."""
    if instance.candidate_masks is None and n_subsets(instance) > 2 * most:
        return math.inf
    columns = n_partitions(instance, default_candidates(instance), most)
    return columns if columns <= most else math.inf


def _annealing_seconds(run: Run, small: bool) -> float:
    """Return how long to anneal: until the start is good, but never most of the time."""
    return min(1.0, 0.1 * run.remaining) if small else min(8.0, 0.25 * run.remaining)


def _anneal_start(instance: StockInstance, run: Run, seconds: float, start: Iterable[int] | None) -> list[int] | None:
    """Return the best stock of the heuristics and a short annealing; None where no feasible one was found."""
    best = _heuristic_start(instance, run, start)
    if run.stopped:
        return best
    annealed = anneal(
        instance, seconds, run.options.seed, best or (), stopped=lambda: run.stopped,
        improved=lambda cost: run.report(cost, None, "annealing"),
    )  # fmt: skip
    return best if annealed.stock is None else annealed.stock


def _heuristic_start(instance: StockInstance, run: Run, start: Iterable[int] | None) -> list[int] | None:
    """Return the best stock of the heuristics and the one known; None without any."""
    stocks = heuristic_stocks(instance, run)
    if start is not None:
        known = list(start)
        stocks = sorted([*stocks, (evaluate_masks(instance, known).cost, known)])
    if not stocks:
        return None
    cost, best = stocks[0]
    run.report(cost, None, "best heuristic stock")
    return best


def _said(claim: Claim, picked: str, why: str) -> Claim:
    """Add to a claim which method was picked, and why."""
    claim.details = {"picked": picked, "why": why} | claim.details
    claim.message = "; ".join(part for part in (f"{picked}, for {why}", claim.message) if part)
    return claim
