"""Compile what is cold, once an installation, in child processes; say so, and stop the clock of a run meanwhile."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from atoopt.base.files import resolve
from atoopt.kernels.folder import kernel_folder
from atoopt.kernels.groups import GROUPS

LOOK = 0.1
"""Seconds between two looks at the children, and at whether the user has had enough."""

SAID = 10.0
"""Seconds between two lines about how far it is."""

_attempted: set[str] = set()
"""Groups that this process need not try again: a kernel that is still missing is compiled where it is called."""


class Interrupted(Exception):
    """The user interrupted the compilation; the groups that are done are kept."""


class Stoppable(Protocol):
    """What is asked of a run."""

    interrupted: threading.Event
    started: float
    compile_seconds: float

    def report(self, incumbent: float | None = None, bound: float | None = None, note: str = "") -> None:
        """Tell of news."""


def prepare(groups: Iterable[str], run: Stoppable | None = None) -> None:
    """Compile the kernels of those groups that are cold; the clock of the run stands still meanwhile.

    Parameters
    ----------
    groups : iterable of str
        Of `GROUPS`, those first that are needed first.
    run : Run, optional
        Its start is put off by the seconds that this takes; its time limit does not end it, its interrupt does.

    Raises
    ------
    Interrupted
        The user interrupted it.
    """
    cold = [group for group in groups if not is_ready(group) and group not in _attempted]
    if not cold:
        return
    started = time.monotonic()
    said = _Said(len(cold), started, run)
    try:
        try:
            if kernel_folder() is not None:
                _compile_in_children(cold, said, run)
        except OSError:  # no process can be started: each kernel is compiled where it is called
            pass
        if kernel_folder() is None:
            _compile_here(cold, said, run)
        _attempted.update(cold)
        said.end("compiling kernels took {:.1f} s, which count toward no time limit")
    except (Interrupted, KeyboardInterrupt):
        said.end("compiling kernels was interrupted after {:.1f} s; the next run goes on with it")
        raise
    finally:
        seconds = time.monotonic() - started
        if run is not None:
            run.started += seconds
            run.compile_seconds += seconds


def prepare_on_demand(group: str) -> bool:
    """Compile a group whose kernel is called just now; return whether that was tried."""
    if group in _attempted:
        return False
    prepare([group])
    return True


def is_ready(group: str) -> bool:
    """Return whether a group has been compiled."""
    folder = kernel_folder()
    return folder is not None and _marker(folder, group).exists()


def is_at_hand(group: str) -> bool:
    """Return whether a group has been compiled, on disk or in this process."""
    return is_ready(group) or group in _attempted


def compile_group(group: str) -> None:
    """Compile a group in this process, and note that it is done; another process that does the same is waited for."""
    folder = kernel_folder()
    if folder is None:
        resolve(GROUPS[group])()
        return
    with _alone(folder / f"{group}.lock"):
        resolve(GROUPS[group])()
    _marker(folder, group).touch()


def compile_as_child(group: str) -> None:
    """Compile a group in a process that starts no other one, whatever its kernels call."""
    from atoopt.kernels.held_back import hold_back_numba

    _attempted.update(GROUPS)
    hold_back_numba()
    compile_group(group)


def _marker(folder: Path, group: str) -> Path:
    return folder / f"{group}.ready"


class _Said:
    """Tells how far it is, on standard error and to the listener of the run."""

    def __init__(self, groups: int, started: float, run: Stoppable | None) -> None:
        self.groups, self.started, self.run = groups, started, run
        self.last = -SAID

    def progress(self, done: int) -> None:
        """Tell how many groups are done, now and then."""
        seconds = time.monotonic() - self.started
        text = f"compiling kernels, once for this installation: {done} of {self.groups} groups, {seconds:.0f} s"
        if self.run is not None:
            self.run.report(note=text)
        if seconds - self.last >= SAID:
            self.last = seconds
            _print(text)

    def end(self, text: str) -> None:
        """Tell how it ended, after how many seconds."""
        _print(text.format(time.monotonic() - self.started))


def _print(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # standard error may be closed
        print(f"atoopt: {text}", file=sys.stderr, flush=True)


def _compile_in_children(cold: list[str], said: _Said, run: Stoppable | None) -> None:
    """Compile each group in a child process, as many at once as there are processors."""
    waiting, working, done = list(cold), {}, 0  # type: ignore[var-annotated]
    try:
        while waiting or working:
            while waiting and len(working) < _processors():
                group = waiting.pop(0)
                working[group] = _child(group)
            said.progress(done)
            _check(run)
            time.sleep(LOOK)
            for group in [group for group, child in working.items() if child.poll() is not None]:
                status = working.pop(group).returncode
                done += 1
                if status and not _is_interrupted(run):
                    _print(f"kernels of {group} are compiled where they are called: a process ended with {status}")
        if not all(map(is_ready, cold)):  # Ctrl-C in a terminal reaches the children, too
            _check(run)
    finally:
        for child in working.values():
            child.kill()
        for child in working.values():
            child.wait()


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _child(group: str) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    path = os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-m", "atoopt.kernels", group], stdin=nowhere, stdout=nowhere, stderr=nowhere,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def _compile_here(cold: list[str], said: _Said, run: Stoppable | None) -> None:
    """Compile the groups in a thread of this process, which the user need not wait for."""
    done: list[str] = []

    def work(compile_one: Callable[[str], None]) -> None:
        for group in cold:
            compile_one(group)
            done.append(group)

    worker = threading.Thread(target=work, args=(compile_group,), daemon=True)
    worker.start()
    while worker.is_alive():
        said.progress(len(done))
        _check(run)
        worker.join(LOOK)


def _check(run: Stoppable | None) -> None:
    if _is_interrupted(run):
        raise Interrupted


def _is_interrupted(run: Stoppable | None) -> bool:
    return run is not None and run.interrupted.is_set()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process; where the system has none, two processes may do the same work."""
    with contextlib.ExitStack() as stack:
        try:
            import fcntl

            file = stack.enter_context(path.open("wb"))
            fcntl.flock(file, fcntl.LOCK_EX)
        except (ImportError, OSError):
            pass
        yield
