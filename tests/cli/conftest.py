"""How the tests of the command line call it: in this process, in an empty folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from atoopt.cli import main

ROOT = Path(__file__).parents[2]


class Outcome(NamedTuple):
    """What a command line left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON value that it must be."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], folder: Path) -> Run:
    """Return the function that runs a command line in the folder."""

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capsys.readouterr())

    return call


@pytest.fixture
def u5(folder: Path) -> str:
    """Return the file name of the paper's 5-component instance, uniform demand, set 1, T = 0.8."""
    (folder / "u5.json").write_bytes((ROOT / "instances/stock/uniform-5.json").read_bytes())
    return "u5.json"
