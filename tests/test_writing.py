"""Files are written whole or not at all."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from atoopt.base.errors import InputError
from atoopt.base.writing import check_writable, json_text, whole_file, write_text


def test_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    """A new file gets what the user's mask leaves, like any file that a program makes."""
    write_text(tmp_path / "a.json", "one")
    (tmp_path / "b.json").write_text("one")
    assert (tmp_path / "a.json").read_text() == "one"
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "b.json").stat().st_mode


def test_existing_file_keeps_its_permissions(tmp_path: Path) -> None:
    """A private file stays private."""
    file = tmp_path / "a.json"
    file.write_text("one")
    file.chmod(0o600)
    write_text(file, "two")
    assert file.read_text() == "two" and stat.S_IMODE(file.stat().st_mode) == 0o600


def test_link_stays_a_link(tmp_path: Path) -> None:
    """Writing to a link changes the file behind it, also one that does not exist yet."""
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    for text in ("one", "two"):
        write_text(link, text)
        assert link.is_symlink() and file.read_text() == text


def test_device_stays_a_device() -> None:
    """Writing to the null device does not replace it by a file."""
    write_text(os.devnull, "text")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("to_file", [True, False], ids=["file", "pipe"])
def test_standard_output_keeps_what_is_there(tmp_path: Path, to_file: bool) -> None:
    """A path that is our own output is written at its present position."""
    code = "from atoopt.base.writing import *; print('a'); write_text('/dev/stdout', 'b\\n'); print('c')"
    if to_file:
        with (tmp_path / "out").open("w") as out:
            subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
        text = (tmp_path / "out").read_text()
    else:
        text = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert text == "a\nb\nc\n"


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()])
def test_fault_while_writing_leaves_the_old_file(tmp_path: Path, fault: BaseException) -> None:
    """Whatever ends the writing, the old file is whole, and nothing lies beside it."""
    file = tmp_path / "a.json"
    file.write_text("old")
    expected = InputError if isinstance(fault, OSError) else type(fault)
    with pytest.raises(expected), whole_file(file) as temporary:
        temporary.write_text("ne")
        raise fault
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"] and file.read_text() == "old"


def test_checking_leaves_nothing(tmp_path: Path) -> None:
    """To find out whether a file can be written neither makes it nor changes it."""
    check_writable(tmp_path / "new")
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"] and (tmp_path / "old").read_text() == "old"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_forbidden_places_are_refused(tmp_path: Path) -> None:
    """Neither a read-only file nor a read-only folder is written."""
    file = tmp_path / "a.json"
    file.write_text("old")
    file.chmod(0o400)
    with pytest.raises(InputError, match="permission denied"):
        check_writable(file)
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="permission denied"):
        check_writable(tmp_path / "b.json")
    tmp_path.chmod(0o700)


def test_unknown_numbers_are_null() -> None:
    """What is not finite is null in JSON, and numpy's numbers are plain ones."""
    import numpy as np

    data: Any = {"a": float("nan"), "b": [np.float64("inf"), np.int64(3)], "c": np.array([1.5, np.nan]), "d": ("x",)}
    assert json.loads(json_text(data)) == {"a": None, "b": [None, 3], "c": [1.5, None], "d": ["x"]}


WRITER = """
import sys
from atoopt.base.writing import write_text
texts = [letter * 2_000_000 for letter in "ab"]
write_text("out", texts[0])
print("ready", flush=True)
while True:
    for text in texts:
        write_text("out", text)
"""


def test_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    """A process killed at any moment while it writes leaves the old or the new content, never a part."""
    moments = random.Random(7)
    for _ in range(15):
        command = [sys.executable, "-c", WRITER]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
            time.sleep(moments.uniform(0, 0.02))
            writer.kill()
        text = (tmp_path / "out").read_text()
        assert text in ("a" * 2_000_000, "b" * 2_000_000)
