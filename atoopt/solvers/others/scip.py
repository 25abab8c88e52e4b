"""SCIP by PySCIPOpt: incumbents and bounds come as events, its log by a file."""

from __future__ import annotations

import contextlib
import math
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from atoopt.base.errors import InputError
from atoopt.solvers.others.ask import Ask, FileAnswer, ModelFile, finite
from atoopt.solvers.running.threads import HelperThread

if TYPE_CHECKING:
    from atoopt.solvers.outcome import Outcome

TOLERANCE = 1e-9
"""Of rows; by default 1e-6, by which a mean time slips over its limit."""

LARGEST = 1e20
"""What SCIP takes for infinity."""

GLANCE = 0.05
"""Seconds between two looks at whether to stop, and at the log."""

OUTCOMES: dict[str, Outcome] = {
    "optimal": "optimal",
    "gaplimit": "optimal",
    "infeasible": "infeasible",
    "unbounded": "unbounded",
    "inforunbd": "unbounded",
}
"""SCIP's statuses; any other was a limit."""

OUT_OF_MEMORY = ("error -1", "error -8", "insufficient memory")
"""How SCIP says it, by way of PySCIPOpt."""


def solve(file: ModelFile, ask: Ask) -> FileAnswer:
    """Solve a model file by SCIP.

    Parameters
    ----------
    file : ModelFile
    ask : Ask
        ``options`` are parameters of SCIP, such as ``{"limits/nodes": 100}``.

    Raises
    ------
    MemoryError
        It ran out of memory.
    InputError
        SCIP does not have such a parameter, or not this value of it.
    """
    with tempfile.TemporaryDirectory(prefix="atoopt-") as folder:
        try:
            return _solve(file, ask, Path(folder) / "log.txt")
        except InputError:
            raise
        except MemoryError:
            raise MemoryError("SCIP ran out of memory") from None
        except Exception as error:  # PySCIPOpt raises it itself
            if any(sign in str(error).lower() for sign in OUT_OF_MEMORY):
                raise MemoryError(f"SCIP ran out of memory ({error})") from None
            return FileAnswer("failed", None, None, "", f"SCIP: {' '.join(str(error).split())}")


def _solve(file: ModelFile, ask: Ask, log: Path) -> FileAnswer:
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    if ask.log is not None:
        model.setLogfile(str(log))
    _set_parameters(model, ask)
    model.readProblem(str(file.path))
    variables = {variable.name: variable for variable in model.getVars()}
    if ask.start is not None:
        _add_start(model, variables, ask.start)
    _watch(model, ask)
    with log.open("a+", encoding="utf-8", errors="replace") as lines:
        _run(model, ask, lines)
    return _answer(model, variables)


def _set_parameters(model: Any, ask: Ask) -> None:
    ours: dict[str, Any] = {
        "misc/catchctrlc": False,  # it is for whoever called us
        "timing/clocktype": 2,
        "limits/gap": ask.rel_gap,
        "numerics/feastol": TOLERANCE,
    }
    if ask.time_limit < math.inf:
        ours["limits/time"] = ask.time_limit
    if ask.abs_gap is not None:
        ours["limits/absgap"] = ask.abs_gap
    if ask.threads is not None:
        ours["parallel/maxnthreads"] = ask.threads
    if ask.seed:
        ours["randomization/randomseedshift"] = ask.seed
    model.setParams(ours)
    for name, value in ask.options.items():
        try:
            model.setParam(name, value)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            why = " ".join(str(error).strip("'\"").split()).removeprefix("SCIP: ")
            problem, remedy = f"{name}={value} is refused by SCIP ({why})", "use a parameter of SCIP"
            raise InputError(problem, remedy, place="solver_options") from None


def _add_start(model: Any, variables: dict[str, Any], start: Any) -> None:
    """Hand a solution over; where some columns are left open, SCIP completes it."""
    solution = model.createSol() if len(start) == len(variables) else model.createPartialSol()
    for name, value in start.items():
        model.setSolVal(solution, variables[name], value)
    model.addSol(solution)


def _watch(model: Any, ask: Ask) -> None:
    """Have incumbents and bounds told as they come."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr

    events = SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.NODESOLVED

    class Watch(Eventhdlr):
        def eventinit(self) -> None:
            for event in events:
                self.model.catchEvent(event, self)

        def eventexit(self) -> None:
            for event in events:
                self.model.dropEvent(event, self)

        def eventexec(self, event: Any) -> None:
            ask.on_progress(finite(self.model.getPrimalbound(), LARGEST), finite(self.model.getDualbound(), LARGEST))

    model.includeEventhdlr(Watch(), "progress", "tells of incumbents and bounds")


def _run(model: Any, ask: Ask, log: IO[str]) -> None:
    """Run SCIP in a thread, so that the main thread can take signals while it runs."""
    worker = HelperThread(model.optimizeNogil)
    worker.start()
    asked = False
    try:
        while worker.is_alive():
            worker.join(GLANCE)
            for line in log:
                ask.say(line.rstrip("\n"))
            if not asked and ask.should_stop():
                asked = True
                model.interruptSolve()
    except BaseException:
        with contextlib.suppress(Exception):
            model.interruptSolve()
        worker.join()
        raise
    worker.finish()
    for line in log:
        ask.say(line.rstrip("\n"))


def _answer(model: Any, variables: dict[str, Any]) -> FileAnswer:
    status = str(model.getStatus())
    if status == "memlimit":
        raise MemoryError
    outcome = OUTCOMES.get(status, "stopped")
    version = f"{model.getMajorVersion()}.{model.getMinorVersion()}.{model.getTechVersion()}"
    values = None
    if outcome in ("optimal", "stopped") and model.getNSols():
        best = model.getBestSol()
        values = {name: float(model.getSolVal(best, variable)) for name, variable in variables.items()}
    bound = finite(model.getDualbound(), LARGEST) if outcome in ("optimal", "stopped") else None
    return FileAnswer(outcome, values, bound, version)
