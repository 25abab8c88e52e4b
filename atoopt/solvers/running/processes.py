"""Child processes: whether there may be any, and that none outlives its parent."""

from __future__ import annotations

import functools
import multiprocessing
import os
import threading
import time
import warnings
from multiprocessing.connection import wait

GLANCE = 1.0
"""Seconds between two looks for the parent, where it cannot be waited for."""


def jobs_here(jobs: int) -> int:
    """Return how many child processes may work: none, which is one job, inside a daemonic process.

    Python lets no daemonic process (a worker of `multiprocessing.Pool`) have children; it is said once.
    """
    if jobs > 1 and multiprocessing.current_process().daemon:
        _warn_once(jobs)
        return 1
    return jobs


@functools.cache
def _warn_once(jobs: int) -> None:
    text = f"jobs={jobs} is not possible in a daemonic process, which may have no children: one process is used"
    warnings.warn(text, RuntimeWarning, stacklevel=5)


_watching = threading.Lock()


def end_with_parent(parent: int | None = None) -> None:
    """End this process when its parent ends, however that happened: a killed parent cannot tell its children.

    Called in a child, as often as one likes; a thread waits for the parent.

    Parameters
    ----------
    parent : int, optional
        Its process number, for a parent that may have ended before this is called.
    """
    if _watching.acquire(blocking=False):
        threading.Thread(target=_wait_and_end, args=(parent or os.getppid(),), daemon=True).start()


def _wait_and_end(parent: int) -> None:
    sentinel = getattr(multiprocessing.parent_process(), "sentinel", None)
    if sentinel is not None:
        wait([sentinel])
    else:  # a child of joblib knows its parent by number only
        while os.getppid() == parent:
            time.sleep(GLANCE)
    os._exit(1)
