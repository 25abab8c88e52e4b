"""Bad input and usage: exit status 2, one line that names file or option, place and remedy, nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.bad_inputs import CASES, Case
from tests.cli.conftest import Run


def _lay_out(case: Case, folder: Path) -> set[str]:
    """Write the files of a case, and return the names of all."""
    for name, content in case.files.items():
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)
    return _names(folder)


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def _assert_one_line(case: Case, status: int, out: str, err: str) -> None:
    lines = err.splitlines()
    assert status == 2, err
    assert out == ""
    assert len(lines) == 1, err
    assert lines[0].startswith("atoopt: ")
    assert "Traceback" not in err
    for mention in case.mentions:
        assert mention in lines[0]
    problem, _, remedy = lines[0].rpartition("; ")
    assert len(problem) > len("atoopt: ") and len(remedy) > 3
    assert lines[0].isprintable()


def test_table_is_large_and_distinct() -> None:
    """The table holds at least 200 cases, no two alike."""
    assert len({case.name for case in CASES}) == len(CASES)
    assert len({(case.arguments, tuple(sorted(case.files.items(), key=str))) for case in CASES}) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_bad_input(case: Case, run: Run, folder: Path) -> None:
    """Each case ends with status 2 and one line of error, and leaves no file behind."""
    before = _lay_out(case, folder)
    _assert_one_line(case, *run(*case.arguments))
    assert _names(folder) == before


@pytest.mark.parametrize("case", CASES[:: len(CASES) // 12], ids=lambda case: case.name)
def test_bad_input_as_a_program(case: Case, folder: Path) -> None:
    """The same holds for the program as a shell runs it."""
    if any("\0" in argument for argument in case.arguments):
        pytest.skip("no shell can pass a zero byte")
    _lay_out(case, folder)
    command = [sys.executable, "-m", "atoopt", *case.arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=60)
    _assert_one_line(case, done.returncode, done.stdout, done.stderr)
