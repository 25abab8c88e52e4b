"""The assignment MILP over a short list of modules, solved to the end by HiGHS."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix

from atoopt.solvers.highs import TIGHT, run_in_thread, set_threads
from atoopt.stock.column_generation.pool import Slice
from atoopt.stock.column_generation.relaxation import Ints, Relaxation
from atoopt.stock.evaluate import FINE


@dataclass(frozen=True)
class Verdict:
    """What the MILP proved over its modules.

    Attributes
    ----------
    bound : float or None
        No stock of the modules costs less; infinity where none is allowed; None where nothing is known.
    modules : list of int or None
        Positions in the slice of the modules held in the best stock found.
    solved : bool
        Solved to the end.
    """

    bound: float | None
    modules: list[int] | None
    solved: bool


def solve_master(
    relaxation: Relaxation, part: Slice, *, whole_use: bool, start: Sequence[int] | None, time_limit: float,
    threads: int | None, should_stop: Callable[[], bool], on_bound: Callable[[float], None],
) -> Verdict:  # fmt: skip
    """Solve min c y - reward sum p s x over a slice, y binary, with every limit of the instance exact.

    Parameters
    ----------
    whole_use : bool
        Whether x is binary too; if not, a product may mix partitions, which is rarely any better and
        much faster solved.
    start : sequence of int, optional
        Modules held in a stock to start from, positions in the slice; HiGHS finds the rest of the solution.
    """
    highs = highspy.Highs()
    set_threads(highs, threads)
    for name, value in (
        ("output_flag", False), ("time_limit", time_limit), ("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-9),
        ("mip_heuristic_effort", 0.01),
        ("mip_feasibility_tolerance", TIGHT), ("primal_feasibility_tolerance", TIGHT),
        ("dual_feasibility_tolerance", TIGHT),
    ):  # fmt: skip
        highs.setOptionValue(name, value)
    highs.passModel(_model(relaxation, part, whole_use))
    if start is not None:
        values = np.zeros(part.module.size)
        values[list(start)] = 1.0
        highs.setSolution(values.size, np.arange(values.size, dtype=np.int32), values)
    _listen(highs, should_stop, on_bound)
    run_in_thread(highs)
    highs.setCallback(None, None)
    return _verdict(highs, part.module.size)


def _model(relaxation: Relaxation, part: Slice, whole_use: bool) -> highspy.HighsLp:
    """Return the MILP: columns y, x, and z_k (product k is in time) where there is a delivery ratio."""
    m, n_pairs, rows = part.module.size, part.product.size, part.n_rows
    owner = np.repeat(np.arange(m), np.diff(part.start))
    saved = (part.size[owner] - 1).astype(np.float64)
    sold, copies, n_limits = relaxation.sold, relaxation.missing.size, len(relaxation.need)
    link, limit = rows, rows + n_pairs
    room, in_time = limit + n_limits, limit + n_limits + 1
    entries: list[tuple[Ints, Ints, NDArray[np.float64]]] = []
    pair, z = np.arange(n_pairs), m + n_pairs - sold  # column z + k of copy k

    def put(row: Ints, column: Ints, value: NDArray[np.float64] | float) -> None:
        entries.append((row, column, np.broadcast_to(np.asarray(value, dtype=np.float64), row.shape)))

    put(part.row, m + np.repeat(pair, np.diff(part.row_start)), 1.0)
    put(link + pair, m + pair, 1.0)
    put(link + pair, owner, -1.0)
    for r in range(n_limits):
        put(np.full(n_pairs, limit + r), m + pair, FINE * relaxation.weight[r, part.product] * saved)
    put(np.full(m, room), np.arange(m), 1.0)
    of_copies, of_copy = np.flatnonzero(part.row_product >= sold), np.flatnonzero(part.product >= sold)
    put(of_copies, z + part.row_product[of_copies], -1.0)
    put(in_time + part.product[of_copy] - sold, m + of_copy, saved[of_copy])
    if copies:
        each = np.arange(copies)
        put(in_time + each, z + sold + each, -relaxation.missing)
        put(np.full(copies, limit + n_limits - 1), z + sold + each, FINE * relaxation.shares[sold:])
    n_columns, n_total = m + n_pairs + copies, in_time + copies
    matrix = coo_matrix(
        (np.concatenate([e[2] for e in entries]),
         (np.concatenate([e[0] for e in entries]), np.concatenate([e[1] for e in entries]))),
        shape=(n_total, n_columns),
    ).tocsc()  # fmt: skip
    low, high = np.full(n_total, -np.inf), np.full(n_total, np.inf)
    high[:rows], high[link : link + n_pairs] = np.where(part.row_product < sold, 1.0, 0.0), 0.0
    low[limit : limit + n_limits] = FINE * relaxation.need
    if relaxation.room >= 0:
        high[room] = relaxation.room
    low[in_time : in_time + copies] = 0.0
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_, lp.offset_ = n_columns, n_total, relaxation.constant
    lp.col_cost_ = np.concatenate([part.cost, -relaxation.saving[part.product] * saved, np.zeros(copies)])
    lp.col_lower_ = np.concatenate([part.held, np.zeros(n_pairs + copies)])
    lp.col_upper_ = np.ones(n_columns)
    lp.row_lower_, lp.row_upper_ = low, high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [whole] * m + [whole if whole_use else real] * n_pairs + [whole] * copies
    return lp


def _listen(highs: highspy.Highs, should_stop: Callable[[], bool], on_bound: Callable[[float], None]) -> None:
    kinds = highspy.cb.HighsCallbackType

    def listen(kind: int, _message: str, out: object, answer: object, _data: object) -> None:
        if kind == kinds.kCallbackMipInterrupt and math.isfinite(out.mip_dual_bound):  # type: ignore[attr-defined]
            on_bound(float(out.mip_dual_bound))  # type: ignore[attr-defined]
        if should_stop():
            answer.user_interrupt = True  # type: ignore[attr-defined]

    highs.setCallback(listen, None)
    for kind in (kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt):
        highs.startCallback(kind)


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
