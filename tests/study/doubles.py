"""Processes that behave badly, in place of a run's own: ``python doubles.py KIND FOLDER``."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SLEEPER = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)"


def _answer(folder: Path, **changed: object) -> None:
    """Write the answer of a run that went well."""
    answer = {"status": "optimal", "reason": "proven", "solved": True, "objective": 1.0, "bound": 1.0, "gap": 0.0,
              "seconds": 0.1, "cpu_seconds": 0.1}  # fmt: skip
    (folder / "answer.json").write_text(json.dumps(answer | changed))


def main(kind: str, folder: Path) -> None:
    """Behave as the kind says."""
    (folder / "began.json").write_text(json.dumps({"cpu_seconds": 0.0}))
    if kind == "good":
        _answer(folder)
    elif kind == "hang":
        time.sleep(300)
    elif kind == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(300)
    elif kind == "polite":
        signal.signal(signal.SIGTERM, lambda *_: (_answer(folder, status="feasible", reason="gap: x"), sys.exit(0)))
        time.sleep(300)
    elif kind == "eat":
        eaten = []
        while True:
            eaten.append(bytearray(os.urandom(1) * 20_000_000))
            time.sleep(0.02)
    elif kind == "refused":
        print("std::bad_alloc", file=sys.stderr)
        sys.exit(1)
    elif kind == "segfault":
        ctypes.string_at(0)
    elif kind == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif kind == "exit":
        print("something\nends badly", file=sys.stderr)
        sys.exit(5)
    elif kind == "silent":
        pass
    elif kind == "garbage":
        (folder / "answer.json").write_bytes(b"\xff{]")
        (folder / "trajectory.jsonl").write_bytes(b"[1.0, 2.0, null]\n[2.0, 1.")
        sys.stdout.buffer.write(os.urandom(300_000))
    elif kind == "family":
        subprocess.Popen([sys.executable, "-c", SLEEPER])
        subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
        _answer(folder)
    elif kind == "lies":
        _answer(folder, status="wrong", reason="wrong: it is not so", objective=None)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
