"""Work beside the main thread, whose faults are not lost."""

from __future__ import annotations

import threading
from collections.abc import Callable


class HelperThread(threading.Thread):
    """A daemonic thread; what its work raised is raised again by `finish`, in the thread that waits for it.

    Parameters
    ----------
    work : callable

    Examples
    --------
    >>> helper = HelperThread(lambda: 1 / 0)
    >>> helper.start()
    >>> helper.finish()
    Traceback (most recent call last):
    ...
    ZeroDivisionError: division by zero
    """

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Do the work."""
        try:
            self.work()
        except BaseException as error:  # for the thread that waits
            self.failure = error

    def finish(self) -> None:
        """Wait for the end of the work, and raise what it raised."""
        self.join()
        if self.failure is not None:
            raise self.failure
