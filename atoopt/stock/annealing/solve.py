"""The method ``annealing``: restarts over seeds in parallel, from the greedy stock."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from joblib import Parallel, delayed

from atoopt.solvers.result import Claim
from atoopt.solvers.run import Run
from atoopt.stock.annealing.search import Annealed, anneal, default_moves
from atoopt.stock.instance import StockInstance
from atoopt.stock.ready import FOR_ANNEALING, ready
from atoopt.stock.start import first_stock

HISTORY_POINTS = 500
"""The most points of a seed's history in the details of a result."""


def solve(instance: StockInstance, run: Run) -> Claim:
    """Anneal from the greedy stock, ``run.options.jobs`` seeds in parallel; no bound is claimed.

    Seeds are ``seed``, ``seed + 1``, ...; the best answer wins, the lowest seed where several are as good. With a
    time limit the search goes on until then, and its cooling is planned by the clock; without one it makes
    `default_moves` moves a seed, and the same seed and number of jobs give the same answer.

    Returns
    -------
    Claim
        ``details["restarts"]`` holds, per seed, cost, moves, seconds, statistics per kind of move, and a
        history of (seconds, moves, temperature, current cost, best cost).

    Examples
    --------
    >>> import atoopt
    >>> round(atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), "annealing").objective, 4)
    38.0968
    """
    ready(instance, run, FOR_ANNEALING)
    start = first_stock(instance, run) or []
    seconds, moves = (None, default_moves(instance)) if run.options.time_limit is None else (run.remaining, None)
    news = threading.Lock()

    def improved(cost: float, seed: int) -> None:
        with news:  # the seeds run in threads
            run.report(cost, None, f"seed {seed}")

    # Threads, for the compiled walk leaves Python's lock: one interrupt then reaches every seed.
    restarts: list[Annealed] = Parallel(n_jobs=run.options.jobs, prefer="threads")(
        delayed(anneal)(
            instance, seconds, seed, start, moves=moves, stopped=lambda: run.stopped,
            improved=lambda cost, seed=seed: improved(cost, seed),
        )
        for seed in range(run.options.seed, run.options.seed + run.options.jobs)
    )  # fmt: skip
    return claim_of(restarts)


def claim_of(restarts: Iterable[Annealed]) -> Claim:
    """Return the best of several seeds' stocks as a claim."""
    restarts = list(restarts)
    details = {"restarts": [_plain(restart) for restart in restarts]}
    found = [restart for restart in restarts if restart.cost is not None]
    if not found:
        return Claim(message="no stock that keeps every limit was found", details=details)
    best = min(found, key=lambda restart: (restart.cost, restart.seed))
    moves = sum(restart.moves for restart in restarts)
    return Claim(solution=best.stock, message=f"{moves:,} moves over {len(restarts)} seeds", details=details)


def _plain(restart: Annealed) -> dict[str, Any]:
    """Return a seed's record as plain data; long histories are thinned evenly."""
    step = max(1, -(-len(restart.history) // HISTORY_POINTS))
    return {
        "seed": restart.seed,
        "cost": restart.cost,
        "moves": restart.moves,
        "seconds": restart.seconds,
        "statistics": restart.statistics,
        "history": [list(moment) for moment in restart.history[::-1][::step][::-1]],
    }
