"""Annealing beside the search: better stocks cut the tree off earlier."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from atoopt.stock.decomposition.incumbent import Incumbent

FIRST_SECONDS = 2.0


@contextlib.contextmanager
def annealing_beside(incumbent: Incumbent) -> Iterator[None]:
    """Anneal in a thread until the block ends, each time longer and from the best stock known."""
    ended = threading.Event()

    def stopped() -> bool:
        return ended.is_set() or incumbent.run.stopped

    def work() -> None:
        from atoopt.stock.annealing import anneal

        seconds, seed = FIRST_SECONDS, incumbent.run.options.seed
        while not stopped():
            # every other time from scratch: another valley may be deeper
            start = incumbent.masks if seed % 2 else ()
            answer = anneal(incumbent.instance, seconds, seed, start, stopped=stopped)
            if answer.stock is not None:
                incumbent.offer(answer.stock)
            seconds, seed = min(1.5 * seconds, 60.0), seed + 1

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield
    finally:
        ended.set()
        worker.join()
