"""Programs as children: line by line, in a process group of their own, of which nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LONGEST_LINE = 4_000
"""Characters; a program that prints no line ends is cut there."""

WAITING_LINES = 1_000
"""Lines that are read ahead; a program that prints more waits for us, and does not fill the memory."""

GLANCE = 0.05
"""Seconds between two looks at whether to stop."""

PATIENCE = 5.0
"""Seconds that a program is given to end by itself after it was asked to, before it is killed."""


@dataclass(frozen=True)
class Ended:
    """How a program ended.

    Attributes
    ----------
    status : int
        Its exit status; minus the number of the signal that ended it.
    stopped : str
        "limit" or "asked" where we ended it, else empty.
    last_lines : tuple of str
        Of its output.
    """

    status: int
    stopped: str
    last_lines: tuple[str, ...]

    @property
    def reason(self) -> str:
        """What to say of a program that gave no answer: its status and its last line, in one line."""
        last = next((line.strip() for line in reversed(self.last_lines) if line.strip()), "")
        how = f"ended by signal {-self.status}" if self.status < 0 else f"exit status {self.status}"
        return " ".join(f"{how}: {last[:200]}".split()) if last else how


def run_program(
    command: Sequence[str],
    *,
    seconds: float,
    should_stop: Callable[[], bool],
    on_line: Callable[[str], None],
    gently: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
    by_line: bool = False,
) -> Ended:
    """Run a program to its end, its limit, or until it is to stop.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    seconds : float
        After which the whole group is ended.
    should_stop : callable
        Polled.
    on_line : callable
        Called with each line of standard output and error, without its end.
    gently : signal
        What the program takes as a wish to stop; after `PATIENCE` seconds the group is killed.
    folder : Path, optional
        Its working directory.
    by_line : bool
        Have a C program print each line at once, where ``stdbuf`` is here; through a pipe it else keeps 4 KB back.

    Raises
    ------
    OSError
        It cannot be started.
    """
    until = time.monotonic() + seconds
    whole = [*_dies_with_us(), *(_by_line() if by_line else []), *command]
    child = subprocess.Popen(
        whole, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd=folder, process_group=0,  # in our session still: who kills that, ends the program, too
    )  # fmt: skip
    assert child.stdout is not None
    lines: queue.Queue[str] = queue.Queue(WAITING_LINES)
    reader = threading.Thread(target=_read, args=(child.stdout, lines), daemon=True)
    reader.start()
    last: deque[str] = deque(maxlen=20)
    stopped, killed_at = "", float("inf")
    try:
        while not _has_ended(child):
            _take(lines, last, on_line)
            now = time.monotonic()
            if not stopped and (now >= until or should_stop()):
                stopped, killed_at = "limit" if now >= until else "asked", now + PATIENCE
                child.send_signal(gently)
            if now >= killed_at:
                _kill_group(child)
        _kill_group(child)  # what it may have left behind, which may hold our end of its output, too
        while reader.is_alive() or not lines.empty():
            _take(lines, last, on_line)
    finally:
        _kill_group(child)
        child.wait()
    return Ended(child.returncode, stopped, tuple(last))


def _dies_with_us() -> list[str]:
    """Return what a command begins with, so that the program ends when we are killed; nothing where it is not there."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _by_line() -> list[str]:
    stdbuf = shutil.which("stdbuf")
    return [stdbuf, "-oL"] if stdbuf else []


def _read(stream: IO[bytes], lines: queue.Queue[str]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while line := stream.readline(LONGEST_LINE):
            lines.put(line.decode("utf-8", "replace").rstrip("\r\n"))
    stream.close()


def _take(lines: queue.Queue[str], last: deque[str], on_line: Callable[[str], None]) -> None:
    """Hand on the lines that are there, waiting a little for the first."""
    with contextlib.suppress(queue.Empty):
        for n in range(WAITING_LINES):
            line = lines.get(block=not n, timeout=GLANCE)
            last.append(line)
            on_line(line)


def _has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Whether the program has ended; it is left to be waited for, so that its number stays its own."""
    options = os.WEXITED | os.WNOHANG | os.WNOWAIT
    return child.returncode is not None or os.waitid(os.P_PID, child.pid, options) is not None


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
