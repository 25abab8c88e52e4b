"""Every solver that can be named, as data: what calls it, what it can do, how it is installed, whether it is here.

Nothing of a solver is imported to find out, but SCIP for its version: OR-Tools and HiGHS may not be in one process.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from atoopt.base.errors import InputError

ABILITIES = ("start", "bound", "progress", "log", "seed", "threads")
"""What solvers differ in: a MIP start, a dual bound, news while it runs, its log, a seed, threads."""

PATIENCE = 1.5
"""Seconds for a program to say its version."""


@dataclass(frozen=True)
class Solver:
    """A solver.

    Attributes
    ----------
    title : str
    install : str
        The command that installs it.
    adapter : str
        "module:function" or "module:table"; empty for HiGHS itself and for what is no solver by name.
    package, program : str
        Of Python, or on the PATH; one of the two.
    asks : tuple of str
        Arguments with which the program says its version.
    can : tuple of str
        Of `ABILITIES`.
    most : (int, int) or None
        Variables and rows that it takes without a licence of one's own.
    together : bool
        Whether `most` holds for the sum of both.
    note : str
        What else to know.
    """

    title: str
    install: str
    adapter: str = ""
    package: str = ""
    program: str = ""
    asks: tuple[str, ...] = ()
    can: tuple[str, ...] = ABILITIES
    most: tuple[int, int] | None = None
    together: bool = False
    note: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it can be called here."""
        if self.program:
            return shutil.which(self.program) is not None
        return importlib.util.find_spec(self.package) is not None


_OTHERS = "atoopt.solvers.others"
_BY_PYOMO = f"{_OTHERS}.through_pyomo:solve_by"
_QUIET = ("start", "bound", "seed", "threads")
_GCG = 'command = ["gcg", "-c", "set limits time {seconds} read {mps} optimize write solution {solution} quit"]'

SOLVERS = {
    "highs": Solver("HiGHS", "pip install highspy", package="highspy"),
    "appsi_highs": Solver(
        "HiGHS by Pyomo's interface", "pip install highspy", _BY_PYOMO, package="highspy",
        can=("start", "bound", "seed"),
    ),
    "scip": Solver(
        "SCIP", 'pip install "atoopt[scip]"', f"{_OTHERS}.scip:solve", package="pyscipopt",
        can=("start", "bound", "progress", "log", "seed"), note="its tree has one thread",
    ),
    "cbc": Solver("CBC", "apt install coinor-cbc", f"{_OTHERS}.cbc:solve", program="cbc", asks=("-quit",)),
    "glpk": Solver(
        "GLPK", "apt install glpk-utils", f"{_OTHERS}.glpk:solve", program="glpsol", asks=("--version",),
        can=("bound", "progress", "log", "seed"), note="limits are whole seconds; one thread",
    ),
    "cp-sat": Solver(
        "CP-SAT of OR-Tools", 'pip install "atoopt[cp-sat]"', f"{_OTHERS}.cp_sat:solve", package="ortools",
        note="whole columns with bounds; proves nothing where others occur",
    ),
    "gurobi": Solver(
        "Gurobi", 'pip install "atoopt[gurobi]"', _BY_PYOMO, package="gurobipy", can=_QUIET, most=(2000, 2000),
    ),
    "cplex": Solver("CPLEX", "pip install cplex", _BY_PYOMO, package="cplex", can=_QUIET, most=(1000, 1000)),
    "xpress": Solver(
        "Xpress", "pip install xpress", _BY_PYOMO, package="xpress", can=_QUIET, most=(5000, 5000), together=True,
    ),
}  # fmt: skip
"""Name -> solver: what ``--solver`` takes."""

PROGRAMS = {
    "gcg": Solver(
        "GCG (Dantzig-Wolfe decomposition)", "pip install pygcgopt==0.4.0 pyscipopt==5.2.1",
        program="gcg", asks=("--version",),
        can=("threads",), note=f"in an environment of its own; as a program {_GCG}",
    ),
}  # fmt: skip
"""Name -> solver that takes part as an external program alone."""


@dataclass(frozen=True)
class Found:
    """A solver as it is here.

    Attributes
    ----------
    name : str
    solver : Solver
    here : bool
    version : str
        The solver's own, not its interface's; empty where it is not here.
    """

    name: str
    solver: Solver
    here: bool
    version: str

    def to_json(self) -> dict[str, Any]:
        """Return what is known, with null for what is not."""
        most, solver = self.solver.most, self.solver
        return {
            "name": self.name, "title": solver.title, "here": self.here, "version": self.version or None,
            "licence_limit": None if most is None else {
                "variables": most[0], "rows": most[1], "together": solver.together,
            },
            "can": {ability: ability in solver.can for ability in ABILITIES},
            "external": self.name in PROGRAMS, "install": solver.install, "note": solver.note,
        }  # fmt: skip


def find_solvers() -> list[Found]:
    """Return every solver of the list, and whether and in which version it is here.

    >>> {found.name for found in find_solvers()} >= {"highs", "scip", "cbc", "glpk", "cp-sat"}
    True
    """
    everything = SOLVERS | PROGRAMS
    with ThreadPoolExecutor(len(everything)) as pool:
        return list(pool.map(_found, everything, everything.values()))


def check_solver(name: str) -> None:
    """Raise an `InputError` unless a solver of this name can be called here."""
    if name not in SOLVERS:
        raise InputError(f'is "{name}"', f"choose one of {', '.join(SOLVERS)}", place="solver")
    if not SOLVERS[name].is_here:
        remedy = f"{SOLVERS[name].install}, or use highs"
        raise InputError(f'"{name}" is not installed here', remedy, place="solver")


def version_of(name: str) -> str:
    """Return the version of a solver that is here, empty where it is not.

    >>> version_of("highs")[:2]
    '1.'
    """
    return _found(name, (SOLVERS | PROGRAMS)[name]).version


def _found(name: str, solver: Solver) -> Found:
    here = solver.is_here
    return Found(name, solver, here, _version(solver) if here else "")


def _version(solver: Solver) -> str:
    if solver.package == "pyscipopt":
        from pyscipopt import Model

        model = Model()
        return f"{model.getMajorVersion()}.{model.getMinorVersion()}.{model.getTechVersion()}"
    if solver.package:  # the numbers of the others are those of the solver in them
        try:
            return importlib.metadata.version(solver.package)
        except importlib.metadata.PackageNotFoundError:
            return ""
    return next(_versions_printed([shutil.which(solver.program) or solver.program, *solver.asks]), "")


def _versions_printed(command: list[str]) -> Iterator[str]:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return
    yield from re.findall(r"\b\d+\.\d+(?:\.\d+)*\b", done.stdout)
