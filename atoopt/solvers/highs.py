"""HiGHS behind a Pyomo model: compiled once, started from the variables' values, watched while it runs.

Pyomo's own interfaces to HiGHS give either no MIP start or no live progress; so the model is compiled to
matrices (`LinearStandardFormCompiler`) and held in one `highspy.Highs` object.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import highspy
import numpy as np

from atoopt.solvers.arrays.rounding import Relaxed, Sides, Splitting
from atoopt.solvers.arrays.rows import Floats
from atoopt.solvers.arrays.standard_form import StandardForm, load, rows_of, standard_form
from atoopt.solvers.confirm import Work, is_risky
from atoopt.solvers.highs_calls import (
    LARGEST_SEED,
    NO_OPTIONS,
    SMALLEST,
    SUB_MIPS,
    TIGHT,
    as_lp,
    finite,
    listener,
    new_highs,
    refusal,
    run_in_thread,
    set_options,
    set_threads,
    watch,
)  # fmt: skip
from atoopt.solvers.outcome import Answer, outcome_of

logger = logging.getLogger(__name__)

CLOSE = 1e-7
"""A rounded solution within this of what the solver claims, relative, is the one that it means."""

PLAIN = (1e-3, 1e6)
"""Costs whose largest lies between need no scaling."""


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
        self.highs = new_highs({"small_matrix_value": SMALLEST})
        self.unit = 1.0
        self.is_small = False
        lp = as_lp(
            self.form.costs, (self.form.lower, self.form.upper), self.rows.sides_with_rounding(), self.form.rows,
            integer=self.form.integer, offset=self.form.offset, minimize=self.form.minimize,
        )  # fmt: skip
        if self.highs.passModel(lp) == highspy.HighsStatus.kError:
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
        watch(highs, listener(should_stop, on_progress, log, self.unit), log=log is not None, improving=True)
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
