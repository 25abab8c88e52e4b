"""External programs: honest ones, and such as lie, print garbage, hang, ignore signals, or leave children behind."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.solvers.arrays.file_model import check_columns
from atoopt.solvers.registry import solve_model
from atoopt.solvers.run import Options, Run
from atoopt.solvers.solve_file import solve_by_command, solve_file

MODEL = """NAME small
ROWS
 N cost
 G need
COLUMNS
 M1 'MARKER' 'INTORG'
 a cost 2
 a need 1
 b cost 3
 b need 2
 M2 'MARKER' 'INTEND'
RHS
 RHS need 3
BOUNDS
 UP BND a 5
 UP BND b 5
ENDATA
"""
"""Minimize 2a + 3b with a + 2b >= 3: the optimum is 5, at a = b = 1."""

HONEST = """
import sys, highspy
highs = highspy.Highs()
highs.setOptionValue("output_flag", False)
highs.setOptionValue("mip_rel_gap", 0.0)
highs.readModel(sys.argv[1])
highs.run()
with open(sys.argv[2], "w") as file:
    print("status optimal", file=file)
    print("bound", highs.getInfo().mip_dual_bound, file=file)
    for name, value in zip(highs.getLp().col_names_, highs.getSolution().col_value):
        if value:
            print(name, value, file=file)
"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Return the small model as a file."""
    path = tmp_path / "small.mps"
    path.write_text(MODEL)
    return path


def program(folder: Path, text: str) -> tuple[str, ...]:
    """Write a program and return its command."""
    path = folder / "program.py"
    path.write_text(text)
    return (sys.executable, str(path), "{mps}", "{solution}", "{seconds}")


def says(*lines: str) -> str:
    """Return a program that writes these lines as its solution."""
    return f"import sys; open(sys.argv[2], 'w').write({chr(10).join([*lines, ''])!r})"


def solved(command: tuple[str, ...], model: Path, **options: Any) -> Any:
    """Return what a command says of the model."""
    return solve_by_command(command, model, Run(Options(**{"time_limit": 30.0, **options})))


def test_an_honest_program(model: Path, tmp_path: Path) -> None:
    """Its solution, its bound and its proof are taken over."""
    found = solved(program(tmp_path, HONEST), model)
    assert (found.outcome, found.objective, found.values) == ("optimal", 5.0, {"a": 1.0, "b": 1.0})
    assert found.bound == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("lines", "outcome", "bound"),
    [
        (["b 2"], "stopped", None),  # a is 0 where it is left out, and feasible is what is meant
        (["status feasible", "bound 4.5", "b 2"], "stopped", 4.5),
        (["status optimal", "b 2"], "optimal", 6.0),
        (["solution status: optimal solution found", "objective value: 6", "b   2   (obj:3)"], "stopped", None),
    ],
)
def test_forms_of_a_solution(lines: list[str], outcome: str, bound: float | None, model: Path, tmp_path: Path) -> None:
    """Status and bound may be left out, and so may columns that are 0; SCIP's and GCG's files are read."""
    found = solved(program(tmp_path, says(*lines)), model)
    assert (found.outcome, found.objective, found.bound) == (outcome, 6.0, bound)


@pytest.mark.parametrize(("word", "outcome"), [("infeasible", "infeasible"), ("unknown", "stopped")])
def test_no_solution(word: str, outcome: str, model: Path, tmp_path: Path) -> None:
    """A status alone will do."""
    found = solved(program(tmp_path, says(f"status {word}")), model)
    assert (found.outcome, found.values, found.bound) == (outcome, None, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (says("hello world, this is garbage"), "not a name and a value"),
        (says("a one"), "is no number"),
        (says("a nan"), "is not finite"),
        (says("c 1"), '"c" is no column'),
        (says("a 1", "a 2"), "stands there twice"),
        (says("status great", "a 1"), "none of optimal"),
        (says(""), "neither a status nor a column"),
        (says("status optimal", "bound 5.5", "a 1", "b 1"), "better than its own solution"),
        ("import sys; open(sys.argv[2], 'wb').write(bytes(range(256)) * 100)", "its solution file is not one"),
        ("print('nothing to see')", "it wrote no solution (exit status 0: nothing to see)"),
        ("raise SystemExit('no licence')", "no licence"),
        ("import os; os.kill(os.getpid(), 11)", "signal 11"),
    ],
)
def test_garbage_is_one_line(text: str, reason: str, model: Path, tmp_path: Path) -> None:
    """Whatever a program writes, the reason is one line, and nothing is claimed."""
    found = solved(program(tmp_path, text), model)
    assert found.outcome == "failed"
    assert reason in found.message and "\n" not in found.message


def test_a_lie_about_the_rows_is_seen(model: Path, tmp_path: Path) -> None:
    """A solution that is none is named by the row that it breaks: a program's word is not asked."""
    found = solved(program(tmp_path, says("status optimal", "bound 0", "a 0")), model)
    violations, objective = check_columns(model, found.values)
    assert objective == 0 and len(violations) == 1 and "need" in violations[0]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"a": 1.0, "b": 1.0}, []),
        ({"a": 1.0 + 1e-8, "b": 1.0}, []),
        ({"a": 1.5, "b": 1.0}, ["a is 1.5, not whole"]),
        ({"a": 6.0}, ["a is 6, and 5 at most"]),
        ({"a": -1.0, "b": 2.0}, ["a is -1, and 0 at least"]),
        ({"a": 1.0, "b": 1.0, "c": 0.0}, ["c is no column of the file"]),
    ],
)
def test_substitution(values: dict[str, float], named: list[str], model: Path) -> None:
    """Rows, bounds and whole numbers are looked at, each within the tolerance."""
    assert list(check_columns(model, values)[0]) == named


HANGS = "import time; time.sleep(600)"
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
FORKS = "import subprocess, time; print(subprocess.Popen(['sleep', '599']).pid, flush=True); time.sleep(600)"
LEAVES = f"import subprocess; print(subprocess.Popen(['sleep', '598']).pid, flush=True); {says('a 3')}"
FLOODS = "import sys\nwhile True: sys.stdout.write('x' * 100_000)"


def is_running(number: str) -> bool:
    """Whether a process is there and does something: one that has ended and was not yet waited for does not count."""
    status = subprocess.run(["ps", "-o", "stat=", "-p", number], capture_output=True, text=True, check=False).stdout
    return bool(status.strip()) and not status.startswith("Z")


@pytest.mark.parametrize("text", [HANGS, IGNORES, FORKS, FLOODS])
def test_a_program_that_does_not_end_is_ended(text: str, model: Path, tmp_path: Path) -> None:
    """At the limit and a little more its whole group is gone, however it takes it."""
    lines: list[str] = []
    run = Run(Options(time_limit=1.0, command=program(tmp_path, text)), log=lines.append)
    began = time.monotonic()
    found = solve_file(model, run)
    assert time.monotonic() - began < 12
    assert (found.outcome, found.values) == ("stopped", None)
    assert not any(is_running(line) for line in lines if line.isdigit())


def test_what_a_program_leaves_behind_is_ended(model: Path, tmp_path: Path) -> None:
    """A program that has ended well leaves no child, and its answer counts."""
    lines: list[str] = []
    run = Run(Options(time_limit=30.0, command=program(tmp_path, LEAVES)), log=lines.append)
    assert solve_file(model, run).objective == 6.0
    assert not is_running(lines[0])


def test_what_was_written_before_the_limit_counts(model: Path, tmp_path: Path) -> None:
    """A program that wrote a solution and then went on too long is ended, with that solution."""
    found = solved(program(tmp_path, says("b 2") + "; import time; time.sleep(600)"), model, time_limit=1.0)
    assert (found.outcome, found.objective) == ("stopped", 6.0)


def test_a_program_that_is_not_there(model: Path) -> None:
    """It is said which."""
    found = solved(("no-such-program", "{mps}"), model)
    assert found.outcome == "failed" and "no-such-program" in found.message


def test_a_command_solves_a_pyomo_model(tmp_path: Path) -> None:
    """A maximization with a constant reaches it as a minimization, with readable names; the answer comes back."""
    model = pyo.ConcreteModel()
    model.take = pyo.Var(["a b", "c"], domain=pyo.Binary)
    model.most = pyo.Constraint(expr=2 * model.take["a b"] + 3 * model.take["c"] <= 4)
    model.worth = pyo.Objective(expr=10 + 5 * model.take["a b"] + 6 * model.take["c"], sense=pyo.maximize)
    show = "import sys; print(open(sys.argv[1]).read())\n"
    lines: list[str] = []
    run = Run(Options(time_limit=30.0, command=program(tmp_path, show + HONEST)), log=lines.append)
    answer = solve_model(model, run)
    assert (answer.outcome, answer.objective, answer.bound) == ("optimal", 16.0, pytest.approx(16.0))
    assert model.take["c"].value == 1
    assert any("take(a_b)" in line for line in lines)


def test_a_command_solves_a_stock_instance(tmp_path: Path) -> None:
    """The MILP of a family is solved by it, and its answer judged like any other."""
    instance = atoopt.load("instances/stock/frequency-4.json")
    result = atoopt.solve(instance, command=program(tmp_path, HONEST), time_limit=60.0)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(atoopt.solve(instance, "milp").objective)
    assert result.solver is not None and result.solver.startswith("command python")


def test_a_command_that_lies_to_a_family(tmp_path: Path) -> None:
    """Columns of 0 break the model's rows: nothing is proven, and the message names one."""
    instance = atoopt.load("instances/stock/frequency-4.json")
    result = atoopt.solve(instance, "milp", command=program(tmp_path, says("status optimal", "bound 0")))
    assert result.status == "feasible" and "does not keep the row" in result.message


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"command": ()}, "command"),
        ({"command": ("run",), "solver": "scip"}, "solver"),
        ({"command": ("run",), "solver_options": {"a": 1}}, "solver_options"),
        ({"solver_options": {"a": [1]}}, "solver_options"),
        ({"solver_options": 3}, "solver_options"),
    ],
)
def test_options_without_meaning(options: dict[str, Any], place: str) -> None:
    """They are refused before anything runs."""
    with pytest.raises(InputError) as error:
        atoopt.solve(atoopt.load("instances/stock/frequency-4.json"), "milp", **options)
    assert error.value.place == place
