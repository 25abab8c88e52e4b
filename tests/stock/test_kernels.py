"""The groups of kernels that are compiled beside each other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from atoopt.stock.kernels import GROUPS, _last_kernel, compile_cold, on_disk


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_fills_the_cache_with_its_last_kernel(group: str) -> None:
    """What `on_disk` looks for is what the group compiles."""
    GROUPS[group]()
    assert on_disk(_last_kernel(group))


def test_nothing_is_started_where_nothing_is_cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every group on disk there is no child process."""
    for group in GROUPS.values():
        group()
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a child was started"))
    compile_cold()


def test_an_empty_cache_is_cold(tmp_path: Path) -> None:
    """In a new cache folder no kernel is on disk."""
    look = "from atoopt.stock.kernels import *; from atoopt.stock.kernels import _last_kernel\n"
    look += "print([on_disk(_last_kernel(g)) for g in GROUPS])"
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", look], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([False] * len(GROUPS))
