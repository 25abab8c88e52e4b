"""Annealing beside the search: better stocks cut the tree off earlier."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterable, Iterator

from atoopt.stock.incumbent import Incumbent

PATIENCE = 20.0
"""Seconds before a walk gives way to one from a better stock that was found elsewhere."""


@contextlib.contextmanager
def annealing_beside(incumbent: Incumbent, head_start: float = 0.0, seconds: float = math.inf) -> Iterator[None]:
    """Anneal in a thread until the block ends, or for `seconds`; the block begins after `head_start` seconds.

    One long walk finds more than many short ones, so it is broken off only for a better start.
    """
    ended, last = threading.Event(), time.monotonic() + seconds

    def stopped() -> bool:
        return ended.is_set() or incumbent.run.stopped or time.monotonic() > last

    def work() -> None:
        from atoopt.stock.annealing import anneal

        seed = incumbent.run.options.seed
        while not stopped():
            started, start = time.monotonic(), incumbent.masks
            own = [incumbent.cost]

            def found(stock: Iterable[int], own: list[float] = own) -> None:
                own[0] = min(own[0], incumbent.offer(stock).cost)

            def overtaken(own: list[float] = own, started: float = started) -> bool:
                waited = time.monotonic() - started > PATIENCE
                return stopped() or (waited and incumbent.cost < own[0] - 1e-9 * abs(own[0]))

            anneal(incumbent.instance, float("inf"), seed, start, stopped=overtaken, found=found)
            seed += 1
            if time.monotonic() - started < 0.1:  # there was nothing to move
                return

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        until = time.monotonic() + head_start
        while time.monotonic() < until and worker.is_alive() and not stopped():
            worker.join(0.05)
        yield
    finally:
        ended.set()
        worker.join()
