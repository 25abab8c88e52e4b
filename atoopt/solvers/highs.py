"""HiGHS behind a Pyomo model: compiled once, started from the variables' values, watched while it runs.

Pyomo's own interfaces to HiGHS give either no MIP start or no live progress; so the model is compiled to
matrices (`LinearStandardFormCompiler`) and held in one `highspy.Highs` object.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

Outcome = Literal["optimal", "infeasible", "unbounded", "stopped", "failed"]

TIGHT = 1e-9
"""Feasibility tolerance: the default (1e-6) lets a mean time slip over its limit."""

SUB_MIPS = ("rins", "rens", "root_reduced_cost")
"""HiGHS's searches for incumbents in sub-models."""

PLAIN = (1e-3, 1e6)
"""Costs whose largest lies between need no scaling."""


@dataclass(frozen=True)
class Answer:
    """What a solver returned.

    Attributes
    ----------
    outcome : {"optimal", "infeasible", "unbounded", "stopped", "failed"}
        `optimal` within the gap asked for; `stopped` at a limit or by the user.
    objective : float or None
        Of the incumbent, None where there is none.
    bound : float or None
        The dual bound, None where none is known.
    """

    outcome: Outcome
    objective: float | None
    bound: float | None


class HighsModel:
    """A Pyomo model in HiGHS.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel
        Linear, with one active objective.

    Raises
    ------
    ValueError
        The model is not linear.

    Examples
    --------
    >>> import pyomo.environ as pyo
    >>> model = pyo.ConcreteModel()
    >>> model.x = pyo.Var(domain=pyo.NonNegativeIntegers)
    >>> model.limit = pyo.Constraint(expr=2 * model.x <= 7)
    >>> model.profit = pyo.Objective(expr=model.x, sense=pyo.maximize)
    >>> HighsModel(model).solve()
    Answer(outcome='optimal', objective=3.0, bound=3.0)
    >>> model.x.value
    3
    """

    def __init__(self, model: Any) -> None:
        from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler  # not needed in child processes

        form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None)
        self.columns = form.columns
        self.integer = np.array([not variable.is_continuous() for variable in form.columns], dtype=bool)
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        sense = form.objectives[0].sense if form.objectives else 1
        lp = _as_lp(form, self.integer, int(sense))
        self.unit = 1.0
        if self.highs.passModel(lp) == highspy.HighsStatus.kError:
            raise ValueError("HiGHS refused the model")

    def scale_costs(self) -> None:
        """Let HiGHS see very large or small costs at an ordinary size: answers and progress keep their own.

        HiGHS's tolerances on costs are absolute: with costs of 1e-9 it takes any solution for optimal.
        """
        lp = self.highs.getLp()
        costs = np.array(lp.col_cost_)
        largest = float(np.abs(costs).max(initial=0.0))
        if largest == 0 or PLAIN[0] <= largest <= PLAIN[1]:
            return
        self.unit = 2.0 ** math.floor(math.log2(largest))
        self.highs.changeColsCost(costs.size, np.arange(costs.size, dtype=np.int32), costs / self.unit)
        self.highs.changeObjectiveOffset(lp.offset_ / self.unit)

    def set_start(self) -> bool:
        """Hand the variables' values over as a start (all or some may be set); return whether any was."""
        known = [(j, float(v.value)) for j, v in enumerate(self.columns) if v.value is not None]
        if not known:
            return False
        index = np.array([j for j, _ in known], dtype=np.int32)
        values = np.array([value for _, value in known])
        return bool(self.highs.setSolution(len(known), index, values) != highspy.HighsStatus.kError)

    def solve(
        self,
        *,
        time_limit: float = math.inf,
        rel_gap: float = 0.0,
        threads: int | None = None,
        sub_mips: bool = True,
        should_stop: Callable[[], bool] = lambda: False,
        on_progress: Callable[[float | None, float | None], None] = lambda objective, bound: None,
        log: Callable[[str], None] | None = None,
    ) -> Answer:
        """Solve, load the solution into the Pyomo variables, and say what is proven.

        Parameters
        ----------
        time_limit : float
            Seconds for this call.
        rel_gap : float
            Stop at this relative gap.
        threads : int, optional
            HiGHS's own default if None.
        sub_mips : bool
            False leaves out HiGHS's searches in sub-models: small models with a good start are solved sooner.
        should_stop : callable
            Polled while HiGHS runs; True ends the solve with its incumbent.
        on_progress : callable
            Called with (incumbent objective, bound), None for what is unknown.
        log : callable, optional
            Called with each line of the solver's log.
        """
        highs = self.highs
        set_threads(highs, threads)
        for name, value in (
            ("time_limit", time_limit),
            ("mip_rel_gap", rel_gap),
            ("mip_abs_gap", 1e-9 if rel_gap == 0 else 1e-6),
            ("mip_feasibility_tolerance", TIGHT),
            ("primal_feasibility_tolerance", TIGHT),
            ("output_flag", log is not None),
            *((f"mip_heuristic_run_{name}", sub_mips) for name in SUB_MIPS),
            ("log_to_console", False),
        ):
            highs.setOptionValue(name, value)
        highs.setCallback(listener(should_stop, on_progress, log, self.unit), None)
        kinds = highspy.cb.HighsCallbackType
        wanted = [kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt,
                  kinds.kCallbackMipImprovingSolution]  # fmt: skip
        for kind in wanted + ([kinds.kCallbackLogging] if log is not None else []):
            highs.startCallback(kind)
        run_in_thread(highs)
        highs.setCallback(None, None)
        return self._answer(rel_gap)

    def confirm(self, first: Answer, **options: Any) -> Answer:
        """Solve again without presolve, from the first answer, and return what both prove.

        HiGHS 1.15 gets about one in a thousand small models wrong, with presolve or without it (a false
        `infeasible`, or an `optimal` that is not), whatever its tolerances; both ways at once far more rarely.
        """
        self.highs.clearSolver()
        self.highs.setOptionValue("presolve", "off")
        if first.objective is not None:
            self.set_start()
        second = self.solve(**options)
        self.highs.setOptionValue("presolve", "choose")
        if first.outcome == "failed":  # presolve's answer did not keep the rows of the model
            return second
        if second.outcome != "optimal" or second.objective is None:
            return first
        if first.bound is None or second.bound is None:
            return second
        weaker = min if self.highs.getLp().sense_ == highspy.ObjSense.kMinimize else max
        return Answer("optimal", second.objective, weaker(first.bound, second.bound))

    def _answer(self, rel_gap: float) -> Answer:
        """Read status, incumbent and bound; write the incumbent into the Pyomo variables."""
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        outcome = outcome_of(status)
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if status == highspy.HighsModelStatus.kModelEmpty:
            constant = float(self.highs.getObjectiveOffset()[1]) * self.unit
            return Answer("optimal", constant, constant)
        bound = finite(info.mip_dual_bound * self.unit) if self.integer.any() else None
        if not found:
            return Answer(outcome, None, bound)
        for variable, value, whole in zip(self.columns, self.highs.getSolution().col_value, self.integer, strict=True):
            variable.set_value(round(value) if whole else value, skip_validation=True)
        objective = float(info.objective_function_value) * self.unit
        if outcome == "optimal" and bound is None:  # of an LP; or presolve showed that nothing is better than the start
            slack = rel_gap * abs(objective) if self.integer.any() else 0.0
            bound = objective - slack if self.highs.getLp().sense_ == highspy.ObjSense.kMinimize else objective + slack
        return Answer(outcome, objective, bound)


def outcome_of(status: highspy.HighsModelStatus) -> Outcome:
    """Return what a status of HiGHS says of a solve."""
    kinds = highspy.HighsModelStatus
    if status in (kinds.kOptimal, kinds.kModelEmpty):
        return "optimal"
    if status == kinds.kInfeasible:
        return "infeasible"
    if status in (kinds.kUnbounded, kinds.kUnboundedOrInfeasible):
        return "unbounded"
    if status in (kinds.kSolveError, kinds.kModelError, kinds.kPresolveError, kinds.kPostsolveError):
        return "failed"
    return "stopped"


def _as_lp(form: Any, integer: NDArray[np.bool_], sense: int) -> highspy.HighsLp:
    """Return the compiled form as a HiGHS model."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(form.columns), len(form.rows)
    c = form.c.toarray()
    lp.col_cost_ = c[0] if c.size else np.zeros(lp.num_col_)
    lp.offset_ = float(form.c_offset[0]) if len(form.c_offset) else 0.0
    lp.sense_ = highspy.ObjSense.kMinimize if sense == 1 else highspy.ObjSense.kMaximize
    bounds = [variable.bounds for variable in form.columns]
    lp.col_lower_ = np.array([-math.inf if low is None else low for low, _ in bounds])
    lp.col_upper_ = np.array([math.inf if high is None else high for _, high in bounds])
    kinds = np.array([row.bound_type for row in form.rows])  # -1: >=, 0: ==, 1: <=
    lp.row_lower_ = np.where(kinds == 1, -math.inf, form.rhs)
    lp.row_upper_ = np.where(kinds == -1, math.inf, form.rhs)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = form.A.indptr
    lp.a_matrix_.index_ = form.A.indices
    lp.a_matrix_.value_ = form.A.data
    types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [types[int(whole)] for whole in integer]
    return lp


def listener(
    should_stop: Callable[[], bool],
    on_progress: Callable[[float | None, float | None], None],
    log: Callable[[str], None] | None,
    unit: float,
) -> Callable[..., None]:
    """Return the one callback that HiGHS calls for everything.

    Parameters
    ----------
    should_stop : callable
        Polled; True interrupts the solve.
    on_progress : callable
        Called with (incumbent objective, bound), None for what is unknown.
    log : callable, optional
        Called with each line of HiGHS's log.
    unit : float
        HiGHS sees costs divided by it; progress is given in the model's own.
    """
    kinds = highspy.cb.HighsCallbackType

    def listen(kind: int, message: str, out: Any, answer: Any, _data: Any) -> None:
        if kind == kinds.kCallbackLogging:
            if log is not None:
                log(message.rstrip("\n"))
            return
        if kind == kinds.kCallbackMipImprovingSolution:
            on_progress(finite(out.objective_function_value * unit), finite(out.mip_dual_bound * unit))
            return
        if kind == kinds.kCallbackMipInterrupt:
            on_progress(finite(out.mip_primal_bound * unit), finite(out.mip_dual_bound * unit))
        if should_stop():
            answer.user_interrupt = True

    return listen


def run_in_thread(highs: Any) -> None:
    """Run HiGHS in a thread, so that the main thread can take signals while it runs.

    Parameters
    ----------
    highs : highspy.Highs
        With its model and options; the answer is read from it.

    Raises
    ------
    BaseException
        What the run raised, in the caller's thread.
    """
    failures: list[BaseException] = []

    def work() -> None:
        try:
            highs.run()
        except BaseException as error:  # handed to the caller's thread
            failures.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.05)
    if failures:
        raise failures[0]


_threads_in_use: list[int] = []


def set_threads(highs: Any, threads: int | None) -> None:
    """Set the number of threads; HiGHS keeps one pool a process, which must be made anew to change it.

    Parameters
    ----------
    highs : highspy.Highs
    threads : int, optional
        HiGHS's own default if None.
    """
    wanted = threads or 0
    if _threads_in_use != [wanted]:  # nor is it known whether others, Pyomo say, have made one before the first call
        highspy.Highs.resetGlobalScheduler(True)
    _threads_in_use[:] = [wanted]
    highs.setOptionValue("threads", wanted)


def finite(value: float) -> float | None:
    """Return the value, None where HiGHS knows none and says infinity.

    >>> finite(math.inf) is None
    True
    """
    return float(value) if math.isfinite(value) else None
