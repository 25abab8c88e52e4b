"""Where output goes: standard output for the result alone, whatever stands in its place."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from atoopt.cli import main
from atoopt.cli.text.terminal import prints_aside
from atoopt.solvers.catalogue import SOLVERS

OTHER = ("--method", "milp", "--solver", "appsi_highs", "--json", "-q")


def test_main_with_redirected_streams(u5: str) -> None:
    """In a notebook or a test the streams may be texts in memory: the result is in one, an error in the other."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        statuses = main(["solve", u5, "--json"]), main(["solve", "absent.json"])
    assert statuses == (0, 2)
    assert json.loads(out.getvalue())["status"] == "optimal"
    assert err.getvalue().startswith("atoopt: absent.json: does not exist")


@pytest.mark.parametrize("in_memory", [False, True])
def test_pyomo_captures_output_of_another_solver(u5: str, in_memory: bool) -> None:
    """A fresh process lets Pyomo import while prints go aside; its capture of both outputs then comes to an end."""
    prelude = "import io, sys, contextlib\nfrom atoopt.cli import main\n"
    call = f"main(['solve', {u5!r}, *{OTHER!r}])"
    if in_memory:
        call = f"o = io.StringIO()\nwith contextlib.redirect_stdout(o): {call}\nprint(o.getvalue())"
    command = [sys.executable, "-c", prelude + call]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["objective"] == pytest.approx(38.0968, abs=5e-5)


def test_prints_of_compiled_code_and_children_go_aside(tmp_path: Path) -> None:
    """What is written past Python's streams is on standard error too; afterwards all is as before."""
    code = (
        "import os, subprocess; from atoopt.cli.text.terminal import prints_aside\n"
        "with prints_aside():\n"
        "    print('a'); os.write(1, b'b\\n'); subprocess.run(['echo', 'c'])\n"
        "print('result')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "result\n"
    assert sorted(done.stderr.split()) == ["a", "b", "c"]


def test_prints_go_aside_of_a_text_in_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """Where standard output is no file, Python's prints are turned aside."""
    with prints_aside():
        print("aside")
    print("result")
    assert capsys.readouterr() == ("result\n", "aside\n")


@pytest.mark.parametrize("solver", ["cbc", "cplex", "glpk", "gurobi", "highs_direct", ""])
def test_a_solver_that_is_not_there_is_one_line(solver: str, u5: str) -> None:
    """The line names the option, and says what to use instead; nothing of Pyomo's is beside it."""
    if solver in SOLVERS and SOLVERS[solver].package and SOLVERS[solver].is_here:
        pytest.skip(f"{solver} is installed")
    command = [sys.executable, "-m", "atoopt", "solve", u5, "--method", "milp", "--solver", solver]
    environment = {name: value for name, value in os.environ.items() if name != "PATH"} | {"PATH": "/nowhere"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("atoopt: --solver: ") and done.stderr.count("\n") == 1
    assert "highs" in done.stderr
