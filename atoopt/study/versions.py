"""Versions: of the solvers, which are part of a run's key, and of all that took part in a study."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

PACKAGES = ("atoopt", "pyomo", "highspy", "numpy", "scipy", "numba", "pandas", "pyscipopt", "ortools", "gurobipy")


@cache
def solver_version(name: str) -> str | None:
    """Return the version of a solver that is here, None where it is not, or where it is a program that we do not know.

    >>> solver_version("nobody") is None
    True
    """
    from atoopt.solvers.catalogue import SOLVERS, version_of

    return version_of(name) or None if name in SOLVERS else None


def package_versions() -> dict[str, str]:
    """Return the versions of the packages that are here."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, Any]:
    """Return what this machine is."""
    import psutil

    return {
        "platform": platform.platform(), "processor": _processor(), "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1), "python": platform.python_version(),
    }  # fmt: skip


def _processor() -> str:
    """Return the processor's name, where the system tells."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:  # noqa: PTH123 -- no file of ours
            names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
