"""The line of progress of a study: runs done, failed, left, and the expected end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

from atoopt.study.record import Record
from atoopt.study.running.runner import Progress, Teller


@contextlib.contextmanager
def progress_bar(wanted: bool) -> Iterator[Teller]:
    """Give a teller that draws a bar in a terminal or a notebook, or does nothing."""
    if not wanted or not (_in_notebook() or sys.stderr.isatty()):
        yield lambda progress, record: None
        return
    from tqdm.auto import tqdm

    with tqdm(total=0, unit="run", dynamic_ncols=True, file=sys.stderr) as bar:

        def draw(now: Progress, record: Record | None) -> None:
            bar.total, bar.n = now.planned, now.done
            bar.set_postfix_str(said(now), refresh=False)
            bar.refresh()

        yield draw


def said(now: Progress) -> str:
    """Return how far it is, in words.

    >>> said(Progress(planned=10, done=4, failed=1, seconds=8.0, seconds_left=None))
    '1 failed, 6 left'
    """
    words = f"{now.failed} failed, {now.left} left"
    if now.seconds_left is None or not now.left:
        return words
    end = datetime.now().astimezone() + timedelta(seconds=now.seconds_left)
    return f"{words}, done at about {end:%H:%M}"


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules
