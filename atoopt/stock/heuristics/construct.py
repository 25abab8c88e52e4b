"""The paper's module-frequency and module-size heuristics, for all N and several penalties at once.

Both hold nested stocks: the stock of N + 1 modules is that of N and one module more. So each heuristic is a
sequence of modules, and a stock is tried after each of them. The sequence ends where the stock's own cost,
assembly time left out, exceeds the best stock found: from there on it can only get dearer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.heuristics.growing import GrowingStock
from atoopt.stock.heuristics.sequences import fastest_stock, module_frequency, module_size, pool, whole_products
from atoopt.stock.instance import StockInstance
from atoopt.stock.ready import ready

PENALTIES = (0.05, 0.2, 0.5, 0.8, 1.0)
"""The penalty coefficients that `solve_by_frequency` tries."""

WORK = 10_000_000  # sets compared in one sequence, some tenths of a second; small instances stay far below


@dataclass(frozen=True)
class Trial:
    """The cheapest feasible stock of a sequence.

    Attributes
    ----------
    cost : float
        Never below the true cost unless assembly saves money (see `GrowingStock`).
    masks : list of int
        Its modules of several components, as bits.
    label : str
        Which sequence.
    penalty : float or None
    """

    cost: float
    masks: list[int]
    label: str
    penalty: float | None = None


def solve_by_frequency(instance: StockInstance, run: Run) -> Claim:
    """Return the cheapest feasible stock of the module-frequency heuristic over all N and `PENALTIES`.

    Examples
    --------
    >>> import atoopt
    >>> result = atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), "module-frequency")
    >>> result.status, result.solution.feasible
    ('feasible', True)
    """
    ready(instance, run, ["packing"])
    return _claim(instance, _by_frequency(instance, run))


def solve_by_size(instance: StockInstance, run: Run) -> Claim:
    """Return the cheapest feasible stock of the module-size heuristic over all N."""
    ready(instance, run, ["packing"])
    return _claim(instance, _by_size(instance, run))


def heuristic_stocks(instance: StockInstance, run: Run) -> list[tuple[float, list[int]]]:
    """Return feasible stocks, (cost, masks), the cheapest first; empty where none was found.

    A start for other methods: the best stock of each sequence of both heuristics, and (*inferred*) of whole
    products, which is far better where a few products make most of the demand. The cost may overstate the
    true one a little.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.solvers.run import Run
    >>> from atoopt.stock.heuristics.construct import heuristic_stocks
    >>> cost, masks = heuristic_stocks(atoopt.load("instances/stock/uniform-5.json"), Run())[0]
    >>> len(masks) > 4
    True
    """
    search = _Search([])
    _follow(instance, whole_products(instance), run, search, "whole products")
    trials = search.trials + _by_frequency(instance, run).trials
    best = min((trial.cost for trial in trials), default=math.inf)
    trials += _by_size(instance, run, best).trials
    stocks = {tuple(sorted(trial.masks)): trial.cost for trial in trials}
    if not stocks:  # stopped at once, or only the fastest stock will do
        fastest = evaluate_masks(instance, fastest_stock(instance))
        stocks = {fastest.masks: fastest.cost} if fastest.feasible else {}
    return sorted(((cost, list(masks)) for masks, cost in stocks.items()), key=lambda stock: stock[0])


@dataclass
class _Search:
    """What the sequences of a heuristic have found."""

    trials: list[Trial]
    tried: int = 0

    @property
    def best(self) -> Trial | None:
        return min(self.trials, key=lambda trial: trial.cost, default=None)


def _by_frequency(instance: StockInstance, run: Run) -> _Search:
    modules = pool(instance)
    search = _Search([])
    for penalty in PENALTIES:
        sequence = module_frequency(instance, penalty, modules)
        _follow(instance, sequence, run, search, "module-frequency", penalty, step=len(modules))
    return _completed(instance, run, search)


def _by_size(instance: StockInstance, run: Run, best: float = math.inf) -> _Search:
    search = _Search([])
    _follow(instance, module_size(instance), run, search, "module-size", best=best)
    return _completed(instance, run, search) if math.isinf(best) else search


def _completed(instance: StockInstance, run: Run, search: _Search) -> _Search:
    """Try whole products where the printed heuristic met the limits with no stock (*inferred*)."""
    if not search.trials:
        _follow(instance, whole_products(instance), run, search, "whole products", work=math.inf)
    return search


def _follow(
    instance: StockInstance, sequence: Iterator[int], run: Run, search: _Search, label: str,
    penalty: float | None = None, *, best: float = math.inf, work: float = WORK, step: int = 0,
) -> None:  # fmt: skip
    """Try each stock of a sequence, and keep the cheapest feasible one.

    The sequence compares `step` sets for each module; it is left when `work` is done.
    """
    growing = GrowingStock(instance, step)
    own_best: Trial | None = None
    known = min([best, *(trial.cost for trial in search.trials)])
    while True:
        search.tried += 1
        if growing.cost < (own_best.cost if own_best else math.inf) and growing.feasible:
            own_best = Trial(growing.cost, growing.masks.copy(), label, penalty)
            known = min(known, own_best.cost)
            run.report(own_best.cost, note=f"{label}, {instance.n_components + len(growing.masks)} modules")
        if growing.least_from_here > known or growing.full or growing.work > work or run.stopped:
            break
        module = next(sequence, None)
        if module is None:
            break
        growing.add(module)
    if own_best is not None:
        search.trials.append(own_best)


def _claim(instance: StockInstance, search: _Search) -> Claim:
    best = search.best
    details: dict[str, Any] = {"stocks_tried": search.tried}
    if best is None:
        return Claim(message="no stock tried meets all limits; that proves nothing", details=details)
    details |= {
        "n_modules": instance.n_components + len(best.masks), "sequence": best.label, "penalty": best.penalty,
    }  # fmt: skip
    return Claim(best.masks, details=details)
