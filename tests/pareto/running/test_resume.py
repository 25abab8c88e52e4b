"""Points written as they are found: an interrupted front goes on where it stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.pareto import pareto_front
from atoopt.pareto.program.compile import compile_program
from atoopt.pareto.running.journal import Journal
from atoopt.pareto.search.subproblem import Solved, Subproblems
from atoopt.stock.fronts.grid_journal import GridJournal
from tests.pareto.problems import hard_knapsack, knapsack_front, real_knapsack


def stop_after(monkeypatch: pytest.MonkeyPatch, k: int) -> list[int]:
    """Let the solver stop without an answer after k solves; return a list that counts them."""
    solve, calls = Subproblems.minimize, []

    def minimize(*arguments: Any) -> Solved:
        if len(calls) >= k:
            return Solved("stopped")
        calls.append(1)
        return solve(*arguments)

    monkeypatch.setattr(Subproblems, "minimize", minimize)
    return calls


@pytest.mark.parametrize(("method", "k"), [("epsilon-constraint", 2), ("epsilon-constraint", 11), ("balanced-box", 9)])
def test_resumed_run_does_what_is_left(method: str, k: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after k solves and resumed: the whole front, with no more solves than a run that was not stopped."""
    model, data = hard_knapsack(10)
    objectives = (model.first, model.second)
    whole = pareto_front(model, objectives, method).solves
    output = tmp_path / "front.json"
    stop_after(monkeypatch, k)
    part = pareto_front(model, objectives, method, output=output)
    monkeypatch.undo()
    assert not part.complete
    assert Path(f"{output}.journal").exists()
    rest = stop_after(monkeypatch, 10**6)
    front = pareto_front(model, objectives, method, output=output)
    assert front.complete
    assert front.values.tolist() == knapsack_front(*data).tolist()
    assert len(rest) == whole - k
    assert not Path(f"{output}.journal").exists()
    assert json.loads(output.read_text())["complete"]


def test_real_values_survive_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Units and boxes are read back to the last digit."""
    model, wanted = real_knapsack()
    stop_after(monkeypatch, 12)
    output = tmp_path / "front.json"
    assert not pareto_front(model, (model.first, model.second), output=output).complete
    monkeypatch.undo()
    front = pareto_front(model, (model.first, model.second), output=output)
    assert front.complete
    assert front.values.shape == wanted.shape


def test_torn_line_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal whose last line was cut off by a kill is as good as one without that line."""
    model, data = hard_knapsack(10)
    stop_after(monkeypatch, 9)
    output = tmp_path / "front.json"
    pareto_front(model, (model.first, model.second), output=output)
    monkeypatch.undo()
    journal = Path(f"{output}.journal")
    journal.write_bytes(journal.read_bytes()[:-7])
    front = pareto_front(model, (model.first, model.second), output=output)
    assert front.values.tolist() == knapsack_front(*data).tolist()


def test_what_follows_a_torn_line_is_read(tmp_path: Path) -> None:
    """The next record does not stand on the torn line: else it would be lost, and what it says of a box, too."""
    journal = Journal(tmp_path / "j")
    journal.begin("mine")
    journal.point(np.array([1.0, 0.0]), True)
    journal.path.write_bytes(journal.path.read_bytes()[:-7])
    again = Journal(tmp_path / "j")
    again.begin("mine")
    again.point(np.array([0.0, 2.0]), True)
    assert [columns.tolist() for columns, _ in again.replay(2).solutions] == [[0.0, 2.0]]


def test_a_full_disk_costs_the_journal_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The front is whole; the journal ends before what could not be written, and says so once."""
    model, data = hard_knapsack(10)
    append, calls = Journal._append, []

    def fails_once(self: Journal, record: dict[str, Any]) -> None:
        calls.append(record)
        if len(calls) == 6:
            raise OSError(28, "No space left on device")
        append(self, record)

    monkeypatch.setattr(Journal, "_append", fails_once)
    stop_after(monkeypatch, 9)
    output = tmp_path / "front.json"
    pareto_front(model, (model.first, model.second), output=output)
    assert Path(f"{output}.journal").read_bytes().count(b"\n") == len(calls) - 1 == 5
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    monkeypatch.undo()
    front = pareto_front(model, (model.first, model.second), output=output)
    assert front.complete and front.values.tolist() == knapsack_front(*data).tolist()


def test_journals_of_two_kinds_refuse_each_other(tmp_path: Path) -> None:
    """One line: neither reads the other's records as its own."""
    instance, file = atoopt.load("instances/stock/frequency-4.json"), str(tmp_path / "j")
    GridJournal(file, instance)
    with pytest.raises(InputError, match="is no journal of a front"):
        Journal(Path(file)).begin("mine")
    Path(file).unlink()
    Journal(Path(file)).begin("mine")
    with pytest.raises(InputError, match="is not the journal of this instance by decomposition"):
        GridJournal(file, instance)


def test_journal_of_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal of other numbers, or what is no journal, is refused in one line that names it."""
    model, _ = hard_knapsack(10)
    other, _ = hard_knapsack(11)
    output = tmp_path / "front.json"
    stop_after(monkeypatch, 6)
    pareto_front(model, (model.first, model.second), output=output)
    with pytest.raises(InputError, match="another model") as error:
        pareto_front(other, (other.first, other.second), output=output)
    assert error.value.file.endswith("front.json.journal")
    Path(f"{output}.journal").write_text("shopping list\n")
    with pytest.raises(InputError, match="no journal"):
        pareto_front(model, (model.first, model.second), output=output)


def test_fingerprint_sees_every_number() -> None:
    """A right-hand side, a cost and a sense change it; names do not."""
    model, _ = hard_knapsack(10)
    prints = [compile_program(model, (model.first, model.second))[0].fingerprint()]
    model.fits[1].set_value(model.fits[1].body <= 100)
    prints.append(compile_program(model, (model.first, model.second))[0].fingerprint())
    model.first.expr += model.x[0]
    prints.append(compile_program(model, (model.first, model.second))[0].fingerprint())
    prints.append(compile_program(model, (model.second, model.first))[0].fingerprint())
    assert len(set(prints)) == 4


KILLED = """
from pathlib import Path
from atoopt.pareto import pareto_front
from tests.pareto.problems import hard_knapsack
model, _ = hard_knapsack(40)
pareto_front(model, (model.first, model.second), output={output!r})
"""


def test_killed_run_goes_on(tmp_path: Path) -> None:
    """A run that is killed leaves its points in the journal, from where the next run starts."""
    output = str(tmp_path / "front.json")
    child = subprocess.Popen([sys.executable, "-c", KILLED.format(output=output)])
    journal = Path(f"{output}.journal")
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (journal.exists() and journal.read_bytes().count(b"columns") > 4):
            time.sleep(0.02)
    finally:
        child.kill()
        child.wait()
    model, _ = hard_knapsack(40)
    program, _ = compile_program(model, (model.first, model.second))
    told = Journal(journal).replay(program.n_columns)
    written = {program.values(columns) for columns, proven in told.solutions if proven}
    assert len(written) >= 3
    front = pareto_front(model, (model.first, model.second), output=output, time_limit=0.5)
    found = {(-first, second) for first, second in front.values.tolist()}
    assert found >= written
