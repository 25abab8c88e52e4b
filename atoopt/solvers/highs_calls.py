"""HiGHS itself: arrays to a model that it holds, its options, threads and callbacks. All of ours go through here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import highspy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from atoopt.base.errors import InputError
from atoopt.solvers.running.threads import HelperThread

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

TIGHT = 1e-9
"""Feasibility tolerance: the default (1e-6) lets a mean time slip over its limit."""

SMALLEST = 1e-12
"""HiGHS drops coefficients up to here; by default up to 1e-9, which is a row of kilotons gone."""

SUB_MIPS = ("rins", "rens", "root_reduced_cost")
"""HiGHS's searches for incumbents in sub-models."""

TOO_LARGE = 1e15
"""HiGHS takes no coefficients from here on."""

LARGEST_SEED = 2**31
"""HiGHS takes seeds below it."""

NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


def new_highs(options: Mapping[str, Any], threads: int | None = None) -> highspy.Highs:
    """Return a HiGHS that prints nothing.

    Parameters
    ----------
    options : mapping
        By HiGHS's own names.
    threads : int, optional
        None leaves what is set.
    """
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    if threads is not None:
        set_threads(highs, threads)
    for name, value in options.items():
        highs.setOptionValue(name, value)
    return highs


def as_lp(
    cost: ArrayLike,
    columns: Pair,
    rows: Pair,
    matrix: Any,
    *,
    integer: ArrayLike | None = None,
    offset: float = 0.0,
    minimize: bool = True,
) -> highspy.HighsLp:
    """Return arrays as HiGHS has a model.

    Parameters
    ----------
    cost : (n_columns,) array
    columns, rows : pair of arrays
        Least and greatest values.
    matrix : csc matrix
        Or what has its ``indptr``, ``indices`` and ``data``.
    integer : (n_columns,) array of bool, optional
        Which columns are whole.
    offset : float
        Of the objective.
    minimize : bool
    """
    lp = highspy.HighsLp()
    lp.col_cost_, lp.offset_ = np.asarray(cost, dtype=np.float64), offset
    lp.sense_ = highspy.ObjSense.kMinimize if minimize else highspy.ObjSense.kMaximize
    lp.col_lower_, lp.col_upper_ = columns
    lp.row_lower_, lp.row_upper_ = rows
    lp.num_col_, lp.num_row_ = np.size(columns[0]), np.size(rows[0])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32, copy=False)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32, copy=False)
    lp.a_matrix_.value_ = matrix.data
    if integer is not None:
        types = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [types[int(whole)] for whole in np.asarray(integer).tolist()]
    return lp


def watch(highs: highspy.Highs, listen: Callable[..., None], *, log: bool = False, improving: bool = False) -> None:
    """Let HiGHS call a listener: whenever it can be interrupted, and if asked for of its log and better solutions."""
    kinds = highspy.cb.HighsCallbackType
    wanted: Iterable[Any] = (
        kinds.kCallbackMipInterrupt, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt,
        *((kinds.kCallbackMipImprovingSolution,) if improving else ()), *((kinds.kCallbackLogging,) if log else ()),
    )  # fmt: skip
    highs.setCallback(listen, None)
    for kind in wanted:
        highs.startCallback(kind)


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
