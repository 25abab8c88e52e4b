"""Every stock there is, for small cases: the optimum, and the data behind the paper's Figs. 4 to 6.

This is the reference for the other methods, and shares with them neither a model nor a partition routine:
savings come from tables over sets of modules, see `atoopt.stock.enumeration.enumerate_kernel`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from numpy.typing import NDArray

from atoopt.base.errors import InputError
from atoopt.sets.bitsets import subsets_of
from atoopt.sets.connected import connected_sets
from atoopt.solvers.result import Claim
from atoopt.solvers.run import Listener, Options, Run
from atoopt.stock.cost import cost_equation, limits_of
from atoopt.stock.enumeration import enumerate_kernel as kernel
from atoopt.stock.enumeration.enumerate_kernel import Tables, Terms
from atoopt.stock.instance import StockInstance
from atoopt.stock.ready import ready

if TYPE_CHECKING:
    import pandas as pd

MAX_MODULES = 26
"""All sets of 2 to 5 components: q = 5, the largest case that the paper enumerates, 2^26 stocks."""

COARSE = "costs of so different size that sums of doubles do not tell the stocks apart"

_LOW_BITS = 12  # stocks of a chunk: 2^12, few enough to start anew often, many enough to make that cheap
_CHUNKS = 64  # of a task: the run looks at its clock between tasks


def solve(instance: StockInstance, run: Run) -> Claim:
    """Look at every stock: the cheapest that meets all limits, or the proof that there is none.

    Raises
    ------
    InputError
        More than `MAX_MODULES` candidate modules.

    Examples
    --------
    >>> import atoopt
    >>> result = atoopt.solve(atoopt.load("instances/stock/frequency-4.json"), "enumeration")
    >>> result.details["stocks"], result.details["profile"][-1]["n_modules"]
    (2048, 15)
    """
    ready(instance, run, ["packing", "enumeration"])
    count = count_all(instance, run)
    if not count.complete:
        message = f"{count.stocks:,} of {2 ** len(count.modules):,} stocks seen"
        return Claim(count.best, message=message, details={"stocks": count.stocks})
    details = {"stocks": count.stocks, "profile": count.rows()}
    return Claim(count.best, bound=count.bound, infeasible=count.best is None, details=details, unproven=COARSE)


def profile(instance: StockInstance, listener: Listener | None = None) -> pd.DataFrame:
    """Return, for each number of modules N, how good and how bad a stock can be.

    Parameters
    ----------
    instance : StockInstance
        At most `MAX_MODULES` candidate modules. Those that fit in no product are left out.
    listener : callable, optional
        Hears of the progress, as in `atoopt.solve`.

    Returns
    -------
    DataFrame
        One row per N, single components included: ``n_modules``, ``stocks``, ``feasible`` (stocks that meet
        every limit), ``least_time``, ``greatest_time`` (mean assembly time t(S)), ``least_cost``,
        ``greatest_cost``, and ``least_feasible_cost`` (NaN where no stock is feasible).

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.enumeration.enumerate import profile
    >>> table = profile(atoopt.load("instances/stock/frequency-4.json"))
    >>> table["least_time"].round(2).head(4).tolist()
    [1.6, 0.8, 0.45, 0.25]
    """
    import pandas as pd

    rows = count_all(instance, Run(Options(), listener)).rows()
    return pd.DataFrame(rows).astype({"least_feasible_cost": float})


@dataclass(frozen=True)
class Count:
    """What was seen: one row per number of modules of several components held (see the kernel's columns)."""

    instance: StockInstance
    modules: tuple[int, ...]
    whole: NDArray[np.int64]
    real: NDArray[np.float64]
    scale: float
    complete: bool

    @property
    def stocks(self) -> int:
        """The number of stocks seen."""
        return int(self.whole[:, kernel.STOCKS].sum())

    @property
    def least_cost(self) -> float | None:
        """The cost of the cheapest feasible stock; None if there is none."""
        least = float(self.real[:, kernel.LEAST_FEASIBLE].min())
        return least if math.isfinite(least) else None

    @property
    def bound(self) -> float | None:
        """What no feasible stock costs less than, whatever the last digits of the sums of its cost."""
        if self.least_cost is None:
            return None
        per_operation = cost_equation(self.instance).per_operation
        cancelled = max(0.0, -per_operation * self.instance.most_operations)  # terms below 0, as large as others
        return self.least_cost - 8 * float(np.finfo(float).eps) * (self.least_cost + 2 * cancelled)

    @property
    def best(self) -> list[int] | None:
        """The cheapest feasible stock, its modules of several components as bits; None if there is none."""
        if self.least_cost is None:
            return None
        stock = int(self.whole[int(self.real[:, kernel.LEAST_FEASIBLE].argmin()), kernel.BEST])
        return [mask for j, mask in enumerate(self.modules) if stock >> j & 1]

    def rows(self) -> list[dict[str, Any]]:
        """Return the columns of `profile` as plain data, None where no stock is feasible."""
        tau = self.instance.time_per_operation
        alone = _operations_of_singles(self.instance)
        table = []
        for held, (whole, real) in enumerate(zip(self.whole.tolist(), self.real.tolist(), strict=True)):
            feasible = whole[kernel.FEASIBLE]
            table.append(
                {
                    "n_modules": self.instance.n_components + held,
                    "stocks": whole[kernel.STOCKS],
                    "feasible": feasible,
                    "least_time": tau * max(0.0, alone - whole[kernel.GREATEST_SAVING] / self.scale),
                    "greatest_time": tau * max(0.0, alone - whole[kernel.LEAST_SAVING] / self.scale),
                    "least_cost": real[kernel.LEAST_COST],
                    "greatest_cost": real[kernel.GREATEST_COST],
                    "least_feasible_cost": real[kernel.LEAST_FEASIBLE] if feasible else None,
                }
            )
        return table


def count_all(instance: StockInstance, run: Run) -> Count:
    """Count all stocks, in threads, until all are seen or the run is stopped."""
    states = States(instance, free_modules(instance))
    n_low, tasks = tasks_of(states)
    seen: tuple[Any, Any] | None = None
    done = 0
    pool = ThreadPoolExecutor(run.options.threads or numba.config.NUMBA_NUM_THREADS)
    try:
        futures = [
            pool.submit(kernel.count_stocks, first, last, n_low, states.tables, states.terms) for first, last in tasks
        ]
        for future in futures:
            part = future.result()
            seen = part if seen is None else _merged(seen, part)
            done += 1
            share = f"{done / len(tasks):.0%} of {2 ** len(states.modules):,} stocks seen"
            run.report(float(seen[1][:, kernel.LEAST_FEASIBLE].min()), note=share)
            if run.stopped:
                break
    finally:
        pool.shutdown(cancel_futures=True)
    assert seen is not None
    return Count(instance, states.modules, *seen, states.scale, done == len(tasks))


def tasks_of(states: States) -> tuple[int, list[tuple[int, int]]]:
    """Return the low bits of a chunk, and the chunks of each task: between tasks a run looks at its clock."""
    n_low = min(_LOW_BITS, len(states.modules))
    chunks = 1 << (len(states.modules) - n_low)
    return n_low, [(first, min(first + _CHUNKS, chunks)) for first in range(0, chunks, _CHUNKS)]


def _merged(one: tuple[Any, Any], other: tuple[Any, Any]) -> tuple[Any, Any]:
    """Join two counts; of equally cheap stocks the first one's stays."""
    whole, real = one[0].copy(), one[1].copy()
    better = other[1][:, kernel.LEAST_FEASIBLE] < real[:, kernel.LEAST_FEASIBLE]
    whole[better, kernel.BEST] = other[0][better, kernel.BEST]
    for column in (kernel.STOCKS, kernel.FEASIBLE):
        whole[:, column] += other[0][:, column]
    for table, new, least, greatest in (
        (whole, other[0], kernel.LEAST_SAVING, kernel.GREATEST_SAVING),
        (real, other[1], kernel.LEAST_COST, kernel.GREATEST_COST),
    ):
        table[:, least] = np.minimum(table[:, least], new[:, least])
        table[:, greatest] = np.maximum(table[:, greatest], new[:, greatest])
    real[better, kernel.LEAST_FEASIBLE] = other[1][better, kernel.LEAST_FEASIBLE]
    return whole, real


def free_modules(instance: StockInstance) -> list[int]:
    """Return the modules of several components that may be held and fit in a product.

    Raises
    ------
    InputError
        There are more than `MAX_MODULES`.
    """
    listed = instance.candidate_masks
    if listed is not None:
        free = {mask for mask in listed if any(mask & ~product == 0 for product in instance.product_masks)}
    elif instance.neighbors is not None:
        free = set(connected_sets(instance.neighbors, instance.product_masks, most=MAX_MODULES + 1))
    else:
        free = set()
        for product in sorted(instance.product_masks, key=int.bit_count):
            free.update(mask for mask in _first_subsets(product) if mask & (mask - 1))
            if len(free) > MAX_MODULES:
                break
    if len(free) > MAX_MODULES:
        problem = f"enumeration takes at most {MAX_MODULES} candidate modules, and here are more"
        remedy = f"choose another method, such as milp, or list at most {MAX_MODULES} candidate_modules"
        raise InputError(problem, remedy, place="method")
    return sorted(free)


def _first_subsets(product: int) -> Iterator[int]:
    """Yield the subsets of a product, and of a large one only so many as to see that they are too many."""
    if product.bit_count() <= 5:
        return subsets_of(product)
    six = product
    while six.bit_count() > 6:
        six &= six - 1
    return subsets_of(six)


class States:
    """The tables of an instance: states found from the products down, modules ordered for a quick walk.

    Attributes
    ----------
    modules : tuple of int
        Bit j of a stock's number stands for the j-th of these sets of components.
    tables, terms : Tables, Terms
    scale : float
        Savings are whole multiples of its inverse.
    """

    def __init__(self, instance: StockInstance, free: list[int]) -> None:
        self.instance = instance
        # The modules in few products' states are added and dropped most often, so they take the low bits.
        products = instance.product_masks
        fits = {mask: sum(mask & ~other == 0 for other in {*free, *products}) for mask in free}
        self.modules = tuple(sorted(free, key=lambda mask: (fits[mask], mask)))
        self._options = self._explore()
        small_first = sorted(self._options, key=lambda state: (state.bit_count(), state))
        self._index = {state: r for r, state in enumerate(small_first)}
        most_saved = max(1, int(instance.product_sizes.max()))
        self.scale = float(instance.share_scale)
        self.tables = self._tables(most_saved)
        self.terms = self._terms()

    @property
    def most_saved(self) -> int:
        """At least what any stock saves, in units of ``1 / scale``."""
        return self._units_of_singles + 1

    @property
    def _units_of_singles(self) -> int:
        """Operations where only single components are held, in units of ``1 / scale``."""
        return int(self.instance.share_units @ np.maximum(self.instance.product_sizes - 1, 0))

    def _state_of(self, product: int) -> int:
        """Return the modules that fit in a product, as bits over `modules`."""
        return sum(1 << j for j, mask in enumerate(self.modules) if mask & ~product == 0)

    def _explore(self) -> dict[int, list[tuple[int, int]]]:
        """Return state -> its options: the module taken (their number for none) and the state left."""
        n = len(self.modules)
        conflicts = [sum(1 << j for j, other in enumerate(self.modules) if mask & other) for mask in self.modules]
        options: dict[int, list[tuple[int, int]]] = {0: []}
        waiting = [self._state_of(product) for product in self.instance.product_masks]
        while waiting:
            state = waiting.pop()
            if state in options:
                continue
            inside = [j for j in range(n) if state >> j & 1]
            first = min(self.modules[j] & -self.modules[j] for j in inside)
            with_first = [j for j in inside if self.modules[j] & first]
            skipped = state & ~sum(1 << j for j in with_first)
            options[state] = [(n, skipped), *((j, state & ~conflicts[j]) for j in with_first)]
            waiting += [left for _, left in options[state]]
        return options

    def _tables(self, most_saved: int) -> Tables:
        """Return the kernel's tables; a module acts on a state through the options that take or leave it."""
        gain = [mask.bit_count() - 1 for mask in self.modules]
        touched: list[list[int]] = []
        acting: list[list[tuple[int, int]]] = []
        for j in range(len(self.modules)):
            touched.append([r for state, r in self._index.items() if state >> j & 1])
            for state in self._index:
                if state >> j & 1:
                    acting.append([o for o in self._options[state] if o[0] == j or o[1] >> j & 1])
        flat = [option for options in acting for option in options]
        weight, in_time = self._demand(most_saved)
        return Tables(
            gain=_ints(gain), weight=weight, in_time=in_time,
            first_touch=_offsets(touched), touched=_ints([r for states in touched for r in states]),
            first_option=_offsets(acting), needs=_ints([j for j, _ in flat]),
            saves=_ints([[*gain, 0][j] for j, _ in flat]),
            leaves=_ints([self._index[left] for _, left in flat]),
        )  # fmt: skip

    def _demand(self, most_saved: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return per state the demand that starts there, and its part that is in time at each saving."""
        instance, ratio = self.instance, self.instance.delivery_ratio
        weight = np.zeros(len(self._index), dtype=np.int64)
        in_time = np.zeros((len(self._index), most_saved), dtype=np.int64)
        quick = 0 if ratio is None else int(limits_of(instance).latest)
        for product, units in zip(instance.product_masks, instance.share_units.tolist(), strict=True):
            r = self._index[self._state_of(product)]
            weight[r] += units
            needed = max(0, product.bit_count() - 1 - quick)
            in_time[r, needed:] += units
        return weight, in_time

    def _terms(self) -> Terms:
        """Return cost, and the limits of `evaluate`, in the kernel's terms."""
        cost, limits, alone = cost_equation(self.instance), limits_of(self.instance), self._units_of_singles
        most = limits.operations * self.scale
        min_saved = max(0, alone - math.floor(most)) if math.isfinite(most) else 0
        return Terms(
            cost.base, cost.per_join, cost.per_module, cost.per_operation / self.scale, alone, min_saved,
            math.ceil(max(0.0, limits.share) * self.scale), limits.room(len(self.modules)),
        )  # fmt: skip


def _operations_of_singles(instance: StockInstance) -> float:
    """Return the mean number of operations when only single components are held."""
    return float(instance.shares @ np.maximum(instance.product_sizes - 1, 0))


def _offsets(rows: Sequence[Sized]) -> NDArray[np.int64]:
    """Return where each row starts when all are laid end to end, and the end."""
    return _ints([0, *accumulate(len(row) for row in rows)])


def _ints(values: Sequence[int]) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)
