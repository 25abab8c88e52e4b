"""The folder of compiled kernels: one of the user's, under a hash of all that the machine code depends on.

A kernel holds the code of what it calls in other files, so that one folder stands for the sources of all kernels.
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import os
import shutil
import sys
import tempfile
import time
from functools import cache
from importlib.resources import files
from pathlib import Path

from atoopt.kernels.groups import SOURCES

VARIABLE = "ATOOPT_CACHE_DIR"
"""Names the folder in place of the platform's."""

KEPT, DAYS = 2, 14
"""So many folders of other versions are kept, and all that were in use within so many days."""


@cache
def kernel_folder() -> Path | None:
    """Return the folder for this version's kernels; None where there is no folder that can be written to.

    Where no folder of the user can be written to, a temporary one serves this process and its children.
    """
    name = f"kernels-{version_hash()}"
    for base in _bases():
        if _is_writable(base / name):
            os.utime(base / name)
            _prune(base, base / name)
            return base / name
    tried = " nor to ".join(map(str, _bases())) or "a folder of the user"
    logging.getLogger("atoopt").warning(
        "compiled kernels cannot be written to %s, and are compiled anew each time: set %s to a folder", tried, VARIABLE
    )
    return _temporary(name)


def version_hash() -> str:
    """Return a hash of the sources of all kernels, and of what else the machine code depends on."""
    import llvmlite
    import numba
    import numpy as np
    from numba.core.registry import cpu_target

    processor = cpu_target.target_context.codegen().magic_tuple()
    versions = (sys.version, numba.__version__, llvmlite.__version__, np.__version__, processor)
    return hash_of(read_sources(), repr(versions))


def hash_of(sources: dict[str, bytes], versions: str) -> str:
    """Return a short hash of named texts and versions.

    >>> hash_of({"a": b"x", "b": b""}, "1") != hash_of({"a": b"", "b": b"x"}, "1")
    True
    """
    digest = hashlib.sha256(versions.encode())
    for name, text in sorted(sources.items()):
        digest.update(f"\0{name}\0{len(text)}\0".encode() + text)
    return digest.hexdigest()[:16]


def read_sources() -> dict[str, bytes]:
    """Return the source of every module that has kernels or what they refer to."""
    return {name: files("atoopt").joinpath(name).read_bytes() for name in SOURCES}


def _bases() -> list[Path]:
    """Return where the folder may be, the first choice first: the one that is set, or the platform's."""
    if os.environ.get(VARIABLE):
        return [Path(os.environ[VARIABLE]).absolute()]
    try:
        home = Path.home()
    except RuntimeError:  # a user without a name has none
        home = Path(os.sep, "nonexistent")
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        given = Path(os.environ.get("XDG_CACHE_HOME", ""))  # a relative path has no meaning, by the standard
        base = given if given.is_absolute() else home / ".cache"
    return [base / "atoopt"] if base.is_absolute() else []


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _prune(base: Path, present: Path) -> None:
    """Remove the folders of other versions that nobody has used for a while; a process that does finds them gone."""
    others = {}
    for folder in base.glob("kernels-*"):
        try:
            others[folder] = folder.stat().st_mtime
        except OSError:  # another process removes it
            continue
    others.pop(present, None)
    oldest_first = sorted(others, key=lambda folder: others[folder])
    for folder in oldest_first[: max(0, len(others) - KEPT)]:
        if others[folder] < time.time() - DAYS * 86_400:
            shutil.rmtree(folder, ignore_errors=True)


def _temporary(name: str) -> Path | None:
    """Return a folder that goes with this process, and that its children find by the variable; None without any."""
    try:
        base = Path(tempfile.mkdtemp(prefix="atoopt-"))
        (base / name).mkdir()
    except OSError:
        return None
    atexit.register(_remove_own, base, os.getpid())
    os.environ[VARIABLE] = str(base)
    return base / name


def _remove_own(base: Path, owner: int) -> None:
    """Remove the temporary folder at the end of the process that made it, not of one that was forked from it."""
    if os.getpid() == owner:
        shutil.rmtree(base, ignore_errors=True)
