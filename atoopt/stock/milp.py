"""Method ``milp``: a Pyomo model of all candidates at once, started from the greedy stock."""

from __future__ import annotations

from typing import Any

from atoopt.solvers.registry import check_solver, solve_model
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.candidates import Candidates, default_candidates, named_candidates
from atoopt.stock.evaluate import Evaluation, evaluate_masks
from atoopt.stock.instance import StockInstance
from atoopt.stock.patterns import MOST_COLUMNS, n_columns
from atoopt.stock.start import first_stock

SMALL_MODEL = 2_000
"""Up to so many columns a model is small: all products of six components have 813."""

SECONDS_A_COLUMN = 4e-5
"""What Pyomo takes, about, to build and compile one: a model that cannot be ready in time is not begun."""

FEWEST = 1e-7
"""Mean operations above the fewest by no more than this are the solver's arithmetic."""


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
    check_solver(run.options.solver)
    if run.options.model is not None:
        from atoopt.stock.model_file import solve_model_file

        return solve_model_file(instance, run)
    asked = None if run.options.candidates is None else named_candidates(instance, run.options.candidates)
    incumbent = _start(instance, run, start, asked)
    found = Claim(None if incumbent is None else incumbent.masks, details={"solver": run.options.solver})
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
    from atoopt.stock.formulation import build  # loads Pyomo: not before it is needed

    model = build(instance, formulation, candidates)
    claim = solve_to_claim(instance, run, model, candidates.complete, incumbent)
    claim.details = found.details
    if not candidates.complete:
        searched = f"searched {candidates.description} ({len(candidates.masks)} modules), not every module"
        claim.message = "; ".join(part for part in (searched, claim.message) if part)
    return claim


def solve_to_claim(
    instance: StockInstance, run: Run, model: Any, complete: bool, incumbent: Evaluation | None
) -> Claim:
    """Solve a built model and say what holds; `complete` tells whether it covers all that the instance allows.

    Where a saved operation costs more than it saves (usage basis with alpha > delta), the model may choose a
    partition that is not the fewest, so that its bound holds but its stock costs more than it thinks. Then a
    cut forbids that: any stock that contains this one is at least as fast, t(S') <= t(S) for S' >= S.
    """
    import pyomo.environ as pyo

    from atoopt.stock.formulation import set_start, stock_of

    best = incumbent
    bound: float | None = None
    saving = instance.costs.final_assembly * instance.time_per_operation
    exact_cost = instance.cost_basis == "stock" or instance.costs.preassembly <= saving
    while True:
        if best is not None:
            set_start(model, best)
        answer = solve_model(
            model, run, start=best is not None, sub_mips=wants_sub_mips(model),
            on_progress=lambda objective, dual: run.report(
                objective if exact_cost else None, dual if complete else None
            ),
        )  # fmt: skip
        if answer.bound is not None:
            bound = answer.bound if bound is None else max(bound, answer.bound)
        if answer.objective is None:
            break
        found = evaluate_masks(instance, stock_of(model))
        if found.feasible and (best is None or found.cost < best.cost):
            best = found
        exact = pyo.value(model.operations) <= _mean_operations(instance, found) + FEWEST
        if exact or run.stopped or answer.outcome != "optimal" or not found.feasible:
            break
        _cut_slow_partition(model, instance, found)
    if not complete and best is not None and bound is not None:
        bound = min(bound, best.cost)  # the start may hold modules that are no candidates
    nothing = best is None and answer.outcome == "infeasible"
    return Claim(
        solution=None if best is None else best.masks,
        bound=bound if complete else None,
        restricted_bound=None if complete else bound,
        infeasible=complete and nothing,
        message="no stock of these modules keeps every limit" if nothing and not complete else "",
    )


def wants_sub_mips(model: Any) -> bool:
    """Whether HiGHS's searches in sub-models pay: in small models they take longer than the tree."""
    return len(model.component("build" if hasattr(model, "build") else "use")) > SMALL_MODEL


def _cut_slow_partition(model: Any, instance: StockInstance, found: Evaluation) -> None:
    """Require operations of at most those of `found` while all its modules are held."""
    import pyomo.environ as pyo

    if not hasattr(model, "fewest"):
        model.fewest = pyo.ConstraintList(doc="a stock uses its fewest operations")
    stock = frozenset(found.masks)
    held = [name for name, mask in model.modules.items() if mask in stock]
    fewest = _mean_operations(instance, found)
    most = instance.most_operations
    model.fewest.add(model.operations <= fewest + (most - fewest) * sum(1 - model.hold[name] for name in held))


def _mean_operations(instance: StockInstance, stock: Evaluation) -> float:
    return float(instance.shares @ stock.operations)


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
