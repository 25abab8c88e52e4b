"""Rows that rule out what a model has wrong of a stock, until its answer is the evaluator's.

A solver keeps rows and costs within tolerances of its own, and a model counts operations that may not be the fewest.
The evaluator judges each stock that comes out; what it judges otherwise is ruled out, and the model solved again.
"""

from __future__ import annotations

from typing import Any

import pyomo.environ as pyo

from atoopt.stock.evaluation import Evaluation, evaluate_masks, is_late, is_slow

ABOVE = 1e-6
"""Operations of a product above its fewest by no more than this are the solver's arithmetic."""

MOST_TRIED = 1_000
"""Modules that are added to a stock which is too slow, to see whether it still is."""


def refuse(model: Any, stock: Evaluation) -> None:
    """Rule out a stock that is too slow, and all that are within it and what it may hold besides and be too slow still.

    None of them is faster: so something else is held.
    """
    held, instance = set(stock.masks), stock.instance
    for mask in [mask for mask in model.modules.values() if mask not in held][:MOST_TRIED]:
        operations = evaluate_masks(instance, {*held, mask}).operations
        if is_slow(instance, operations) or is_late(instance, operations):
            held.add(mask)
    others = [model.hold[name] for name, mask in model.modules.items() if mask not in held]
    _rows(model, "refused").add(pyo.quicksum(others) >= 1 if others else pyo.Constraint.Infeasible)


def exclude(model: Any, stock: Evaluation) -> None:
    """Rule out a stock alone, of which all is known."""
    held = frozenset(stock.masks)
    changed = [1 - model.hold[name] if mask in held else model.hold[name] for name, mask in model.modules.items()]
    _rows(model, "excluded").add(pyo.quicksum(changed) >= 1 if changed else pyo.Constraint.Infeasible)


def count_fewest(model: Any, stock: Evaluation) -> bool:
    """Let products use what is held as the evaluator does, where the model does not; return whether there were any.

    While modules M of a partition of product k are held, it saves the operations that they save:
    n_k <= |P_k| - 1 - sum_M (|M| - 1) y_M, whatever else is held.
    """
    slow = [k for k in model.K if pyo.value(model.n[k]) > stock.operations[k] + ABOVE]
    for k in slow:
        several = [mask for mask in stock.partition[k] if mask & (mask - 1)]
        saved = pyo.quicksum((mask.bit_count() - 1) * model.hold[model.label(mask)] for mask in several)
        most = stock.instance.product_masks[k].bit_count() - 1
        _rows(model, "fewest").add(model.n[k] <= most - saved)
    return bool(slow)


def _rows(model: Any, name: str) -> Any:
    if not hasattr(model, name):
        model.add_component(name, pyo.ConstraintList())
    return getattr(model, name)
