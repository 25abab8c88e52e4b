"""The solvers that can be called, as data: what they can do, how they come, and what of them is here."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from atoopt.base.errors import InputError


@dataclass(frozen=True)
class Solver:
    """A MILP solver.

    Attributes
    ----------
    package, program : str
        What it needs: a Python package, or a program on the PATH; one of the two is empty.
    install : str
        The command that brings it.
    start, bound, progress, seed, threads, log : bool
        Whether it takes a MIP start, tells its bound, tells incumbents and bounds while it runs, takes a seed and a
        number of threads, and prints a log.
    limit : str
        The size of the models that it takes without a licence that is paid for.
    note : str
    """

    package: str = ""
    program: str = ""
    install: str = ""
    start: bool = True
    bound: bool = True
    progress: bool = True
    seed: bool = True
    threads: bool = True
    log: bool = True
    limit: str = ""
    note: str = ""


SOLVERS = {
    "highs": Solver("highspy", note="ours: every method's default"),
    "appsi_highs": Solver("highspy", progress=False, log=False, threads=False, note="HiGHS through Pyomo"),
    "scip": Solver("pyscipopt", install="pip install 'pyscipopt>=6'", threads=False, note="one thread for the tree"),
    "cbc": Solver("", "cbc", "apt install coinor-cbc", note="its bound is read from its log"),
    "glpk": Solver(
        "", "glpsol", "apt install glpk-utils", start=False, threads=False, note="its time limit is whole seconds"
    ),
    "cp-sat": Solver("ortools", install="pip install 'ortools>=9.10'", note="whole by nature; reals are scaled"),
    "gurobi": Solver(
        "gurobipy", install="pip install gurobipy", progress=False, log=False, limit="2,000 columns and rows"
    ),
    "cplex": Solver("cplex", install="pip install cplex", progress=False, log=False, limit="1,000 columns and rows"),
    "xpress": Solver("xpress", install="pip install xpress", progress=False, log=False, limit="5,000 columns and rows"),
}

EXTERNAL = {
    "gcg": "Dantzig-Wolfe decomposition; needs pyscipopt 5.2.1, so an environment of its own: in a study, a command"
}
"""Known by name, and called as a program of its own (``command`` of a study)."""

COMMAND = "command"
"""The name of a program that we do not know: ``run.command`` starts it."""

LONG = 10
"""Seconds that a program gets to tell its version."""


def check_solver(name: str) -> None:
    """Raise an `InputError` unless a solver of this name can be called here."""
    if name == COMMAND:
        return
    solver = solver_of(name)
    if not is_here(name):
        remedy = f"install it ({solver.install}), or use highs"
        raise InputError(f'"{name}" is not installed here', remedy, place="solver")


def solver_of(name: str) -> Solver:
    """Return a solver by its name.

    Raises
    ------
    InputError
        There is none.
    """
    if name not in SOLVERS:
        raise InputError(f'is "{name}"', f"choose one of {', '.join(SOLVERS)}", place="solver")
    return SOLVERS[name]


def is_here(name: str) -> bool:
    """Return whether a solver is installed; its licence may still be too small.

    >>> is_here("highs")
    True
    """
    solver = solver_of(name)
    if solver.program:
        return shutil.which(solver.program) is not None
    return find_spec(solver.package) is not None


@cache
def version_of(name: str) -> str | None:
    """Return the version of a solver that is here, with that of the package that calls it; None where it is not."""
    solver = solver_of(name)
    if not is_here(name):
        return None
    if solver.program:
        return _of_program(name, solver.program)
    try:
        return version(solver.package)
    except PackageNotFoundError:
        return "unknown"


def _of_program(name: str, program: str) -> str:
    """Ask a program for its version."""
    arguments = {"cbc": ["-version", "-quit"], "glpk": ["--version"]}[name]
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=LONG, check=False)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    for word in done.stdout.split():
        if word[:1].isdigit() and "." in word:
            return word
    return "unknown"


def engine_version(name: str) -> str | None:
    """Return the version of the solver itself, where it differs from that of its package."""
    if name == "scip" and is_here(name):
        import pyscipopt

        return str(pyscipopt.Model().version())
    return version_of(name)


def catalogue() -> list[dict[str, Any]]:
    """Return what is known of each solver, and whether it is here, as plain data."""
    return [
        {"name": name, "here": is_here(name), "version": engine_version(name), **asdict(solver)}
        for name, solver in SOLVERS.items()
    ]
