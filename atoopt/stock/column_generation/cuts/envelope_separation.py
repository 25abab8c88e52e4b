"""The envelope cut that a fractional solution violates most: a linear program with a row for each set of modules.

Rows are generated as needed. The last look is at all subsets, so that every cut is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import highspy
import numpy as np

from atoopt.kernels.declare import kernel
from atoopt.solvers.highs_calls import new_highs
from atoopt.stock.column_generation.relaxation import Flags, Floats, Ints


@dataclass(frozen=True)
class EnvelopeParameters:
    """How envelopes are separated.

    Attributes
    ----------
    widest : int
        Modules of a cut: all their subsets are looked at, ten or twenty times.
    fractional : float
        Modules whose y is nearer than this to 0 or 1 are in no cut.
    least_violation : float
        In operations of the mean assembly time: less is not worth a row.
    least_weight : float
        Weights up to this are the solver's tolerance.
    rows_at_once : int
        Subsets that one program adds as rows: with one at a time there are too many programs, with all a slow one.
    few_modules : int
        Of fewer modules all subsets are ordered, for there are few.
    tolerance : float
        A plane that is below the function by at most this share of the violation is raised by that, and done.
    margin : float
        The intercept is raised by so much more, for rounding.
    max_programs : int
        Then it is given up: with 60 that is rare.
    """

    widest: int = 18
    fractional: float = 0.01
    least_violation: float = 1e-4
    least_weight: float = 1e-6
    rows_at_once: int = 20
    few_modules: int = 6
    tolerance: float = 0.05
    margin: float = 1e-9
    max_programs: int = 60


ENVELOPES = EnvelopeParameters()


class Plane(NamedTuple):
    """An envelope cut of some modules: slope by module, weight by product, and intercept."""

    slope: Floats
    weight: Floats
    intercept: float


def stars(masks: list[int], y: Floats, components: int, parameters: EnvelopeParameters = ENVELOPES) -> Iterator[Ints]:
    """Yield, for each component, the positions of the modules with it that are most used fractionally."""
    used = np.flatnonzero((y > parameters.fractional) & (y < 1.0 - parameters.fractional))
    used = used[np.argsort(-y[used], kind="stable")]
    for component in range(components):
        members = [j for j in used.tolist() if masks[j] >> component & 1][: parameters.widest]
        if len(members) > 2:
            yield np.array(members, dtype=np.int64)


def most_violated(
    saves: Floats, y: Floats, fits: Flags, saved: Floats, shares: Floats, stopped: Callable[[], bool],
    parameters: EnvelopeParameters = ENVELOPES,
) -> Plane | None:  # fmt: skip
    """Find the envelope cut over modules with a common component that a fractional solution violates most.

    Parameters
    ----------
    saves : (n,) array
        s_M, the operations that each module saves, whole numbers.
    y : (n,) array
    fits : (n, products) array of bool
        Which module is within which product.
    saved : (products,) array
        sum_{M in F} s_M x_kM.
    shares : (products,) array
    stopped : callable
        Whether to give up.
    parameters : EnvelopeParameters

    Returns
    -------
    Plane or None
        None where no cut is violated by enough.

    Examples
    --------
    Three modules, held half, and three products that two of them fit in: one whole module serves two products.

    >>> fits = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=bool)
    >>> half = np.full(3, 0.5)
    >>> plane = most_violated(np.ones(3), half, fits, np.ones(3), np.full(3, 1.0), lambda: False)
    >>> plane.weight.tolist(), round(float(plane.slope @ half + plane.intercept), 6)
    ([1.0, 1.0, 1.0], 2.5)
    """
    trace = (1 << np.arange(saves.size)) @ fits
    several = np.flatnonzero(trace & (trace - 1))
    if not several.size:
        return None
    traces, group = np.unique(trace[several], return_inverse=True)
    total: Floats = np.bincount(group, shares[several]).astype(np.float64)
    gained: Floats = np.bincount(group, shares[several] * saved[several]).astype(np.float64)
    # A demand of 1 at most, for the solver's tolerances are absolute.
    scale = 1.0 / float(total.max())
    program = _Program(traces, scale * total, scale * gained, saves, y, parameters)
    solved = program.solve(scale * parameters.least_violation, stopped)
    if solved is None:
        return None
    weight = np.zeros(shares.size)
    weight[several] = solved.weight[group] * shares[several]
    return Plane(solved.slope / scale, weight, solved.intercept / scale)


class _Program:
    """Maximize the violation: what the products gain by trace, less the plane at y, a row for each subset."""

    def __init__(
        self, traces: Ints, total: Floats, gained: Floats, saves: Floats, y: Floats, parameters: EnvelopeParameters
    ) -> None:
        self.traces, self.total, self.saves, self.parameters = traces, total, saves, parameters
        n, m = y.size, traces.size
        self.n, self.m = n, m
        self.highs = new_highs({}, threads=1)
        upper = np.concatenate([np.ones(m), np.full(n + 1, highspy.kHighsInf)])
        self.highs.addVars(m + n + 1, np.zeros(m + n + 1), upper)
        places = np.arange(m + n + 1, dtype=np.int32)
        self.highs.changeColsCost(m + n + 1, places, np.concatenate([-gained, y, [1.0]]))
        for subset in (0, *(1 << i for i in range(n)), (1 << n) - 1):
            self.lie_above(subset)

    def lie_above(self, subset: int) -> None:
        """Add the row that keeps the plane above the function at a subset."""
        inside = subset >> np.arange(self.n) & 1
        served = np.where(self.traces[:, None] >> np.arange(self.n) & inside, self.saves, 0.0).max(axis=1)
        row = np.concatenate([self.total * served, -1.0 * inside, [-1.0]])
        used = np.flatnonzero(row)
        self.highs.addRow(-highspy.kHighsInf, 0.0, used.size, used.astype(np.int32), row[used])

    def solve(self, least_violation: float, stopped: Callable[[], bool]) -> Plane | None:
        """Generate rows until the plane is above the function, nearly; return slope, share of each trace, intercept."""
        parameters, falling = self.parameters, np.argsort(-self.saves)
        for _ in range(parameters.max_programs):
            self.highs.run()
            violation = -self.highs.getInfo().objective_function_value
            if stopped() or self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            if violation < least_violation:
                return None
            share, slope, intercept = self._point()
            beyond = above_slopes(self.traces, share * self.total, slope, self.saves, falling) - intercept
            worst, tolerated = self._largest(beyond), parameters.tolerance * violation
            if beyond[worst].max() <= tolerated:
                return Plane(slope, share, intercept + max(0.0, float(beyond.max())) + parameters.margin)
            for subset in worst[beyond[worst] > tolerated].tolist():
                self.lie_above(subset)
        return None

    def _point(self) -> tuple[Floats, Floats, float]:
        """Return what share of each trace's demand counts, slope and intercept."""
        point = np.array(self.highs.getSolution().col_value)
        share, slope = point[: self.m], point[self.m : self.m + self.n]
        share = np.where(share > self.parameters.least_weight, np.minimum(share, 1.0), 0.0)
        return share, np.maximum(slope, 0.0), float(point[-1])

    def _largest(self, beyond: Floats) -> Ints:
        """Return the subsets where the plane is farthest below the function."""
        n = self.parameters.rows_at_once
        if self.n < self.parameters.few_modules:
            return np.argsort(-beyond)[:n]
        return np.argpartition(-beyond, n)[:n]


@kernel("pricing")
def above_slopes(traces, weight, slope, saves, falling):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return sum_k w_k max {s_M : M in H and trace k} - slope(H), for each subset H; `falling` orders the s_M.

    With thresholds t, the maximum is a sum of falls over the sets of modules that save at least t and intersect H.
    What does not intersect H lies within its complement: sums over all subsets of a set, for all sets, in n 2^n steps.
    """
    n = saves.size
    missed = np.zeros(1 << n)
    whole = 0.0
    for i in range(n):
        missed[1 << i] += slope[i]
        whole -= slope[i]
    for k in range(traces.size):
        if weight[k] > 0:
            reached, last = 0, 0.0
            for i in falling:
                if traces[k] >> i & 1:
                    if reached == 0:
                        whole += weight[k] * saves[i]
                    elif saves[i] < last:
                        missed[reached] -= weight[k] * (last - saves[i])
                    reached |= 1 << i
                    last = saves[i]
            missed[reached] -= weight[k] * last
    for i in range(n):
        step = 1 << i
        for block in range(0, missed.size, 2 * step):
            for subset in range(block, block + step):
                missed[subset + step] += missed[subset]
    above = np.empty(missed.size)
    for subset in range(missed.size):
        above[subset] = whole + missed[missed.size - 1 - subset]
    return above
