"""Annealing beside the search: better stocks cut the tree off earlier."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Iterator

from atoopt.solvers.threads import HelperThread
from atoopt.stock.incumbent import Incumbent

FIRST_WALK = 60.0
"""Seconds of the first walk; each next one takes twice as long, from the best stock known by then."""


@contextlib.contextmanager
def annealing_beside(incumbent: Incumbent, head_start: float = 0.0, seconds: float = math.inf) -> Iterator[None]:
    """Anneal in a thread until the block ends, or for `seconds`; the block begins after `head_start` seconds.

    Where one thread is all that the run may use, annealing ends when the block begins. What goes wrong in the thread
    is raised at the end of the block.

    One long walk finds more than many short ones, so it is not broken off for a better start found elsewhere.
    """
    alone = incumbent.run.options.threads == 1
    ended, last = threading.Event(), time.monotonic() + (head_start if alone else seconds)

    def stopped() -> bool:
        return ended.is_set() or incumbent.run.stopped or time.monotonic() > last

    def work() -> None:
        from atoopt.stock.annealing import anneal

        seed, walk = incumbent.run.options.seed, FIRST_WALK
        while not stopped():
            started = time.monotonic()
            planned = min(walk, incumbent.run.remaining, last - started)
            anneal(incumbent.instance, planned, seed, incumbent.masks, stopped=stopped, found=incumbent.offer)
            seed, walk = seed + 1, 2 * walk
            if time.monotonic() - started < min(0.1, 0.5 * planned):  # there was nothing to move
                return

    worker = HelperThread(work)
    worker.start()
    try:
        until = time.monotonic() + head_start
        while time.monotonic() < until and worker.is_alive() and not stopped():
            worker.join(0.05)
        if alone:
            worker.finish()
        yield
    finally:
        ended.set()
        worker.join()
    worker.finish()
