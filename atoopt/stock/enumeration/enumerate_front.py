"""The front of cost against assembly time over every stock, for small cases: the reference for the other methods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np

from atoopt.pareto.filter import nondominated
from atoopt.solvers.run import Run
from atoopt.stock.enumeration import enumerate_kernel as kernel
from atoopt.stock.enumeration.states import States, free_modules, tasks_of
from atoopt.stock.instance import StockInstance


def undominated_stocks(instance: StockInstance, run: Run) -> tuple[list[list[int]], bool]:
    """Return the feasible stocks that no other dominates, their modules as bits, and whether all were looked at.

    Raises
    ------
    InputError
        There are more than `atoopt.stock.enumeration.enumerate.MAX_MODULES` candidate modules.

    Examples
    --------
    >>> import atoopt
    >>> stocks, complete = undominated_stocks(atoopt.load("instances/stock/frequency-4.json"), Run())
    >>> len(stocks), complete
    (6, True)
    """
    states = States(instance, free_modules(instance))
    n_low, tasks = tasks_of(states)
    values, stocks = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    done = 0
    pool = ThreadPoolExecutor(run.options.threads or numba.config.NUMBA_NUM_THREADS)
    try:
        futures = [
            pool.submit(kernel.promising_stocks, first, last, n_low, states.tables, states.terms, states.most_saved)
            for first, last in tasks
        ]
        for future in futures:
            cost, saved, stock = future.result()
            values = np.concatenate([values, np.stack([cost, -saved / states.scale], axis=1)])
            kept = nondominated(values)
            values, stocks = values[kept], np.concatenate([stocks, stock])[kept]
            done += 1
            share = f"{done / len(tasks):.0%} of {2 ** len(states.modules):,} stocks seen"
            run.report(note=f"{share}, {len(stocks)} points")
            if run.stopped:
                break
    finally:
        pool.shutdown(cancel_futures=True)
    found = [[mask for j, mask in enumerate(states.modules) if stock >> j & 1] for stock in stocks.tolist()]
    return found, done == len(tasks)
