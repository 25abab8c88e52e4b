"""Every stock there is, for small cases: the optimum, and the data behind the paper's Figs. 4 to 6.

This is the reference for the other methods, and shares with them neither a model nor a partition routine:
savings come from tables over sets of modules, see `atoopt.stock.enumeration.enumerate_kernel`.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Listener, Options, Run
from atoopt.stock.cost import cost_equation
from atoopt.stock.enumeration import enumerate_kernel as kernel
from atoopt.stock.enumeration.states import States, free_modules, tasks_of
from atoopt.stock.instance import StockInstance
from atoopt.stock.ready import ready

if TYPE_CHECKING:
    import pandas as pd

COARSE = "costs of so different size that sums of doubles do not tell the stocks apart"


def solve(instance: StockInstance, run: Run) -> Claim:
    """Look at every stock: the cheapest that meets all limits, or the proof that there is none.

    Raises
    ------
    InputError
        More than `states.MAX_MODULES` candidate modules.

    Examples
    --------
    >>> import atoopt
    >>> result = atoopt.solve(atoopt.load("instances/stock/frequency-4.json"), "enumeration")
    >>> result.details["stocks"], result.details["profile"][-1]["n_modules"]
    (2048, 15)
    """
    ready(instance, run, ["packing", "enumeration"])
    count = count_all(instance, run)
    if not count.complete:
        message = f"{count.stocks:,} of {2 ** len(count.modules):,} stocks seen"
        return Claim(count.best, message=message, details={"stocks": count.stocks})
    details = {"stocks": count.stocks, "profile": count.rows()}
    return Claim(count.best, bound=count.bound, infeasible=count.best is None, details=details, unproven=COARSE)


def profile(instance: StockInstance, listener: Listener | None = None) -> pd.DataFrame:
    """Return, for each number of modules N, how good and how bad a stock can be.

    Parameters
    ----------
    instance : StockInstance
        At most `states.MAX_MODULES` candidate modules. Those that fit in no product are left out.
    listener : callable, optional
        Hears of the progress, as in `atoopt.solve`.

    Returns
    -------
    DataFrame
        One row per N, single components included: ``n_modules``, ``stocks``, ``feasible`` (stocks that meet
        every limit), ``least_time``, ``greatest_time`` (mean assembly time t(S)), ``least_cost``,
        ``greatest_cost``, and ``least_feasible_cost`` (NaN where no stock is feasible).

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.enumeration.enumerate import profile
    >>> table = profile(atoopt.load("instances/stock/frequency-4.json"))
    >>> table["least_time"].round(2).head(4).tolist()
    [1.6, 0.8, 0.45, 0.25]
    """
    import pandas as pd

    rows = count_all(instance, Run(Options(), listener)).rows()
    return pd.DataFrame(rows).astype({"least_feasible_cost": float})


@dataclass(frozen=True)
class Count:
    """What was seen: one row per number of modules of several components held (see the kernel's columns)."""

    instance: StockInstance
    modules: tuple[int, ...]
    whole: NDArray[np.int64]
    real: NDArray[np.float64]
    scale: float
    complete: bool

    @property
    def stocks(self) -> int:
        """The number of stocks seen."""
        return int(self.whole[:, kernel.STOCKS].sum())

    @property
    def least_cost(self) -> float | None:
        """The cost of the cheapest feasible stock; None if there is none."""
        least = float(self.real[:, kernel.LEAST_FEASIBLE].min())
        return least if math.isfinite(least) else None

    @property
    def bound(self) -> float | None:
        """What no feasible stock costs less than, whatever the last digits of the sums of its cost."""
        if self.least_cost is None:
            return None
        per_operation = cost_equation(self.instance).per_operation
        cancelled = max(0.0, -per_operation * self.instance.most_operations)  # terms below 0, as large as others
        return self.least_cost - 8 * float(np.finfo(float).eps) * (self.least_cost + 2 * cancelled)

    @property
    def best(self) -> list[int] | None:
        """The cheapest feasible stock, its modules of several components as bits; None if there is none."""
        if self.least_cost is None:
            return None
        stock = int(self.whole[int(self.real[:, kernel.LEAST_FEASIBLE].argmin()), kernel.BEST])
        return [mask for j, mask in enumerate(self.modules) if stock >> j & 1]

    def rows(self) -> list[dict[str, Any]]:
        """Return the columns of `profile` as plain data, None where no stock is feasible."""
        tau = self.instance.time_per_operation
        alone = _operations_of_singles(self.instance)
        table = []
        for held, (whole, real) in enumerate(zip(self.whole.tolist(), self.real.tolist(), strict=True)):
            feasible = whole[kernel.FEASIBLE]
            table.append(
                {
                    "n_modules": self.instance.n_components + held,
                    "stocks": whole[kernel.STOCKS],
                    "feasible": feasible,
                    "least_time": tau * max(0.0, alone - whole[kernel.GREATEST_SAVING] / self.scale),
                    "greatest_time": tau * max(0.0, alone - whole[kernel.LEAST_SAVING] / self.scale),
                    "least_cost": real[kernel.LEAST_COST],
                    "greatest_cost": real[kernel.GREATEST_COST],
                    "least_feasible_cost": real[kernel.LEAST_FEASIBLE] if feasible else None,
                }
            )
        return table


def count_all(instance: StockInstance, run: Run) -> Count:
    """Count all stocks, in threads, until all are seen or the run is stopped."""
    states = States(instance, free_modules(instance))
    n_low, tasks = tasks_of(states)
    seen: tuple[Any, Any] | None = None
    done = 0
    pool = ThreadPoolExecutor(run.options.threads or numba.config.NUMBA_NUM_THREADS)
    try:
        futures = [
            pool.submit(kernel.count_stocks, first, last, n_low, states.tables, states.terms) for first, last in tasks
        ]
        for future in futures:
            part = future.result()
            seen = part if seen is None else _merged(seen, part)
            done += 1
            share = f"{done / len(tasks):.0%} of {2 ** len(states.modules):,} stocks seen"
            run.report(float(seen[1][:, kernel.LEAST_FEASIBLE].min()), note=share)
            if run.stopped:
                break
    finally:
        pool.shutdown(cancel_futures=True)
    assert seen is not None
    return Count(instance, states.modules, *seen, states.scale, done == len(tasks))


def _merged(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
    """Join two counts; of equally cheap stocks the first one's stays."""
    whole, real = one[0].copy(), one[1].copy()
    better = other[1][:, kernel.LEAST_FEASIBLE] < real[:, kernel.LEAST_FEASIBLE]
    whole[better, kernel.BEST] = other[0][better, kernel.BEST]
    for column in (kernel.STOCKS, kernel.FEASIBLE):
        whole[:, column] += other[0][:, column]
    for table, new, least, greatest in (
        (whole, other[0], kernel.LEAST_SAVING, kernel.GREATEST_SAVING),
        (real, other[1], kernel.LEAST_COST, kernel.GREATEST_COST),
    ):
        table[:, least] = np.minimum(table[:, least], new[:, least])
        table[:, greatest] = np.maximum(table[:, greatest], new[:, greatest])
    real[better, kernel.LEAST_FEASIBLE] = other[1][better, kernel.LEAST_FEASIBLE]
    return whole, real


def _operations_of_singles(instance: StockInstance) -> float:
    """Return the mean number of operations when only single components are held."""
    return float(instance.shares @ np.maximum(instance.product_sizes - 1, 0))
