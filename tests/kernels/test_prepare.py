"""Tests of how kernels are compiled: the clock stands still, an interrupt keeps what is done, groups are waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import atoopt
from atoopt.kernels import prepare as preparing
from atoopt.kernels.groups import GROUPS
from atoopt.kernels.prepare import Interrupted, is_ready, prepare
from atoopt.solvers.run import Options, Progress, Run

PROGRAMS = {
    "done": "import pathlib, sys; pathlib.Path(sys.argv[1], 'done.ready').touch()",
    "failing": "raise SystemExit(1)",
    "endless": "import time; time.sleep(600)",
}
"""What stands for the compilation of a group in these tests."""


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[subprocess.Popen[bytes]]:
    """Return the processes that are started: programs of these tests instead of compilers."""
    started: list[subprocess.Popen[bytes]] = []

    def child(group: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", PROGRAMS[group], str(tmp_path)]))
        return started[-1]

    monkeypatch.setattr(preparing, "_child", child)
    monkeypatch.setattr(preparing, "kernel_folder", lambda: tmp_path)
    monkeypatch.setattr(preparing, "_attempted", set())
    return started


def test_the_clock_starts_when_the_kernels_are_there(
    children: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """The start is put off by what the compilation took, which is said; no time limit ends it."""
    run = Run(Options(time_limit=0.0))
    before = run.started
    prepare(["done"], run)
    assert len(children) == 1 and is_ready("done")
    assert run.compile_seconds > 0
    assert run.started == before + run.compile_seconds
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("atoopt: compiling kernels, once for this installation: 0 of 1 groups, 0 s")
    assert said[-1].startswith("atoopt: compiling kernels took ") and "no time limit" in said[-1]


def test_what_is_ready_starts_no_child_and_says_nothing(
    children: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """The second run is as if always warm."""
    prepare(["done"])
    capsys.readouterr()
    run = Run()
    prepare(["done"], run)
    assert len(children) == 1 and run.compile_seconds == 0.0
    assert capsys.readouterr().err == ""


def test_a_group_that_cannot_be_compiled_apart_is_not_tried_again(
    children: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its kernels are compiled where they are called, where the fault shows; it says so."""
    prepare(["failing"])
    assert "kernels of failing are compiled where they are called" in capsys.readouterr().err
    prepare(["failing"])
    assert len(children) == 1 and not is_ready("failing")


def test_an_interrupt_ends_it_and_keeps_the_groups_that_are_done(
    children: list[subprocess.Popen[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    """The child that works is ended; what is ready stays ready, and the rest is tried again by the next run."""
    run = Run()

    def interrupt(_: Progress, note: str) -> None:
        if is_ready("done"):
            run.interrupted.set()

    run.listener = interrupt
    with pytest.raises(Interrupted):
        prepare(["done", "endless"], run)
    assert all(child.poll() is not None for child in children)
    assert is_ready("done") and not is_ready("endless")
    assert run.compile_seconds > 0
    assert "interrupted after" in capsys.readouterr().err.splitlines()[-1]
    assert "endless" not in preparing._attempted


def test_where_no_process_can_be_started_kernels_are_left_to_their_calls(
    children: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No memory for a process, or no interpreter to start: no error."""

    def no_process(_: str) -> None:
        raise OSError("cannot allocate memory")

    monkeypatch.setattr(preparing, "_child", no_process)
    prepare(["done"])
    assert not is_ready("done")


def test_without_a_folder_groups_are_compiled_in_this_process(
    children: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a thread, so that an interrupt need not wait for it."""
    called: list[str] = []
    monkeypatch.setattr(preparing, "kernel_folder", lambda: None)
    monkeypatch.setattr(preparing, "resolve", lambda _: lambda: called.append("here"))
    prepare(["gaps"])
    assert called == ["here"] and not children


def interrupted(*_: object) -> None:
    """Stand for `prepare` while the user interrupts it."""
    raise Interrupted


@pytest.mark.parametrize("method", ["auto", "annealing", "decomposition", "milp", "module-size", "enumeration"])
def test_a_run_that_is_interrupted_meanwhile_answers(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Nothing is known, and it says why."""
    monkeypatch.setattr("atoopt.stock.ready.prepare", interrupted)
    result = atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), method)
    assert (result.status, result.objective, result.bound) == ("unknown", None, None)
    assert "interrupted while kernels were compiled" in result.message


@pytest.mark.parametrize("method", ["auto", "decomposition", "enumeration", "epsilon-constraint"])
def test_a_front_that_is_interrupted_meanwhile_has_no_points(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """It is not complete, and says why."""
    monkeypatch.setattr("atoopt.stock.ready.prepare", interrupted)
    front = atoopt.pareto(atoopt.load("instances/stock/uniform-5.json"), method)
    assert len(front) == 0 and not front.complete
    assert "interrupted" in front.stop_reason
    assert front.objectives == ("cost", "mean_assembly_time")


def test_a_policy_run_that_is_interrupted_meanwhile_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a stock."""
    monkeypatch.setattr("atoopt.policy.frontier.exact.prepare", interrupted)
    instance = atoopt.load("instances/policy/plates-60.json")
    assert len(atoopt.pareto(instance, "exact")) == 0
    assert atoopt.solve(instance, "exact", choose="utopia").status == "unknown"


def test_the_result_says_how_long_kernels_were_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seconds are not among those of the run."""

    def slowly(_: object, run: Run) -> None:
        run.compile_seconds += 7.5

    monkeypatch.setattr("atoopt.stock.ready.prepare", slowly)
    result = atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), "module-size")
    assert result.details["compile_seconds"] == 7.5
    front = atoopt.pareto(atoopt.load("instances/stock/frequency-4.json"))
    assert front.details["compile_seconds"] >= 7.5


@pytest.mark.slow(reason="the only test that compiles in children, from nothing: two first runs at once")
def test_two_first_runs_at_once_compile_once(tmp_path: Path) -> None:
    """Both answer; one of them waits for the other, and a third finds everything."""
    code = (
        "import numpy as np; from atoopt.stock.dense.gaps import separate; "
        "print(len(separate(np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]))))"
    )
    environment = {**os.environ, "ATOOPT_CACHE_DIR": str(tmp_path)}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    both = [start(), start()]
    assert [process.communicate()[0] for process in both] == ["1\n", "1\n"]
    (folder,) = tmp_path.iterdir()
    assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == [
        "atoopt.stock.dense.gaps._climb_all", "gaps.lock", "gaps.ready",
    ]  # fmt: skip
    third = start()
    assert third.communicate() == ("1\n", "")
    (folder / "gaps.ready").unlink()  # as after an interrupt: what is there is loaded, and the group is done
    again = subprocess.run([sys.executable, "-m", "atoopt.kernels", "gaps"], env=environment, check=False)
    assert again.returncode == 0 and (folder / "gaps.ready").exists()


def test_every_group_is_of_this_package() -> None:
    """Each names a function that calls its kernels."""
    from atoopt.base.files import resolve

    assert all(callable(resolve(place)) for place in GROUPS.values())
