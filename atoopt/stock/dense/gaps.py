"""Gap inequalities: for whole c and k, no whole number c . y lies between k and k + 1.

So (c . y - k)(c . y - k - 1) >= 0 for every stock y, and with z for the products of two y that is linear. With c of
-1, 0 and 1 these contain the triangle and clique inequalities of pairs, and cut off what is not positive
semidefinite. Measured at q = 8, log-normal demand, 11 modules of 7 extra components: they close 60 % of what the
relaxation of pairs lacks of showing that no such stock keeps the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import inner, kernel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GapParameters:
    """How gap inequalities are separated.

    Attributes
    ----------
    max_gaps : int
        Inequalities returned at most, the most violated first.
    least_violation : float
        What violates an inequality by less does not count.
    spread : float
        Violation is divided by the sum of |c| plus this: few modules make a sparse row.
    shares_of_largest : tuple of float
        Entries of an eigenvector above such a share of its largest make a start for c.
    max_eigenvectors : int
        Those of the least eigenvalues: of the others the starts are weak.
    least_improvement : float
        The local search ends where a step improves by less: rounding.
    """

    max_gaps: int = 200
    least_violation: float = 1e-3
    spread: float = 2.0
    shares_of_largest: tuple[float, ...] = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8)
    max_eigenvectors: int = 40
    least_improvement: float = 1e-9


GAPS = GapParameters()


class Gap(NamedTuple):
    """(c . y - k)(c . y - k - 1) >= 0; `weights` is c, on the modules in pairs."""

    weights: NDArray[np.int8]
    k: int


def separate(moments: Floats, parameters: GapParameters = GAPS) -> list[Gap]:
    """Return gap inequalities that a fractional stock violates, found by local search.

    Parameters
    ----------
    moments : (modules, modules) array
        z, with y on the diagonal.

    Examples
    --------
    A module cannot be in stock with each of two others that are never there at once.

    >>> moments = np.array([[0.5, 0.5, 0.5], [0.5, 0.5, 0.0], [0.5, 0.0, 0.5]])
    >>> [(gap.weights.tolist(), gap.k) for gap in separate(moments)]
    [([1, -1, -1], -1)]
    """
    starts = np.concatenate([_from_eigenvectors(moments, parameters), _from_pairs(moments, parameters)])
    if not len(starts):
        return []
    y, spread = np.ascontiguousarray(np.diag(moments)), parameters.spread
    weights, whole, violation = _climb_all(moments, y, starts, spread, parameters.least_improvement)
    violated = np.flatnonzero(violation > parameters.least_violation)
    rating = violation[violated] / (np.abs(weights[violated]).sum(axis=1) + spread)
    order = violated[np.argsort(-rating, kind="stable")]
    gaps: dict[bytes, Gap] = {}
    for row in order:
        gaps.setdefault(weights[row].tobytes(), Gap(weights[row], int(whole[row])))
        if len(gaps) == parameters.max_gaps:
            break
    return list(gaps.values())


def _from_eigenvectors(moments: Floats, parameters: GapParameters) -> NDArray[np.int8]:
    """Return signs of the large entries of eigenvectors that show that no distribution has these moments."""
    y = np.diag(moments)
    values, vectors = np.linalg.eigh(moments - np.outer(y, y))
    starts = []
    for v in vectors.T[values < -parameters.least_violation][: parameters.max_eigenvectors]:
        large = np.abs(v) / np.abs(v).max()
        starts += [np.where(large > share, np.sign(v), 0) for share in parameters.shares_of_largest]
    return np.array(starts, dtype=np.int8).reshape(len(starts), y.size)


def _from_pairs(moments: Floats, parameters: GapParameters) -> NDArray[np.int8]:
    """Return a start for each two modules in stock together: one less the other."""
    one, other = np.nonzero(np.triu(moments > parameters.least_violation, 1))
    starts = np.zeros((one.size, len(moments)), dtype=np.int8)
    starts[np.arange(one.size), one] = 1
    starts[np.arange(one.size), other] = -1
    return starts


@inner
def _violation(mean, square):  # type: ignore[no-untyped-def]
    """Return how far (s - k)(s - k - 1) falls below 0, for the mean of s and of its square, at the best k."""
    k = np.floor(mean)
    return -(square - (2 * k + 1) * mean + k * (k + 1))


@kernel("gaps")
def _climb_all(moments, y, starts, spread, least_improvement):  # type: ignore[no-untyped-def]
    """Improve each start, one weight at a time, as long as violation / (sum |c| + spread) grows."""
    n_starts, n = starts.shape
    weights, whole, violation = starts.copy(), np.zeros(n_starts), np.zeros(n_starts)
    for row in range(n_starts):
        c = weights[row]
        product = np.zeros(n)
        mean, square, size = 0.0, 0.0, 0
        for j in range(n):
            if c[j] != 0:
                product += c[j] * moments[j]
                mean += c[j] * y[j]
                size += abs(c[j])
        for j in range(n):
            square += c[j] * product[j]
        current = _violation(mean, square)
        while True:
            best, best_module, best_step = current / (size + spread) + least_improvement, -1, 0
            for j in range(n):
                for step in (-1, 1):
                    if abs(c[j] + step) > 1 or size + abs(c[j] + step) - abs(c[j]) == 0:
                        continue
                    new = _violation(mean + step * y[j], square + 2 * step * product[j] + moments[j, j])
                    rated = new / (size + abs(c[j] + step) - abs(c[j]) + spread)
                    if rated > best:
                        best, best_module, best_step = rated, j, step
            if best_module < 0:
                break
            j = best_module
            size += abs(c[j] + best_step) - abs(c[j])
            mean += best_step * y[j]
            square += 2 * best_step * product[j] + moments[j, j]
            c[j] += best_step
            product += best_step * moments[j]
            current = _violation(mean, square)
        # c and -c say the same: let the first weight be positive
        for j in range(n):
            if c[j] != 0:
                if c[j] < 0:
                    c *= -1
                    mean = -mean
                break
        whole[row], violation[row] = np.floor(mean), current
    return weights, whole, violation
