"""`atoopt show` and `atoopt schema`, the version, and standard output that is closed, full or not UTF-8."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import atoopt
from tests.cli.conftest import Run

PROGRAM = [sys.executable, "-m", "atoopt"]


def test_show_prints_the_summary(run: Run, u5: str) -> None:
    """The text holds what the instance says about itself, and the JSON the same."""
    summary = atoopt.load(u5).summary()
    status, out, err = run("show", u5)
    assert (status, err) == (0, "") and all(text in out for text in summary.values())
    assert run("show", u5, "--json").json == summary


def test_schema_is_printed(run: Run) -> None:
    """The schema is one JSON object that names the keys of the format."""
    schema = run("schema", "stock-composition").json
    assert {"format", "components", "products", "costs"} <= set(schema["properties"])


def test_version(run: Run) -> None:
    """The version is that of the package."""
    assert run("--version").out == f"atoopt {atoopt.__version__}\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device that is always full is one of Linux")
def test_full_output_is_one_line(u5: str) -> None:
    """A full disk behind standard output is said on one line, with status 2."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PROGRAM, "show", u5], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("atoopt: standard output: cannot be written")


@pytest.mark.parametrize("descriptor", [1, 2])
def test_closed_streams_do_no_harm(u5: str, descriptor: int) -> None:
    """With standard output or error closed by the shell, the command works, and reports no defect."""
    done = subprocess.run(
        [*PROGRAM, "show", u5, "--json"], capture_output=True, preexec_fn=lambda: os.close(descriptor)
    )
    assert done.returncode == 0 and done.stderr == b""


def test_json_in_another_encoding(folder: Path, u5: str) -> None:
    """Where standard output is not UTF-8, the JSON is plain ASCII and says the same."""
    atoopt.load(u5).replace(name="Tür 日本").save("i.json")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run([*PROGRAM, "show", "i.json", "--json"], capture_output=True, env=environment, check=True)
    assert json.loads(done.stdout.decode("ascii"))["instance"] == "Tür 日本"


def test_show_says_what_results_and_fronts_hold(run: Run, u5: str, tmp_path: Path) -> None:
    """A result with its modules, a front with its points, a study; the JSON has the numbers."""
    result, front = str(tmp_path / "r.json"), str(tmp_path / "f.json")
    assert run("solve", u5, "-o", result).status == 0
    status, out, err = run("show", result)
    assert (status, err) == (0, "")
    assert "optimal" in out and "10 modules" in out and "31 products" in out and "more (--all" in out
    data = run("show", result, "--json").json
    assert data["status"] == "optimal" and len(data["products"]) == 31
    assert run("pareto", u5, "-o", front).status == 0
    assert "complete" in run("show", front).out
    assert run("show", front, "--json").json["complete"]
    study = Path(atoopt.__file__).parents[1] / "instances" / "studies" / "small.toml"
    assert "12 planned, 0 done" in run("show", str(study)).out
    assert run("show", result, "--plot", str(tmp_path / "x.png")).status == 2


def test_show_what_is_nothing(run: Run, tmp_path: Path) -> None:
    """One line, status 2."""
    (tmp_path / "x.json").write_text("{}")
    (tmp_path / "x.db").write_text("no store")
    for name in ("x.json", "x.db", "missing.json"):
        status, out, err = run("show", str(tmp_path / name))
        assert (status, out, err.count("\n")) == (2, "", 1)
