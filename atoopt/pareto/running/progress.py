"""A line of progress for a front: how many points, and how much is left."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from atoopt.solvers.run import Run


@contextlib.contextmanager
def progress_line(run: Run, wanted: bool) -> Iterator[None]:
    """Show the run's notes on one line of standard error while the block runs, if that is a terminal."""
    if not wanted or not sys.stderr.isatty():
        yield
        return
    from tqdm import tqdm

    with tqdm(bar_format="{elapsed}  {desc}", file=sys.stderr, leave=False, dynamic_ncols=True) as line:
        run.listener = lambda progress, note: line.set_description_str(note)
        yield
