"""One run of a study, in a process of its own: ``python -m atoopt.study.running.child FOLDER``.

FOLDER holds ``job.json``. The process imports what it needs, says in ``began.json`` that it begins, solves, and writes
``answer.json``; each advance is a line of ``trajectory.jsonl``, so that a run that is killed leaves its course.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

OUT_OF_MEMORY = 77
"""Exit status of a run that was refused more memory."""

SIGNS_OF_MEMORY = ("bad_alloc", "cannot allocate memory", "can't start new thread", "out of memory", "memoryerror")
"""What libraries say when they are refused memory, in lower case."""


def main(folder: Path) -> int:
    """Run the job in a folder; return the exit status."""
    end_with_parent()
    os.environ["TMPDIR"] = str(folder)  # removed with it, whatever a solver leaves there
    spec = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    from atoopt.base.errors import InputError
    from atoopt.study.running.answers import cpu_seconds, told
    from atoopt.study.running.solving import load, solve

    with contextlib.suppress(OSError):  # a program of the study starts where the study is, if that is here
        os.chdir(spec["folder"])
    try:
        task = load(spec, folder, import_pyomo)
    except InputError as error:
        _write(folder / "answer.json", told("skipped", f"skipped: {error}", spec))
        return 0
    signal.signal(
        signal.SIGTERM, lambda *_: None
    )  # `solve` ends with its incumbent; afterwards there is nothing to end
    signal.signal(signal.SIGXCPU, _ask_once)
    _restrict(spec["limits"], cpu_seconds())
    course = _Course(folder / "trajectory.jsonl")
    _write(folder / "began.json", {"cpu_seconds": cpu_seconds()})
    try:
        answer = solve(task, spec, course.add)
    except Exception as error:  # a defect, of ours or of a library's: told, and counted as a crash
        text = f"{type(error).__name__}: {error}"
        if isinstance(error, MemoryError) or any(sign in text.lower() for sign in SIGNS_OF_MEMORY):
            print(text, file=sys.stderr)
            return OUT_OF_MEMORY
        raise
    _write(folder / "answer.json", answer)
    return 0


def import_pyomo() -> None:
    """Import Pyomo without `scipy.stats`, which it asks for wherever scipy is, and which takes as long as all the rest.

    For this process alone, where nothing else imports at the same time; who needs it later imports it as ever.
    """
    import scipy.sparse  # noqa: F401 -- before, so that Pyomo asks now

    if "scipy.stats" not in sys.modules:
        sys.modules["scipy.stats"] = ModuleType("scipy.stats")
        import_module("pyomo.environ")
        del sys.modules["scipy.stats"]


def end_with_parent() -> None:
    """Ask the kernel to end this process with the one that started it, even where that is killed."""
    with contextlib.suppress(OSError, AttributeError):  # Linux alone has it
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def _ask_once(*_: object) -> None:
    """Ask the run to end when its CPU seconds are used up; the signal comes again each second, and is not to count."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGTERM)


def _restrict(limits: dict[str, Any], spent: float) -> None:
    """Limit memory beyond what is held now, and CPU seconds beyond those spent."""
    if limits["memory_mb"] is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + int(limits["memory_mb"] * 2**20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    if limits["cpu_seconds"] is not None:
        seconds = math.ceil(spent + limits["cpu_seconds"])
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 10))


def _write(path: Path, data: Any) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(data), encoding="utf-8")
    temporary.replace(path)


class _Course:
    """The trajectory, written as it comes."""

    def __init__(self, path: Path) -> None:
        self.stream = path.open("a", encoding="utf-8")
        self.lock = threading.Lock()
        self.last: tuple[float | None, float | None] = (None, None)

    def add(self, seconds: float, incumbent: float | None, bound: float | None) -> None:
        """Write a point, unless nothing is new."""
        with self.lock:
            if (incumbent, bound) != self.last:
                self.last = (incumbent, bound)
                self.stream.write(json.dumps([round(seconds, 4), incumbent, bound]) + "\n")
                self.stream.flush()


if __name__ == "__main__":
    status = main(Path(sys.argv[1]))
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)  # all that is to be kept is written; the libraries take half a second to clear up
