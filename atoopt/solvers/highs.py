"""HiGHS behind a Pyomo model: compiled once, started from the variables' values, watched while it runs.

Pyomo's own interfaces to HiGHS give either no MIP start or no live progress; so the model is compiled to
matrices (`LinearStandardFormCompiler`) and held in one `highspy.Highs` object.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import highspy
import numpy as np

from atoopt.base.errors import InputError
from atoopt.solvers.arrays.rounding import Relaxed, Sides, Splitting
from atoopt.solvers.arrays.rows import Floats, Rows
from atoopt.solvers.arrays.standard_form import StandardForm, load, standard_form
from atoopt.solvers.confirm import Work, is_risky
from atoopt.solvers.outcome import Outcome, outcome_of
from atoopt.solvers.threads import HelperThread

logger = logging.getLogger(__name__)

TIGHT = 1e-9
"""Feasibility tolerance: the default (1e-6) lets a mean time slip over its limit."""

SMALLEST = 1e-12
"""HiGHS drops coefficients up to here; by default up to 1e-9, which is a row of kilotons gone."""

CLOSE = 1e-7
"""A rounded solution within this of what the solver claims, relative, is the one that it means."""

SUB_MIPS = ("rins", "rens", "root_reduced_cost")
"""HiGHS's searches for incumbents in sub-models."""

TOO_LARGE = 1e15
"""HiGHS takes no coefficients from here on."""

LARGEST_SEED = 2**31
"""HiGHS takes seeds below it."""

NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})

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
    version : str
        Of the solver.
    message : str
        What the outcome leaves open, in one line.
    """

    outcome: Outcome
    objective: float | None
    bound: float | None
    version: str = field(default="", repr=False, compare=False)
    message: str = field(default="", repr=False, compare=False)


class HighsModel:
    """A model in HiGHS.

    Parameters
    ----------
    model : pyomo.environ.ConcreteModel or StandardForm
        A linear Pyomo model with one active objective, or arrays; then `found` has what a solve found.

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
        self.form = model if isinstance(model, StandardForm) else standard_form(model)
        self.found: Floats | None = None
        self.columns, self.integer = self.form.variables, self.form.integer
        self.rows = rows_of(self.form)
        self.sign = 1.0 if self.form.minimize else -1.0
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("small_matrix_value", SMALLEST)
        self.unit = 1.0
        self.is_small = False
        if self.highs.passModel(_as_lp(self.form)) == highspy.HighsStatus.kError:
            raise refusal(self.form.rows.data)

    def fix(self, columns: Floats) -> None:
        """Fix the whole numbers at what rounded columns give, so that a linear program is left."""
        at = np.flatnonzero(self.integer).astype(np.int32)
        self.highs.changeColsBounds(at.size, at, columns[at], columns[at])

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
        values = [v.value for v in self.columns] if self.columns else [] if self.found is None else self.found.tolist()
        known = [(j, float(value)) for j, value in enumerate(values) if value is not None]
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
        abs_gap: float | None = None,
        threads: int | None = None,
        seed: int = 0,
        sub_mips: bool = True,
        solver_options: Mapping[str, Any] = NO_OPTIONS,
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
        abs_gap : float, optional
            Stop at this absolute gap, too.
        threads : int, optional
            HiGHS's own default if None.
        seed : int
            Of HiGHS's random choices; its own default is 0.
        sub_mips : bool
            False leaves out HiGHS's searches in sub-models: small models with a good start are solved sooner.
        solver_options : mapping of str to Any
            Options of HiGHS, set after all of ours.
        should_stop : callable
            Polled while HiGHS runs; True ends the solve with its incumbent.
        on_progress : callable
            Called with (incumbent objective, bound), None for what is unknown.
        log : callable, optional
            Called with each line of the solver's log.

        Raises
        ------
        InputError
            HiGHS does not know an option, or does not take its value.
        """
        highs = self.highs
        set_threads(highs, threads)
        for name, value in (
            ("time_limit", time_limit),
            ("mip_rel_gap", rel_gap),
            ("random_seed", seed % LARGEST_SEED),
            ("mip_abs_gap", abs_gap if abs_gap is not None else 1e-9 if rel_gap == 0 else 1e-6),
            ("mip_feasibility_tolerance", TIGHT),
            ("primal_feasibility_tolerance", TIGHT),
            ("output_flag", log is not None),
            *((f"mip_heuristic_run_{name}", sub_mips) for name in SUB_MIPS),
            ("log_to_console", False),
        ):
            highs.setOptionValue(name, value)
        set_options(highs, solver_options)
        highs.setCallback(listener(should_stop, on_progress, log, self.unit), None)
        kinds = highspy.cb.HighsCallbackType
        wanted = [kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt,
                  kinds.kCallbackMipImprovingSolution]  # fmt: skip
        for kind in wanted + ([kinds.kCallbackLogging] if log is not None else []):
            highs.startCallback(kind)
        until = time.monotonic() + time_limit
        first = self._run()
        self.is_small = Work.of(highs).costs_little
        answer = self._exact(first, until, rel_gap, abs_gap or 0.0)
        highs.setCallback(None, None)
        return answer

    def _run(self) -> Relaxed:
        """Run HiGHS; the value and bound of what it found are to be minimized."""
        run_in_thread(self.highs)
        status, info = self.highs.getModelStatus(), self.highs.getInfo()
        if status == highspy.HighsModelStatus.kModelEmpty:
            return Relaxed("optimal", np.empty(0), self.sign * self.form.offset)
        bound = finite(info.mip_dual_bound * self.unit) if self.integer.any() else None
        bound = None if bound is None else self.sign * bound
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Relaxed(outcome_of(status), None, bound)
        if bound is None and outcome_of(status) == "optimal" and not self.integer.any():
            bound = self.sign * float(info.objective_function_value) * self.unit
        return Relaxed(outcome_of(status), np.array(self.highs.getSolution().col_value), bound)

    def _exact(self, first: Relaxed, until: float, rel_gap: float, abs_gap: float) -> Answer:
        """Make sure that the solution keeps every row as it was given, and load it into the Pyomo variables."""
        outcome, columns, bound = first.outcome, None, first.bound
        if first.columns is not None:
            columns = self.rows.rounded(first.columns)
            told = self._worth(columns) if bound is None else bound

            def close(worth: float, claimed: float) -> bool:
                gap = max(rel_gap * abs(worth), abs_gap)
                return worth <= claimed + gap + CLOSE * max(1.0, abs(claimed))

            def within(sides: Sides, _start: Floats | None) -> Relaxed:
                return self._within(sides, until)

            if self.rows.broken(columns).size or (outcome == "optimal" and not close(self._worth(columns), told)):
                split = Splitting(self.rows, within, self._kept, self._worth, close)
                exact = split.exact(first) if outcome == "optimal" else split.repaired(first)
                outcome, columns, bound = exact.outcome, exact.columns, exact.bound
        if columns is None:
            return Answer(outcome, None, None if bound is None else self.sign * bound)
        self.found = columns
        if self.columns:
            load(self.columns, columns, self.integer)
        worth = self._worth(columns)
        if outcome == "optimal" and bound is None:  # presolve showed that nothing is better than the start
            bound = worth - rel_gap * abs(worth)
        return Answer(outcome, self.sign * worth, None if bound is None else self.sign * bound)

    def _kept(self, columns: Floats) -> bool:
        return not self.rows.broken(columns).size

    def _worth(self, columns: Floats) -> float:
        """Return the objective of rounded columns, to be minimized."""
        return self.sign * self.form.objective(columns)

    def _within(self, sides: Sides, until: float) -> Relaxed:
        """Solve with other bounds of some columns."""
        highs = self.highs
        for column, (low, high) in sides.items():
            highs.changeColBounds(column, low, high)
        highs.clearSolver()  # the last solution is a start within tolerance only
        highs.setOptionValue("time_limit", max(0.1, until - time.monotonic()))
        try:
            return self._run()
        finally:
            for column in sides:
                highs.changeColBounds(column, self.form.lower[column], self.form.upper[column])

    @property
    def is_doubtful(self) -> bool:
        """Whether a proof is to be confirmed: it cost little, or HiGHS was seen to err on models of this kind."""
        return bool(self.integer.any()) and (self.is_small or self.is_risky)

    @property
    def is_risky(self) -> bool:
        """Whether the model is of a kind that HiGHS was seen to err on."""
        return is_risky(self.form)

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
            if second.outcome == "infeasible" or not self.is_risky:
                return first
            return Answer("stopped", first.objective, None)
        if first.bound is None or second.bound is None:
            return second
        weaker = min if self.highs.getLp().sense_ == highspy.ObjSense.kMinimize else max
        return Answer("optimal", second.objective, weaker(first.bound, second.bound))


def rows_of(form: StandardForm) -> Rows:
    """Return what a solution of a compiled model has to keep."""
    matrix = form.rows
    sides = (form.row_lower, form.row_upper, form.lower, form.upper)
    return Rows(matrix.indptr, matrix.indices, matrix.data, *sides, form.integer, form.gaps)


def _as_lp(form: StandardForm) -> highspy.HighsLp:
    """Return the compiled form as a HiGHS model."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = form.lower.size, form.row_lower.size
    lp.col_cost_, lp.offset_ = form.costs, form.offset
    lp.sense_ = highspy.ObjSense.kMinimize if form.minimize else highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = form.lower, form.upper
    lp.row_lower_, lp.row_upper_ = rows_of(form).sides_with_rounding()
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = form.rows.indptr
    lp.a_matrix_.index_ = form.rows.indices
    lp.a_matrix_.value_ = form.rows.data
    types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [types[int(whole)] for whole in form.integer]
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
    worker = HelperThread(highs.run)
    worker.start()
    while worker.is_alive():
        worker.join(0.05)
    worker.finish()


def refusal(coefficients: Any) -> ValueError:
    """Return the error for a model that HiGHS refuses: what the user can put right, if it is what it usually is."""
    largest = float(np.max(np.abs(coefficients), initial=0.0))
    if largest < TOO_LARGE:
        return ValueError("HiGHS refused the model")
    problem = f"in the model's rows are up to {largest:.3g}, and HiGHS takes none from {TOO_LARGE:.0e} on"
    return InputError(problem, "give the data in units that make them smaller", place="coefficients")


def set_options(highs: Any, options: Mapping[str, Any]) -> None:
    """Set options that the user gave; one that HiGHS does not take is an `InputError`."""
    for name, value in options.items():
        if highs.setOptionValue(name, value) == highspy.HighsStatus.kError:
            problem, remedy = f"{name}={value} is refused by HiGHS", "use an option of HiGHS, and a value in its range"
            raise InputError(problem, remedy, place="solver_options")


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
