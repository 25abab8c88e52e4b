"""SCIP through PySCIPOpt: incumbents and bounds as they come, a start, a seed."""

from __future__ import annotations

import math
from typing import Any

from atoopt.base.errors import InputError
from atoopt.solvers.others.ask import Ask, FileAnswer, finite

TIGHT = 1e-9
"""Feasibility tolerance, as for HiGHS."""

LONGEST = 1e20
"""SCIP's infinity, in seconds as well."""


def solve(ask: Ask) -> FileAnswer:
    """Solve a model file by SCIP."""
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    if ask.log is not None:
        model.setLogfile(str(ask.file.with_suffix(".log")))
    model.readProblem(str(ask.file))
    _set(model, ask)
    if ask.start:
        _start(model, ask)
    _listen(model, ask)
    model.optimize()
    if ask.log is not None:
        for line in ask.file.with_suffix(".log").read_text(encoding="utf-8", errors="replace").splitlines():
            ask.log(line)
    return _answer(model)


def _set(model: Any, ask: Ask) -> None:
    options = {
        "limits/time": min(ask.time_limit, LONGEST), "limits/gap": ask.rel_gap, "limits/absgap": ask.abs_gap,
        "randomization/randomseedshift": ask.seed, "parallel/maxnthreads": ask.threads, "lp/threads": ask.threads,
        "numerics/feastol": TIGHT, **ask.solver_options,
    }  # fmt: skip
    for name, value in options.items():
        try:
            model.setParam(name, value)
        except Exception as error:  # the package has a kind for each fault
            problem = f"SCIP does not take {value!r} ({error})"
            raise InputError(problem, "correct it; see SCIP's parameters", place=f"solver_options.{name}") from None


def _start(model: Any, ask: Ask) -> None:
    """Hand over the start: a whole solution, or a part of one for SCIP to complete."""
    variables = model.getVars()
    whole = all(variable.name in ask.start for variable in variables)
    solution = model.createSol() if whole else model.createPartialSol()
    for variable in variables:
        if variable.name in ask.start:
            model.setSolVal(solution, variable, ask.start[variable.name])
    model.addSol(solution)


def _listen(model: Any, ask: Ask) -> None:
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr

    kinds = SCIP_EVENTTYPE.BESTSOLFOUND, SCIP_EVENTTYPE.NODESOLVED, SCIP_EVENTTYPE.DUALBOUNDIMPROVED

    class Listener(Eventhdlr):
        def eventinit(self) -> None:
            for kind in kinds:
                self.model.catchEvent(kind, self)

        def eventexit(self) -> None:
            for kind in kinds:
                self.model.dropEvent(kind, self)

        def eventexec(self, _event: Any) -> None:
            ask.on_progress(finite(self.model.getPrimalbound()), finite(self.model.getDualbound()))
            if ask.should_stop():
                self.model.interruptSolve()

    model.includeEventhdlr(Listener(), "atoopt", "tells of incumbents and bounds")


def _answer(model: Any) -> FileAnswer:
    status = model.getStatus()
    bound = finite(model.getDualbound())
    values = None
    if model.getNSols():
        best = model.getBestSol()
        values = {variable.name: float(model.getSolVal(best, variable)) for variable in model.getVars()}
    if status in ("optimal", "gaplimit"):
        return FileAnswer("optimal", values, bound)
    if status == "infeasible":
        return FileAnswer("infeasible")
    if status in ("unbounded", "inforunbd"):
        return FileAnswer("unbounded")
    if status == "memlimit":
        raise MemoryError("SCIP was refused memory")
    return FileAnswer("stopped", values, None if bound is None or math.isinf(bound) else bound)
