"""Stocks that differ from the best one and cost little more: what a cost cannot say may then decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from atoopt.base.errors import InputError
from atoopt.solvers.run import Options, Run, interruptible
from atoopt.stock.auto import MODEL_COLUMNS, pattern_columns
from atoopt.stock.candidates import Candidates, default_candidates
from atoopt.stock.evaluation import Evaluation, evaluate_masks

SECONDS_EACH = 20.0
"""What one alternative may take by default; the best one known by then is as good for the purpose as a proven one."""

WORTH = (1 / 10, 1 / 50)
"""What leaving out a module is worth, in shares of what a stock may cost more: the second where the first goes too far.
Measured on harness-12, harness-24 and laptops, 1 %: a tenth is as good as a third, and sooner proven."""

WALKS, SECONDS_A_WALK = 8, 1.0
"""Where the model of every module is too large: walks of annealing, whose stocks give the modules to choose from."""


def alternatives(
    best: Evaluation, n: int = 5, within: float = 0.01, *,
    time_limit: float | None = None, threads: int | None = None, seed: int = 0,
) -> list[Evaluation]:  # fmt: skip
    """Return stocks that keep every limit, differ from the best one and from each other, and cost little more.

    One after the other is chosen, by its cost and by how many modules of those chosen before it leaves out. Where the
    model is too large it chooses among the modules that walks of annealing use.

    Parameters
    ----------
    best : Evaluation
        The stock that they are compared with: ``atoopt.solve(...).solution``.
    n : int
        At most so many.
    within : float
        How much more they may cost, as a share of the best cost: 0.01 is 1 %.
    time_limit : float, optional
        Seconds for all of them; by default twenty for each.
    threads, seed : int
        As in `atoopt.solve`.

    Returns
    -------
    list of Evaluation
        The cheapest first; fewer than `n` where there are no more, or time was short.

    Raises
    ------
    InputError
        It is no stock that keeps its limits, or a number is not allowed.

    Examples
    --------
    >>> import atoopt
    >>> best = atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), "milp").solution
    >>> [round(other.cost - best.cost, 4) for other in atoopt.alternatives(best, 2)]
    [0.0, 0.0]
    """
    _check(best, n, within)
    limit = n * SECONDS_EACH if time_limit is None else time_limit
    run = Run(Options(time_limit=limit, threads=threads, seed=seed))
    with interruptible(run):
        found = _found(best, n, best.cost * (1 + within), run)
    return sorted(found, key=lambda each: each.cost)


def alternatives_table(best: Evaluation, others: Sequence[Evaluation]) -> pd.DataFrame:
    """Return a row a stock: its cost, what it costs more, its time, its modules, and which enter and leave."""
    instance, rows = best.instance, []
    for other in (best, *others):
        enter, leave = (
            [" + ".join(instance.names(mask)) for mask in one.masks if mask not in set(two.masks)]
            for one, two in ((other, best), (best, other))
        )
        rows.append({
            "cost": other.cost, "extra": other.cost - best.cost, "extra_share": (other.cost - best.cost) / best.cost,
            "mean_assembly_time": other.mean_assembly_time, "modules": other.n_modules, "enter": enter, "leave": leave,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _check(best: Any, n: int, within: float) -> None:
    if not isinstance(best, Evaluation) or best.violations:
        remedy = "give the solution of a result of a stock-composition instance"
        raise InputError("is no stock that keeps its limits", remedy, place="alternatives")
    if not isinstance(n, int) or n < 1:
        raise InputError(f"is {n}", "give a whole number of at least 1", place="alternatives")
    if not isinstance(within, (int, float)) or not 0 <= within < float("inf"):
        raise InputError(f"is {within}", "give a share of at least 0, such as 0.01", place="within")


def _found(best: Evaluation, n: int, most: float, run: Run) -> list[Evaluation]:
    """Solve one model again and again, each time with one stock more to differ from."""
    import pyomo.environ as pyo

    from atoopt.stock.model.formulation import build

    model = build(best.instance, "pattern", _candidates(best, run))
    model.cost.deactivate()
    model.new, model.same = pyo.ConstraintList(), pyo.VarList(domain=pyo.Binary)
    known = [best]
    for left in range(n, 0, -1):
        _rule_out_what_holds(model, known[-1])
        share = run.remaining / left
        for worth in WORTH:
            other = _other(
                model,
                known,
                (most - best.cost) * worth,
                replace(run.options, time_limit=min(share, run.remaining)),
                run,
            )
            if other is not None and other.cost <= most * (1 + 1e-12):
                known.append(other)
                break
        else:
            break
    return known[1:]


def _other(model: Any, known: Sequence[Evaluation], worth: float, options: Options, run: Run) -> Evaluation | None:
    """Return a stock that is cheap and leaves out many modules of the known ones; None where none was found.

    Both are weighed in one objective: as a limit, a cost near the least one would make every stock hard to find.
    """
    import pyomo.environ as pyo

    from atoopt.solvers.registry import solve_model
    from atoopt.stock.model.formulation import set_start, stock_of

    if run.stopped:
        return None
    best, label = known[0], {mask: name for name, mask in model.modules.items()}
    kept = [model.hold[label[mask]] for stock in known for mask in stock.masks if mask in label]
    if model.component("different") is not None:
        model.del_component("different")
    price = worth * (len(kept) + 1 / min(WORTH))  # more than leaving out every module is worth, and than it may cost
    overlap = worth * pyo.quicksum(kept) + price * pyo.quicksum(model.same.values())
    model.different = pyo.Objective(expr=model.cost.expr + overlap)
    set_start(model, best)
    for same in model.same.values():
        same.value = 1
    answer = solve_model(model, Run(options, interrupted=run.interrupted), start=True)
    if answer.objective is None or any(same.value > 0.5 for same in model.same.values()):
        return None
    found = _without_idle(evaluate_masks(best.instance, stock_of(model)))
    return None if found.violations else found


def _rule_out_what_holds(model: Any, stock: Evaluation) -> None:
    """Let what holds all of a stock cost a high price: that one may be a start, but is no other stock."""
    import pyomo.environ as pyo

    label = {mask: name for name, mask in model.modules.items()}
    several = [mask for mask in stock.masks if mask & (mask - 1)]
    if all(mask in label for mask in several):
        model.new.add(pyo.quicksum(model.hold[label[mask]] for mask in several) - model.same.add() <= len(several) - 1)


def _candidates(best: Evaluation, run: Run) -> Candidates:
    """Return the modules to choose from: all, or where these are too many those that walks of annealing use."""
    instance = best.instance
    if pattern_columns(instance) <= MODEL_COLUMNS:
        return default_candidates(instance)
    from atoopt.stock.annealing import anneal

    found = {mask for mask in best.masks if mask & (mask - 1)}
    seconds = min(SECONDS_A_WALK, run.remaining / (2 * WALKS))
    for walk in range(WALKS):
        start = () if walk % 2 else best.masks
        walked = anneal(instance, seconds, run.options.seed + walk, start, stopped=lambda: run.stopped)
        found |= set(walked.stock or ())
    masks = tuple(sorted((mask for mask in found if mask & (mask - 1)), key=lambda mask: (mask.bit_count(), mask)))
    return Candidates(masks, False, "modules of annealing's stocks")


def _without_idle(stock: Evaluation) -> Evaluation:
    """Return a stock without the modules that no product is built from."""
    used = {mask for parts in stock.partition for mask in parts}
    return evaluate_masks(stock.instance, [mask for mask in stock.masks if mask in used])
