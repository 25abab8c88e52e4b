"""Options, the clock of a run, and how a claim becomes a result."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from atoopt.base.errors import InputError
from atoopt.base.gap import relative_gap
from atoopt.solvers.result import Claim, Result, conclude
from atoopt.solvers.run import Options, Run, Terminated, interruptible, interrupts_remembered


@dataclass
class Named:
    """An instance as far as a result needs it."""

    name: str = "x"


@dataclass
class Truth:
    """A solution that costs what it says."""

    cost: float
    violations: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"cost": self.cost}


def concluded(claim: Claim, truth: Truth | None = None, run: Run | None = None) -> Result:
    """Return the result of a claim whose evaluation is `truth`."""
    return conclude(
        claim, run or Run(), Named(), problem="p", method="m", solver=None, evaluate=lambda instance, solution: truth
    )  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [{"time_limit": -1.0}, {"time_limit": math.nan}, {"time_limit": math.inf}, {"rel_gap": -0.1}, {"rel_gap": math.nan},
     {"threads": 0}, {"jobs": 0}, {"seed": -1}, {"seed": 1.5}, {"seed": "a"}, {"jobs": 2.5}, {"jobs": None},
     {"time_limit": "5"}, {"rel_gap": None}, {"threads": True}],
)  # fmt: skip
def test_options_without_a_meaning_are_refused(options: dict[str, Any]) -> None:
    """The error names the option."""
    with pytest.raises(InputError) as error:
        Options(**options)
    assert error.value.place == next(iter(options))


def test_the_trajectory_only_advances() -> None:
    """A worse incumbent, a weaker bound or no news changes nothing; the listener hears all."""
    heard = []
    run = Run(listener=lambda progress, note: heard.append((progress[1:], note)))
    for incumbent, bound in ((10.0, None), (12.0, 3.0), (None, 2.0), (9.0, math.inf), (9.0, None)):
        run.report(incumbent, bound, "note")
    assert [point[1:] for point in run.trajectory] == [(10.0, None), (10.0, 3.0), (9.0, 3.0)]
    assert len(heard) == 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_and_a_second_one_insists(number: signal.Signals) -> None:
    """The first ends the run with its incumbent, the second the program; afterwards all is as before.

    A termination signal then reaches whoever handled it before, once.
    """
    heard: list[int] = []

    def before(number: int, _frame: object) -> None:
        heard.append(number)

    usual = signal.signal(number, before)
    try:
        run = Run()
        with interruptible(run):
            signal.raise_signal(number)
            assert run.stopped
            assert run.stop_reason == "interrupted"
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
            assert heard == []
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, usual)
    assert heard == ([signal.SIGTERM] if number == signal.SIGTERM else [])


def test_no_time_is_no_time() -> None:
    """A limit of zero is over at once, no limit never."""
    assert Run(Options(time_limit=0.0)).stopped
    assert Run(Options(time_limit=0.0)).stop_reason == "time limit"
    assert not Run().stopped
    assert Run().remaining == math.inf


@pytest.mark.parametrize(
    ("claim", "cost", "status", "bound", "gap"),
    [
        (Claim("s", bound=10.0), 10.0, "optimal", 10.0, 0.0),
        (Claim("s", bound=10.0 + 1e-8), 10.0, "optimal", 10.0, 0.0),
        (Claim("s", bound=9.0), 10.0, "feasible", 9.0, 0.1),
        (Claim("s"), 10.0, "feasible", None, None),
        (Claim("s", restricted_bound=10.0), 10.0, "feasible", None, None),
        (Claim(infeasible=True), None, "infeasible", None, None),
        (Claim(bound=3.0), None, "unknown", 3.0, None),
        (Claim("s", bound=0.0), 0.0, "optimal", 0.0, 0.0),
        (Claim("s", bound=-1e-12), 0.0, "optimal", 0.0, 0.0),
        (Claim("s", bound=1e-9), 2e-9, "feasible", 1e-9, 0.5),
    ],
)
def test_status_follows_from_what_is_proven(
    claim: Claim, cost: float | None, status: str, bound: float | None, gap: float | None
) -> None:
    """Optimal needs a bound over everything that meets the cost."""
    result = concluded(claim, None if cost is None else Truth(cost))
    assert (result.status, result.bound, result.gap) == (status, bound, gap)
    assert result.to_json()["solution"] == (None if cost is None else {"cost": cost})


@pytest.mark.parametrize(
    ("claim", "truth"),
    [
        (Claim("s", bound=11.0), Truth(10.0)),
        (Claim("s", restricted_bound=11.0), Truth(10.0)),
        (Claim("s"), Truth(1.0, ("too slow",))),
    ],
)
def test_a_claim_that_the_evaluator_refutes_is_a_defect(claim: Claim, truth: Truth) -> None:
    """It is raised, never reported."""
    with pytest.raises(RuntimeError):
        concluded(claim, truth)


@pytest.mark.parametrize(
    ("claim", "cost", "options", "word"),
    [
        (Claim("s", bound=9.0), 10.0, {}, "its bound is 1.0e-01 of the cost below it"),
        (Claim("s", bound=9.0, unproven="too many modules"), 10.0, {}, "too many modules"),
        (Claim("s", bound=9.0, unproven="too many modules"), 10.0, {"time_limit": 0.0}, "time limit"),
        (Claim("s", bound=9.5), 10.0, {"rel_gap": 0.1}, "within the gap of 0.1"),
        (Claim("s"), 10.0, {}, "no bound is proven by this method"),
        (Claim("s", restricted_bound=10.0), 10.0, {}, "holds for the candidates alone"),
        (Claim("s", bound=2e-3 + 1e-7), 2e-3, {}, "the bound came out above the cost"),
        (Claim(bound=3.0), None, {}, "without a solution or a proof"),
        (Claim(message="none tried is allowed"), None, {}, "none tried is allowed"),
    ],
)
def test_what_is_not_proven_says_why(claim: Claim, cost: float | None, options: dict[str, Any], word: str) -> None:
    """Whatever the method has said, and whatever it has not."""
    result = concluded(claim, None if cost is None else Truth(cost), Run(Options(**options)))
    assert result.status in ("feasible", "unknown")
    assert word in result.message
    assert "; " not in result.message


def test_what_is_proven_needs_no_reason() -> None:
    """Reasons are for the unproven."""
    assert concluded(Claim("s", bound=10.0, unproven="too many"), Truth(10.0)).message == ""


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [(10.0, 8.0, 0.2), (-10.0, -12.0, 0.2), (None, 1.0, None), (1.0, None, None), (0.0, -1.0, None), (0.0, 0.0, 0.0)],
)
def test_relative_gap(objective: float | None, bound: float | None, gap: float | None) -> None:
    """|objective - bound| / |objective|; nothing where that has no meaning."""
    assert relative_gap(objective, bound) == (pytest.approx(gap) if gap is not None else None)


def test_a_signal_before_the_run_ends_it_at_once() -> None:
    """Ctrl-C while the program still loads is not lost: the run begins and ends with what it has."""
    run = Run()
    with interrupts_remembered():
        signal.raise_signal(signal.SIGINT)
        with interruptible(run):
            assert run.stop_reason == "interrupted"
    with interruptible(later := Run()):
        assert not later.stopped


def test_a_termination_signal_goes_through_nested_runs() -> None:
    """Of a run inside a run, inside a command: all of them end, and the command is told at its end."""
    reached = []
    with pytest.raises(Terminated), interrupts_remembered():
        with interruptible(outer := Run()):
            with interruptible(inner := Run()):
                signal.raise_signal(signal.SIGTERM)
                assert inner.stopped
            assert outer.stopped
            reached.append("outer")
        reached.append("command")
    assert reached == ["outer", "command"]


SCRIPT = """
import os, signal, sys
import atoopt
from atoopt.solvers.run import Run
{before}
signals = [signal.{signal}]

def listener(progress, note):
    while signals:
        signal.raise_signal(signals.pop())

for i in range(3):
    result = atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), listener=listener)
    print("after", i, result.message, flush=True)
"""


@pytest.mark.parametrize(
    ("name", "before", "status", "lines"),
    [
        ("SIGINT", "", 0, 3),
        ("SIGTERM", "", -signal.SIGTERM, 0),
        ("SIGTERM", "signal.signal(signal.SIGTERM, lambda *_: print('mine', flush=True))", 0, 4),
        ("SIGTERM", "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))", 7, 0),
    ],
)
def test_a_termination_signal_ends_a_script(name: str, before: str, status: int, lines: int) -> None:
    """A script in a loop does not go on with its next solve, unless it handles the signal itself."""
    code = SCRIPT.format(signal=name, before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (status, lines, "")


def test_a_termination_signal_saves_a_front(tmp_path: Path) -> None:
    """The file asked for is written before the program ends."""
    code = (
        "import signal, pyomo.environ as pyo\n"
        "from atoopt.pareto import pareto_front\n"
        "m = pyo.ConcreteModel(); m.x = pyo.Var(range(6), domain=pyo.Binary)\n"
        "m.f = pyo.Objective(expr=sum((i + 2) * m.x[i] for i in range(6)))\n"
        "m.g = pyo.Objective(expr=sum((7 - i) * m.x[i] for i in range(6)), sense=pyo.maximize)\n"
        "from atoopt.pareto.methods import engine\n"
        "front_of = engine.front_of\n"
        "def ended(*a, **k):\n    signal.raise_signal(signal.SIGTERM); return front_of(*a, **k)\n"
        "engine.front_of = ended\n"
        "pareto_front(m, (m.f, m.g), output='front.json')\n"
        "print('on')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "")
    assert json.loads((tmp_path / "front.json").read_text())["complete"] is False
