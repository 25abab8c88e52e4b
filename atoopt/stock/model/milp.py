"""Method ``milp``: a Pyomo model of all candidates at once, started from the greedy stock."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from atoopt.base.gap import PROOF_TOLERANCE
from atoopt.solvers.outcome import Answer
from atoopt.solvers.registry import check_options, solve_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Options, Run
from atoopt.stock.candidates import Candidates, default_candidates, named_candidates
from atoopt.stock.cost import cost_equation
from atoopt.stock.evaluation import Evaluation, evaluate_masks
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import MOST_COLUMNS, n_columns
from atoopt.stock.model.refine import count_fewest, exclude, refuse
from atoopt.stock.ready import ready
from atoopt.stock.start import first_stock

SMALL_MODEL = 2_000
"""Up to so many columns a model is small: all products of six components have 813."""

SECONDS_A_COLUMN = 4e-5
"""What Pyomo takes, about, to build and compile one: a model that cannot be ready in time is not begun."""

MOST_ROUNDS = 200
"""Solves of one model, each after another stock has been ruled out."""


def solve(instance: StockInstance, run: Run, start: Any = None) -> Claim:
    """Solve the model of ``run.options.formulation`` with ``run.options.solver``.

    Parameters
    ----------
    instance : StockInstance
    run : Run
        ``options.model`` names an analyst's own model file instead.
    start : iterable of int, optional
        A feasible stock as bits; by default the greedy one.

    Returns
    -------
    Claim
        The bound covers every stock that the instance allows where its candidates are complete, and is a
        `restricted_bound` where they are not.
    """
    check_options(run)
    if run.options.formulation is not None:
        from atoopt.stock.model.formulation import check_formulation

        check_formulation(run.options.formulation)
    ready(instance, run, ["packing"])
    if run.options.model is not None:
        from atoopt.stock.model.model_file import solve_model_file

        return solve_model_file(instance, run)
    asked = None if run.options.candidates is None else named_candidates(instance, run.options.candidates)
    incumbent = _start(instance, run, start, asked)
    found = Claim(None if incumbent is None else incumbent.masks, details={"solver": run.options.solves})
    if run.stopped:
        return found
    candidates = asked or default_candidates(instance)
    formulation = run.options.formulation or _smaller_formulation(instance, candidates)
    found.details |= {
        "formulation": formulation, "candidates": candidates.description, "n_candidates": len(candidates.masks),
    }  # fmt: skip
    columns = n_columns(instance, candidates, formulation)
    if columns > MOST_COLUMNS or columns * SECONDS_A_COLUMN > run.remaining:
        found.message = f"the model {formulation} has {min(columns, MOST_COLUMNS):,} columns or more, too many to build"
        found.message += " in this time" if columns <= MOST_COLUMNS else "; use decomposition"
        return found
    from atoopt.stock.model.formulation import build  # loads Pyomo: not before it is needed

    model = build(instance, formulation, candidates)
    claim = solve_to_claim(instance, run, model, candidates.complete, incumbent)
    claim.details = found.details | claim.details
    if not candidates.complete:
        searched = f"searched {candidates.description} ({len(candidates.masks)} modules), not every module"
        claim.message = "; ".join(part for part in (searched, claim.message) if part)
    return claim


def as_model(instance: StockInstance, options: Options) -> tuple[Any, Callable[[], Evaluation], bool]:
    """Return the model of an instance, how its solution is evaluated, and whether it covers every stock.

    Raises
    ------
    InputError
        No such formulation, or the model is too large.
    """
    from atoopt.stock.model.export import checked_size
    from atoopt.stock.model.formulation import build, check_formulation, stock_of

    candidates = default_candidates(instance)
    if options.candidates is not None:
        candidates = named_candidates(instance, options.candidates)
    formulation = options.formulation or _smaller_formulation(instance, candidates)
    check_formulation(formulation)
    checked_size(instance, candidates, formulation)
    model = build(instance, formulation, candidates)
    return model, lambda: evaluate_masks(instance, stock_of(model)), candidates.complete


def solve_to_claim(
    instance: StockInstance, run: Run, model: Any, complete: bool, incumbent: Evaluation | None
) -> Claim:
    """Solve a built model and say what holds; `complete` tells whether it covers all that the instance allows.

    What the evaluator judges otherwise than the model is ruled out (`refine`), and the model is solved again.
    """
    from atoopt.stock.model.formulation import stock_of

    best, bound, rounds = incumbent, None, 0
    gap = max(PROOF_TOLERANCE, run.options.rel_gap)
    while True:
        answer = _solved(instance, run, model, complete, best)
        rounds += 1
        known = math.inf if best is None else best.cost
        if answer.bound is not None:
            bound = max(-math.inf if bound is None else bound, min(answer.bound, known))
        if answer.objective is None:
            break
        found = evaluate_masks(instance, stock_of(model))
        if found.feasible and found.cost < known:
            best = found
        settled = bound is not None and best is not None and best.cost - bound <= gap * abs(best.cost)
        if settled or run.stopped or answer.outcome != "optimal" or rounds == MOST_ROUNDS:
            break
        _rule_out(model, instance, found)
    nothing = answer.outcome == "infeasible"
    if nothing and rounds > 1 and best is not None:
        bound = best.cost  # all that was ruled out is known, and there is nothing else
    if not complete and best is not None and bound is not None:
        bound = min(bound, best.cost)  # the start may hold modules that are no candidates
    nothing &= best is None
    return Claim(
        solution=None if best is None else best.masks,
        bound=bound if complete else None,
        restricted_bound=None if complete else bound,
        infeasible=complete and nothing,
        message="no stock of these modules keeps every limit" if nothing and not complete else "",
        unproven=_why_unproven(answer, rounds),
        details={"solver_version": answer.version} if answer.version else {},
    )


def _solved(instance: StockInstance, run: Run, model: Any, complete: bool, best: Evaluation | None) -> Answer:
    """Solve the model as it is, from the best stock, and tell of what comes."""
    from atoopt.stock.model.formulation import set_start

    known, exact = math.inf if best is None else best.cost, not cost_equation(instance).saving_costs
    if best is not None:
        set_start(model, best)

    def told(objective: float | None, dual: float | None) -> None:
        run.report(objective if exact else None, min(dual, known) if complete and dual is not None else None)

    return solve_model(model, run, start=best is not None, sub_mips=wants_sub_mips(model), on_progress=told)


def _rule_out(model: Any, instance: StockInstance, found: Evaluation) -> None:
    """Rule out what the model has wrong of the stock that it found, or this stock, of which all is known."""
    if not found.feasible:
        refuse(model, found)
    elif not (cost_equation(instance).saving_costs and count_fewest(model, found)):
        exclude(model, found)


def _why_unproven(answer: Answer, rounds: int) -> str:
    if rounds == MOST_ROUNDS:
        return f"{rounds} solves have not come to a stock that model and evaluator agree on"
    why = answer.message or answer.outcome
    return f"the solver ended without a proof ({why})" if answer.outcome != "optimal" else ""


def wants_sub_mips(model: Any) -> bool:
    """Whether HiGHS's searches in sub-models pay: in small models they take longer than the tree."""
    return len(model.component("build" if hasattr(model, "build") else "use")) > SMALL_MODEL


def _start(instance: StockInstance, run: Run, start: Any, asked: Candidates | None) -> Evaluation | None:
    """Return the feasible stock to start from, if one is known, of the modules asked for only."""
    stock = start
    if asked is not None:
        stock = first_stock(instance, run, frozenset(asked.masks))
    elif stock is None:
        stock = first_stock(instance, run)
    if stock is None:
        return None
    evaluation = evaluate_masks(instance, stock)
    if not evaluation.feasible:
        return None
    run.report(evaluation.cost, None, "heuristic start")
    return evaluation


def _smaller_formulation(instance: StockInstance, candidates: Candidates) -> str:
    """Return *pattern* unless its columns are too many."""
    return "pattern" if n_columns(instance, candidates, "pattern") <= MOST_COLUMNS else "assignment"
