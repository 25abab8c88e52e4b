"""What README shows must run: its Python, its commands, its instance; and `.ci/run` must find the test command."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from atoopt.base.files import load

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def marked(name: str) -> str:
    """Return the command after a mark; it must be a single line."""
    found = re.search(rf"<!-- {name} -->\n```sh\n(.*?)\n```", README)
    assert found is not None
    return found[1]


def commands() -> list[str]:
    """Return the single commands that README shows, besides the two that install."""
    lines = "".join(blocks("sh")).splitlines()
    return [line for line in lines if line.startswith(("atoopt ", "pyomo "))]


def test_the_two_commands_set_up_everything() -> None:
    """Each makes the environment, installs, and runs; the second one runs this suite."""
    for name in ("main-command", "test-command"):
        assert marked(name).startswith("python3 -m venv .venv && .venv/bin/python -m pip install ")
    assert marked("test-command").endswith(".venv/bin/python -m pytest")
    main = shlex.split(marked("main-command").split("&&")[-1])
    assert main[:2] == [".venv/bin/atoopt", "solve"]
    assert load(ROOT / main[2]).n_components >= 20


def test_ci_reads_the_test_command_from_readme() -> None:
    """The script holds no copy of the command that could drift."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert "pip install" not in script


@pytest.mark.parametrize("shown", blocks("json"))
def test_the_instances_shown_are_valid(shown: str, tmp_path: Path) -> None:
    """The JSON of the sections on files can be loaded as it stands."""
    file = tmp_path / "shown.json"
    file.write_text(shown, encoding="utf-8")
    loaded, given = load(file).to_json(), json.loads(shown)
    assert (loaded["format"], loaded["name"]) == (given["format"], given["name"])


@pytest.mark.slow  # README's Python solves two instances
def test_python_shown() -> None:
    """The Python block runs as it stands."""
    code = "\n".join(blocks("python")).replace("time_limit=60", "time_limit=20").replace("time_limit=5", "time_limit=1")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow  # some twenty commands as a reader would type them; a solve is given two seconds
def test_commands_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command after the two runs, one after the other, in a copy of the folders that they read."""
    from atoopt.cli import main
    from atoopt.stock.data.generate import harness_orders

    harness_orders(200, seed=1).to_csv(tmp_path / "orders.csv", index=False)
    columns = ["id", "annual_demand", "orders_per_year", "batch", "pieces_per_pallet", "setup_hours_cutting",
               "run_hours_per_piece_cutting"]  # fmt: skip
    (tmp_path / "parts.csv").write_text(f"{','.join(columns)}\nA,4800,96,400,12,0.2,0.01\nB,100,4,50,8,0.1,0.02\n")
    shutil.copytree(ROOT / "instances", tmp_path / "instances")  # a study keeps its records beside it
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)
    assert len(commands()) >= 7
    for line in commands():
        if "models/" in line:
            continue  # test_models runs these
        program, command, *arguments = shlex.split(line, comments=True)
        assert program == "atoopt"
        hurry = ["--time-limit", "2"] if command in ("solve", "pareto") else []
        assert main([command, *arguments, *hurry]) == 0, f"{line}\n{capsys.readouterr().err}"
