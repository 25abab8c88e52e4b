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
DOCS = (
    "README.md", "instances/README.md", "instances/studies/README.md", "models/README.md", "notebooks/README.md",
    "atoopt/README.md", "atoopt/architecture/README.md", "atoopt/diversity/README.md", "atoopt/levels/README.md",
    "atoopt/pareto/README.md", "atoopt/policy/README.md", "atoopt/solvers/README.md", "atoopt/stock/README.md",
    "atoopt/workbench/README.md",
)  # fmt: skip
TEXTS = {doc: (ROOT / doc).read_text(encoding="utf-8") for doc in DOCS}
README = TEXTS["README.md"]


def blocks(language: str, doc: str = "README.md") -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXTS[doc], flags=re.DOTALL)


def marked(name: str) -> str:
    """Return the command after a mark; it must be a single line."""
    found = re.search(rf"<!-- {name} -->\n```sh\n(.*?)\n```", README)
    assert found is not None
    return found[1]


def commands(doc: str) -> list[str]:
    """Return the single commands that a page shows, besides the two that install."""
    lines = "".join(blocks("sh", doc)).splitlines()
    return [line for line in lines if line.startswith(("atoopt ", "pyomo "))]


def test_readme_is_short_and_names_every_other_page() -> None:
    """At most 150 lines; every page that it names is there, and every page of ours is named."""
    assert README.count("\n") <= 150
    named = set(re.findall(r"`([a-z/]+/README\.md)`", README))
    assert named == {*DOCS, "tests/bench/README.md"} - {"README.md"}
    assert all((ROOT / doc).is_file() for doc in named)
    assert all((ROOT / file).is_file() for text in TEXTS.values() for file in re.findall(r"!\[.*\]\((.*)\)", text))


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


@pytest.mark.parametrize("shown", [block for doc in DOCS for block in blocks("json", doc)])
def test_the_instances_shown_are_valid(shown: str, tmp_path: Path) -> None:
    """The JSON of the sections on files can be loaded as it stands."""
    file = tmp_path / "shown.json"
    file.write_text(shown, encoding="utf-8")
    loaded, given = load(file).to_json(), json.loads(shown)
    assert (loaded["format"], loaded["name"]) == (given["format"], given["name"])


@pytest.mark.slow  # the pages' Python solves instances, in a process each
@pytest.mark.parametrize("doc", [doc for doc in DOCS if blocks("python", doc)])
def test_python_shown(doc: str) -> None:
    """The Python blocks of a page run as they stand, one after the other."""
    code = "\n".join(blocks("python", doc))
    code = code.replace("time_limit=60", "time_limit=4").replace("time_limit=5", "time_limit=1")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow  # every command as a reader would type it; a solve is given two seconds
@pytest.mark.parametrize("doc", [doc for doc in DOCS if commands(doc)])
def test_commands_shown(
    doc: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command of a page runs, one after the other, in a copy of the folders that they read."""
    from atoopt.cli import main

    shutil.copytree(ROOT / "instances", tmp_path / "instances")  # a study keeps its records beside it
    small = tmp_path / "instances/studies/small.toml"
    small.write_text(small.read_text().replace("wall_seconds = 20", "wall_seconds = 2"))
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)
    for line in commands(doc):
        if "models/" in line:
            continue  # test_models runs these
        program, command, *arguments = shlex.split(line, comments=True)
        assert program == "atoopt"
        hurry = ["--time-limit", "2"] if command in ("solve", "pareto", "sweep", "regret") else []
        assert main([command, *arguments, *hurry]) == 0, f"{line}\n{capsys.readouterr().err}"
