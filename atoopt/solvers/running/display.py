"""The live line of a run in a terminal or a notebook: time, incumbent, bound, gap."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import Any

import tqdm
import tqdm.auto

from atoopt.base.gap import relative_gap
from atoopt.solvers.run import Listener, Progress

REFRESH = 0.2
"""Seconds between two drawings: a solver reports far more often than an eye can follow."""


@contextlib.contextmanager
def live_line(first: str = "looking for a first stock", anywhere: bool = False) -> Iterator[Listener]:
    """Give a listener whose news stand on one line of standard error, with a clock that never stops.

    Parameters
    ----------
    first : str
        What is said before there is news.
    anywhere : bool
        In a notebook, too: there as a widget where these are installed.
    """
    kind: Any = tqdm.auto.tqdm if anywhere else tqdm.tqdm
    bar = kind(bar_format="{elapsed}  {desc}", file=sys.stderr, leave=False, dynamic_ncols=True)
    news = [first]
    finished = threading.Event()

    def draw() -> None:
        while not finished.wait(REFRESH):
            bar.set_description_str(news[0])

    def listen(progress: Progress, note: str) -> None:
        news[0] = describe(progress, note) or news[0]

    clock = threading.Thread(target=draw, daemon=True)
    clock.start()
    try:
        yield listen
    finally:
        finished.set()
        clock.join()
        bar.close()


def describe(progress: Progress, note: str = "") -> str:
    """Return what is known, in words.

    >>> describe(Progress(3.0, 10.0, 9.0), "round 4")
    'cost 10.0000  bound 9.0000  gap 10.00%  round 4'
    >>> describe(Progress(3.0, None, None))
    ''
    """
    gap = relative_gap(progress.incumbent, progress.bound)
    parts = [
        f"cost {progress.incumbent:.4f}" if progress.incumbent is not None else "",
        f"bound {progress.bound:.4f}" if progress.bound is not None else "",
        f"gap {gap:.2%}" if gap is not None else "",
        note,
    ]
    return "  ".join(part for part in parts if part)


@contextlib.contextmanager
def shown(display: bool, listener: Listener | None) -> Iterator[Listener | None]:
    """Give the listener of a run: the user's, and where it is asked for a live line as well."""
    if not display:
        yield listener
        return
    with live_line("working", anywhere=True) as line:

        def both(progress: Progress, note: str) -> None:
            line(progress, note)
            if listener is not None:
                listener(progress, note)

        yield both
