"""Method ``auto``: pick a method by size and time, say which and why, and return the best that is known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from atoopt.kernels.prepare import is_at_hand
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.candidates import default_candidates, few_subsets
from atoopt.stock.cost import least_cost
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.incumbent import Incumbent
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import n_partitions
from atoopt.stock.ready import FOR_ANNEALING, FOR_DENSE, ready
from atoopt.stock.start import first_stock

MODEL_COLUMNS = 25_000
"""*Pattern* models of up to so many columns are solved whole: HiGHS proves most of them in a minute or two."""

TINY = 1_000
"""Up to here nothing is compiled for the sake of annealing: that would take longer than the proof."""

LEAST_TO_PROVE = 0.25
"""Seconds without which no proof is begun."""

LEAST_TO_PRICE, LEAST_A_PRODUCT = 1.0, 2.5e-4
"""Seconds without which decomposition is not begun, and a product: it first looks at the clock after that."""


def solve(instance: StockInstance, run: Run, start: Iterable[int] | None = None) -> Claim:
    """Start greedily and anneal; then prove, by the whole model or by decomposition, while annealing goes on.

    The proof begins when the walk has settled (`atoopt.stock.annealing.beside`): a short limit is all annealing's,
    unless it settles at once. A model file, a formulation, a solver or candidates asked for mean the method ``milp``.

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
    asked = [
        name for name in ("model", "formulation", "candidates", "command") if getattr(run.options, name) is not None
    ]
    if run.options.solver != "highs":
        asked.append("solver")
    if run.options.solver_options:
        asked.append("solver_options")
    if asked:
        from atoopt.stock.model import milp

        claim = _said(milp.solve(instance, run), "milp", f"{' and '.join(asked)} asked for")
    else:
        claim = _search(instance, run, start)
    if claim.bound is claim.restricted_bound is claim.model is None and not claim.infeasible:
        claim.bound = least_cost(instance)  # stopped before anything else was proven
    return claim


def _search(instance: StockInstance, run: Run, start: Iterable[int] | None) -> Claim:
    """Find a good stock, and prove while a better one is looked for."""
    ready(instance, run, ())  # liaisons are looked at at once, for the columns
    columns = pattern_columns(instance)
    ready(instance, run, groups_of_auto(instance, columns))
    greedy = first_stock(instance, run)
    incumbent = Incumbent(instance, run)
    for stock in ([], start or [], greedy or []):
        incumbent.offer(stock)
    if not all(map(is_at_hand, FOR_ANNEALING)):  # a tiny instance, for which it is not compiled
        claim = _prove(instance, run, incumbent, columns)
    else:
        from atoopt.stock.annealing.beside import annealing_beside, head_start

        with annealing_beside(incumbent, head_start(run)) as walk:
            claim = _prove(instance, run, incumbent, columns)
            if claim.bound is None and not claim.infeasible:
                walk.use_the_rest()
    if incumbent.found and not _as_good(instance, claim, incumbent):
        claim.solution = incumbent.masks
    return claim


def _prove(instance: StockInstance, run: Run, incumbent: Incumbent, columns: float) -> Claim:
    """Prove by the method that suits the size, from the best stock known; nothing where the time is up."""
    if run.stopped or run.remaining < LEAST_TO_PROVE:
        return _said(Claim(), "annealing", "there is no time for a proof")
    crowded = columns > TINY and _crowded(instance)
    if columns <= MODEL_COLUMNS and not crowded:
        from atoopt.stock.model import milp

        known = incumbent.masks if incumbent.found else None
        claim = milp.solve(instance, run, known)
        return _said(claim, "milp", f"its pattern model of {columns:,} columns is solved whole")
    if run.remaining < LEAST_TO_PRICE + LEAST_A_PRODUCT * instance.n_products:
        return _said(Claim(), "annealing", "there is no time for a proof")
    from atoopt.stock import column_generation

    why = f"its pattern model has over {MODEL_COLUMNS:,} columns, which are priced instead"
    if crowded:
        why = "dense demand needs a tighter relaxation than that of its pattern model"
    return _said(column_generation.solve(instance, run, incumbent=incumbent), "decomposition", why)


def _crowded(instance: StockInstance) -> bool:
    from atoopt.stock import dense

    return dense.suits(instance)


def _as_good(instance: StockInstance, claim: Claim, incumbent: Incumbent) -> bool:
    """Whether what a method claims costs no more than the best stock known."""
    return claim.solution is not None and evaluate_masks(instance, claim.solution).cost <= incumbent.cost


def pattern_columns(instance: StockInstance, most: int = MODEL_COLUMNS) -> float:
    """Return the number of partitions in the model of every allowed module; infinity above `most`."""
    if instance.candidate_masks is None and not few_subsets(instance, 2 * most):
        return math.inf
    columns = n_partitions(instance, default_candidates(instance), most)
    return columns if columns <= most else math.inf


def _said(claim: Claim, picked: str, why: str) -> Claim:
    """Add to a claim which method was picked, and why."""
    claim.details = {"picked": picked, "why": why} | claim.details
    claim.message = "; ".join(part for part in (f"{picked}, for {why}", claim.message) if part)
    return claim


def groups_of_auto(instance: StockInstance, columns: float | None = None) -> tuple[str, ...]:
    """Return which groups the method calls that ``auto`` picks, by the columns of the pattern model if known."""
    from atoopt.stock.column_generation import groups_of_decomposition

    columns = pattern_columns(instance) if columns is None else columns
    if columns <= TINY:
        return ("packing",)
    groups = groups_of_decomposition(instance)
    return FOR_ANNEALING if columns <= MODEL_COLUMNS and groups != FOR_DENSE else groups
