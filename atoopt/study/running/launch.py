"""Do one job in a process of its own, within its limits, and return a record whatever happens to it.

The process leads a session; when it has ended, or has used up what it may, all of that session is killed, and what
left the session is known by a variable of its environment.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from atoopt.study.plan import Job
from atoopt.study.record import Record
from atoopt.study.running.child import OUT_OF_MEMORY, SIGNS_OF_MEMORY

MARK = "ATOOPT_STUDY_RUN"
"""Variable of the environment by which the processes of a run are known: who started it, and its name."""

LOOK = 0.05
"""Seconds between two looks at a process."""

WEIGH = 0.25
"""Seconds between two looks at its memory."""

START = 120.0
"""Seconds to import and to read the instance, before a run begins."""

GRACE = 3.0
"""Seconds between asking a process to end and killing it."""

LOG = 200_000
"""Characters of a log that are kept, half from its beginning and half from its end."""

CHILD = (sys.executable, "-m", "atoopt.study.running.child")


def launch(job: Job, command: Sequence[str] = CHILD) -> Record:
    """Run a job and return its record.

    Parameters
    ----------
    job : Job
    command : sequence of str
        The program, to which the folder of the job is added; tests put their doubles here.
    """
    folder = Path(tempfile.mkdtemp(prefix="atoopt-run-"))
    try:
        (folder / "job.json").write_text(json.dumps(job.spec), encoding="utf-8")
        return _Process(job, folder, command).record()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Process:
    """A run under way."""

    def __init__(self, job: Job, folder: Path, command: Sequence[str]) -> None:
        self.job, self.folder, self.limits = job, folder, job.limits
        self.load = os.getloadavg()[0]
        self.started = datetime.now(UTC).isoformat(timespec="seconds")
        self.mark = f"{os.getpid()}:{folder.name}"
        self.peak, self.base, self.ended_for = 0.0, 0.0, ""
        self.began: float | None = None
        with (folder / "log.txt").open("wb") as log:
            self.process = subprocess.Popen(
                [*command, str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env=os.environ | {MARK: self.mark},
            )  # fmt: skip
        self.launched = time.monotonic()

    def record(self) -> Record:
        """Wait for the end, leave nothing behind, and say what came of it."""
        try:
            status, usage = self._wait()
        finally:
            self._kill_all()
        own = usage.ru_maxrss / 1024
        known: dict[str, Any] = {
            "key": self.job.key, "load": self.load, "started": self.started, "host": os.uname().nodename,
            "memory_mb": round(max(self.peak, own), 1), "trajectory": self._trajectory(), "log": self._log(),
        }  # fmt: skip
        answer = self._answer()
        if answer is not None and not self.ended_for.startswith("memory"):
            return self._of_answer(answer, known)
        return self._of_failure(status, usage, known)

    def _wait(self) -> tuple[int, Any]:
        """Wait for the process, within its limits; return how it ended, and what it used."""
        weighed, asked = 0.0, math.inf
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                return self.process.returncode, usage
            now = time.monotonic()
            if now - weighed >= WEIGH:
                weighed = now
                self._weigh()
            if not self.ended_for:
                self.ended_for = self._exceeded(now)
                if self.ended_for:
                    asked = now
                    memory = self.ended_for.startswith("memory")
                    self._signal(signal.SIGKILL if memory else signal.SIGTERM)
            elif now - asked > GRACE:
                self._signal(signal.SIGKILL)
            time.sleep(LOOK)

    def _exceeded(self, now: float) -> str:
        """Say which limit the run has passed; empty for none."""
        if self.began is None and (self.folder / "began.json").exists():
            self.began = now
        if self.began is None:
            return f"time: not begun after {START:g} s" if now - self.launched > START else ""
        if now - self.began > self.limits.hard_seconds:
            return f"time: did not end by itself, killed after {now - self.began:.0f} s"
        allowed = self.limits.memory_mb
        if allowed is not None and self.peak > allowed + self.base:
            return f"memory: {self.peak:.0f} MB held, {self.base:.0f} of them before it began"
        return ""

    def _weigh(self) -> None:
        """Look at the memory that the processes of the run hold together."""
        held = 0
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                held += process.memory_info().rss
        if self.began is None:
            self.base = held / 2**20
        self.peak = max(self.peak, held / 2**20)

    def _processes(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.Error:
            return []

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def _kill_all(self) -> None:
        """Kill what is left of the session, and what has left it."""
        self._signal(signal.SIGKILL)
        if self.process.returncode is None:
            with contextlib.suppress(ChildProcessError):
                self.process.wait()
        kill_marked(self.mark)

    def _trajectory(self) -> list[tuple[float, float | None, float | None]]:
        """Return the course, as far as it was written; a killed process may leave half a line."""
        points = []
        with contextlib.suppress(OSError, ValueError):
            for line in (self.folder / "trajectory.jsonl").read_text(encoding="utf-8").splitlines():
                seconds, incumbent, bound = json.loads(line)
                points.append((float(seconds), incumbent, bound))
        return points

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            text = (self.folder / "log.txt").read_bytes().decode("utf-8", "replace")
            cut = len(text) - LOG
            return text if cut <= 0 else f"{text[: LOG // 2]}\n[{cut:,} characters left out]\n{text[-LOG // 2 :]}"
        return ""

    def _answer(self) -> dict[str, Any] | None:
        try:
            answer = json.loads((self.folder / "answer.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return answer if isinstance(answer, dict) and {"status", "reason", "seconds"} <= set(answer) else None

    def _of_answer(self, answer: dict[str, Any], known: dict[str, Any]) -> Record:
        if self.ended_for and answer["status"] in ("feasible", "unknown") and answer["reason"] != "gap":
            answer["reason"] = self.ended_for
        over = max(0.0, (answer["seconds"] or 0.0) - self.limits.wall_seconds)
        fields = {name: value for name, value in answer.items() if name in Record.__dataclass_fields__}
        return Record(**known | fields | {"overshoot": over})

    def _of_failure(self, status: int, usage: Any, known: dict[str, Any]) -> Record:
        """Return the record of a run without an answer; what is not known of it is None."""
        seconds = None if self.began is None else time.monotonic() - self.began
        cpu = None
        if seconds is not None:
            spent = json.loads((self.folder / "began.json").read_text(encoding="utf-8"))["cpu_seconds"]
            cpu = max(0.0, usage.ru_utime + usage.ru_stime - spent)
        over = 0.0 if seconds is None else max(0.0, seconds - self.limits.wall_seconds)
        reason = self.ended_for or _why(status, known["log"])
        return Record(
            **known, status="unknown", reason=reason, seconds=seconds, cpu_seconds=cpu, overshoot=over,
            solver=self.job.spec["method"]["options"].get("solver"),
        )  # fmt: skip


def _why(status: int, log: str) -> str:
    """Say what ended a process that gave no answer."""
    last = next((line.strip() for line in reversed(log.splitlines()) if line.strip()), "")[:200]
    if status == OUT_OF_MEMORY:
        return f"memory: {last}"
    if status == -signal.SIGKILL:
        return "memory: killed from outside, as the system does where memory is short"
    if status == -signal.SIGXCPU:
        return "time: CPU limit"
    if any(sign in log[-4000:].lower() for sign in SIGNS_OF_MEMORY):
        return f"memory: {last}"
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"crash: signal {-status} ({signal.Signals(-status).name})"
        return f"crash: signal {-status}"
    return f"crash: exit status {status} without an answer" + (f": {last}" if last else "")


def kill_marked(mark: str) -> None:
    """Kill the processes of a run that are still there, wherever they went."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                process.kill()


def kill_orphans() -> None:
    """Kill the processes of runs whose starter is gone: it was killed itself."""
    for process, starter in _marked():
        if not psutil.pid_exists(starter):
            process.kill()


def kill_started_here() -> None:
    """Kill the runs that this process has under way."""
    for process, starter in _marked():
        if starter == os.getpid():
            process.kill()


def _marked() -> Iterator[tuple[psutil.Process, int]]:
    """Yield the processes of runs, with the process that started each run."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ValueError):
            mark = process.environ().get(MARK, "").partition(":")
            if mark[1] and process.pid != os.getpid():
                yield process, int(mark[0])
