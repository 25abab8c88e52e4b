"""Tests of the folder of kernels: what it depends on, where it is, and what becomes of old ones."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from numba.core.dispatcher import Dispatcher

import atoopt
from atoopt.kernels import folder
from atoopt.kernels.groups import SOURCES

PACKAGE = Path(atoopt.__file__).parent


@pytest.mark.parametrize("changed", SOURCES)
def test_a_change_of_any_source_changes_the_name(changed: str) -> None:
    """A kernel holds the code of what it calls in other files."""
    sources = folder.read_sources()
    edited = {**sources, changed: sources[changed] + b"\n"}
    assert folder.hash_of(edited, "1") != folder.hash_of(sources, "1")


def test_versions_change_the_name() -> None:
    """Another numba, Python or processor has a folder of its own."""
    sources = folder.read_sources()
    assert folder.hash_of(sources, "1") != folder.hash_of(sources, "2")


def test_the_hash_is_of_the_sources_that_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the folder follows the files."""
    before = folder.version_hash()
    monkeypatch.setattr(folder, "read_sources", lambda: {"stock/packing.py": b"another"})
    assert folder.version_hash() != before


def modules_with_kernels() -> list[str]:
    """Return the files of the package whose text declares compiled functions."""
    names = ("@kernel(", "@inner", "@compiled", "@inlined")
    files = (path for path in PACKAGE.rglob("*.py") if PACKAGE / "kernels" not in path.parents)
    return [str(path.relative_to(PACKAGE)) for path in files if any(name in path.read_text() for name in names)]


def imported_names(file: str) -> dict[str, str]:
    """Return, per name that a file imports from the package, the file that has it."""
    found = {}
    for node in ast.walk(ast.parse((PACKAGE / file).read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("atoopt"):
            for name in node.names:
                inside = PACKAGE.parent / (node.module or "").replace(".", "/") / f"{name.name}.py"
                module = inside if inside.exists() else PACKAGE.parent / f"{(node.module or '').replace('.', '/')}.py"
                found[name.asname or name.name] = str(module.relative_to(PACKAGE))
    return found


def test_every_file_that_kernels_depend_on_is_among_the_sources() -> None:
    """Files with kernels, and those from which kernels take a function, a constant or a named tuple."""
    files = modules_with_kernels()
    assert len(files) > 10
    assert set(files) <= set(SOURCES)
    for file in files:
        imported = imported_names(file)
        module = importlib.import_module("atoopt." + file.removesuffix(".py").replace("/", "."))
        for value in vars(module).values():
            if isinstance(value, Dispatcher) and value.py_func.__module__ == module.__name__:
                used = imported.keys() & set(value.py_func.__code__.co_names)
                assert {imported[name] for name in used} <= set(SOURCES), (file, value.py_func.__name__)


def test_the_variable_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`ATOOPT_CACHE_DIR` goes before the platform's folder."""
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "mine"))
    found = folder.kernel_folder.__wrapped__()
    assert found is not None and found.parent == tmp_path / "mine" and found.is_dir()


@pytest.mark.parametrize(
    ("platform", "variables", "parts"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/atoopt"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "/home/someone/.cache/atoopt"),
        ("linux", {}, "/home/someone/.cache/atoopt"),
        ("darwin", {}, "/home/someone/Library/Caches/atoopt"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/atoopt"),
    ],
)
def test_the_folder_is_where_the_platform_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], parts: str
) -> None:
    """Each platform has its place."""
    for name in (folder.VARIABLE, "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/someone", **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert folder._bases() == [Path(parts)]


def test_a_user_without_a_home_has_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user by number alone, as in containers."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in (folder.VARIABLE, "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(Path, "home", homeless)
    assert not any(folder._is_writable(base) for base in folder._bases() if not os.access("/", os.W_OK))


def made(base: Path, name: str, days: float) -> Path:
    """Make a folder that was used so many days ago."""
    (base / name).mkdir()
    (base / name / "kernel").write_text("")
    os.utime(base / name, (time.time() - 86_400 * days,) * 2)
    return base / name


def test_old_folders_go_but_for_the_last_two_and_those_in_use(tmp_path: Path) -> None:
    """What another version has used lately stays, and so does what is not ours."""
    present = made(tmp_path, "kernels-now", 0)
    stay = [made(tmp_path, f"kernels-{days}", days) for days in (1, 13, 0.1)]
    gone = [made(tmp_path, f"kernels-{days}", days) for days in (20, 40)]
    other = made(tmp_path, "something", 400)
    folder._prune(tmp_path, present)
    assert all(path.exists() for path in (present, other, *stay))
    assert not any(path.exists() for path in gone)


def test_the_last_two_stay_however_old(tmp_path: Path) -> None:
    """A colleague's older version is not compiled anew at once."""
    present = made(tmp_path, "kernels-now", 0)
    days = {each: made(tmp_path, f"kernels-{each}", each) for each in (30, 50, 70)}
    folder._prune(tmp_path, present)
    assert [path.exists() for path in days.values()] == [True, True, False]


SEPARATE = """
import numpy as np
from atoopt.stock.dense.gaps import separate
gap = separate(np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5]]))[0]
assert gap.weights.tolist() == [1, -1, -1]
"""


def run_without(variables: dict[str, str], code: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an environment with no more than these variables."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PACKAGE.parent), **variables}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow(reason="the only test in which a cold kernel is compiled without any folder of the user")
@pytest.mark.parametrize(
    "variables",
    [lambda _: {"HOME": "/dev/null/x"}, lambda tmp: {"ATOOPT_CACHE_DIR": str(tmp / "file"), "HOME": str(tmp)}],
    ids=["no home", "a file in its place"],
)
def test_without_a_folder_it_works_with_one_line_of_warning(
    variables: Callable[[Path], dict[str, str]], tmp_path: Path
) -> None:
    """A read-only installation, and a user without a home: nothing is written into the package."""
    (tmp_path / "file").write_text("")
    before = sorted(path.name for path in PACKAGE.rglob("*.nb?"))
    code = f"{SEPARATE}\nfrom atoopt.kernels.folder import kernel_folder\nprint(kernel_folder())"
    done = run_without({**variables(tmp_path), "TMPDIR": str(tmp_path)}, code)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("cannot be written to") == 1
    used = Path(done.stdout.strip())
    assert tmp_path in used.parents and not used.exists()  # it went with the process
    assert sorted(path.name for path in PACKAGE.rglob("*.nb?")) == before


def test_with_nothing_writable_kernels_stay_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a temporary folder: no folder, and no error."""
    monkeypatch.setattr(folder, "_is_writable", lambda _: False)

    def full(**_: str) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(folder.tempfile, "mkdtemp", full)
    assert folder.kernel_folder.__wrapped__() is None
