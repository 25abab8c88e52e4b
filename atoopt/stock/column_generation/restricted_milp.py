"""The restricted master as a MILP over a short list of modules, solved to the end by HiGHS."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from scipy.sparse import coo_matrix

from atoopt.solvers.highs_calls import TIGHT, as_lp, listener, new_highs, run_in_thread, watch
from atoopt.stock.column_generation.master.restricted_master import RestrictedMaster
from atoopt.stock.column_generation.relaxation import Floats, Ints
from atoopt.stock.cost import FINE


@dataclass(frozen=True)
class Verdict:
    """What the MILP proved over its modules.

    Attributes
    ----------
    bound : float or None
        No stock of the modules costs less; infinity where none is allowed; None where nothing is known.
    modules : list of int or None
        Positions in the restricted master of the modules held in the best stock found.
    is_solved : bool
        Solved to the end.
    """

    bound: float | None
    modules: list[int] | None
    is_solved: bool


@dataclass(frozen=True)
class MilpOptions:
    """What HiGHS is told beside the model.

    Attributes
    ----------
    abs_gap : float
        The least that HiGHS may leave open: it is the cutoff of the tree that ends a solve.
    heuristic_effort : float
        Little, for stocks come from annealing and from rounding.
    """

    abs_gap: float = 1e-9
    heuristic_effort: float = 0.01


OPTIONS = MilpOptions()


def solve_milp(
    master: RestrictedMaster, *, integral_use: bool, start: Sequence[int] | None, time_limit: float,
    should_stop: Callable[[], bool], on_bound: Callable[[float], None],
) -> Verdict:  # fmt: skip
    """Solve min c y - reward sum p s x over a restricted master, y binary, with every limit of the instance exact.

    On one thread, for other nodes are in work at the same time.

    Parameters
    ----------
    integral_use : bool
        Whether x is binary too; if not, a product may mix partitions, which is rarely any better and
        much faster solved.
    start : sequence of int, optional
        Modules held in a stock to start from, positions in the restricted master; HiGHS finds the rest of the solution.
    """
    options = {
        "time_limit": time_limit, "mip_rel_gap": 0.0, "mip_abs_gap": OPTIONS.abs_gap,
        "mip_heuristic_effort": OPTIONS.heuristic_effort, "mip_feasibility_tolerance": TIGHT,
        "primal_feasibility_tolerance": TIGHT, "dual_feasibility_tolerance": TIGHT,
    }  # fmt: skip
    highs = new_highs(options, threads=1)
    highs.passModel(_Model(master).as_lp(integral_use))
    if start is not None:
        values = np.zeros(master.module.size)
        values[list(start)] = 1.0
        highs.setSolution(values.size, np.arange(values.size, dtype=np.int32), values)

    def tell(_incumbent: float | None, bound: float | None) -> None:
        if bound is not None:
            on_bound(bound)

    watch(highs, listener(should_stop, tell, None, 1.0))
    run_in_thread(highs)
    highs.setCallback(None, None)
    return _verdict(highs, master.module.size)


class _Model:
    """The matrix by blocks: columns y, x, and z_k (product k is in time) where there is a delivery ratio."""

    def __init__(self, master: RestrictedMaster) -> None:
        relaxation = master.relaxation
        self.master, self.relaxation = master, relaxation
        self.n_modules, self.n_pairs, self.n_copies = master.module.size, master.product.size, relaxation.required.size
        self.n_limits = len(relaxation.limit_need)
        # Where the rows of each kind begin, after those of the restricted master.
        self.links = master.n_rows
        self.limits = self.links + self.n_pairs
        self.module_limit = self.limits + self.n_limits
        self.in_time = self.module_limit + 1
        self.n_rows = self.in_time + self.n_copies
        self.n_columns = self.n_modules + self.n_pairs + self.n_copies
        self.saved = (master.size[master.owner] - 1).astype(np.float64)
        self.entries: list[tuple[Ints, Ints, Floats]] = []

    def as_lp(self, integral_use: bool) -> highspy.HighsLp:
        """Return the model as HiGHS has it."""
        self._put_pairs()
        self._put_copies()
        low, high = self._row_limits()
        cost, n_others = -self.relaxation.saving[self.master.product] * self.saved, self.n_pairs + self.n_copies
        costs = np.concatenate([self.master.cost, cost, np.zeros(self.n_copies)])
        sides = np.concatenate([self.master.fixed, np.zeros(n_others)]), np.ones(self.n_columns)
        rows, columns, values = (np.concatenate([entry[i] for entry in self.entries]) for i in range(3))
        matrix = coo_matrix((values, (rows, columns)), shape=(self.n_rows, self.n_columns)).tocsc()
        integer = np.repeat([True, integral_use, True], [self.n_modules, self.n_pairs, self.n_copies])
        return as_lp(costs, sides, (low, high), matrix, integer=integer, offset=self.relaxation.constant)

    def _put(self, row: Ints, column: Ints, value: Floats | float) -> None:
        self.entries.append((row, column, np.broadcast_to(np.asarray(value, dtype=np.float64), row.shape)))

    def _put_pairs(self) -> None:
        """Put the coefficients of x and y: rows of products and cuts, x <= y, limits, and the number of modules."""
        master, relaxation, m = self.master, self.relaxation, self.n_modules
        pair = np.arange(self.n_pairs)
        self._put(master.row, m + np.repeat(pair, np.diff(master.row_start)), 1.0)
        self._put(self.links + pair, m + pair, 1.0)
        self._put(self.links + pair, master.owner, -1.0)
        for r in range(self.n_limits):
            weight = FINE * relaxation.limit_weight[r, master.product] * self.saved
            self._put(np.full(self.n_pairs, self.limits + r), m + pair, weight)
        self._put(np.full(m, self.module_limit), np.arange(m), 1.0)

    def _put_copies(self) -> None:
        """Put the coefficients of z, and what copies must save to be in time."""
        master, relaxation, n_sold = self.master, self.relaxation, self.relaxation.n_sold
        first_z = self.n_modules + self.n_pairs
        of_copies, of_copy = np.flatnonzero(master.row_product >= n_sold), np.flatnonzero(master.product >= n_sold)
        self._put(of_copies, first_z - n_sold + master.row_product[of_copies], -1.0)
        in_time = self.in_time + master.product[of_copy] - n_sold
        self._put(in_time, self.n_modules + of_copy, self.saved[of_copy])
        if self.n_copies:
            each = np.arange(self.n_copies)
            self._put(self.in_time + each, first_z + each, -relaxation.required)
            share, ratio = FINE * relaxation.shares[n_sold:], self.limits + self.n_limits - 1
            self._put(np.full(self.n_copies, ratio), first_z + each, share)

    def _row_limits(self) -> tuple[Floats, Floats]:
        """Return the least and the largest value of each row."""
        relaxation, row_product = self.relaxation, self.master.row_product
        low, high = np.full(self.n_rows, -np.inf), np.full(self.n_rows, np.inf)
        high[: self.links] = np.where(row_product < relaxation.n_sold, 1.0, 0.0)
        high[self.links : self.limits] = 0.0
        low[self.limits : self.module_limit] = FINE * relaxation.limit_need
        if relaxation.module_limit >= 0:
            high[self.module_limit] = relaxation.module_limit
        low[self.in_time :] = 0.0
        return low, high


def _verdict(highs: highspy.Highs, m: int) -> Verdict:
    status, info = highs.getModelStatus(), highs.getInfo()
    kinds = highspy.HighsModelStatus
    if status == kinds.kInfeasible:
        return Verdict(math.inf, None, True)
    bound = float(info.mip_dual_bound)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    modules = None
    if found:
        values = np.array(highs.getSolution().col_value[:m])
        modules = np.flatnonzero(values > 0.5).tolist()
    return Verdict(bound if math.isfinite(bound) else None, modules, status == kinds.kOptimal)
