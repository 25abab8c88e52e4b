"""`atoopt solve`: the printed table, the JSON object, the file, and what interrupts it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import termios
import time
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.base.problem import family
from atoopt.cli.text.stock import stock_table
from atoopt.stock import Costs, Product, StockInstance, evaluate
from tests.cli.conftest import Run

SOLVE = [sys.executable, "-m", "atoopt", "solve"]
KEYS = ["problem", "instance", "method", "solver", "status", "objective", "bound", "gap", "seconds", "solution"]


def dense(n_components: int, seed: int) -> StockInstance:
    """Return an instance of every product of n components and log-normal demand, T = 0.8."""
    names = tuple("abcdefgh"[:n_components])
    products = [c for size in range(1, n_components + 1) for c in combinations(names, size)]
    demand = np.random.default_rng(seed).lognormal(0.0, 1.0, len(products))
    return StockInstance(
        name="dense", components=names, max_mean_assembly_time=0.8,
        products=tuple(Product(components=c, demand=float(d)) for c, d in zip(products, demand, strict=True)),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
    )  # fmt: skip


@pytest.mark.parametrize("method", ["auto", "milp", "enumeration"])
def test_json_is_the_contract(run: Run, u5: str, folder: Path, method: str) -> None:
    """With --json, standard output is one object with the promised keys, and the answer passes the check."""
    outcome = run("solve", u5, "--method", method, "--json", "--output", "r.json")
    assert (outcome.status, outcome.err) == (0, "")
    data = outcome.json
    assert set(KEYS) <= set(data)
    assert data["status"] == "optimal" and data["objective"] == pytest.approx(38.0968, abs=5e-5)
    assert data["gap"] == pytest.approx(0, abs=1e-6) and data["problem"] == "stock-composition"
    assert [list("abcde")[i] for i in range(5)] == sorted(m[0] for m in data["solution"]["modules"] if len(m) == 1)
    assert json.loads((folder / "r.json").read_text()) == data
    assert run("check", u5, "r.json").status == 0


@pytest.mark.parametrize("method", ["module-frequency", "module-size"])
def test_heuristics_claim_no_proof(run: Run, u5: str, folder: Path, method: str) -> None:
    """The paper's heuristics give a stock that passes the check, and null where nothing is known."""
    data = run("solve", u5, "--method", method, "--json", "--output", "r.json").json
    assert data["status"] == "feasible" and data["bound"] is None and data["gap"] is None
    assert run("check", u5, "r.json").status == 0


@pytest.mark.parametrize("formulation", ["pattern", "assignment"])
def test_options_reach_the_method(run: Run, u5: str, formulation: str) -> None:
    """Formulation, gap, threads and time limit are taken."""
    arguments = ("--method", "milp", "--formulation", formulation, "--rel-gap", "0.05", "--threads", "1")
    data = run("solve", u5, *arguments, "--time-limit", "30", "--json").json
    assert data["details"]["formulation"] == formulation
    assert data["gap"] <= 0.05


def test_infeasible_is_a_result(run: Run, u5: str, folder: Path) -> None:
    """An instance that allows no stock ends with status 0, says so, and has no solution."""
    atoopt.load(u5).replace(max_modules=5).save("tight.json")
    status, out, err = run("solve", "tight.json")
    assert (status, err) == (0, "") and "infeasible" in out.splitlines()[0]
    data = run("solve", "tight.json", "--json").json
    assert data["status"] == "infeasible" and data["solution"] is None and data["objective"] is None


def test_table_shows_stock_costs_and_times(run: Run, u5: str) -> None:
    """The printed table holds the headline, the modules, the four terms and the distribution of the time."""
    out = run("solve", u5, "--method", "milp").out
    lines = out.splitlines()
    assert lines[0].startswith("uniform-5: optimal, cost 38.0968, bound 38.0968, gap 0.00%")
    for text in ("10 modules: 5 of several components, 5 single components", "single components: ",
                 "preassembly", "fixed transport", "variable transport", "final assembly", "38.0968  100.0%",
                 "mean assembly time 0.709677 (at most 0.8)"):  # fmt: skip
        assert text in out
    shares = [float(line.split()[1].rstrip("%")) for line in lines[-3:]]
    assert sum(shares) == pytest.approx(100, abs=0.2)


def test_long_stock_stays_readable() -> None:
    """Of hundreds of modules the most used are listed, singles on one line, all of them if asked for."""
    names = tuple(f"option={i:03}" for i in range(90))
    instance = StockInstance(
        name="long", components=names, max_mean_assembly_time=None,
        products=tuple(Product(components=names[i : i + 9], demand=i + 1.0) for i in range(80)),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
    )  # fmt: skip
    stock = evaluate(instance, [names[i : i + n] for i in range(80) for n in (2, 5, 9)])
    short = stock_table(stock, columns=100)
    assert len(short) < 50 and max(map(len, short)) <= 100
    assert "... and 220 more, used less (--all lists them)" in short
    assert sum(line.startswith("single components") for line in short) == 1
    whole = stock_table(stock, show_all=True)
    assert sum(" + " in line for line in whole) == 240 and not any("more" in line for line in whole)


def test_verbose_log_goes_to_standard_error(run: Run, u5: str) -> None:
    """The solver's lines stand on standard error, and standard output still is one object."""
    outcome = run("solve", u5, "--method", "milp", "--verbose", "--json")
    assert outcome.json["status"] == "optimal" and "HiGHS" in outcome.err


def test_model_file_may_print(run: Run, u5: str, folder: Path) -> None:
    """What an analyst's model prints does not spoil the JSON on standard output."""
    (folder / "mine.py").write_text(
        "from atoopt.stock.model.formulation import build\n"
        "def build_model(instance):\n"
        "    print('building')\n"
        "    return build(instance)\n"
    )
    outcome = run("solve", u5, "--model", "mine.py", "--json")
    assert outcome.json["objective"] == pytest.approx(38.0968, abs=5e-5) and "building" in outcome.err
    assert sorted(path.name for path in folder.iterdir()) == ["mine.py", "u5.json"]


def test_help_names_every_method(run: Run) -> None:
    """The help lists the methods as they are registered."""
    text = "".join(run("solve", "--help").out.split())  # a long list is broken at hyphens
    for method in family("atoopt/stock-composition").methods:
        assert method in text


def test_closed_pipe_ends_quietly(u5: str, folder: Path) -> None:
    """A reader that goes away (`| head -1`) causes no traceback."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*SOLVE, u5, "--method", "module-size"], stdout=write, stderr=subprocess.PIPE, timeout=60)
    os.close(write)
    assert done.returncode == 141 and done.stderr == b""


def test_output_is_tried_before_the_run(run: Run, u5: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An output that cannot be written is refused at once, and not after hours of solving."""
    started: list[bool] = []
    monkeypatch.setattr(atoopt.methods, "solve", lambda *_, **__: started.append(True))
    status, _, err = run("solve", u5, "--output", "nowhere/r.json")
    assert status == 2 and "nowhere/r.json: its folder does not exist" in err and not started


def test_memory_exhausted_is_one_line(run: Run, u5: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method that runs out of memory ends with one line."""

    def exhausted(*_: Any, **__: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(atoopt.methods, "solve", exhausted)
    status, out, err = run("solve", u5)
    assert status == 2 and out == "" and len(err.splitlines()) == 1 and "too large" in err


def test_defect_is_one_line(run: Run, u5: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A defect of the program ends with another status than bad input, and says how to see more."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("method claims the bound 9 above the cost 8")

    monkeypatch.setattr(atoopt.methods, "solve", broken)
    monkeypatch.delenv("ATOOPT_TRACEBACK", raising=False)
    status, out, err = run("solve", u5)
    assert status == 3 and out == "" and len(err.splitlines()) == 1 and "ATOOPT_TRACEBACK" in err


def _start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a solve that would take minutes, and return it when HiGHS is at work."""
    dense(7, 1).save(str(folder / "hard.json"))
    command = [*SOLVE, "hard.json", "--method", "milp", "--time-limit", "100", "--threads", "1", "--json", "-v"]
    process = subprocess.Popen(
        [*command, *arguments], cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    while "Solving" not in (line := process.stderr.readline()):
        assert line, "the solve ended before it began"
    return process


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_interrupted_solve_gives_its_incumbent(folder: Path, run: Run, number: signal.Signals, status: int) -> None:
    """Ctrl-C or a termination signal during a solve ends it with a checked incumbent as JSON.

    After Ctrl-C that is a result; a termination signal wants the program to end, and it says that it did.
    """
    process = _start(folder, "--output", "r.json")
    time.sleep(0.3)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == status
    data = json.loads(out)
    assert data["status"] == "feasible" and "interrupted" in data["message"]
    assert json.loads((folder / "r.json").read_text()) == data
    outcome = run("check", "hard.json", "r.json")
    assert outcome.status == 0, outcome.out


def test_interrupted_while_loading(run: Run, u5: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the instance is loaded still gives an allowed stock with a bound, as JSON and status 0."""
    load = atoopt.load

    def interrupted(file: str) -> object:
        signal.raise_signal(signal.SIGINT)
        return load(file)

    monkeypatch.setattr(atoopt, "load", interrupted)
    outcome = run("solve", u5, "--json")
    data = json.loads(outcome.out)
    assert outcome.status == 0 and data["status"] == "feasible" and data["bound"] <= 38.0968 <= data["objective"] + 1e-9


def test_interrupted_again_and_again(folder: Path) -> None:
    """Ctrl-C at every moment from the first on: status 0 with a whole result, or 130 with one line."""
    process = _start(folder, "--output", "r.json")
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 130) and "Traceback" not in err
    if process.returncode == 0:
        assert json.loads(out) == json.loads((folder / "r.json").read_text())
    else:
        assert err.splitlines()[-1].startswith("atoopt: interrupted")


def test_second_interrupt_ends_the_program(run: Run, u5: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method that goes on after Ctrl-C is ended by the second one: status 130, one line, no output."""

    def stubborn(_instance: object, _run: object) -> None:
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(atoopt.methods, "resolve", lambda _: stubborn)
    status, out, err = run("solve", u5, "--output", "r.json")
    assert (status, out) == (130, "") and err.startswith("atoopt: interrupted") and len(err.splitlines()) == 1
    assert not Path("r.json").exists()


def test_killed_solve_leaves_the_old_output(folder: Path, u5: str) -> None:
    """A solve killed at random moments leaves the old output or a whole new one."""
    output = folder / "r.json"
    output.write_text('{"old": true}')
    moments = random.Random(3)
    for _ in range(6):
        with subprocess.Popen(
            [*SOLVE, u5, "--method", "module-size", "-o", "r.json"], cwd=folder, stdout=subprocess.DEVNULL
        ) as process:
            time.sleep(moments.uniform(0.0, 1.5))
            process.kill()
        data = json.loads(output.read_text())
        assert data == {"old": True} or set(KEYS) <= set(data)


def test_live_line_in_a_terminal(folder: Path) -> None:
    """In a terminal, time, cost, bound and gap stand on one line of standard error while the solve runs."""
    dense(7, 1).save("hard.json")
    master, slave = os.openpty()
    termios.tcsetwinsize(slave, (24, 100))
    arguments = ["hard.json", "--method", "milp", "--time-limit", "100", "--threads", "1", "--json"]
    process = subprocess.Popen([*SOLVE, *arguments], stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    shown = b""
    with contextlib.suppress(OSError):  # the terminal's end is an error on Linux
        while part := os.read(master, 10_000):
            complete = b"gap " in part and b"gap " not in shown
            shown += part
            if complete:  # everything has been seen: no need to wait for the end
                process.send_signal(signal.SIGINT)
    os.close(master)
    out, _ = process.communicate(timeout=60)
    text = shown.decode()
    assert json.loads(out)["status"] == "feasible"
    assert "cost " in text and "bound " in text and "gap " in text and "\n" not in text.strip("\r\n")
