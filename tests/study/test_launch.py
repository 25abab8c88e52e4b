"""A run costs one record, whatever it does, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from atoopt.study.plan import Job
from atoopt.study.record import REASONS, Record
from atoopt.study.running.launch import MARK, launch
from tests.study import doubles


def job(**limits: float) -> Job:
    """Return a job of which only the limits matter."""
    limits = {"wall_seconds": 0.2, "cpu_seconds": None, "memory_mb": None, "threads": 1} | limits
    return Job("key", "instance", "model", "method", 0, 0, {"limits": limits, "method": {"options": {}}})


def launched(kind: str, monkeypatch: pytest.MonkeyPatch, **limits: float) -> Record:
    """Return the record of a double that is killed after less than twice its time and ten seconds."""
    monkeypatch.setattr("atoopt.study.definition.Limits.hard_seconds", 1.0)
    monkeypatch.setattr("atoopt.study.running.launch.GRACE", 0.5)
    return launch(job(**limits), [sys.executable, doubles.__file__, kind])


def left_behind() -> list[psutil.Process]:
    """Return the processes of runs begun here that are still there."""
    found = []
    for process in psutil.process_iter():
        try:
            if (
                process.environ().get(MARK, "").startswith(f"{os.getpid()}:")
                and process.status() != psutil.STATUS_ZOMBIE
            ):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("hang", "time: did not end by itself"),
        ("deaf", "time: did not end by itself"),
        ("refused", "memory: std::bad_alloc"),
        ("segfault", "crash: signal 11 (SIGSEGV)"),
        ("killed", "memory: killed from outside"),
        ("exit", "crash: exit status 5 without an answer: ends badly"),
        ("silent", "crash: exit status 0 without an answer"),
        ("garbage", "crash: exit status 0 without an answer"),
    ],
)
def test_what_goes_wrong_is_one_record(kind: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which, nothing is known of the answer, and nothing is left."""
    record = launched(kind, monkeypatch)
    assert record.status == "unknown"
    assert record.reason.startswith(reason)
    assert record.reason.partition(":")[0] in REASONS
    assert record.objective is record.bound is record.gap is None
    assert not record.solved
    assert left_behind() == []


def test_more_memory_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run holds beyond its limit ends it, well before all of the machine's is gone."""
    record = launched("eat", monkeypatch, memory_mb=100, wall_seconds=60)
    assert record.reason.startswith("memory:")
    assert record.memory_mb is not None
    assert 100 < record.memory_mb < 1000


def test_an_answer_at_the_last_moment_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is asked to end may still tell what it has; the reason is the limit."""
    record = launched("polite", monkeypatch)
    assert (record.status, record.objective) == ("feasible", 1.0)
    assert record.reason.startswith("time: ")


def test_children_of_children_are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in the run's session, and those that made one of their own."""
    record = launched("family", monkeypatch)
    assert (record.status, record.reason) == ("optimal", "proven")
    for process in left_behind():
        process.wait(5)
    assert left_behind() == []


def test_a_long_log_is_cut_in_its_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beginning and end tell the most; the half line of a course is left out."""
    record = launched("garbage", monkeypatch)
    assert "characters left out" in record.log
    assert len(record.log) < 210_000
    assert record.trajectory == [(1.0, 2.0, None)]


def test_the_folder_of_a_run_is_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also where it ends badly."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    launched("segfault", monkeypatch)
    assert list(tmp_path.iterdir()) == []
