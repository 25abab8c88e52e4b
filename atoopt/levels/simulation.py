"""Orders and replenishments one event after another: an answer that shares nothing with the formulas.

Every order takes one unit of each of its modules, at once where they are there, else as the replenishments come in,
first come, first served; a unit that came for an order waits for the others. Each unit taken is ordered anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atoopt.levels.system import Floats, Levels, System

BATCHES = 20
"""Batches of time, by whose means the errors are judged: orders near in time wait together."""


@dataclass(frozen=True)
class Simulated:
    """Fill rates and backorders of a run, with standard errors.

    Attributes
    ----------
    fill_rates, fill_errors : (m,) array
        Of each order type; nan where none of it was seen.
    backorders, backorder_errors : (m,) array
        Mean number of orders that wait.
    average_fill_rate : float
        Of all orders.
    orders : int
        That were counted, those of the warm-up left out.
    """

    fill_rates: Floats
    fill_errors: Floats
    backorders: Floats
    backorder_errors: Floats
    average_fill_rate: float
    orders: int


def simulate(system: System, levels: Levels, *, periods: float, seed: int, within: float = 0.0) -> Simulated:
    """Simulate Poisson orders.

    Parameters
    ----------
    system : System
    levels : (n,) array of int
    periods : float
        Time that is counted, after a warm-up of three of the longest lead times.
    seed : int
    within : float
        w: a wait of at most this counts as filled.

    Examples
    --------
    >>> import numpy as np
    >>> one = System(("a",), np.array([1.0]), np.ones(1), ((0,),), np.array([2.0]))
    >>> found = simulate(one, np.array([4]), periods=2_000, seed=0)
    >>> bool(abs(found.fill_rates[0] - 0.857123) < 4 * found.fill_errors[0])
    True
    """
    warm_up = 3 * float(system.lead_times.max())
    orders = poisson_orders(system, warm_up + periods, np.random.default_rng(seed))
    return replay(system, levels, orders, start=warm_up, end=warm_up + periods, within=within)


def poisson_orders(system: System, periods: float, rng: np.random.Generator) -> Iterator[tuple[float, int]]:
    """Yield the time and the type of each order."""
    total = float(system.rates.sum())
    n = int(rng.poisson(total * periods))
    times = np.sort(rng.random(n)) * periods
    kinds = rng.choice(len(system.orders), n, p=system.rates / total)
    yield from zip(times.tolist(), kinds.tolist(), strict=True)


def replay(
    system: System, levels: Levels, orders: Iterable[tuple[float, int]], *, start: float, end: float,
    within: float = 0.0,
) -> Simulated:  # fmt: skip
    """Serve given orders, in their order, and count those from `start` to `end`.

    Parameters
    ----------
    orders : iterable of (float, int)
        Time and order type, times not falling.
    """
    span = (end - start) / BATCHES
    seen, good, waited = (np.zeros((BATCHES, len(system.orders))) for _ in range(3))
    for time, kind, wait in _waits(system, levels, orders):
        if start <= time < end:
            batch = min(int((time - start) / span), BATCHES - 1)
            seen[batch, kind] += 1
            good[batch, kind] += wait <= within + 1e-12 * (1 + time)
            waited[batch, kind] += wait
    return _summed(seen, good, waited, span)


def _waits(system: System, levels: Levels, orders: Iterable[tuple[float, int]]) -> Iterator[tuple[float, int, float]]:
    """Yield time, type and waiting time of each order.

    The units of a module that are there or under way stand in a queue by the time they come: lead times are constant,
    so that units do not overtake, and each unit that is asked for sends for the next.
    """
    coming = [deque([0.0] * int(level)) for level in levels]
    lead = system.lead_times.tolist()
    for time, kind in orders:
        ready = time
        for i in system.orders[kind]:
            coming[i].append(time + lead[i])
            ready = max(ready, coming[i].popleft())
        yield time, kind, ready - time


def _summed(seen: NDArray[np.float64], good: Floats, waited: Floats, span: float) -> Simulated:
    """Return means over the batches, and their standard errors."""
    total = seen.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = np.where(total > 0, good.sum(axis=0) / total, np.nan)
        # the error of a ratio: of good - rate x seen, batch by batch
        residues = (good - rates * seen).std(axis=0, ddof=1) * np.sqrt(BATCHES) / total
    backorders = waited / span
    return Simulated(
        rates, residues, backorders.mean(axis=0), backorders.std(axis=0, ddof=1) / np.sqrt(BATCHES),
        float(good.sum() / max(total.sum(), 1)), int(total.sum()),
    )  # fmt: skip
