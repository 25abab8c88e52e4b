"""A solver's program: run in a session of its own, its lines heard, ended at its limit or when the user has enough."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

GRACE = 10.0
"""Seconds that a program gets beyond its own time limit; programs look at it now and then only."""

LAST = 2.0
"""Seconds between asking a program to end and killing it."""

LOOK = 0.1


@dataclass(frozen=True)
class Ended:
    """How a program ended.

    Attributes
    ----------
    status : int
        Its exit status, negative for a signal.
    lines : list of str
        What it printed.
    stopped : bool
        It was asked to end, or killed.
    """

    status: int
    lines: list[str]
    stopped: bool


def run_program(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    time_limit: float,
    should_stop: Callable[[], bool],
    hear: Callable[[str], None] = lambda line: None,
    folder: Path | None = None,
    first_signal: int = signal.SIGINT,
) -> Ended:
    """Run a program to its end.

    Parameters
    ----------
    arguments : sequence of str or path
    time_limit : float
        Seconds after which, and a grace, it is asked to end.
    should_stop : callable
    hear : callable
        Told each line.
    folder : Path, optional
        Where it runs.
    first_signal : int
        Which asks it to end; many solvers write what they have at an interrupt.

    Raises
    ------
    OSError
        It cannot be started.
    """
    process = subprocess.Popen(
        [os.fspath(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True, cwd=folder,
    )  # fmt: skip
    assert process.stdout is not None
    heard: queue.Queue[str | None] = queue.Queue()
    reader = threading.Thread(target=_read, args=(process.stdout, heard), daemon=True)
    reader.start()
    lines: list[str] = []
    until, asked = time.monotonic() + time_limit + GRACE, None
    try:
        while process.poll() is None:
            for line in _waiting(heard):
                lines.append(line)
                hear(line)
            now = time.monotonic()
            if asked is None and (should_stop() or now > until):
                asked = now
                _signal(process.pid, first_signal)
            elif asked is not None and now - asked > LAST:
                _signal(process.pid, signal.SIGKILL)
    finally:
        _signal(process.pid, signal.SIGKILL)  # children that it left
        process.wait()
    reader.join(LAST)
    for line in _waiting(heard, wait=False):
        lines.append(line)
        hear(line)
    return Ended(process.returncode, lines, asked is not None)


def _read(stream: IO[bytes], heard: queue.Queue[str | None]) -> None:
    with stream, contextlib.suppress(ValueError, OSError):
        for line in stream:
            heard.put(line.decode("utf-8", "replace").rstrip("\r\n"))


def _waiting(heard: queue.Queue[str | None], wait: bool = True) -> Iterable[str]:
    """Yield the lines that are there, waiting a little for the first."""
    with contextlib.suppress(queue.Empty):
        line = heard.get(timeout=LOOK) if wait else heard.get_nowait()
        while line is not None:
            yield line
            line = heard.get_nowait()


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
