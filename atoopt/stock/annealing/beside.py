"""Annealing beside the search: better stocks cut the tree off earlier."""

from __future__ import annotations

import contextlib
import math
import sys
import threading
import time
from collections.abc import Iterator

from atoopt.solvers.run import Run
from atoopt.solvers.running.threads import HelperThread
from atoopt.stock.incumbent import Incumbent

FIRST_WALK = 60.0
"""Seconds of the first walk; each next one takes twice as long, from the best stock known by then."""

SHORT, MOST_ALONE = 3.0, 8.0
"""Limits of so many seconds are all annealing's, and of longer ones as many, but no more than half; and the most."""

ALONE = 0.25
"""The share of a long limit that annealing has to itself."""

TURN, LONGEST_TURN = 0.5, 30.0
"""With a single thread annealing ends where the search begins: its share of the time, and seconds without a limit."""

SETTLED, PATIENCE = 0.3, 2.0
"""A walk has settled when it has found nothing for so many seconds, and for so many times as long as it took before."""

SWITCH = 5e-4
"""Seconds after which one thread lets another have Python's lock: a block of moves takes little longer than that, and
would wait ten times as long for the lock after each."""

GLANCE = 0.02
"""Seconds between two looks at the walk."""


def head_start(run: Run) -> float:
    """Return how long annealing goes on alone at most; it is over earlier once the walk has settled."""
    left = run.remaining
    if run.options.threads == 1:
        return LONGEST_TURN if math.isinf(left) else TURN * left
    return left if left <= SHORT else min(MOST_ALONE, max(ALONE * left, min(SHORT, left / 2)))


@contextlib.contextmanager
def annealing_beside(incumbent: Incumbent, alone: float = 0.0, seconds: float = math.inf) -> Iterator[_Walk]:
    """Anneal in a thread until the block ends, or for `seconds`; the block begins when the walk has settled.

    One long walk finds more than many short ones, so it is not broken off for a better start found elsewhere, nor when
    the block begins: unless the run has a single thread. What goes wrong in the thread is raised at the end of the
    block.

    Parameters
    ----------
    incumbent : Incumbent
    alone : float
        The block begins after so many seconds, whether the walk has settled or not.
    seconds : float
    """
    walk, interval = _Walk(incumbent, time.monotonic() + seconds), sys.getswitchinterval()
    if alone <= 0 and incumbent.run.options.threads == 1:
        yield walk
        return
    sys.setswitchinterval(min(SWITCH, interval))
    walk.start()
    try:
        until = time.monotonic() + alone
        while time.monotonic() < until and walk.is_alive() and not walk.settled:
            walk.join(GLANCE)
        if incumbent.run.options.threads == 1:
            walk.end()
        yield walk
    finally:
        walk.end()
        sys.setswitchinterval(interval)
    walk.finish()


class _Walk(HelperThread):
    """A thread that anneals until it is told to end."""

    def __init__(self, incumbent: Incumbent, last: float) -> None:
        super().__init__(self.anneal)
        self.incumbent, self.last = incumbent, last
        self.ended = threading.Event()
        self.began, self.found = math.inf, math.inf  # moments: of the first move, and of the best stock

    def anneal(self) -> None:
        """Walk, each time for twice as long, from the best stock known."""
        from atoopt.stock.annealing import anneal

        incumbent, seed, seconds = self.incumbent, self.incumbent.run.options.seed, FIRST_WALK
        while not self.stopped():
            started = time.monotonic()
            planned = min(seconds, incumbent.run.remaining, self.last - started)
            anneal(incumbent.instance, planned, seed, incumbent.masks, stopped=self.looked_up, found=self.take)
            seed, seconds = seed + 1, 2 * seconds
            if time.monotonic() - started < min(0.1, 0.5 * planned):  # there was nothing to move
                return

    def stopped(self) -> bool:
        """Whether to end the walk."""
        return self.ended.is_set() or self.incumbent.run.stopped or time.monotonic() > self.last

    def looked_up(self) -> bool:
        """Note that the walk moves: loading what is compiled takes a while; return whether to end it."""
        if math.isinf(self.began):
            self.began = self.found = time.monotonic()
        return self.stopped()

    def take(self, stock: list[int]) -> None:
        """Offer a stock of the walk's, and note when a better one came."""
        before = self.incumbent.cost
        self.incumbent.offer(stock)
        if self.incumbent.cost < before:
            self.found = time.monotonic()

    @property
    def settled(self) -> bool:
        """Whether the walk has found nothing for so long that it may be at its end."""
        quiet = time.monotonic() - self.found
        return quiet >= SETTLED and quiet >= PATIENCE * (self.found - self.began)

    def use_the_rest(self) -> None:
        """Let the walk go on until the time is up, where there is a limit."""
        while math.isfinite(self.incumbent.run.remaining) and not self.stopped() and self.is_alive():
            self.join(GLANCE)

    def end(self) -> None:
        """End the walk and wait for it."""
        self.ended.set()
        self.join()
