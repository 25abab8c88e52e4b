"""Envelope cuts: what modules that share a component can save over many products at once.

Each product alone is served as well as the relaxation says. Over several products the relaxation is too good,
for each takes the fractions of modules that suit it. Of modules F that all contain one component, a product
uses at most one, so that with weights w_k >= 0 every stock H obeys

    sum_k w_k sum_{M in F} s_M x_kM <= sum_k w_k max {s_M : M in H, F, within P_k} <= most + sum_{M in F} level_M y_M

if `most` and `level` lie above the middle, a function of H intersect F, on all 2^|F| subsets: a plane above
its concave envelope. Of these planes the one that a fractional solution breaks most is a linear program with
a row for each subset, generated as needed. The last look is at all subsets, so that every cut is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from atoopt.kernels.declare import kernel
from atoopt.solvers.highs import set_threads
from atoopt.stock.column_generation.ragged import entries_of, starts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WIDEST = 18
"""Modules of a cut: all their subsets are looked at, ten or twenty times."""

LEAST_VIOLATION = 1e-4
"""In operations of the mean assembly time."""

ROWS_AT_ONCE = 20
MOST_PROGRAMS = 60


@dataclass(frozen=True)
class Envelope:
    """One such cut.

    Attributes
    ----------
    modules : (n,) array of int
        F, as positions in the pool.
    level : (n,) array
    products : (m,) array of int
    weight : (m,) array
        w_k, at most p_k.
    most : float
    """

    modules: Ints
    level: Floats
    products: Ints
    weight: Floats
    most: float


@dataclass(frozen=True)
class Joint:
    """Envelope cuts laid out for the kernels: the terms of pairs, those of modules, the right-hand sides.

    Attributes
    ----------
    pair_start : (pairs + 1,) array
        Pair e has the terms ``pair_start[e]:pair_start[e + 1]``.
    pair_cut, pair_value : (terms,) arrays
    module_start : (m + 1,) array
    module_cut, module_value : arrays
    most : (cuts,) array
    """

    pair_start: Ints
    pair_cut: Ints
    pair_value: Floats
    module_start: Ints
    module_cut: Ints
    module_value: Floats
    most: Floats

    def some(self, modules: Ints, pairs: Ints) -> Joint:
        """Return the terms of these modules and pairs."""
        return Joint(
            *_chosen(self.pair_start, self.pair_cut, self.pair_value, pairs),
            *_chosen(self.module_start, self.module_cut, self.module_value, modules), self.most,
        )  # fmt: skip


def joint(cuts: list[Envelope], size: Ints, start: Ints, product: Ints, n_products: int) -> Joint:
    """Lay cuts out over modules of these sizes with the pairs ``start[j]:start[j + 1]``."""
    weight = np.zeros(n_products)
    pairs, of_pair, values = [], [], []
    for c, cut in enumerate(cuts):
        weight[cut.products] = cut.weight
        first, pair = entries_of(start, cut.modules)
        saves = np.repeat(size[cut.modules] - 1.0, np.diff(first))
        value = weight[product[pair]] * saves
        pairs.append(pair[value > 0])
        values.append(value[value > 0])
        of_pair.append(np.full(pairs[-1].size, c))
        weight[cut.products] = 0.0
    members = [cut.modules for cut in cuts]
    of_member = [np.full(cut.modules.size, c) for c, cut in enumerate(cuts)]
    return Joint(
        *_by_owner(pairs, of_pair, values, product.size),
        *_by_owner(members, of_member, [cut.level for cut in cuts], size.size),
        np.array([cut.most for cut in cuts], dtype=np.float64),
    )  # fmt: skip


def stars(masks: list[int], y: Floats, components: int) -> Iterator[Ints]:
    """Yield, for each component, the positions of the modules with it that are most used fractionally."""
    used = np.flatnonzero((y > 0.01) & (y < 0.99))
    used = used[np.argsort(-y[used], kind="stable")]
    for component in range(components):
        members = np.array([j for j in used.tolist() if masks[j] >> component & 1][:WIDEST], dtype=np.int64)
        if members.size > 2:
            yield members


def most_broken(
    saves: Floats, y: Floats, fits: NDArray[np.bool_], saved: Floats, shares: Floats, stopped: Callable[[], bool]
) -> tuple[Floats, Floats, float] | None:
    """Find the envelope cut over modules with a common component that a fractional solution breaks most.

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

    Returns
    -------
    level : (n,) array
    weight : (products,) array
    most : float
        None instead of the three where no cut is broken by enough.

    Examples
    --------
    Three modules, held half, and three products that two of them fit in: one whole module serves two products.

    >>> fits = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1]], dtype=bool)
    >>> half = np.full(3, 0.5)
    >>> level, weight, most = most_broken(np.ones(3), half, fits, np.ones(3), np.full(3, 1.0), lambda: False)
    >>> weight.tolist(), round(float(level @ half + most), 6)
    ([1.0, 1.0, 1.0], 2.5)
    """
    trace = (1 << np.arange(saves.size)) @ fits
    several = np.flatnonzero(trace & (trace - 1))
    if not several.size:
        return None
    traces, group = np.unique(trace[several], return_inverse=True)
    total: Floats = np.bincount(group, shares[several]).astype(np.float64)
    gained: Floats = np.bincount(group, shares[several] * saved[several]).astype(np.float64)
    found = _plane(traces, total, gained, saves, y, stopped)
    if found is None:
        return None
    use, level, most = found
    weight = np.zeros(shares.size)
    weight[several] = use[group] * shares[several]
    return level, weight, most


def _plane(
    traces: Ints, total: Floats, gained: Floats, saves: Floats, y: Floats, stopped: Callable[[], bool]
) -> tuple[Floats, Floats, float] | None:
    """Return what share of each trace's demand counts, level and most."""
    n, m = y.size, traces.size
    scale = 1.0 / float(total.max())
    total, gained = scale * total, scale * gained
    highs, infinity = highspy.Highs(), highspy.kHighsInf
    highs.setOptionValue("output_flag", False)
    set_threads(highs, 1)
    highs.addVars(m + n + 1, np.zeros(m + n + 1), np.concatenate([np.ones(m), np.full(n + 1, infinity)]))
    highs.changeColsCost(m + n + 1, np.arange(m + n + 1, dtype=np.int32), np.concatenate([-gained, y, [1.0]]))
    places = np.arange(n)

    def lie_above(subset: int) -> None:
        inside = subset >> places & 1
        served = np.where(traces[:, None] >> places & inside, saves, 0.0).max(axis=1)
        terms = np.concatenate([total * served, -1.0 * inside, [-1.0]])
        used = np.flatnonzero(terms)
        highs.addRow(-infinity, 0.0, used.size, used.astype(np.int32), terms[used])

    for subset in (0, *(1 << i for i in range(n)), (1 << n) - 1):
        lie_above(subset)
    for _ in range(MOST_PROGRAMS):
        highs.run()
        violation = -highs.getInfo().objective_function_value
        if stopped() or highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        if violation < scale * LEAST_VIOLATION:
            return None
        point = np.array(highs.getSolution().col_value)
        use = np.where(point[:m] > 1e-6, np.minimum(point[:m], 1.0), 0.0)
        level, most = np.maximum(point[m : m + n], 0.0), float(point[-1])
        above = _above(traces, use * total, level, saves, np.argsort(-saves)) - most
        worst = np.argsort(-above)[:ROWS_AT_ONCE] if n < 6 else np.argpartition(-above, ROWS_AT_ONCE)[:ROWS_AT_ONCE]
        if above[worst].max() <= 0.05 * violation:
            return use, level / scale, (most + max(0.0, float(above.max())) + 1e-9) / scale
        for subset in worst[above[worst] > 0.05 * violation].tolist():
            lie_above(subset)
    return None


@kernel("pricing")
def _above(traces, weight, level, saves, falling):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Return sum_k w_k max {s_M : M in H and trace k} - level(H), for each subset H; `falling` orders the s_M.

    With thresholds t, the maximum is a sum of falls over the sets of modules that save at least t and meet H. What
    does not meet H lies within its complement: sums over all subsets of a set, for all sets, in n 2^n steps.
    """
    n = saves.size
    missed = np.zeros(1 << n)
    whole = 0.0
    for i in range(n):
        missed[1 << i] += level[i]
        whole -= level[i]
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


def _by_owner(owners: list[Ints], cuts: list[Ints], values: list[Floats], n: int) -> tuple[Ints, Ints, Floats]:
    """Order terms by owner; return where each of n owners' terms start, their cuts and values."""
    if not owners:
        return np.zeros(n + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return starts(np.bincount(owner, minlength=n)), np.concatenate(cuts)[order], np.concatenate(values)[order]


def _chosen(start: Ints, cut: Ints, value: Floats, owners: Ints) -> tuple[Ints, Ints, Floats]:
    """Return the terms of some owners, laid out alike."""
    first, terms = entries_of(start, owners)
    return first, cut[terms], value[terms]
